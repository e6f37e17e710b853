"""How fast a notification is acknowledged once it is durable, and how long the slowest wait.

Three questions, 16 connections each:
 1. What does durability cost? Reference: Flask that answers "" on the same server (granian, one
    process, as many threads), the most that Flask could ever do here.
 2. What does group commit give on an ordinary disk? This machine's fsync may be far too quick, so
    a preloaded library adds 5 ms to each (skipped without a C compiler). Reference: our own
    application with one row for each commit, SQLite with synchronous = FULL as ours.
 3. Is every acknowledged notification really kept? Counted in the journal afterwards.
"""

import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.load import CONNECTIONS, Knocks, knock, tool
from benchmarks.measuring import Goal, interleaved, quick_wanted, ratio, show
from benchmarks.processes import free_port, module, serving

SHIM_SOURCE = Path(__file__).with_name("slow_fsync.c")
BARE, OURS = "bare Flask", "faxkeep"
SLOW_ROWS, SLOW_OURS = "one row per commit, +5 ms", "faxkeep, +5 ms"


@dataclass
class Candidate:
    """A server under load, and every load it has borne."""

    url: str
    secret: str
    data: Path
    knocks: list[Knocks] = field(default_factory=list)
    answered: int = 0

    def load(self, seconds: float) -> float:
        """Load it once more; answers in a second."""
        one = knock(self.url, self.secret, seconds)
        self.answered += one.answered
        self.knocks.append(one)
        return one.rate

    def warm_up(self) -> None:
        """Load it without the figures counting; the answers do."""
        self.load(1.0)
        self.knocks.clear()

    @property
    def p99(self) -> list[float]:
        """Milliseconds, of each load."""
        return [each.p99 for each in self.knocks]

    def row(self, name: str, reference: "Candidate") -> Mapping[str, object]:
        """Its line of the table."""
        rates = [each.rate for each in self.knocks]
        return {
            "candidate": name,
            "answers/s": f"{median(rates):.0f}",
            "min-max": f"{min(rates):.0f}-{max(rates):.0f}",
            "p50 ms": f"{median(each.p50 for each in self.knocks):.1f}",
            "p99 ms": f"{median(self.p99):.1f}",
            "rate ratio": f"{ratio(rates, [each.rate for each in reference.knocks]):.2f}",
            "p99 ratio": f"{ratio(self.p99, reference.p99):.3f}",
        }


def main(*, quick: bool) -> None:
    """Measure and print."""
    passes, seconds = (3, 2.0) if quick else (5, 5.0)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faxkeep-bench-")))
        servers = dict(_candidates(stack, folder))
        for candidate in servers.values():
            candidate.warm_up()
        loads = {name: lambda c=c: c.load(seconds) for name, c in servers.items()}
        rates = interleaved(loads, passes)
        unkept = sum(_unkept(servers[name]) for name in (OURS, SLOW_OURS) if name in servers)
    print(f"{CONNECTIONS} connections, {passes} passes of {seconds:g} s, load by {tool()}")
    references = {SLOW_ROWS: SLOW_ROWS, SLOW_OURS: SLOW_ROWS}
    show(
        [each.row(name, servers[references.get(name, BARE)]) for name, each in servers.items()],
        [*_goals(servers, rates), Goal("acknowledged, but not in the journal", unkept, high=0)],
    )


def _goals(servers: Mapping[str, Candidate], rates: Mapping[str, list[float]]) -> Iterator[Goal]:
    yield Goal("answers/s, ours to bare Flask", ratio(rates[OURS], rates[BARE]), low=0.25)
    yield Goal("p99 of ours, ms", median(servers[OURS].p99), high=25)
    if SLOW_OURS in servers:
        gain = ratio(rates[SLOW_OURS], rates[SLOW_ROWS])
        tail = ratio(servers[SLOW_OURS].p99, servers[SLOW_ROWS].p99)
        yield Goal("answers/s with +5 ms, ours to one row per commit", gain, low=5)
        yield Goal("p99 with +5 ms, ours to one row per commit", tail, high=0.1)


def _candidates(stack: ExitStack, folder: Path) -> Iterator[tuple[str, Candidate]]:
    bare = module("benchmarks.reference_server", "bare")
    rows = module("benchmarks.reference_server", "row-per-commit")
    yield BARE, stack.enter_context(_served(bare, folder / "bare", {}))
    yield OURS, stack.enter_context(_served(module("cli", "web"), folder / "ours", {}))
    if shutil.which("cc") is None:
        return
    shim = folder / "slow_fsync.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", shim, SHIM_SOURCE], check=True)
    slow = {"LD_PRELOAD": str(shim)}
    yield SLOW_ROWS, stack.enter_context(_served(rows, folder / "slow-rows", slow))
    yield SLOW_OURS, stack.enter_context(_served(module("cli", "web"), folder / "slow-ours", slow))


@contextmanager
def _served(command: list[str], data: Path, more: Mapping[str, str]) -> Iterator[Candidate]:
    data.mkdir()
    chosen = {
        "FAXKEEP_DATA": str(data),
        "FAXKEEP_PORT": str(free_port()),
        "FAXKEEP_PUBLIC_URL": "https://fax.example",
        "FAXKEEP_LOG": "WARNING",
        "RC_APP_CLIENT_ID": "benchmark",
        "RC_APP_CLIENT_SECRET": "benchmark",
        "RC_USER_JWT": "benchmark",
        **more,
    }
    with serving(command, chosen) as settings:
        (account,) = settings.accounts
        path = "/" if command[-1] == "bare" else f"/webhooks/ringcentral/{account.webhook_part}"
        url = f"http://{settings.host}:{settings.port}{path}"
        yield Candidate(url, account.webhook_secret, data)


def _unkept(candidate: Candidate) -> int:
    with closing(sqlite3.connect(candidate.data / "events.sqlite3")) as journal:
        kept: int = journal.execute("SELECT count(*) FROM events").fetchone()[0]
    return max(0, candidate.answered - kept)


if __name__ == "__main__":
    main(quick=quick_wanted(__doc__))
