"""Brings archived faxes out again as ordinary PDF and TIFF files with an index."""

import csv
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from archive import Archive, utc_text
from catalog import Catalog, DocumentRow, Fax, FaxQuery, Transaction
from errors import ArchiveError, KeyMissing, UserError

PAGE = 500
INDEX = "index.csv"
COLUMNS = (
    "file",
    "fax",
    "direction",
    "created_at",
    "from",
    "to",
    "pages",
    "status",
    "sha256",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell may begin that a spreadsheet works out; the last are the wide forms of East Asia."""
_UNSAFE = re.compile(r"[^0-9A-Za-z+.-]+")
_NUMBERS = re.compile(r"\+[0-9]+( \+?[0-9]+)*")


@dataclass
class Exported:
    """How many documents were written, and what could not be, each with its fax."""

    documents: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Export:
    """Reads documents back; needs the archive key."""

    catalog: Catalog
    archive: Archive

    def document(self, fax: Fax, number: int, into: BinaryIO) -> DocumentRow:
        """Write one document of a fax (numbered from 1) to `into`.

        Raises:
            UserError: the fax is not archived, or has no such document.
            ArchiveError: it cannot be read back; what was written counts for nothing.
        """
        with self.catalog.reading() as tx:
            documents = tx.documents.of(fax.id)
        if fax.state != "archived" or fax.folder is None:
            raise UserError(
                f"This fax is not archived; it is {fax.state} {fax.state_reason}".strip()
            )
        if not 1 <= number <= len(documents):
            raise UserError(f"This fax has {len(documents)} document(s).")
        row = documents[number - 1]
        self.archive.read_document(fax.folder, row.name, into)
        return row

    def into_file(self, fax: Fax, number: int, file: Path) -> None:
        """Write one document to a file of mode 0600, which is complete or left as it was.

        Raises:
            UserError, ArchiveError: as `document` does.
        """
        with private_file(file) as into:
            self.document(fax, number, into)

    def faxes(self, query: FaxQuery) -> list[Fax]:
        """Every archived fax the query names, newest first, however many."""
        with self.catalog.reading() as tx:
            return list(all_faxes(tx, query))

    def into_folder(self, faxes: Iterable[Fax], folder: Path) -> Exported:
        """Write the documents of these faxes and an index.

        A file is complete or absent; one that exists already is written anew. What cannot be read
        back is named and left out: on a bad day everything else is wanted all the more.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        exported = Exported()
        with private_file(folder / INDEX) as raw:
            index = csv.writer(Encoded(raw))
            index.writerow(COLUMNS)
            for fax in faxes:
                try:
                    for row in self._write_fax(fax, folder):
                        index.writerow(row)
                        exported.documents += 1
                except KeyMissing:
                    raise
                except ArchiveError as error:
                    exported.problems.append(f"{fax.id}: {error}")
        return exported

    def _write_fax(self, fax: Fax, folder: Path) -> Iterator[list[str]]:
        with self.catalog.reading() as tx:
            documents = tx.documents.of(fax.id)
            numbers = [recipient.number or "" for recipient in tx.faxes.recipients(fax.id)]
        for place, document in enumerate(documents, 1):
            name = export_name(fax, document, place)
            with private_file(folder / name) as file:
                self.document(fax, place, file)
            cells = [
                name,
                fax.id,
                fax.direction,
                utc_text(fax.created_at),
                fax.from_number or "",
                " ".join(numbers),
                str(document.pages or ""),
                fax.message_status,
                document.sha256,
            ]
            yield [harmless_cell(cell) for cell in cells]


def all_faxes(tx: Transaction, query: FaxQuery) -> Iterator[Fax]:
    """Every fax of the query, page after page."""
    page = tx.faxes.list(replace(query, limit=PAGE))
    while page:
        yield from page
        page = tx.faxes.list(replace(query, limit=PAGE, before=page[-1].id))


def export_name(fax: Fax, document: DocumentRow, place: int) -> str:
    """`20261123-081530_inbound_+12125550100_123.pdf`: sorts by time, holds no unsafe character."""
    moment = fax.created_at.strftime("%Y%m%d-%H%M%S")
    number = _UNSAFE.sub("", fax.from_number or "")[:24].strip(".") or "unknown"
    extra = f"-{place}" if place > 1 else ""
    kind = _UNSAFE.sub("", document.kind)
    return f"{moment}_{fax.direction.lower()}_{number}_{fax.message_id}{extra}.{kind}"


def harmless_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; a phone number keeps its +."""
    could_start = text[:1] in FORMULA
    return f"'{text}" if could_start and not _NUMBERS.fullmatch(text) else text


@contextmanager
def new_private_file(path: Path) -> Iterator[BinaryIO]:
    """The same as `private_file`, where nothing may be yet; UserError if something is."""
    taken = UserError(f"There is a {path.name} already. Give another name, or --overwrite.")
    if path.exists() or path.is_symlink():
        raise taken
    with _partial(path) as (file, partial):
        yield file
        file.flush()
        try:
            path.hardlink_to(partial)
        except FileExistsError:
            raise taken from None
        except OSError:
            partial.replace(path)  # a stick's file system may know no links


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """A file of mode 0600 that appears under its name only when it is complete."""
    with _partial(path) as (file, partial):
        yield file
        file.flush()
        partial.replace(path)


@contextmanager
def _partial(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    partial = path.with_name(f".{path.name}.partial")
    # Never one that lies there already: in a shared folder it could be somebody else's, or a link.
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file, partial
    finally:
        partial.unlink(missing_ok=True)


class Encoded:
    """Lets the csv module write text into a binary file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode("utf-8", "replace"))
