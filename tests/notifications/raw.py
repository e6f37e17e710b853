"""Servers that speak no protocol: one that says nothing, one that says what it is told to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes a connection and keeps silent."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def talking_server(talk: bytes, spacing: float = 0.0) -> Iterator[int]:
    """Answers one request with these bytes, one at a time if there is a spacing, and closes."""
    ended = threading.Event()

    def answer(server: socket.socket) -> None:
        with suppress(OSError):
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                pieces = [talk[n : n + 1] for n in range(len(talk))] if spacing else [talk]
                for piece in pieces:
                    connection.sendall(piece)
                    if ended.wait(spacing):
                        return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=[server], daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join(5)
