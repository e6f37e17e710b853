"""How many API calls an inbound fax costs, and how soon it is archived after its notification.

The reference is arithmetic: the document must be fetched, so one call for each fax is the least.
A simulated RingCentral counts the calls of a running installation (web process and worker):
 1. isolated faxes, each after the looks that the one before it caused, and the idle minute after;
 2. a burst that arrives in one second.

The simulator has RingCentral's own limits (Light 50, Medium 40, Heavy 10, Auth 5 calls), but each
minute lasts only 12 s: all limit windows, penalties and the spacing of looks are a fifth of the
real ones, so that a burst of 200, five minutes at RingCentral, takes one. Everything else is real.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from benchmarks.measuring import Goal, percentile, quick_wanted, show
from benchmarks.processes import free_port, module, running, serving
from catalog import Fax, FaxQuery
from handlers.export import all_faxes
from wiring import House

SCALE = 5
WINDOW = 60 / SCALE
LIMITS = {"Light": 50, "Medium": 40, "Heavy": 10, "Auth": 5}
LOOK_SPACING = 10 // SCALE
PATIENCE_SECONDS = 120.0
CONTENT = "/content/"


@dataclass(frozen=True)
class Calls:
    """The calls of a while: how many in all, for content, and refused with 429."""

    of: str
    faxes: int
    seconds: float
    total: int
    content: int
    refused: int

    @property
    def per_fax(self) -> float:
        """Calls for each fax."""
        return self.total / self.faxes

    def row(self) -> Mapping[str, object]:
        """Its line of the table."""
        return {
            "while": self.of,
            "faxes": self.faxes,
            "seconds": f"{self.seconds:.1f}",
            "content": self.content,
            "other": self.total - self.content,
            "429": self.refused,
            "calls/fax": f"{self.per_fax:.3f}" if self.faxes else "-",
        }


class Scene:
    """The simulator's control, and our installation beside it."""

    def __init__(self, control: str, house: House) -> None:
        self._control = control
        self.house = house

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Ask control."""
        answer = requests.request(method, self._control + path, json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def receive(self, count: int) -> list[str]:
        """Let faxes arrive in one go; their ids."""
        ids: list[str] = self.ask("POST", "/faxes", {"pages": 2, "count": count})["ids"]
        return ids

    def archived(self) -> dict[str, Fax]:
        """The archived faxes by their message ids."""
        with self.house.catalog.reading() as tx:
            return {fax.message_id: fax for fax in all_faxes(tx, FaxQuery(state="archived"))}

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Return when it is so. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited in vain for {what}")
            time.sleep(0.05)

    def subscribed(self) -> bool:
        """Whether RingCentral calls us."""
        return any(s["status"] == "Active" for s in self.ask("GET", "/subscriptions")["records"])

    def calls(self, of: str, faxes: int, seconds: float) -> Calls:
        """Count what was asked since the journal was last forgotten."""
        asked = self.ask("GET", "/requests")["records"]
        kinds = Counter(CONTENT in each["path"] for each in asked)
        refused = sum(each["status"] == 429 for each in asked)
        return Calls(of, faxes, seconds, len(asked), kinds[True], refused)


def main(*, quick: bool) -> None:
    """Measure and print."""
    alone, many = (10, 80) if quick else (40, 200)
    with tempfile.TemporaryDirectory(prefix="faxkeep-bench-") as folder, scene(folder) as made:
        isolated, latencies = _isolated(made, alone)
        idle = _idle(made)
        burst = _burst(made, many)
    counts = [isolated, idle, burst]
    refused = sum(each.refused for each in counts)
    print(f"limits {LIMITS} in {WINDOW:g} s, looks {LOOK_SPACING} s apart")
    p50, p99 = percentile(latencies, 0.5), percentile(latencies, 0.99)
    print(f"notification to archived, isolated: p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    show(
        [each.row() for each in counts],
        [
            Goal(f"calls for each fax of a burst of {many}", burst.per_fax, high=1.05),
            Goal("answers 429", refused, high=0),
        ],
    )


def _isolated(scene: Scene, count: int) -> tuple[Calls, list[float]]:
    """Also the milliseconds from each first notification to the archived fax."""
    scene.ask("DELETE", "/journal")
    begun, taken = time.monotonic(), []
    for _ in range(count):
        arrived = scene.house.now()
        (message_id,) = scene.receive(1)
        scene.wait(lambda m=message_id: m in scene.archived(), "a fax to be archived")  # type: ignore[misc]
        archived_at = scene.archived()[message_id].state_at
        taken.append((archived_at - _first_event(scene, arrived)).total_seconds() * 1e3)
        time.sleep(LOOK_SPACING + 1)
    return scene.calls("isolated faxes", count, time.monotonic() - begun), taken


def _first_event(scene: Scene, since: datetime) -> datetime:
    events = scene.house.journal.list(unreadable=False, limit=20)
    return min(event.received_at for event in events if event.received_at >= since)


def _idle(scene: Scene) -> Calls:
    scene.ask("DELETE", "/journal")
    time.sleep(60)
    return scene.calls("an idle minute", 0, 60)


def _burst(scene: Scene, count: int) -> Calls:
    scene.ask("DELETE", "/journal")
    begun = time.monotonic()
    ids = set(scene.receive(count))
    scene.wait(lambda: ids <= scene.archived().keys(), "the burst to be archived")
    seconds = time.monotonic() - begun
    time.sleep(2 * LOOK_SPACING + 1)
    return scene.calls("a burst", count, seconds)


@contextmanager
def scene(folder: str, scale: int = SCALE, **more: str) -> Iterator[Scene]:
    """An installation that RingCentral calls, its minutes `scale` times as short as real ones.

    `more` are settings.
    """
    spacing = 10 // scale
    with running(module("simulator", "--accounts", "1"), {}) as simulator:
        assert simulator.stdout is not None
        about = json.loads(simulator.stdout.readline())
        port = free_port()
        chosen = {
            **about["env"],
            "FAXKEEP_DATA": str(Path(folder) / "data"),
            "FAXKEEP_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "FAXKEEP_PORT": str(port),
            "FAXKEEP_LOOK_SPACING": str(spacing),
            "FAXKEEP_LOG": "WARNING",
            **more,
        }
        with serving(module("cli", "serve"), chosen) as settings, House(settings) as house:
            made = Scene(about["control_url"], house)
            limits = {group: _limit(n, 60 / scale) for group, n in LIMITS.items()}
            made.ask("PUT", "/limits", limits)
            made.wait(made.subscribed, "the subscription")
            time.sleep(spacing + 1)
            yield made


def _limit(requests_allowed: int, window: float) -> dict[str, float]:
    return {"requests": requests_allowed, "window": window, "penalty": window}


if __name__ == "__main__":
    main(quick=quick_wanted(__doc__))
