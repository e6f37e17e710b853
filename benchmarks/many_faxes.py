"""Whether it stays small and quick when much is known: 100,000 faxes in the catalog.

A worker's sweep, a look that finds nothing, and the judgement of health, each over a catalog of a
hundred faxes and over one of 100,000. The growth of the process is that of its resident memory
while it does all of it, against a process that does the same over the small catalog.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.measuring import Goal, peak_memory, quick_wanted, show
from catalog import Catalog, Mailbox
from settings import MAIN, Settings
from simulator import Clock, Simulator
from wiring import House

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
REPEATS = 15
BATCH = 5000
FEW = 100


def fill(catalog: Catalog, mailbox: Mailbox, faxes: int) -> None:
    """Archived faxes over some years, with a document each."""
    rows = (
        {
            "id": f"{mailbox.account_id}-{number}",
            "mailbox_id": mailbox.id,
            "account_id": mailbox.account_id,
            "message_id": str(number),
            "at": (NOW - timedelta(minutes=20 * number)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }
        for number in range(1, faxes + 1)
    )
    with catalog._engine.writing() as connection:
        connection.executemany(_FAX, list(rows))
        connection.execute(_DOCUMENT)


_FAX = """INSERT INTO faxes (id, account_id, mailbox_id, message_id, direction, message_status,
    read_status, availability, created_at, raw, origin, found_by, state, state_reason, state_at,
    folder, revision, version, unrecorded, first_seen_at, availability_at, evidence)
VALUES (:id, :account_id, :mailbox_id, :message_id, 'Inbound', 'Received', 'Unread', 'Alive', :at,
    '{}', 'message-store', 'look', 'archived', '', :at, '2026/11/25/x', 1, 1, 0, :at, :at, '')"""
_DOCUMENT = """INSERT INTO documents (fax_id, position, attachment_id, name, sha256, size,
    content_type, kind, pages, note, source)
SELECT id, 0, '1', 'document.pdf.age', 'x', 10000, 'application/pdf', 'pdf', 1, '', '' FROM faxes"""


def measured(faxes: int) -> dict[str, float]:
    """Milliseconds of each, and the bytes the process grew by."""
    clock = Clock(lambda: NOW)
    with (
        Simulator(seed=1, clock=clock) as simulator,
        tempfile.TemporaryDirectory(prefix="faxkeep-bench-") as folder,
    ):
        settings = Settings.from_env({**simulator.env, "FAXKEEP_DATA": str(Path(folder, "data"))})
        with House(settings) as house:
            house.surrounding.now = clock.now
            (mailbox,) = house.census.take(MAIN)
            house.mailbox_sync.look(mailbox.id)
            house.upkeep.sweep()
            fill(house.catalog, mailbox, faxes)
            before = peak_memory()
            told = {
                "sweep": _milliseconds(house.upkeep.sweep),
                "look": _milliseconds(lambda: house.mailbox_sync.look(mailbox.id)),
                "health": _milliseconds(house.health.update_alarms),
            }
            return {**told, "growth": peak_memory() - before}


def _milliseconds(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1e3)
    return median(taken)


def _in_a_process(faxes: int) -> dict[str, float]:
    """Each in a process of its own: memory that was once taken is not given back."""
    command = [sys.executable, "-m", "benchmarks.many_faxes", "--child", str(faxes)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {name: float(value) for name, value in (line.split() for line in out.splitlines())}


def main(*, quick: bool) -> None:
    """Measure and print."""
    many = 10_000 if quick else 100_000
    figures = {count: _in_a_process(count) for count in (FEW, many)}
    rows = [
        {
            "known faxes": count,
            "sweep ms": f"{told['sweep']:.1f}",
            "look ms": f"{told['look']:.1f}",
            "health ms": f"{told['health']:.1f}",
            "growth MiB": f"{told['growth'] / 2**20:.2f}",
        }
        for count, told in figures.items()
    ]
    growth = (figures[many]["growth"] - figures[FEW]["growth"]) / 2**20
    show(
        rows,
        [
            Goal(f"ms of a sweep over {many} known faxes", figures[many]["sweep"], high=100),
            Goal("MiB that the process grows by more", growth, high=5),
        ],
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        for name, value in measured(int(sys.argv[2])).items():
            print(name, value)
    else:
        main(quick=quick_wanted(__doc__))
