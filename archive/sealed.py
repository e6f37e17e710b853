"""Files sealed under a key of this machine: written once, read in pieces, any change noticed.

The form is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015) as age and Tink use it: pieces
under AES-256-GCM, their number and whether they are the last in the nonce, a key for each file.
"""

import hashlib
import io
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from archive.filesystem import write_all
from errors import ArchiveError

MAGIC = b"faxkeep sealed 1\n"
KEY_BYTES = 32
PIECE = 64 * 1024
_SALT = 32
_TAG = 16
_HEAD = len(MAGIC) + _SALT


@dataclass(frozen=True)
class Sealed:
    """What was written: size and hex SHA-256 of the plain bytes."""

    size: int
    sha256: str


def seal(key: bytes, source: BinaryIO, descriptor: int) -> Sealed:
    """Write all of `source`, from where it stands, into an empty file."""
    salt, digest, size = secrets.token_bytes(_SALT), hashlib.sha256(), 0
    write_all(descriptor, MAGIC + salt)
    cipher = _cipher(key, salt)
    for number, (piece, last) in enumerate(_pieces(source)):
        digest.update(piece)
        size += len(piece)
        write_all(descriptor, cipher.encrypt(_nonce(number, last=last), piece, None))
    return Sealed(size, digest.hexdigest())


def unsealed(key: bytes, path: Path) -> BinaryIO:
    """A seekable reader of the plain bytes; reading raises ArchiveError where they were changed.

    Raises ArchiveError when the file is missing or none of ours.
    """
    try:
        file = path.open("rb", buffering=0)
    except OSError:
        raise ArchiveError("a document of the outbox is missing or cannot be read") from None
    try:
        reader = _Reader(key, file)
    except BaseException:
        file.close()
        raise
    return cast(BinaryIO, io.BufferedReader(reader, PIECE))


def _pieces(source: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Each piece with whether it is the last; an empty source has one empty piece."""
    piece = _full(source)
    while True:
        following = _full(source) if len(piece) == PIECE else b""
        yield piece, not following
        if not following:
            return
        piece = following


def _full(source: BinaryIO) -> bytes:
    """PIECE bytes, fewer only at the end: a read may give less than it was asked for."""
    found = bytearray()
    while len(found) < PIECE and (more := source.read(PIECE - len(found))):
        found += more
    return bytes(found)


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, b"faxkeep outbox").derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class _Reader(io.RawIOBase):
    """Reads piece by piece; keeps the one it is in."""

    def __init__(self, key: bytes, file: io.FileIO) -> None:
        self._file = file
        head = os.pread(file.fileno(), _HEAD, 0)
        body = os.fstat(file.fileno()).st_size - _HEAD
        self._last, rest = divmod(max(0, body - 1), PIECE + _TAG)
        if not head.startswith(MAGIC) or rest + 1 < _TAG:
            raise ArchiveError("a document of the outbox is cut short or not one of ours")
        self._size = body - (self._last + 1) * _TAG
        self._cipher = _cipher(key, head[len(MAGIC) :])
        self._position = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("seek before the start")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        number, skip = divmod(self._position, PIECE)
        data = self._piece(number)[skip : skip + len(view)] if number <= self._last else b""
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        if self._held[0] != number:
            start = _HEAD + number * (PIECE + _TAG)
            sealed = os.pread(self._file.fileno(), PIECE + _TAG, start)
            try:
                plain = self._cipher.decrypt(
                    _nonce(number, last=number == self._last), sealed, None
                )
            except InvalidTag:
                raise ArchiveError("a document of the outbox has been changed") from None
            self._held = (number, plain)
        return self._held[1]
