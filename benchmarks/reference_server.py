"""What the acknowledgement is measured against, on the same server with the same threads.

`python -m benchmarks.reference_server bare` answers with nothing done; `row-per-commit` is our own
application, but for one thing: each request commits its own row.
"""

import sqlite3
import sys
import threading
from pathlib import Path

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app import create_app
from catalog import RawEvent
from handlers.healthz import HealthPage
from handlers.webhook import Door, Nameplate
from serving import THREADS
from settings import read_settings
from wiring import FrontDoor, utc_now

BUSY_SECONDS = 30.0


def bare() -> Flask:
    """The least that Flask can do."""
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/", view_func=lambda: "", methods=["POST"])
    return app


def row_per_commit() -> Flask:
    """Our application over SQLite as durable as ours, one INSERT for each transaction."""
    settings = read_settings()
    rows = _Rows(settings.data / "rows.sqlite3")
    (account,) = settings.accounts
    nameplate = Nameplate(account.name, account.webhook_part, account.webhook_secret)
    door = Door([nameplate], rows.keep, utc_now)
    return create_app(FrontDoor(door, HealthPage(list, utc_now)))


class _Rows:
    """A connection for each thread, as sqlite3 wants it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._thread = threading.local()
        self._connection().execute("CREATE TABLE events (received_at, content_type, body)")

    def keep(self, event: RawEvent, timeout: float) -> None:
        values = (event.received_at.isoformat(), event.content_type, event.body)
        self._connection().execute("INSERT INTO events VALUES (?, ?, ?)", values)

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._thread, "connection"):
            opened = sqlite3.connect(self._file, timeout=BUSY_SECONDS, isolation_level=None)
            opened.execute("PRAGMA journal_mode = WAL")
            opened.execute("PRAGMA synchronous = FULL")
            self._thread.connection = opened
        connection: sqlite3.Connection = self._thread.connection
        return connection


def main(name: str) -> None:
    """Serve until SIGTERM; everything but the application as `serving.web` has it."""
    settings = read_settings()
    Granian(
        target=f"benchmarks.reference_server:{name.replace('-', '_')}",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=1,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        log_access=False,
        working_dir=Path(__file__).parent.parent,
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1])
