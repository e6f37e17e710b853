"""What the SQL of this room needs of a database engine: lent connections and transactions."""

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from errors import CatalogError

Connection = Any
"""A DB-API connection of either driver: rows are mappings, transactions begin only when told to."""

BUSY_SECONDS = 30.0
"""How long a writer waits for its turn. No transaction may wait for anything but the database."""


class Engine(ABC):
    """One database. A connection serves one transaction at a time and is then lent to the next.

    Lending, instead of one connection for each thread, leaves none behind when a thread ends.
    """

    driver: ClassVar[str]
    """aiosql's name for the driver."""
    column_types: ClassVar[Mapping[str, str]]
    """What the `{...}` of a migration means here: the only difference between the databases."""
    failures: ClassVar[tuple[type[Exception], ...]]

    def __init__(self) -> None:
        self._idle: deque[Connection] = deque()
        self._guard = threading.Lock()
        self._thread = threading.local()
        self._writer = threading.Lock()
        self._closed = False

    @abstractmethod
    def connect(self) -> Connection:
        """A new connection."""

    @abstractmethod
    def begin_writing(self, connection: Connection) -> None:
        """Start a transaction in which nobody else writes: what it reads stays true to its end."""

    @abstractmethod
    def begin_reading(self, connection: Connection) -> None:
        """Start a transaction that sees one moment and refuses to write."""

    @abstractmethod
    def roll_back(self, connection: Connection) -> None:
        """End the open transaction without a trace; nothing happens when there is none."""

    @abstractmethod
    def alive(self, connection: Connection) -> bool:
        """Whether a connection that lay idle still answers."""

    @abstractmethod
    def words(self, failure: Exception) -> str:
        """The driver's error in words that hold no value of a row."""

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction: commits, or rolls back on any exception. Raises CatalogError."""
        with self._alone_in_thread(), self._turn(), self._transaction(self.begin_writing) as lent:
            yield lent

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only transaction. Raises CatalogError."""
        with self._alone_in_thread(), self._transaction(self.begin_reading) as lent:
            yield lent

    def close(self) -> None:
        """Close the idle connections; one that is lent closes when it comes back."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, deque()
        for connection in idle:
            connection.close()

    @contextmanager
    def _transaction(self, begin: Callable[[Connection], None]) -> Iterator[Connection]:
        with self._lent() as connection:
            self._begin(connection, begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException as problem:
                self._roll_back(connection)
                if isinstance(problem, self.failures):
                    # `from None`: PostgreSQL's own text quotes the values of the row.
                    raise self._error(problem) from None
                raise

    def _begin(self, connection: Connection, begin: Callable[[Connection], None]) -> None:
        try:
            begin(connection)
        except self.failures as failure:
            self._roll_back(connection)
            raise self._error(failure) from None

    def _roll_back(self, connection: Connection) -> None:
        try:
            self.roll_back(connection)
        except self.failures:
            connection.close()

    def _error(self, failure: Exception) -> CatalogError:
        return CatalogError(f"The catalog database refused: {self.words(failure)}")

    @contextmanager
    def _alone_in_thread(self) -> Iterator[None]:
        if getattr(self._thread, "inside", False):
            raise CatalogError("A catalog transaction was started inside another one.")
        self._thread.inside = True
        try:
            yield
        finally:
            self._thread.inside = False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # SQLite's waiting writers poll, and the unlucky one waits for seconds; here they queue.
        if not self._writer.acquire(timeout=BUSY_SECONDS):
            raise CatalogError("The catalog database is busy: another writer does not end.")
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        connection = self._take()
        try:
            yield connection
        finally:
            self._give_back(connection)

    def _take(self) -> Connection:
        while (connection := self._idle_one()) is not None:
            if self.alive(connection):
                return connection
            connection.close()
        try:
            return self.connect()
        except self.failures as failure:
            raise self._error(failure) from None

    def _idle_one(self) -> Connection | None:
        with self._guard:
            if self._closed:
                raise CatalogError("The catalog is closed.")
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: Connection) -> None:
        with self._guard:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()
