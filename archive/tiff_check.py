"""Whether a TIFF is whole: every page's directory and every strip lie inside the file.

Source: TIFF 6.0 (Adobe, 1992), sections 2, 3 and 15; BigTIFF as in libtiff. Nothing is decoded.
"""

import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from errors import DocumentRefused

MOST_PAGES = 5000
_MOST_TAGS = 512
_MOST_STRIPS = 65_536
_MOST_STRIPS_IN_ALL = 1_000_000

_SUBFILE, _WIDTH, _HEIGHT, _ROWS = 254, 256, 257, 278
_PLACES = ((273, 279), (324, 325))
"""Offsets and byte counts: of strips, of tiles."""

_TYPE_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8)
_WHOLE = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
"""Letters of `struct` for the field types that hold whole numbers."""


@dataclass(frozen=True)
class _Field:
    kind: int
    count: int
    offset: int


_Directory = Mapping[int, _Field]


def count_tiff_pages(file: BinaryIO) -> int:
    """Return the number of pages; DocumentRefused "truncated" or "structure"."""
    tiff = _Tiff(file)
    pages = 0
    strips = 0
    for number, directory in enumerate(tiff.directories()):
        strips += tiff.check_page(directory)
        if number >= MOST_PAGES or strips > _MOST_STRIPS_IN_ALL:
            raise DocumentRefused("structure", "the TIFF has more pages or strips than any fax")
        # Bit 0: a smaller picture of another page, not a page of its own.
        pages += not tiff.number(directory, _SUBFILE, 0) & 1
    if not pages:
        raise DocumentRefused("structure", "the TIFF has no page")
    return pages


class _Tiff:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        head = self.bytes_at(0, 8)
        self._order = "<" if head[:2] == b"II" else ">"
        self._big = head[2:4] in (b"+\0", b"\0+")
        self._first = self._unpack("Q", 8)[0] if self._big else self._unpack("I", 4)[0]

    def directories(self) -> Iterator[_Directory]:
        """Walk the chain of directories, each once."""
        seen: set[int] = set()
        offset = self._first
        while offset:
            if offset in seen:
                raise DocumentRefused("structure", "the TIFF's pages run in a circle")
            seen.add(offset)
            directory, offset = self._directory(offset)
            yield directory

    def _directory(self, offset: int) -> tuple[_Directory, int]:
        entry, head, link = ("HHQQ", "Q", "Q") if self._big else ("HHII", "H", "I")
        count = self._unpack(head, offset)[0]
        if not 0 < count <= _MOST_TAGS:
            raise DocumentRefused("structure", "the TIFF has an impossible page directory")
        start, step = offset + struct.calcsize("=" + head), struct.calcsize("=" + entry)
        raw = self.bytes_at(start, count * step)
        word = struct.calcsize("=" + link)
        fields = {}
        for index, (tag, kind, values, _) in enumerate(
            struct.iter_unpack(self._order + entry, raw)
        ):
            fields[tag] = self._field(kind, values, start + (index + 1) * step - word)
        return fields, self._unpack(link, start + count * step)[0]

    def _field(self, kind: int, count: int, inline: int) -> _Field:
        size = count * (_TYPE_SIZES[kind] if kind < len(_TYPE_SIZES) else 0)
        word = "Q" if self._big else "I"
        if size <= struct.calcsize("=" + word):
            return _Field(kind, count, inline)
        offset = self._unpack(word, inline)[0]
        self._inside(offset, size)
        return _Field(kind, count, offset)

    def check_page(self, directory: _Directory) -> int:
        """Check that all image data of a page is there; return the number of its strips."""
        height = self.number(directory, _HEIGHT, 0)
        if not height or not self.number(directory, _WIDTH, 0):
            raise DocumentRefused("structure", "a page of the TIFF has no size")
        offsets, counts = self._places(directory)
        if 273 in directory and len(offsets) < -(-height // max(1, self._rows(directory, height))):
            raise DocumentRefused("truncated", "a page of the TIFF lacks some of its strips")
        for offset, count in zip(offsets, counts, strict=True):
            self._inside(offset, count)
        if not any(counts):
            raise DocumentRefused("structure", "a page of the TIFF has no image")
        return len(offsets)

    def _rows(self, directory: _Directory, height: int) -> int:
        return min(height, self.number(directory, _ROWS, height))

    def _places(self, directory: _Directory) -> tuple[tuple[int, ...], tuple[int, ...]]:
        for where, how_many in _PLACES:
            if where in directory and how_many in directory:
                offsets = self._numbers(directory[where])
                counts = self._numbers(directory[how_many])
                if len(offsets) == len(counts):
                    return offsets, counts
        raise DocumentRefused("structure", "a page of the TIFF does not tell where its image is")

    def number(self, directory: _Directory, tag: int, default: int) -> int:
        """Return a whole-number field, or the default when the page has none."""
        field = directory.get(tag)
        # Only the first: a small file can claim a long field for each of thousands of pages.
        return self._numbers(replace(field, count=min(field.count, 1)))[0] if field else default

    def _numbers(self, field: _Field) -> tuple[int, ...]:
        letter = _WHOLE.get(field.kind)
        if letter is None or not 0 < field.count <= _MOST_STRIPS:
            raise DocumentRefused(
                "structure", "a field of the TIFF has an impossible type or length"
            )
        return self._unpack(f"{field.count}{letter}", field.offset)

    def _unpack(self, form: str, offset: int) -> tuple[int, ...]:
        return struct.unpack(self._order + form, self.bytes_at(offset, struct.calcsize("=" + form)))

    def bytes_at(self, offset: int, size: int) -> bytes:
        """Read exactly `size` bytes; DocumentRefused("truncated") when they are not there."""
        self._inside(offset, size)
        self._file.seek(offset)
        return self._file.read(size)

    def _inside(self, offset: int, size: int) -> None:
        if offset + size > self._size:
            raise DocumentRefused("truncated", "the TIFF's end is missing")
