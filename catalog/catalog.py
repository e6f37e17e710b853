"""The catalog itself: opened once, it hands out transactions, and those hand out the topics."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from catalog.asides import Asides
from catalog.documents import Documents
from catalog.engine import Connection, Engine
from catalog.faxes import Faxes
from catalog.jobs import Jobs
from catalog.ledger import Ledger
from catalog.limits import Limits
from catalog.mailboxes import Mailboxes
from catalog.migrate import open_engine
from catalog.statements import Statements
from catalog.tokens import Tokens

MIGRATIONS = Path(__file__).parent / "migrations"


class Transaction:
    """All topics of the catalog at one moment; what is written is kept together or not at all."""

    def __init__(self, driver: str, connection: Connection) -> None:
        def statements(topic: str) -> Statements:
            return Statements(driver, topic, connection)

        self.mailboxes = Mailboxes(statements("mailboxes"))
        self.documents = Documents(statements("documents"))
        self.faxes = Faxes(statements("faxes"), self.documents)
        self.asides = Asides(statements("asides"))
        self.jobs = Jobs(statements("jobs"))
        self.ledger = Ledger(statements("ledger"))
        self.limits = Limits(statements("limits"))
        self.tokens = Tokens(statements("tokens"))


class Catalog:
    """The one database of what we know. Any thread may use it, one transaction at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, address: str) -> Self:
        """Open and bring up to date; `address` is a file path or `postgresql://...`.

        Raises CatalogError when the database cannot be used or is ahead of this program.
        """
        return cls(open_engine(address, "catalog", MIGRATIONS))

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One writer at a time: commits at the end, rolls back on any exception; never nested.

        Raises CatalogError.
        """
        with self._engine.writing() as connection:
            yield Transaction(self._engine.driver, connection)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A view of one moment that waits for no writer; writing in it raises CatalogError."""
        with self._engine.reading() as connection:
            yield Transaction(self._engine.driver, connection)

    def close(self) -> None:
        """Close every connection."""
        self._engine.close()
