"""Orders and a worker that die at a named step of a fax's way out, and what is so afterwards.

Time goes by a clock that all processes share: whoever is in doubt waits for minutes.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.thirty_days.clock import SharedClock
from benchmarks.thirty_days.processes import opened, tick
from catalog import Sending, SendingQuery
from handlers.fates import FIRST_LOOK, SETTLES
from handlers.ordering import Order
from sending import OutgoingFax, Recipient, document_from_text
from simulator import Fault, Simulator
from tests.crashes.doomed import Doom, doomed
from tests.journeys import commands
from wiring import House

ORDERING = (
    "order staged",
    "order renamed",
    "order published",
    "order-kept",
    "before-order-commit",
    "order-entered",
)
SENDING = ("attempt-noted", "fax-taken", "before-sent-commit", "sent-entered", "looked")
NEVER = Doom("", 0)
NUMBERS = ("+12025550111", "+12025550112", "+12025550111", "+12025550113", "+12025550112")
PAUSES = (FIRST_LOOK, SETTLES, SETTLES, SETTLES, SETTLES)
FAX_PATH = "/fax"


def a_fax(number: int) -> OutgoingFax:
    """Each is another text, so that none can be taken for another."""
    text = document_from_text(f"This is fax number {number}.")
    return OutgoingFax((Recipient(NUMBERS[number % len(NUMBERS)]),), (text,), cover_index=0)


@dataclass
class Office:
    """One data folder, its RingCentral, the shared clock, and the processes that come and go."""

    simulator: Simulator
    house: House
    environment: Mapping[str, str]
    folder: Path
    ordered: list[Sending] = field(default_factory=list)

    @property
    def _arguments(self) -> tuple[Any, ...]:
        return dict(self.environment), str(self.folder / "log"), str(self.folder / "clock")

    def order(self, count: int) -> None:
        """Order some faxes, in this process."""
        for _ in range(count):
            made = self.house.outbox.accept(Order(a_fax(len(self.ordered)), by="ann"))
            self.ordered.append(made)

    def die_ordering(self, doom: Doom) -> int:
        """Order two in a process that dies over it; how it ended."""
        return commands.ended(commands.fork(order_two, *self._arguments, doom))

    def work(self, doom: Doom = NEVER) -> int:
        """Let a worker start and do what is due; how it ended."""
        return commands.ended(commands.fork(work_once, *self._arguments, doom))

    def pass_time(self, seconds: float) -> None:
        self.simulator.advance(seconds)

    def lose_answers(self, count: int) -> None:
        """RingCentral takes faxes, and nobody hears of it."""
        self.simulator.fault("cut_after", Fault(count=count, path=FAX_PATH))

    def heal(self) -> None:
        """Let healthy workers come while the time of all looks goes by."""
        for pause in PAUSES:
            assert self.work() == 0, f"see {self.folder / 'log'}"
            self.pass_time(pause.total_seconds() + 60)

    def all(self) -> list[Sending]:
        return self.house.outbox.list(SendingQuery(limit=1000))

    def taken(self) -> list[dict[str, Any]]:
        """The faxes that RingCentral was given."""
        return [each for each in self.simulator.truth() if each["direction"] == "Outbound"]

    def faults(self) -> Iterator[str]:
        """Everything that is not as if nothing had happened."""
        known = self.all()
        states = Counter(each.state for each in known)
        if states.keys() != {"sent"}:
            yield f"they are {dict(states)}"
        if missing := {each.id for each in self.ordered} - {each.id for each in known}:
            yield f"{len(missing)} were promised and forgotten"
        texts = Counter(each["sources"][0]["sha256"] for each in self.taken())
        if set(texts.values()) - {1}:
            yield f"RingCentral was given one more than once: {sorted(texts.values())}"
        if texts.keys() != {self._text(each) for each in known}:
            yield "RingCentral was given others than were ordered"
        if {each["id"] for each in self.taken()} != {each.message_id for each in known}:
            yield "they are not the faxes that we believe they are"
        yield from self._leftovers({each.id for each in known})

    def _text(self, sending: Sending) -> str:
        whole = self.house.outbox.find(sending.id)
        assert whole is not None
        return whole.documents[0].sha256

    def _leftovers(self, known: set[str]) -> Iterator[str]:
        """Nothing lies in the outbox that no row tells of."""
        self.pass_time(2 * 3600)
        self.house.outbox_upkeep.tidy()
        if extra := {each.id for each in self.house.outbox_files.stored()} - known:
            yield f"{len(extra)} orders lie in the outbox that nobody knows"
        if list((self.house.settings.data / "outbox" / "staging").iterdir()):
            yield "the outbox's staging cannot be swept"


@contextmanager
def office(folder: Path, seed: int) -> Iterator[Office]:
    """An installation that knows its mailbox, and has no processes yet."""
    folder.mkdir(parents=True)
    clock = SharedClock(folder / "clock")
    with Simulator(seed=seed, clock=clock) as simulator:
        environment = {**simulator.env, "FAXKEEP_DATA": str(folder / "data")}
        with opened(environment, str(folder / "clock")) as house:
            for account in house.accounts:
                house.census.take(account)
            yield Office(simulator, house, environment, folder)


def order_two(environment: dict[str, str], log: str, clock: str, doom: Doom) -> None:
    """Order two faxes until the doom strikes."""
    commands.become(environment, log, log)
    with opened(environment, clock, doomed(doom)) as house:
        for number in (101, 102):
            house.outbox.accept(Order(a_fax(number), by="bob"))
    os._exit(0)


def work_once(environment: dict[str, str], log: str, clock: str, doom: Doom) -> None:
    """Be a worker that does all that is due, and then ends."""
    commands.become(environment, log, log)
    with opened(environment, clock, doomed(doom)) as house:
        assert house.try_to_be_the_worker()
        house.upkeep.start()
        with ThreadPoolExecutor(house.settings.workers) as pool:
            tick(house, pool)
    os._exit(0)
