"""What must happen later by the simulator's clock: late events, finished faxes, reminders."""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import datetime

from simulator.clock import Clock


class Agenda:
    """Runs actions when the clock reaches them, each while holding the world's lock."""

    def __init__(self, clock: Clock, lock: threading.RLock) -> None:
        self._clock = clock
        self._changed = threading.Condition(lock)
        self._entries: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="simulator-agenda", daemon=True)

    def start(self) -> None:
        """Begin to watch the clock."""
        self._thread.start()

    def at(self, due: datetime, action: Callable[[], None]) -> None:
        """Run `action` once the clock shows `due`."""
        with self._changed:
            heapq.heappush(self._entries, (due, next(self._numbers), action))
            self._changed.notify_all()

    def run_due(self) -> None:
        """Run everything due now, in the caller's thread, including what it adds for now."""
        with self._changed:
            while self._entries and self._entries[0][0] <= self._clock.now():
                heapq.heappop(self._entries)[2]()

    def close(self) -> None:
        """Stop; what was not due is dropped."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._closing:
                self.run_due()
                self._changed.wait(self._pause())

    def _pause(self) -> float | None:
        if not self._entries:
            return None
        return max(0.001, (self._entries[0][0] - self._clock.now()).total_seconds())
