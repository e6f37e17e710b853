"""Closing and opening single files in the age format (age-encryption.org/v1), streaming."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import pyrage
from pyrage.x25519 import Identity, Recipient

from archive.filesystem import write_all
from archive.spool import IN_MEMORY, Spool
from errors import ArchiveError

_STEP = 256 * 1024
_LARGEST_RECORD = 64 * 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A file as it lies in the archive: `size` in bytes and hex `sha256` are of the ciphertext."""

    name: str
    size: int
    sha256: str


class Sink(Protocol):
    """Anything bytes can be written to."""

    def write(self, data: bytes, /) -> int: ...


def close_bytes(data: bytes, descriptor: int, recipient: Recipient) -> tuple[int, str]:
    """Encrypt a small file; return size and sha256 of the ciphertext."""
    into = io.BytesIO()
    # A quarter faster than pyrage.encrypt, which copies once more.
    pyrage.encrypt_io(io.BytesIO(data), into, [recipient])
    sealed = into.getbuffer()
    write_all(descriptor, sealed)
    return len(sealed), hashlib.sha256(sealed).hexdigest()


def close_spool(
    spool: Spool, sha256: str, descriptor: int, recipient: Recipient
) -> tuple[int, str]:
    """Encrypt a document; return size and sha256 of the ciphertext.

    The plain bytes are hashed once more on their way in: ArchiveError if they are not `sha256`.
    """
    if spool.size <= IN_MEMORY:
        with spool.reader() as reader:
            data = reader.read()
        _compare(hashlib.sha256(data).hexdigest(), sha256)
        return close_bytes(data, descriptor, recipient)
    with spool.reader() as reader:
        return _close_stream(reader, sha256, descriptor, recipient)


def _close_stream(
    reader: BinaryIO, sha256: str, descriptor: int, recipient: Recipient
) -> tuple[int, str]:
    source, target = _HashingSource(reader), _HashingTarget(descriptor)
    try:
        pyrage.encrypt_io(source, target, [recipient])
    except (pyrage.EncryptError, OSError) as error:
        # pyrage turns an error of ours into text; a full disk shall be known as one.
        raise target.failure or source.failure or ArchiveError("encryption failed") from error
    _compare(source.hash.hexdigest(), sha256)
    return target.size, target.hash.hexdigest()


def _compare(found: str, expected: str) -> None:
    if found != expected:
        raise ArchiveError("the document changed between the check and the archive")


def open_into(path: Path, identities: Sequence[Identity], into: BinaryIO | Sink) -> None:
    """Decrypt a file; ArchiveError when it is missing, changed, or not for these identities.

    What was written to `into` before an ArchiveError counts for nothing.
    """
    guard = _GuardedSink(into)
    try:
        with path.open("rb") as file:
            pyrage.decrypt_io(file, guard, list(identities))
    except FileNotFoundError:
        raise ArchiveError("a file of the archive is missing") from None
    except (pyrage.DecryptError, OSError):
        if guard.failure is not None:
            raise guard.failure from None
        raise ArchiveError("a file of the archive cannot be decrypted") from None


def open_bytes(path: Path, identities: Sequence[Identity]) -> bytes:
    """Decrypt a small file; ArchiveError as for `open_into`, and beyond 64 MiB."""
    if path.exists() and path.stat().st_size > _LARGEST_RECORD:
        raise ArchiveError("a record of the archive is impossibly large")
    into = io.BytesIO()
    open_into(path, identities, into)
    return into.getvalue()


def hash_file(path: Path) -> StoredFile:
    """Measure a file as it lies; FileNotFoundError when it does not."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb", buffering=0) as file:
        while block := file.read(_STEP):
            digest.update(block)
            size += len(block)
    return StoredFile(path.name, size, digest.hexdigest())


class _HashingSource:
    def __init__(self, reader: BinaryIO) -> None:
        self._reader = reader
        self.hash = hashlib.sha256()
        self.failure: Exception | None = None

    def read(self, size: int) -> bytes:
        try:
            data = self._reader.read(size)
        except Exception as error:
            self.failure = error
            raise
        self.hash.update(data)
        return data


class _HashingTarget:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = 0
        self.hash = hashlib.sha256()
        self.failure: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            write_all(self._descriptor, data)
        except Exception as error:
            self.failure = error
            raise
        self.size += len(data)
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""


class _GuardedSink:
    def __init__(self, into: BinaryIO | Sink) -> None:
        self._into = into
        self.failure: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            self._into.write(data)
        except Exception as error:
            self.failure = error
            raise
        return len(data)

    def flush(self) -> None:
        """Leave flushing to the owner of the sink."""
