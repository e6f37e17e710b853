"""Everything but processes: a House wired as in production beside a simulated RingCentral.

Time goes by the simulator's clock, rings are only noted down, and any named step can be made fatal.
"""

import io
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from catalog import (
    Aside,
    DocumentRow,
    Event,
    Fax,
    FaxQuery,
    Job,
    LedgerRow,
    Mailbox,
    NewFax,
    RawEvent,
)
from handlers.export import all_faxes
from settings import MAIN, Settings
from simulator import Clock, Inbound, Limit, Simulator
from wiring import House

LOGIN = f"{MAIN}/1"
STORE = "/restapi/v1.0/account/~/extension/{}/message-store"


class Crash(Exception):
    """The process dies here, as far as a test of one room can tell."""


@dataclass
class Steps:
    """A failpoint: raises Crash at the `fatal` step, lets things happen `meanwhile`, once."""

    fatal: str = ""
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)

    def __call__(self, step: str) -> None:
        if act := self.meanwhile.pop(step, None):
            act()
        if step == self.fatal:
            raise Crash(step)


@dataclass
class Rings:
    """A bell that only notes who was rung for, and how much later."""

    rung: list[tuple[str, str, float]] = field(default_factory=list)

    def ring(self, name: str, argument: str, delay: float = 0.0) -> None:
        self.rung.append((name, argument, delay))


