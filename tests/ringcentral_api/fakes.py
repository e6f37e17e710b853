"""Small stores that keep the room's contracts, a clock that never sleeps, a scripted server."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit


class FakeTime:
    """A clock that only waiting moves."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now
        self.waits: list[float] = []

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class MemoryRates:
    """A sliding window of one minute per (user, group)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.limits: dict[tuple[str, str], tuple[int, float]] = {}
        self.taken: dict[tuple[str, str], list[float]] = {}
        self.paused: dict[tuple[str, str], float] = {}

    def take(self, user: str, group: str, default_limit: int, now: float) -> float:
        key = (user, group)
        with self._lock:
            if now < self.paused.get(key, 0.0):
                return self.paused[key] - now
            limit, window = self.limits.get(key, (default_limit, 60.0))
            recent = [each for each in self.taken.get(key, []) if each > now - window]
            if len(recent) >= limit:
                return recent[0] + window - now
            self.taken[key] = [*recent, now]
            return 0.0

    def pace(self, user: str, group: str, default_limit: int) -> float:
        limit, window = self.limits.get((user, group), (default_limit, 60.0))
        return limit / window

    def learn(self, user: str, group: str, limit: int, window: float, now: float) -> None:
        self.limits[(user, group)] = (limit, window)

    def remaining(self, user: str, group: str, remaining: int, now: float) -> None:
        key = (user, group)
        with self._lock:
            limit, _ = self.limits.get(key, (50, 60.0))
            taken = self.taken.get(key, [])
            self.taken[key] = [*taken, *[now] * (limit - remaining - len(taken))]

    def pause(self, user: str, group: str, until: float) -> None:
        self.paused[(user, group)] = max(until, self.paused.get((user, group), 0.0))


class FileTokens:
    """A token store in a SQLite file, so that threads and processes can share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as db:
            db.execute("CREATE TABLE IF NOT EXISTS token (account PRIMARY KEY, sealed, expires)")
            db.execute("CREATE TABLE IF NOT EXISTS claim (account PRIMARY KEY, until)")

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        finally:
            db.close()

    def read(self, account: str) -> tuple[str, float] | None:
        with self._open() as db:
            sql = "SELECT sealed, expires FROM token WHERE account = ?"
            found: tuple[str, float] | None = db.execute(sql, (account,)).fetchone()
            return found

    def claim_renewal(self, account: str, now: float, until: float) -> bool:
        with self._open() as db:
            sql = (
                "INSERT INTO claim VALUES (?, ?) ON CONFLICT (account) "
                "DO UPDATE SET until = excluded.until WHERE claim.until <= ? RETURNING 1"
            )
            return db.execute(sql, (account, until, now)).fetchone() is not None

    def write(self, account: str, sealed: str, expires_at: float) -> None:
        with self._open() as db:
            db.execute("REPLACE INTO token VALUES (?, ?, ?)", (account, sealed, expires_at))
            db.execute("DELETE FROM claim WHERE account = ?", (account,))

    def drop(self, account: str, sealed: str) -> None:
        with self._open() as db:
            db.execute("DELETE FROM token WHERE account = ? AND sealed = ?", (account, sealed))

    def release_renewal(self, account: str) -> None:
        with self._open() as db:
            db.execute("DELETE FROM claim WHERE account = ?", (account,))


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> object:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """`cut`: send only so many bytes of the body although all were announced."""

    status: int = 200
    body: object = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None

    @property
    def payload(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def _answer(self) -> None:
        split = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(
            self.command,
            split.path,
            parse_qsl(split.query, keep_blank_values=True),
            {key.casefold(): value for key, value in self.headers.items()},
            body,
        )
        self.server.requests.append(request)
        self._send(self.server.route(request))

    def _send(self, answer: Answer | None) -> None:
        if answer is None:
            self.close_connection = True
            return
        payload = answer.payload
        kind = "application/octet-stream" if isinstance(answer.body, bytes) else "application/json"
        headers = {"Content-Type": kind, "Content-Length": str(len(payload)), **answer.headers}
        say = self.send_response_only if "Date" in headers else self.send_response
        say(answer.status)
        for key, value in headers.items():
            if value:
                self.send_header(key, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(payload[: answer.cut])
        if answer.cut is not None:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Answers with what `route` returns (None: hang up) and remembers every request.

    Logins are answered by `log_in`; all others by `script`.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[Request] = []
        self.script: Callable[[Request], Answer | None] = lambda request: Answer(404)
        self.log_in: Callable[[Request], Answer | None] = lambda request: token()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def route(self, request: Request) -> Answer | None:
        answer = self.log_in if request.path == "/restapi/oauth/token" else self.script
        return answer(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client may break off whenever it likes."""

    def say(self, *answers: Answer | None) -> None:
        """Answer in this order; the last one goes on for ever."""
        left = list(answers)
        self.script = lambda request: left.pop(0) if len(left) > 1 else left[0]

    def asked(self, path_part: str = "") -> list[Request]:
        """The requests other than logins."""
        return [
            each
            for each in self.requests
            if path_part in each.path and each.path != "/restapi/oauth/token"
        ]

    @property
    def logins(self) -> int:
        return len(self.requests) - len(self.asked())


def token(value: str = "token-1", lifetime: int = 3600, scope: str = "ReadMessages") -> Answer:
    return Answer(
        body={
            "access_token": value,
            "expires_in": lifetime,
            "token_type": "bearer",
            "scope": scope,
            "session_id": "s",
        }
    )


def failure(status: int, code: str, headers: dict[str, str] | None = None, **more: str) -> Answer:
    error = {"errorCode": code, "message": "In words", **more}
    return Answer(status, {"errors": [error], **error}, headers or {})
