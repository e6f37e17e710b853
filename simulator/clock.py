"""The simulator's own time: real time plus an offset that only grows."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Tells `now()`; `advance` moves it forward for everything that goes by it."""

    def __init__(self, real: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._real = real
        self._offset = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The current moment, tz-aware UTC, in whole milliseconds as RingCentral shows it."""
        with self._lock:
            moment = self._real() + self._offset
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> datetime:
        """Move forward by `seconds` (>= 0) and return the new moment. Raises ValueError."""
        if seconds < 0:
            raise ValueError("the clock only goes forward")
        with self._lock:
            self._offset += timedelta(seconds=seconds)
        return self.now()


def iso(moment: datetime) -> str:
    """RingCentral's date-time text: milliseconds and `Z`."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


def parse(text: str) -> datetime:
    """Read an ISO 8601 date-time; without a zone it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
