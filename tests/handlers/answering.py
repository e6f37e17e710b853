"""A web address that RingCentral can shake hands with and call, answering as a test has it."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Answerer:
    """Answers every call with `status`, and returns the token of a handshake."""

    url: str = ""
    status: int = 200


@contextmanager
def answering() -> Iterator[Answerer]:
    answerer = Answerer()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response_only(answerer.status)
            if "Validation-Token" in self.headers:
                self.send_header("Validation-Token", self.headers["Validation-Token"])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answerer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield answerer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
