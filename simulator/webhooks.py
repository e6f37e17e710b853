"""One POST to a webhook address, on a raw socket: to that address only, and every byte counted."""

import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_ANSWER = 1024
"""Bytes of an answer, head included (guide: creating-webhooks)."""
AGENT = "RingCentral-Webhook/8.3"


@dataclass(frozen=True)
class Target:
    """Where to connect."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Exchange:
    """What came back. `trouble` is empty when a whole answer of allowed size was read."""

    status: int = 0
    headers: dict[str, str] | None = None
    seconds: float = 0
    trouble: str = ""
    bad_certificate: bool = False

    def header(self, name: str) -> str:
        """A header's value by its lower-case name, or nothing."""
        return (self.headers or {}).get(name, "")


def target(address: str) -> Target:
    """Read an address. Raises ValueError for anything but an http(s) URL with a host."""
    if any(ord(letter) <= 32 or ord(letter) > 126 for letter in address):
        raise ValueError("not a clean address")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an http(s) address")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port, path)


def post(address: str, headers: dict[str, str], body: bytes, timeout: float) -> Exchange:
    """POST and read the answer, all within `timeout` seconds. Never raises for a bad webhook."""
    began = time.monotonic()
    try:
        where = target(address)
        answer = _converse(where, _message(where, headers, body), began + timeout)
        return _understand(answer, time.monotonic() - began)
    except TimeoutError:
        trouble = "I/O operation is failed. Details: [Read timed out]"
    except ssl.SSLCertVerificationError:
        return Exchange(seconds=_since(began), trouble="bad certificate", bad_certificate=True)
    except (OSError, ValueError) as problem:
        trouble = f"I/O operation is failed. Details: [{type(problem).__name__}]"
    return Exchange(seconds=_since(began), trouble=trouble)


def _since(began: float) -> float:
    return time.monotonic() - began


def _message(where: Target, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"POST {where.path} HTTP/1.1", f"Host: {where.authority}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _converse(where: Target, message: bytes, deadline: float) -> bytes:
    with _connect(where, deadline) as connection:
        connection.sendall(message)
        received = b""
        while len(received) <= MAX_ANSWER and not _complete(received):
            connection.settimeout(_left(deadline))
            piece = connection.recv(4096)
            if not piece:
                break
            received += piece
        return received


def _connect(where: Target, deadline: float) -> socket.socket:
    plain = socket.create_connection((where.host, where.port), timeout=_left(deadline))
    if where.scheme == "http":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=where.host)
    except BaseException:
        plain.close()
        raise


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _complete(received: bytes) -> bool:
    """Whether the answer's end is known to be reached before the other side closes."""
    head, gap, body = received.partition(b"\r\n\r\n")
    if not gap:
        return False
    headers = _headers(head)
    if "chunked" in headers.get("transfer-encoding", ""):
        return body.endswith(b"0\r\n\r\n")
    return "content-length" in headers and len(body) >= int(headers["content-length"])


def _headers(head: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _understand(answer: bytes, seconds: float) -> Exchange:
    if len(answer) > MAX_ANSWER:
        trouble = f"Webhook response exceeds max size. Read bytes count: [{MAX_ANSWER}]"
        return Exchange(seconds=seconds, trouble=trouble)
    head, gap, _ = answer.partition(b"\r\n\r\n")
    first = head.split(b"\r\n")[0].split()
    if not gap or len(first) < 2:
        raise ValueError("not an HTTP answer")
    return Exchange(int(first[1]), _headers(head), seconds)
