"""A thousand faxes wait to be sent: how near they come to RingCentral's ceiling, and whether any
is sent twice while the worker is killed again and again.

The reference is arithmetic: RingCentral takes ten faxes in any minute and user. Time is the
simulator's: it stands while anybody works, and goes on to whatever is due next. So the pace is that
of the plan, not of this machine; worker, database, calls and kills are real. It is counted between
the first fax and the last, without the ten that may go at once.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.measuring import Goal, quick_wanted, show
from benchmarks.thirty_days.clock import SharedClock
from benchmarks.thirty_days.processes import Child, opened
from catalog import SendingQuery
from handlers.ordering import Order
from sending import OutgoingFax, Recipient, document_from_text
from simulator import Simulator
from wiring import House

CEILING = 10
"""Faxes a minute and user."""
NUMBERS = 40
KILL_PATIENCE = 2.0
"""Seconds of a tick in which not so many attempts are made: the worker dies in a later one."""
LONGEST_STEP = timedelta(minutes=1)
MOST_TICKS = 20
"""For each fax: more means that nothing goes forward."""


@dataclass(frozen=True)
class Scale:
    """How many faxes, and how often the worker dies over them."""

    faxes: int = 1000
    kills: int = 20


@dataclass(frozen=True)
class Played:
    """How it went. `states` are those of the outbox, `minutes` the simulator's."""

    states: Mapping[str, int]
    taken: int
    doubled: int
    lost: int
    kills: int
    caught: int
    minutes: float
    again: int
    seconds: float

    @property
    def share(self) -> float:
        """Of the ceiling."""
        return (self.taken - CEILING) / self.minutes / CEILING if self.minutes else 0.0


@dataclass
class Stage:
    """RingCentral, our view of the installation, and its worker."""

    simulator: Simulator
    clock: SharedClock
    house: House
    worker: Child
    caught: int = 0
    """So many attempts were under way when the worker died."""

    def _under_way(self) -> int:
        with self.house.catalog.reading() as tx:
            return tx.sendings.count_by_state().get("sending", 0)

    def open_ones(self) -> int:
        """How many are still to go."""
        with self.house.catalog.reading() as tx:
            counts = tx.sendings.count_by_state()
        return counts.get("waiting", 0) + counts.get("sending", 0)

    def tick(self, dies: random.Random | None) -> bool:
        """Let the worker do what is due, and time go on to what is next; or kill it midway.

        Whether it was killed: only one that has something in hand is.
        """
        self.worker.begin_tick()
        is_killed = dies is not None and self._kill(dies)
        wake, now = self.worker.end_tick(), self.clock.now()
        step = min(wake - now, LONGEST_STEP) if wake else LONGEST_STEP
        self.simulator.advance(max(0.0, step.total_seconds()))
        return is_killed

    def _kill(self, dies: random.Random) -> bool:
        """Kill the worker some moments after it has begun with the so-and-so-many-th attempt."""
        begun, patience = self._begun(), time.monotonic() + KILL_PATIENCE
        wanted = begun + dies.randint(1, CEILING)
        while self._begun() < wanted:
            if time.monotonic() > patience:
                return False
        time.sleep(dies.uniform(0, 0.03))  # the moment is the test
        self.worker.kill()
        self.caught += self._under_way()
        self.worker.start()
        self.worker.begin_tick()
        return True

    def _begun(self) -> int:
        with self.house.catalog.reading() as tx:
            counts = tx.sendings.count_by_state()
        return counts.get("sending", 0) + counts.get("sent", 0)


def play(seed: int, scale: Scale, folder: Path) -> Played:
    """Order them all, let them go, and count."""
    began = time.monotonic()
    with raised(seed, folder) as stage:
        for number in range(scale.faxes):
            stage.house.outbox.accept(Order(a_fax(number), by="benchmark"))
        kills = _send_all(stage, scale, random.Random(seed))
        return _judged(stage, kills, time.monotonic() - began)


def a_fax(number: int) -> OutgoingFax:
    """Each is another text, so that none can be taken for another."""
    to = Recipient(f"+1202555{100 + number % NUMBERS:04d}")
    text = document_from_text(f"This is fax number {number}.")
    return OutgoingFax((to,), (text,), cover_index=0)


@contextmanager
def raised(seed: int, folder: Path) -> Iterator[Stage]:
    """An installation that knows its mailbox, and its worker."""
    clock = SharedClock(folder / "clock", still=True)
    with Simulator(seed=seed, clock=clock) as simulator:
        environment = {**simulator.env, "FAXKEEP_DATA": str(folder / "data")}
        worker = Child("worker", environment, folder / "clock", folder / "log")
        with opened(environment, str(folder / "clock")) as house:
            for account in house.accounts:
                house.census.take(account)
            worker.start()
            try:
                yield Stage(simulator, clock, house, worker)
            finally:
                worker.kill()


def _send_all(stage: Stage, scale: Scale, dice: random.Random) -> int:
    """Until nothing is left to go; the kills are spread over all of it."""
    left = [scale.faxes * (each + dice.random()) / scale.kills for each in range(scale.kills)]
    kills = 0
    for _ in range(scale.faxes * MOST_TICKS):
        is_open = stage.open_ones()
        if not is_open:
            break
        is_due = bool(left) and scale.faxes - is_open >= left[0]
        if stage.tick(dice if is_due else None):
            left.pop(0)
            kills += 1
    return kills


def _judged(stage: Stage, kills: int, seconds: float) -> Played:
    with stage.house.catalog.reading() as tx:
        states = tx.sendings.count_by_state()
        known = tx.sendings.list(SendingQuery(limit=1000))
        ordered = {tx.sendings.documents(each.id)[0].sha256 for each in known}
    taken = [each for each in stage.simulator.truth() if each["direction"] == "Outbound"]
    texts = Counter(each["sources"][0]["sha256"] for each in taken)
    times = sorted(datetime.fromisoformat(each["created"]) for each in taken)
    return Played(
        states=states,
        taken=len(taken),
        doubled=len(taken) - len(texts),
        lost=len(ordered - texts.keys()),
        kills=kills,
        caught=stage.caught,
        minutes=(times[-1] - times[0]) / timedelta(minutes=1) if times else 0.0,
        again=sum(each.attempts - 1 for each in known),
        seconds=seconds,
    )


def main() -> None:
    """Play it with and without kills, and tell."""
    faxes = 100 if quick_wanted(__doc__) else Scale.faxes
    rows = []
    for kills in (0, faxes // 50):
        with tempfile.TemporaryDirectory() as folder:
            rows.append(play(1, Scale(faxes, kills), Path(folder)))
    show([_row(each) for each in rows], [goal for each in rows for goal in _goals(each)])


def _goals(played: Played) -> Iterator[Goal]:
    name = f"with {played.kills} kills"
    yield Goal(f"share of the ceiling, {name}", played.share, low=0.97)
    yield Goal(f"sent twice, {name}", played.doubled, high=0)
    yield Goal(f"never sent, {name}", played.lost, high=0)


def _row(played: Played) -> Mapping[str, object]:
    return {
        "kills": played.kills,
        "attempts open at a kill": played.caught,
        "taken": played.taken,
        "twice": played.doubled,
        "lost": played.lost,
        "unsure": played.states.get("unsure", 0),
        "tried again": played.again,
        "minutes": round(played.minutes, 1),
        "share of the ceiling": round(played.share, 3),
        "took s": round(played.seconds),
    }


if __name__ == "__main__":
    main()
