"""Knocks at a served door with the bytes a test chooses, and reads every byte of the answer."""

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.handlers.served_door import PART

PATH = f"/webhooks/ringcentral/{PART}"
MOST_BYTES = 1024
"""What RingCentral accepts as an answer, head included."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    size: int


@dataclass(frozen=True)
class ServedDoor:
    """A running web process and the folder that is its journal; `log` is what it told."""

    port: int
    folder: Path
    log: Path

    def kept(self) -> list[bytes]:
        return [file.read_bytes() for file in self.folder.glob("*.event")]

    def go_wrong(self, fault: str) -> None:
        (self.folder / "fault").write_text(fault)

    def reset(self) -> None:
        for file in self.folder.iterdir():
            file.unlink()

    def post(self, body: bytes = b"", path: str = PATH, **headers: str) -> Answer:
        """A request of RingCentral's, with `Verification_Token=...` for a header of that name."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{name}: {value}" for name, value in named.items()]
        lines.append(f"Content-Length: {len(body)}")
        return self.send(f"POST {path} HTTP/1.1", lines, body)

    def send(self, request_line: str, headers: list[str], body: bytes = b"") -> Answer:
        common = ["Host: faxes.example", "Connection: close", "Accept: application/json"]
        head = "\r\n".join([request_line, *common, *headers, "", ""])
        return self.raw(head.encode("latin-1") + body)

    def raw(self, sent: bytes) -> Answer:
        """Send exactly this and read to the end; an answer may come before all is sent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(sent)
            received = _read_all(connection)
        return _parsed(received)

    def wait_until_open(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the web process did not start")


def chunked(body: bytes, size: int = 4096) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def _read_all(connection: socket.socket) -> bytes:
    received = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return received


def _parsed(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return Answer(int(status_line.split()[1]), headers, body, len(received))
