"""The catalog itself: opened once, it hands out transactions, and those hand out the topics."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from catalog.access_tokens import AccessTokens
from catalog.alarms import Alarms
from catalog.asides import Asides
from catalog.call_records import CallRecords
from catalog.census import Census
from catalog.day_statements import DayStatements
from catalog.documents import Documents
from catalog.engine import Connection, Engine
from catalog.faxes import Faxes
from catalog.jobs import Jobs
from catalog.ledger import Ledger
from catalog.limits import Limits
from catalog.logins import Logins
from catalog.mailboxes import Mailboxes
from catalog.migrate import open_engine
from catalog.notices import Notices
from catalog.observations import Observations
from catalog.outcomes import Outcomes
from catalog.registers import Registers
from catalog.sendings import Sendings
from catalog.statements import Statements
from catalog.tokens import Tokens
from catalog.traffic import Traffic
from catalog.windows import BlindWindows

MIGRATIONS = Path(__file__).parent / "migrations"


class Transaction:
    """All topics of the catalog at one moment; what is written is kept together or not at all."""

    def __init__(self, driver: str, connection: Connection) -> None:
        def statements(topic: str) -> Statements:
            return Statements(driver, topic, connection)

        self.logins = Logins(statements("logins"))
        self.census = Census(statements("census"))
        self.mailboxes = Mailboxes(statements("mailboxes"))
        self.windows = BlindWindows(statements("windows"))
        self.documents = Documents(statements("documents"))
        self.faxes = Faxes(statements("faxes"), self.documents)
        self.sendings = Sendings(statements("sendings"))
        self.registers = Registers(statements("registers"))
        self.traffic = Traffic(statements("traffic"))
        self.call_records = CallRecords(statements("call_records"))
        self.asides = Asides(statements("asides"))
        self.jobs = Jobs(statements("jobs"))
        self.ledger = Ledger(statements("ledger"))
        self.limits = Limits(statements("limits"))
        self.tokens = Tokens(statements("tokens"))
        self.days = DayStatements(statements("day_statements"))
        self.alarms = Alarms(statements("alarms"))
        self.observations = Observations(statements("observations"))
        self.outcomes = Outcomes(statements("outcomes"), self.jobs)
        self.notices = Notices(statements("notices"), self.jobs)
        self.access_tokens = AccessTokens(statements("access_tokens"))


Ring = Callable[[str, str, float], object]
"""Tells the workers of a job: its name, its lane or argument, in how many seconds it is due."""


def _ring_nobody(name: str, target: str, delay: float) -> None:
    """For whoever does the jobs itself."""


class Catalog:
    """The one database of what we know. Any thread may use it, one transaction at a time."""

    def __init__(self, engine: Engine, ring: Ring = _ring_nobody) -> None:
        self._engine = engine
        self._ring = ring

    @classmethod
    def open(cls, address: str, ring: Ring = _ring_nobody) -> Self:
        """Open and bring up to date; `address` is a file path or `postgresql://...`.

        `ring` is called for the jobs that a transaction requested, once it is committed.
        Raises CatalogError when the database cannot be used or is ahead of this program.
        """
        return cls(open_engine(address, "catalog", MIGRATIONS), ring)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One writer at a time: commits at the end, rolls back on any exception; never nested.

        Raises CatalogError.
        """
        with self._engine.writing() as connection:
            tx = Transaction(self._engine.driver, connection)
            yield tx
        for wish in sorted(tx.jobs.wishes):
            self._ring(*wish)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A view of one moment that waits for no writer; writing in it raises CatalogError."""
        with self._engine.reading() as connection:
            yield Transaction(self._engine.driver, connection)

    def close(self) -> None:
        """Close every connection."""
        self._engine.close()
