"""Gives each lane of some work a thread of its own, so that a slow one holds up nobody else.

The pool of threads that answers rings is small. Work whose every step may last until a stranger's
patience is over must not stand in it: neither for the others' sake, nor for its own.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Self

log = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 30.0
"""A porter looks this often even if nobody rang for it."""
HELD_SECONDS = 1.0
JOIN_SECONDS = 25.0

Lane = tuple[str, str]
"""The name of a job, and its lane; "" for a job that stands alone."""


class Porters:
    """One thread for each lane; whoever rings for another one has it run in his own."""

    def __init__(
        self,
        run: Callable[[str, str], None],
        next_due: Callable[[str, str], datetime | None],
        now: Callable[[], datetime],
    ) -> None:
        self._run = run
        self._next_due = next_due
        self._now = now
        self._bells: dict[Lane, threading.Event] = {}
        self._threads: list[threading.Thread] = []
        self._closing = False

    def start(self, lanes: Iterable[Lane]) -> Self:
        """Begin to work; a context that ends with `close`."""
        for lane in lanes:
            bell = self._bells.setdefault(lane, threading.Event())
            name = f"porter {lane[1] or lane[0]}"
            thread = threading.Thread(target=self._work, args=(lane, bell), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def ring(self, name: str, target: str) -> bool:
        """Wake the porter of a lane; False if it has none."""
        bell = self._bells.get((name, target))
        if bell is None:
            return False
        bell.set()
        return True

    def answer(self, name: str, target: str) -> None:
        """Wake the porter of a lane, or do its work here if it has none."""
        if not self.ring(name, target):
            self._run(name, target)

    def close(self) -> None:
        """Let each end what it has in hand, and wait for that, but not for ever."""
        self._closing = True
        for bell in self._bells.values():
            bell.set()
        for thread in self._threads:
            thread.join(JOIN_SECONDS / max(1, len(self._threads)))

    def _work(self, lane: Lane, bell: threading.Event) -> None:
        while not self._closing:
            bell.clear()
            bell.wait(self._round(lane))

    def _round(self, lane: Lane) -> float:
        """Do what is due; how many seconds to wait for the next."""
        try:
            self._run(*lane)
            due = self._next_due(*lane)
        except Exception as error:
            # A database that is away for a moment must not end the only thread of this lane.
            log.warning("The jobs of %s could not be run: %s.", lane[1], type(error).__name__)
            return LONGEST_WAIT_SECONDS
        if due is None:
            return LONGEST_WAIT_SECONDS
        wait = (due - self._now()).total_seconds()
        # What is due and was not done is in somebody else's hands.
        return min(wait, LONGEST_WAIT_SECONDS) if wait > 0 else HELD_SECONDS
