"""A server that trickles cannot hold a worker: a whole answer has its time."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest
import requests

from errors import Unreachable
from ringcentral_api.download import Download
from ringcentral_api.transport import Deadline

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"


@pytest.fixture(params=[b"Content-Length: 100000\r\n\r\n", b"Connection: close\r\n\r\n"])
def trickling(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that sends a byte now and then, with and without a length."""
    ended = threading.Event()

    def trickle(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(HEAD + request.param)
                while not ended.wait(0.02):
                    connection.sendall(b"x")
            except OSError:
                return

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=trickle, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        ended.set()
        thread.join()


def refuse(_: dict[str, str]) -> requests.Response:
    raise Unreachable("No second answer here.")


def consume(address: str, read: Callable[[requests.Response], object]) -> float:
    with requests.Session() as session:
        response = session.get(address, stream=True, timeout=5)
        begun = time.monotonic()
        with pytest.raises(Unreachable):
            read(response)
        return time.monotonic() - begun


def test_a_document_that_trickles_is_broken_off_and_never_taken_for_whole(trickling: str) -> None:
    def read(response: requests.Response) -> bytes:
        with Download(response, refuse, part_seconds=0.3) as download:
            return b"".join(download.chunks())

    assert consume(trickling, read) < 4


def test_any_body_that_trickles_is_broken_off(trickling: str) -> None:
    def read(response: requests.Response) -> None:
        with response, Deadline(response, 0.3) as deadline:
            with suppress(requests.RequestException):
                b"".join(response.iter_content(1024))
            deadline.check()

    assert consume(trickling, read) < 4