@dataclass
class Household:
    """A House that watches mailboxes, and what a test does to it and asks of it."""

    simulator: Simulator
    clock: Clock
    house: House
    steps: Steps
    page: Inbound
    """A small fax; drawing one for each test would take longer than all the rest."""
    rings: Rings = field(default_factory=Rings)

    def __post_init__(self) -> None:
        self.house.surrounding.now = self.clock.now
        self.house.surrounding.wait = self.pass_time
        vars(self.house)["bell"] = self.rings

    @cached_property
    def mailboxes(self) -> list[Mailbox]:
        """Those that are watched; known to the catalog from the first time they are asked for."""
        found = list(self.house.census.take(MAIN))
        self.rings.rung.clear()
        return found

    @property
    def mailbox(self) -> Mailbox:
        """The login's own one, which in most tests is the only one."""
        return self.mailboxes[0]

    # What happens

    def receive(self, count: int = 1) -> list[str]:
        """Let small faxes arrive at RingCentral."""
        return self.simulator.receive(self.page, count=count)

    def receive_one(self) -> str:
        (message_id,) = self.receive()
        return message_id

    def look(self) -> tuple[int, int]:
        """Look at the mailbox; how many faxes were new, and how many had changed."""
        looked = self.house.mailbox_sync.look(self.mailbox.id)
        return looked.new, looked.changed

    def take_census(self) -> None:
        """Ask RingCentral anew who there is."""
        self.house.census.take(MAIN)

    def run(self, name: str) -> None:
        """Answer a ring for the one lane that there is."""
        self.house.runner.run(name, LOGIN)

    def finish(self, message_id: str) -> None:
        self.house.archiver.finish(self.id_of(message_id))

    def archive_one(self) -> str:
        """Receive a fax and bring it into the archive."""
        message_id = self.receive_one()
        self.look()
        self.finish(message_id)
        assert self.fax(message_id).state == "archived"
        return message_id

    def take_in(self, *created: datetime, first: int = 1, **told: Any) -> None:
        """Take in received faxes as if a look had brought them, without their jobs.

        Their message ids are numbers from `first` on; `told` is what else is told of them.
        """
        now = self.clock.now()
        with self.house.catalog.transaction() as tx:
            for number, moment in enumerate(created, first):
                fax = NewFax(
                    account_id=self.mailbox.account_id,
                    mailbox_id=self.mailbox.id,
                    message_id=str(number),
                    direction="Inbound",
                    message_status="Received",
                    read_status="Unread",
                    availability="Alive",
                    created_at=moment,
                    raw="{}",
                    origin="message-store",
                )
                tx.faxes.record(replace(fax, **told), now)

    def pass_time(self, seconds: float) -> None:
        self.simulator.advance(seconds)

    def notify(self, body: object, event: str = "", **envelope: object) -> None:
        """Put a notification into the journal; by default of a change in the mailbox."""
        event = event or STORE.format(self.mailbox.extension_id)
        self.keep(json.dumps({"uuid": "1", "event": event, "body": body, **envelope}).encode())

    def keep(self, body: bytes) -> None:
        """Put any bytes into the journal of notifications."""
        self.house.journal.append([RawEvent(self.clock.now(), "application/json", body, MAIN)])

    def crash(self, step: str, act: Callable[[], object]) -> None:
        """Do it with a crash at the step; from then on all steps pass."""
        self.steps.fatal = step
        with pytest.raises(Crash):
            act()
        self.steps.fatal = ""

    def tamper(self, statement: str, *values: object) -> None:
        """Change the catalog behind our back."""
        address = self.house.settings.catalog_address
        with closing(sqlite3.connect(address)) as database, database:
            database.execute(statement, values)

    def restart(self, meanwhile: Callable[[], object] = int, **changed: Any) -> None:
        """Close the house and open it again, as the next process, with settings `changed`.

        `meanwhile` nobody is in.
        """
        self.house.close()
        meanwhile()
        self.house = House(replace(self.house.settings, **changed), self.steps)
        self.__post_init__()

    # What is known

    def id_of(self, message_id: str) -> str:
        return f"{self.mailbox.account_id}-{message_id}"

    def find(self, message_id: str) -> Fax | None:
        with self.house.catalog.reading() as tx:
            return tx.faxes.get(self.id_of(message_id))

    def fax(self, message_id: str) -> Fax:
        found = self.find(message_id)
        assert found is not None
        return found

    def faxes(self) -> list[Fax]:
        with self.house.catalog.reading() as tx:
            return list(all_faxes(tx, FaxQuery()))

    def watched(self) -> Mailbox:
        """The mailbox as the catalog has it now."""
        with self.house.catalog.reading() as tx:
            found = tx.mailboxes.get(self.mailbox.id)
        assert found is not None
        return found

    def documents(self, message_id: str) -> list[DocumentRow]:
        with self.house.catalog.reading() as tx:
            return tx.documents.of(self.id_of(message_id))

    def asides(self) -> list[Aside]:
        with self.house.catalog.reading() as tx:
            return tx.asides.all()

    def jobs(self, name: str) -> list[Job]:
        with self.house.catalog.reading() as tx:
            return [job for job in tx.jobs.list() if job.name == name]

    def events(self, *, unreadable: bool = False) -> list[Event]:
        return self.house.journal.list(unreadable, 1000)

    def ledger(self) -> list[LedgerRow]:
        with self.house.catalog.reading() as tx:
            return tx.ledger.after(0, 10_000)

    def kinds(self) -> list[str]:
        """What the catalog's ledger tells of, in order."""
        return [row.kind for row in self.ledger()]

    def copied(self) -> list[str]:
        """The lines of the ledger's files."""
        files = sorted((self.house.archive.root / "ledger").glob("*.jsonl"))
        return [line for file in files for line in file.read_text().splitlines()]

    def record(self, message_id: str) -> dict[str, Any]:
        """What the archive's latest record tells of a fax."""
        return self.house.archive.read_record(self.fax(message_id).folder or "")

    def plain(self, message_id: str) -> bytes:
        """The first document of a fax as the archive gives it back."""
        into = io.BytesIO()
        self.house.export.document(self.fax(message_id), 1, into)
        return into.getvalue()

    def findings(self) -> list[str]:
        """What `verify` finds, as `kind what where`."""
        found = self.house.proof.verify(1.0, 0, _say_nothing)
        return [f"{each.kind} {each.what} {each.where}" for each in found]

    def downloads(self) -> int:
        """How often RingCentral was asked for a document."""
        asked: Sequence[Any] = self.simulator.requests(path="/content/")["records"]
        return len(asked)


def settings_for(simulator: Simulator, data: Path, **chosen: str) -> Settings:
    return Settings.from_env({**simulator.env, "FAXKEEP_DATA": str(data), **chosen})


@contextmanager
def opened(folder: Path, page: Inbound, clock: Clock, **chosen: str) -> Iterator[Household]:
    """A house that has found its mailboxes, and a RingCentral without limits."""
    steps = Steps()
    with Simulator(seed=5, clock=clock) as simulator:
        for group in simulator.limits():
            simulator.limit(group, Limit(100_000))
        simulator.change_account(inbox_limit=10_000)
        house = House(settings_for(simulator, folder / "data", **chosen), steps)
        made = Household(simulator, clock, house, steps, page)
        try:
            assert made.mailboxes
            yield made
        finally:
            made.house.close()


def _say_nothing(done: int, total: int) -> None:
    """Report no progress."""
