"""Whether the files a ledger line names are there, unchanged, and can be read back."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.address import month_of
from archive.closing import StoredFile, hash_file, open_into
from archive.finding import Finding
from archive.records import read_json
from archive.statement import is_statement_folder
from archive.verify_keys import OpenMonths
from errors import ArchiveError

_KINDS = ("archived", "amended", "aside", "statement")


@dataclass(frozen=True)
class Named:
    """What a ledger entry says of one folder; `documents` maps a name to plain (size, sha256)."""

    folder: str
    files: tuple[StoredFile, ...]
    documents: Mapping[str, tuple[int, str]]


def named_by(entry: Mapping[str, Any]) -> Named | None:
    """Read which files an entry names; None for a kind that names none.

    ValueError when the entry is not what such a line holds, or leads out of the archive.
    """
    if entry.get("kind") not in _KINDS:
        return None
    try:
        folder = str(entry["folder"])
        if not is_statement_folder(folder):
            month_of(folder)
        files = tuple(StoredFile(f["name"], f["size"], f["sha256"]) for f in entry["files"])
        documents = {d["name"]: (d["size"], d["sha256"]) for d in entry.get("documents", ())}
    except (KeyError, TypeError):
        raise ValueError("the entry does not name its files") from None
    if any("/" in file.name for file in files):
        raise ValueError("the entry leads out of its folder")
    return Named(folder, files, documents)


class FileCheck:
    """Reads the files of one archive."""

    def __init__(self, root: Path, months: OpenMonths) -> None:
        self._root = root
        self._months = months

    def present(self, named: Named) -> Iterator[Finding]:
        """Check that every file is there with its size; nothing is read."""
        for file in named.files:
            path, where = self._root / named.folder / file.name, f"{named.folder}/{file.name}"
            if path.is_symlink() or not path.is_file():
                yield Finding("missing", "file", where, "the ledger names it")
            elif path.stat().st_size != file.size:
                yield Finding("changed", "file", where, "its size is not the ledger's")

    def content(self, named: Named) -> Iterator[Finding]:
        """Check every file's bytes, and what they decrypt to; files `present` reported are left."""
        is_plain = is_statement_folder(named.folder)
        yield from () if is_plain else self._months.check_for(named.folder)
        for file in named.files:
            path, where = self._root / named.folder / file.name, f"{named.folder}/{file.name}"
            if not path.is_file() or path.stat().st_size != file.size:
                continue
            if hash_file(path) != file:
                yield Finding("changed", "file", where, "its SHA-256 is not the ledger's")
            elif not is_plain:
                yield from self._plain(path, where, named)

    def _plain(self, path: Path, where: str, named: Named) -> Iterator[Finding]:
        identities = self._months.identities(named.folder)
        if not identities:
            return  # said once, of the month's key
        try:
            if path.name.endswith(".json.age"):
                read_json(path, identities)
                return
            found = _Measure()
            open_into(path, identities, found)
        except ArchiveError as error:
            yield Finding("unreadable", "file", where, str(error))
        else:
            expected = named.documents.get(path.name, found.result())
            if found.result() != expected:
                yield Finding("changed", "file", where, "the document in it is not the ledger's")


class _Measure:
    """A sink that keeps only size and hash."""

    def __init__(self) -> None:
        self._size = 0
        self._hash = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        self._size += len(data)
        self._hash.update(data)
        return len(data)

    def result(self) -> tuple[int, str]:
        return self._size, self._hash.hexdigest()
