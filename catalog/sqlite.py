"""SQLite: one file, opened through sqlite-utils, durable at every commit."""

import os
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import sqlite_utils

from catalog.engine import BUSY_SECONDS, Connection, Engine
from errors import CatalogError

WAL_RETRY_SECONDS = 0.01


class Sqlite(Engine):
    """A SQLite file in write-ahead mode, readable by its owner only."""

    driver: ClassVar[str] = "sqlite3"
    column_types: ClassVar[Mapping[str, str]] = {
        "text": "TEXT",
        "blob": "BLOB",
        "float": "REAL",
        "identity": "INTEGER PRIMARY KEY AUTOINCREMENT",
    }
    failures: ClassVar[tuple[type[Exception], ...]] = (sqlite3.Error,)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def connect(self) -> Connection:
        try:
            _create_private(self._path)
        except OSError as failure:
            reason = failure.strerror or type(failure).__name__
            raise CatalogError(f"The catalog's file cannot be used: {reason}.") from failure
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _set_up(sqlite_utils.Database(connection, execute_plugins=False))
        except sqlite3.Error:
            connection.close()
            raise
        connection.row_factory = _mapping
        return connection

    def begin_writing(self, connection: Connection) -> None:
        # A deferred BEGIN that reads first and writes later fails at once when somebody else wrote
        # in between, however long the busy time-out is.
        connection.execute("PRAGMA query_only = OFF")
        connection.execute("BEGIN IMMEDIATE")

    def begin_reading(self, connection: Connection) -> None:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN DEFERRED")

    def roll_back(self, connection: Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")

    def alive(self, connection: Connection) -> bool:
        try:
            return not connection.in_transaction
        except sqlite3.ProgrammingError:
            return False

    def words(self, failure: Exception) -> str:
        """SQLite names tables and columns, never values."""
        return str(failure)


def _create_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # Only ever creating: closing a second descriptor of an open database would drop the
        # POSIX locks this process holds on it (sqlite.org/howtocorrupt.html, 2.2).
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        if path.is_file() and path.stat().st_mode & 0o077:
            path.chmod(0o600)


def _set_up(database: sqlite_utils.Database) -> None:
    _enable_wal(database)
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA foreign_keys = ON")


def _enable_wal(database: sqlite_utils.Database) -> None:
    """Switch the file to write-ahead mode; SQLite refuses at once while another opener does it."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            database.enable_wal()
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(WAL_RETRY_SECONDS)


def _mapping(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}
