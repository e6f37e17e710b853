"""The bytes of one document on their way: hashed, counted, and never plain on disk."""

import hashlib
import io
import os
import secrets
import tempfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from archive.filesystem import write_all
from errors import DocumentRefused

IN_MEMORY = 512 * 1024
"""Bytes kept in memory; one more and all of them move to the temporary file."""

LARGEST = 200 * 1024 * 1024
"""Bytes of the largest document taken; RingCentral's own limit is 50 MB."""

_STEP = 128 * 1024
_READ_BUFFER = 64 * 1024
_AES_BLOCK = 16


class Spool:
    """Write-once, read-often bytes. Not for two threads at a time."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        """`folder` is where the unlinked temporary file of more than IN_MEMORY bytes will lie."""
        self._folder = folder
        self._largest = largest
        self._hash = hashlib.sha256()
        self._memory = bytearray()
        self._file: _CipherFile | None = None
        self.size = 0

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Add bytes at the end; DocumentRefused("too-large") beyond the largest size."""
        view = memoryview(data).cast("B")
        if self.size + len(view) > self._largest:
            problem = f"the document is larger than {self._largest} bytes"
            raise DocumentRefused("too-large", problem)
        self._hash.update(view)
        if self._file is None and self.size + len(view) <= IN_MEMORY:
            self._memory += view
        else:
            self._to_file().write(view)
        self.size += len(view)
        return len(view)

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of everything written so far."""
        return self._hash.hexdigest()

    def reader(self) -> BinaryIO:
        """Return a seekable reader over the bytes so far; any number of them may be open."""
        if self._file is None:
            return io.BytesIO(self._memory)
        return cast(BinaryIO, io.BufferedReader(_SpoolReader(self._file, self.size), _READ_BUFFER))

    def close(self) -> None:
        """Forget the bytes; a temporary file goes with its descriptor."""
        self._memory = bytearray()
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _to_file(self) -> "_CipherFile":
        if self._file is None:
            self._file = _CipherFile(self._folder)
            self._file.write(memoryview(self._memory))
            self._memory = bytearray()
        return self._file


class _CipherFile:
    """An unlinked file under AES-256-CTR with a key that lives only as long as this object.

    The key is used for one file, once, front to back, so no counter ever repeats.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 closed below
        self._key = algorithms.AES(secrets.token_bytes(32))
        self._encryptor = Cipher(self._key, modes.CTR(bytes(_AES_BLOCK))).encryptor()

    def write(self, view: memoryview) -> None:
        for start in range(0, len(view), _STEP):
            write_all(self._file.fileno(), self._encryptor.update(view[start : start + _STEP]))

    def read_at(self, offset: int, size: int) -> bytes:
        block, skip = divmod(offset, _AES_BLOCK)
        sealed = os.pread(self._file.fileno(), size, offset)
        opener = Cipher(self._key, modes.CTR(block.to_bytes(_AES_BLOCK, "big"))).decryptor()
        opener.update(bytes(skip))
        return opener.update(sealed)

    def close(self) -> None:
        self._file.close()


class _SpoolReader(io.RawIOBase):
    def __init__(self, file: _CipherFile, size: int) -> None:
        self._file = file
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("seek before the start")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        left = max(0, self._size - self._position)
        data = self._file.read_at(self._position, min(len(view), left))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)
