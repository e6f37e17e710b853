"""What the history costs: backfill at RingCentral's pace, the export, a look that finds nothing.

RingCentral's limits are the reference: how much of what they allow is used, by the simulator's
clock, which stands still but for the waits that Faxkeep asks for. So 25 minutes take seconds, and
neither the network nor this machine's speed is in the figures.
 1. backfill of one user's faxes, 40 documents a minute allowed;
 2. the same while RingCentral changes the limit twice by its headers;
 3. the same through the export of the whole account;
 4. a look at a mailbox in which nothing has changed.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measuring import Goal, quick_wanted, show
from handlers.account_export import Tally
from settings import MAIN, Settings
from simulator import Clock, Inbound, Limit, Simulator
from wiring import House, Surrounding

START = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
ALLOWED = 40
LOWERED = 15


@dataclass(frozen=True)
class Backfilled:
    """One backfill: how long it took by RingCentral's clock, and what it asked."""

    way: str
    faxes: int
    minutes: float
    calls: int
    refused: int

    @property
    def calls_per_fax(self) -> float:
        return self.calls / self.faxes

    def row(self) -> dict[str, object]:
        return {
            "way": self.way,
            "faxes": self.faxes,
            "minutes": f"{self.minutes:.1f}",
            "faxes/minute": f"{self.faxes / self.minutes:.1f}" if self.minutes else "-",
            "calls": self.calls,
            "calls/fax": f"{self.calls_per_fax:.3f}",
            "429": self.refused,
        }


@contextmanager
def _scene(faxes: int) -> Iterator[tuple[Simulator, House]]:
    """One user's mailbox with so many faxes, and an installation that knows none of them."""
    clock = Clock(lambda: START)
    with (
        Simulator(seed=1, clock=clock) as simulator,
        tempfile.TemporaryDirectory(prefix="faxkeep-bench-") as folder,
    ):
        simulator.change_account(inbox_limit=10 * faxes)
        (first,) = simulator.receive(Inbound(pages=1))
        page = simulator.document(first)
        for number in range(1, faxes):
            simulator.receive(Inbound(pages=1, document=page + b"%%%06d\n" % number))
        settings = Settings.from_env({**simulator.env, "FAXKEEP_DATA": str(Path(folder, "data"))})
        around = Surrounding(clock.now, simulator.advance, patience=0.0)
        with House(settings, surrounding=around) as house:
            yield simulator, house


def _backfill(faxes: int, *, changing: bool = False) -> tuple[Backfilled, float]:
    """Also the share of the allowed documents that was used."""
    with _scene(faxes) as (simulator, house):
        house.census.take(MAIN)
        house.ask_for("list")
        house.drain("list")
        allowed = 0.0

        def progress(done: int, total: int) -> None:
            """Change the limit when a third, and when two thirds are done."""
            limit = LOWERED if total / 3 <= done < 2 * total / 3 else ALLOWED
            if changing and simulator.limits()["Medium"].requests != limit:
                simulator.limit("Medium", Limit(limit))

        began = house.now()
        house.drain("archive", progress)
        minutes = (house.now() - began) / timedelta(minutes=1)
        # The first window's documents come at once, so the last minute is not needed.
        allowed = faxes / (ALLOWED * (minutes + 1)) if not changing else 0.0
        made = _told("changing limits" if changing else "backfill", faxes, minutes, simulator)
        _require_all(house, faxes)
        return made, allowed


def _export(faxes: int) -> Backfilled:
    with _scene(faxes) as (simulator, house):
        house.census.take(MAIN)
        house.ask_for("list")
        house.drain("list")
        began = house.now()
        house.account_export.bring_in(MAIN, Tally(), lambda stage, done, total: None)
        house.drain("archive")
        minutes = (house.now() - began) / timedelta(minutes=1)
        _require_all(house, faxes)
        return _told("export", faxes, minutes, simulator)


def _idle_look(faxes: int) -> int:
    with _scene(faxes) as (simulator, house):
        house.census.take(MAIN)
        with house.catalog.reading() as tx:
            (mailbox,) = tx.mailboxes.present()
        house.mailbox_sync.look(mailbox.id)
        simulator.advance(60)
        before = int(simulator.requests()["total"])
        house.mailbox_sync.look(mailbox.id)
        return int(simulator.requests()["total"]) - before


def _told(way: str, faxes: int, minutes: float, simulator: Simulator) -> Backfilled:
    asked = simulator.requests()
    refused = sum(each["count"] for each in asked["counts"] if each["status"] == 429)
    return Backfilled(way, faxes, minutes, asked["total"], refused)


def _require_all(house: House, faxes: int) -> None:
    with house.catalog.reading() as tx:
        counts = tx.faxes.count_by_state()
    if counts != {"archived": faxes}:
        raise RuntimeError(f"not everything was archived: {counts}")


def main(*, quick: bool) -> None:
    """Measure and print."""
    faxes = 200 if quick else 1000
    plain, share = _backfill(faxes)
    changing, _ = _backfill(faxes, changing=True)
    export = _export(faxes)
    looks = _idle_look(20)
    show(
        [plain.row(), changing.row(), export.row()],
        [
            Goal("share of the 40 documents a minute", share, low=0.97),
            Goal("calls for each fax", plain.calls_per_fax, high=1.02),
            Goal("calls for each fax through the export", export.calls_per_fax, high=0.01),
            Goal("answers 429", plain.refused + changing.refused + export.refused, high=0),
            Goal("calls of a look that finds nothing", looks, high=1),
        ],
    )


if __name__ == "__main__":
    main(quick=quick_wanted(__doc__))
