"""The one way an evidence ZIP is written: every byte of it follows from names and contents.

Entries are stored, not packed, in a given order, with fixed times and modes and without any extra
field or comment (PKWARE APPNOTE 4.3). So a reader can rebuild and compare the ZIP's own structure,
and no byte is left in which something could hide.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from errors import ArchiveError

MOST_BYTES = 2**32 - 1
"""Larger ones would need ZIP64, which is not spoken here."""

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_VERSION, _UNIX = 20, 3 << 8
_DATE = 0x21
"""1980-01-01, the first day a ZIP knows: the true times are inside, with their sources."""
_PRIVATE_FILE = 0o100600 << 16


class Sink(Protocol):
    """Anything bytes can be written to."""

    def write(self, data: bytes, /) -> int: ...


@dataclass(frozen=True)
class Entry:
    """A file of the ZIP; size, CRC-32 and SHA-256 (hex) are known before it is written."""

    name: str
    size: int
    crc: int
    sha256: str
    write: Callable[[Sink], None]


def entry_of(name: str, data: bytes) -> Entry:
    """An entry whose content is at hand."""

    def write(into: Sink) -> None:
        into.write(data)

    return measured(name, write)


def measured(name: str, write: Callable[[Sink], None]) -> Entry:
    """An entry whose content is written twice: now, to be measured, and into the ZIP."""
    found = _Measured()
    write(found)
    return Entry(name, found.size, found.crc, found.hash.hexdigest(), write)


class ZipWriter:
    """Writes entries one after another; nothing is held back, and nothing is sought."""

    def __init__(self, into: Sink) -> None:
        self._into = into
        self._at = 0
        self._central: list[bytes] = []

    def add(self, entry: Entry) -> None:
        """Write one entry; ArchiveError when it is not what its size and CRC said."""
        name = entry.name.encode("ascii")
        facts = (_VERSION, 0, 0, 0, _DATE, entry.crc, entry.size, entry.size, len(name), 0)
        if self._at + entry.size + 128 > MOST_BYTES:
            raise ArchiveError("The evidence would be larger than 4 GiB.")
        place = self._at
        self._put(_LOCAL.pack(0x04034B50, *facts) + name)
        found = _Measured(self._into)
        entry.write(found)
        if (found.size, found.hash.hexdigest()) != (entry.size, entry.sha256):
            raise ArchiveError("A file changed while the evidence was being written.")
        self._at += entry.size
        rest = (0, 0, 0, _PRIVATE_FILE, place)
        self._central.append(_CENTRAL.pack(0x02014B50, _UNIX | _VERSION, *facts, *rest) + name)

    def close(self) -> None:
        """Write the central directory and the end."""
        place, central, count = self._at, b"".join(self._central), len(self._central)
        self._put(central)
        self._put(_END.pack(0x06054B50, 0, 0, count, count, len(central), place, 0))

    def _put(self, data: bytes) -> None:
        self._into.write(data)
        self._at += len(data)


class _Measured:
    """A sink that counts and sums what passes through it, or what is only measured."""

    def __init__(self, into: Sink | None = None) -> None:
        self._into = into
        self.size = 0
        self.crc = 0
        self.hash = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        if self._into is not None:
            self._into.write(data)
        self.size += len(data)
        self.crc = zlib.crc32(data, self.crc)
        self.hash.update(data)
        return len(data)
