"""The dead man's switch: one bare GET, and no answer of any kind hurts us or tells the address."""

import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from errors import Unreachable
from notifications.deadman import ping

SECRET = "0b6e6c1d-very-secret"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"
MUCH = 64 * 1024 * 1024


@dataclass
class Monitor:
    """A server that reads one request at a time and answers with the bytes it was told."""

    listener: socket.socket
    asked: list[bytes] = field(default_factory=list)
    sent: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/ping/{SECRET}"

    def serve(self, answer: Callable[[], Iterator[bytes]]) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, suppress(OSError):
                    self.asked.append(connection.recv(65536))
                    for piece in answer():
                        connection.sendall(piece)
                        self.sent += len(piece)


@contextmanager
def monitor(*pieces: bytes, times: int = 1) -> Iterator[Monitor]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        made = Monitor(listener)

        def answer() -> Iterator[bytes]:
            for _ in range(times):
                yield from pieces

        thread = threading.Thread(target=made.serve, args=(answer,))
        thread.start()
        try:
            yield made
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def refusal_of(url: str, patience: float = 5.0) -> Unreachable:
    with pytest.raises(Unreachable) as caught:
        ping(url, patience)
    told = "".join(traceback.format_exception(caught.value, limit=0))
    assert SECRET not in told  # which the words of the library would tell
    return caught.value


def test_it_is_one_bare_get() -> None:
    with monitor(OK) as asked:
        ping(asked.url)
    (request,) = asked.asked
    line, *headers = request.decode().rstrip("\r\n").split("\r\n")
    assert line == f"GET /ping/{SECRET} HTTP/1.1"
    assert {header.partition(":")[0] for header in headers} == {
        "Host",
        "User-Agent",
        "Accept",
        "Accept-Encoding",
        "Connection",
    }
    assert "User-Agent: Faxkeep" in headers


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_success_is_one(status: int) -> None:
    with monitor(b"HTTP/1.1 %d Fine\r\nContent-Length: 0\r\n\r\n" % status) as asked:
        ping(asked.url)
    assert len(asked.asked) == 1


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 410, 429, 500, 503])
def test_all_else_is_none_and_tells_its_status(status: int) -> None:
    with monitor(b"HTTP/1.1 %d Alas\r\nContent-Length: 0\r\n\r\n" % status) as asked:
        refused = refusal_of(asked.url)
    assert refused.status == status
    assert str(status) in str(refused)
    assert len(asked.asked) == 1


def test_it_goes_nowhere_else() -> None:
    with monitor(OK) as elsewhere:
        target = elsewhere.url.encode()
        moved = b"HTTP/1.1 302 Found\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n"
        with monitor(moved) as asked:
            assert refusal_of(asked.url).status == 302
    assert elsewhere.asked == []


def test_an_answer_without_end_is_not_read() -> None:
    with monitor(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1024 * 1024, times=64) as asked:
        ping(asked.url)
    assert asked.sent < MUCH


def test_silence_is_borne_for_a_while_only() -> None:
    with monitor() as asked, closing(socket.create_connection(asked.listener.getsockname())):
        refusal_of(asked.url, patience=0.05)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1",
        b"220 mail.example ESMTP\r\n",
        b"\x16\x03\x01\x00\x02\x02\x28" * 10,
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
    ],
)
def test_what_is_no_answer_is_none(answer: bytes) -> None:
    with monitor(answer) as asked:
        refused = refusal_of(asked.url)
    assert "could not be reached" in str(refused)


def test_a_monitor_that_is_not_there_is_not_reached() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        port = gone.getsockname()[1]
    refusal_of(f"http://127.0.0.1:{port}/ping/{SECRET}")


def test_no_proxy_of_the_environment_learns_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    with monitor(OK) as proxy, monitor(OK) as asked:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        ping(asked.url)
    assert proxy.asked == []
    assert len(asked.asked) == 1
