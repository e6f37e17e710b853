"""One virtual clock for RingCentral's side and for our processes: real time and a shared offset."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

from simulator import Clock

_OFFSET = struct.Struct("<d")


class SharedClock(Clock):
    """The simulator's clock, whose offset other processes read out of a file."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        file.write_bytes(_OFFSET.pack(0.0))
        self._shared = _mapped(file)
        self._seconds = 0.0

    def advance(self, seconds: float) -> datetime:
        moment = super().advance(seconds)
        self._seconds += seconds
        _OFFSET.pack_into(self._shared, 0, self._seconds)
        return moment


class FollowingClock:
    """The same time in another process."""

    def __init__(self, file: Path) -> None:
        self._shared = _mapped(file)

    def now(self) -> datetime:
        (seconds,) = _OFFSET.unpack_from(self._shared, 0)
        return datetime.now(UTC) + timedelta(seconds=seconds)


def _mapped(file: Path) -> mmap.mmap:
    with file.open("r+b") as opened:
        return mmap.mmap(opened.fileno(), _OFFSET.size)
