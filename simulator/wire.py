"""A small threaded HTTP/1.1 server that can also misbehave exactly as told."""

import http.server
import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

MAX_BODY = 56 * 1024 * 1024
"""RingCentral takes request bodies of up to 55 MB."""
NO_ANSWER = -1

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One request as it came; header names in lower case."""

    method: str
    host: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw_query: str = ""

    def one(self, name: str, default: str = "") -> str:
        """The last value of a query parameter."""
        return self.query.get(name, [default])[-1]


@dataclass
class Response:
    """One answer. `cut_at` closes the connection after so many bytes of the body.

    `NO_ANSWER` closes it without a single byte; `wait` are real seconds before the answer; `fault`
    names, for the journal, what an operation made worse.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    wait: float = 0
    fault: str = ""


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer."""
    text = json.dumps(body, separators=(",", ":"))
    return Response(status, text.encode(), {"Content-Type": "application/json;charset=utf-8"})


Application = Callable[[Request], Response]


class Server(http.server.ThreadingHTTPServer):
    """Serves one application on one port until `close`; `date` is the time its answers bear."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        application: Application,
        date: Callable[[], float] = time.time,
    ) -> None:
        self.application = application
        self.date = date
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)
        self._thread = threading.Thread(target=self._serve, name="simulator-http", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self.closing.is_set():
            self.handle_request()

    @property
    def url(self) -> str:
        """Where it listens."""
        host = str(self.server_address[0])
        return f"http://{f'[{host}]' if ':' in host else host}:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("a caller went away", exc_info=True)

    def close(self) -> None:
        """Stop, cut every open connection and wait for the threads."""
        self.closing.set()
        host, port = self.server_address[:2]
        with socket.create_connection((str(host), port)):
            self._thread.join()  # our own call has woken it
        with self._open_lock:
            for connection in self._open:
                _hang_up(connection)
        self.server_close()


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        log.debug("already gone")


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the request log of the simulator is the log."""

    def handle_any(self) -> None:
        try:
            request = self._request()
        except ValueError:
            self._send(Response(413, b"", {"Connection": "close"}))
            self.close_connection = True
            return
        self._send(self._respond(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any  # noqa: N815

    def _respond(self, request: Request) -> Response:
        try:
            return self.server.application(request)
        except Exception:
            log.exception("the simulator itself failed")
            return answer({"errorCode": "CMN-201", "message": "Service Temporary Unavailable"}, 500)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            host=self.headers.get("Host", ""),
            path=unquote(parts.path),
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._body(),
            raw_query=parts.query,
        )

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return self._chunks()
        size = int(self.headers.get("Content-Length") or 0)
        if not 0 <= size <= MAX_BODY:
            raise ValueError("body too large")
        return self.rfile.read(size)

    def _chunks(self) -> bytes:
        whole = bytearray()
        while size := int(self.rfile.readline(20).split(b";")[0], 16):
            if size < 0 or len(whole) + size > MAX_BODY:
                raise ValueError("body too large")
            whole += self.rfile.read(size)
            self.rfile.readline(4)
        self.rfile.readline(4)
        return bytes(whole)

    def _send(self, response: Response) -> None:
        closing = self.server.closing.wait(response.wait)
        if closing or response.cut_at == NO_ANSWER:
            self.close_connection = True
            return
        body = response.body if self.command != "HEAD" else b""
        self.wfile.write(self._head(response) + body[: response.cut_at])
        if response.cut_at is not None:
            self.close_connection = True

    def _date(self) -> str:
        return self.date_time_string(self.server.date())

    def _head(self, response: Response) -> bytes:
        try:
            phrase = HTTPStatus(response.status).phrase
        except ValueError:
            phrase = "Unknown"
        lines = [f"HTTP/1.1 {response.status} {phrase}", f"Date: {self._date()}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if response.status != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(response.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
