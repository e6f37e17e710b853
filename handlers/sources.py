"""Files from elsewhere: a zip, a folder or a single file, read in one way and never unpacked."""

import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from errors import UserError

MOST_FILES = 2_000_000
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UNPACK = "Unpack it, and import the folder."
_ENCRYPTED = 0x1
"""General purpose bit 0 of a zip's entry (APPNOTE 4.4.4)."""
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError)
"""What reading a zip may raise; RuntimeError for what its parts demand and we cannot do."""


@dataclass(frozen=True)
class Entry:
    """One file: its path inside the source with /, its size in bytes, and when it was changed."""

    name: str
    size: int
    modified_at: datetime


class Tree(Protocol):
    """A set of files. `name` is what people call it."""

    @property
    def name(self) -> str: ...

    def entries(self) -> Sequence[Entry]:
        """Every ordinary file, sorted by name."""

    def open(self, name: str) -> BinaryIO:
        """Read one of them from its beginning."""


class Zip:
    """The files of a zip.

    Raises:
        UserError: it is damaged, or closed with a password.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(file)
        except _DAMAGE:
            raise UserError(f"{name} is no zip, or a damaged one. Download it again.") from None

    def entries(self) -> Sequence[Entry]:
        told = [each for each in self._zip.infolist() if not each.is_dir()]
        if len(told) > MOST_FILES:
            raise UserError(f"{self.name} holds more than {MOST_FILES} files.")
        if any(each.flag_bits & _ENCRYPTED for each in told):
            raise UserError(f"{self.name} is closed with a password. {UNPACK}")
        if any(each.compress_type not in PLAIN for each in told):
            raise UserError(f"{self.name} is packed in an unusual way. {UNPACK}")
        if len({each.filename for each in told}) < len(told):
            raise UserError(f"{self.name} holds several files of one name; only one could be read.")
        found = [Entry(each.filename, each.file_size, _zip_time(each)) for each in told]
        return sorted(found, key=lambda entry: entry.name)

    def open(self, name: str) -> BinaryIO:
        what = f"{name} in {self.name}"
        try:
            return _Checked(self._zip.open(name), what)  # type: ignore[return-value]
        except _DAMAGE:
            raise _damaged(what) from None


class Folder:
    """The files below a folder; links are not followed, hidden files are left out."""

    def __init__(self, root: Path) -> None:
        self.name = root.name or str(root)
        self._root = root

    def entries(self) -> Sequence[Entry]:
        return sorted(self._walk(), key=lambda entry: entry.name)

    def _walk(self) -> Iterator[Entry]:
        for folder, folders, files in os.walk(self._root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in files:
                path = Path(folder) / name
                if not name.startswith(".") and path.is_file() and not path.is_symlink():
                    yield _entry(path, path.relative_to(self._root).as_posix())

    def open(self, name: str) -> BinaryIO:
        return (self._root / name).open("rb")


class SingleFile:
    """One file by itself."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._path = path

    def entries(self) -> Sequence[Entry]:
        return [_entry(self._path, self._path.name)]

    def open(self, name: str) -> BinaryIO:
        return self._path.open("rb")


@contextmanager
def opened(paths: Sequence[Path]) -> Iterator[list[Tree]]:
    """The sources at these paths; the zips right in a folder are sources of their own.

    Raises:
        UserError: one of them is nothing that can be read.
    """
    files: list[BinaryIO] = []
    try:
        trees: list[Tree] = []
        for path in paths:
            zips = sorted(path.glob("*.zip")) if path.is_dir() else [path] * _is_zip(path)
            for each in zips:
                files.append(each.open("rb"))
                trees.append(Zip(files[-1], each.name))
            if path.is_dir():
                trees.append(Folder(path))
            elif not zips:
                trees.append(SingleFile(path))
        yield trees
    except OSError as error:
        raise UserError(f"{error.filename or 'A file'} cannot be read: {error.strerror}") from None
    finally:
        for file in files:
            file.close()


def _is_zip(path: Path) -> bool:
    """Also a damaged one, so that it is named and not passed over."""
    return path.suffix.lower() == ".zip" or zipfile.is_zipfile(path)


class _Checked:
    """A file inside a zip, whose damage comes as a UserError."""

    def __init__(self, file: object, what: str) -> None:
        self._file: BinaryIO = file  # type: ignore[assignment]
        self._what = what

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except _DAMAGE:
            raise _damaged(self._what) from None

    def __enter__(self) -> "_Checked":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()


def _damaged(what: str) -> UserError:
    return UserError(f"{what} is damaged.")


def _entry(path: Path, name: str) -> Entry:
    told = path.stat()
    return Entry(name, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))


def _zip_time(told: zipfile.ZipInfo) -> datetime:
    """A zip knows no time zone; UTC is the least wrong."""
    try:
        return datetime(*told.date_time, tzinfo=UTC)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)
