"""A request body of many pieces, streamed: its length is known before its first byte is read."""

import base64
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from errors import UserError

PIECE = 64 * 1024
_LINE = 76
_BYTES_PER_LINE = _LINE // 4 * 3


class Source(Protocol):
    """What bytes come from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes, b"" at the end."""

    def close(self) -> None:
        """Nothing more will be read."""


@dataclass(frozen=True)
class Section:
    """A part of a body: so many bytes from a stream that can be opened again and again."""

    size: int
    open: Callable[[], Source] = field(repr=False)


def bytes_section(data: bytes) -> Section:
    """A section held in memory."""
    return Section(len(data), lambda: io.BytesIO(data))


def base64_section(section: Section) -> Section:
    """The same in base64, 76 characters a line (RFC 2045, 6.8)."""
    coded = (section.size + 2) // 3 * 4
    breaks = 2 * (-(-coded // _LINE))
    return Section(coded + breaks, lambda: _Base64(section.open()))


class Body:
    """Reads section after section; holds one piece in memory and one stream open.

    Raises UserError in `read` when a section is not as long as it was: then less than the
    announced length has left, so that nobody takes the half for the whole.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = tuple(sections)
        self._size = sum(section.size for section in sections)
        self._place = 0
        self._left = 0
        self._position = 0
        self._stream: Source | None = None

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(PIECE):
            yield piece

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, fewer only at the end."""
        wanted = self._size if size < 0 else size
        pieces: list[bytes] = []
        while wanted and (piece := self._some(min(wanted, PIECE))):
            pieces.append(piece)
            wanted -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def tell(self) -> int:
        return self._position

    def seek(self, position: int, whence: int = io.SEEK_SET, /) -> int:
        """Back to the start; nothing else is possible."""
        if position or whence != io.SEEK_SET:
            raise io.UnsupportedOperation("a request body can only go back to its start")
        self.close()
        self._place = self._left = self._position = 0
        return 0

    def close(self) -> None:
        """Close the stream that is open, if one is."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _some(self, size: int) -> bytes:
        while self._stream is None or not self._left:
            if not self._next_section():
                return b""
        piece = self._stream.read(min(size, self._left))
        if not piece:
            raise _changed()
        self._left -= len(piece)
        self._position += len(piece)
        return piece

    def _next_section(self) -> bool:
        if self._stream is not None and self._stream.read(1):
            raise _changed()
        self.close()
        if self._place == len(self._sections):
            return False
        section = self._sections[self._place]
        self._place += 1
        self._left, self._stream = section.size, section.open()
        return True


class _Base64:
    """Encodes what it reads, whole lines at a time."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._coded = b""

    def read(self, size: int, /) -> bytes:
        if not self._coded:
            self._coded = self._more()
        piece, self._coded = self._coded[:size], self._coded[size:]
        return piece

    def close(self) -> None:
        self._source.close()

    def _more(self) -> bytes:
        wanted = PIECE // _BYTES_PER_LINE * _BYTES_PER_LINE
        plain = bytearray()
        while len(plain) < wanted and (piece := self._source.read(wanted - len(plain))):
            plain += piece
        coded = base64.b64encode(plain)
        starts = range(0, len(coded), _LINE)
        return b"".join(coded[start : start + _LINE] + b"\r\n" for start in starts)


def _changed() -> UserError:
    return UserError("A document changed its length while it was being sent. Send it again.")
