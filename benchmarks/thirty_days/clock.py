"""One virtual clock for RingCentral's side and for our processes: real time and a shared offset."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

from simulator import Clock

_TIME = struct.Struct("<dd")
"""From which moment on (epoch seconds; 0 for the real time), and how many seconds later."""


class SharedClock(Clock):
    """The simulator's clock, whose offset other processes read out of a file."""

    def __init__(self, file: Path, *, still: bool = False) -> None:
        """`still`: time goes by only where it is advanced, however long the machine takes."""
        began = datetime.now(UTC)
        self._began = began.timestamp() if still else 0.0
        super().__init__(lambda: began if still else datetime.now(UTC))
        file.write_bytes(_TIME.pack(self._began, 0.0))
        self._shared = _mapped(file)
        self._seconds = 0.0

    def advance(self, seconds: float) -> datetime:
        moment = super().advance(seconds)
        self._seconds += seconds
        _TIME.pack_into(self._shared, 0, self._began, self._seconds)
        return moment


class FollowingClock:
    """The same time in another process."""

    def __init__(self, file: Path) -> None:
        self._shared = _mapped(file)

    def now(self) -> datetime:
        began, seconds = _TIME.unpack_from(self._shared, 0)
        moment = datetime.fromtimestamp(began, UTC) if began else datetime.now(UTC)
        return moment + timedelta(seconds=seconds)


def _mapped(file: Path) -> mmap.mmap:
    with file.open("r+b") as opened:
        return mmap.mmap(opened.fileno(), _TIME.size)
