"""Documents that another archiver left in a folder, and what their names and an index tell of them.

The index is `index.csv` as `faxkeep export` writes it; without one the file's time counts.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from archive import utc_text
from catalog import Mailbox
from errors import UserError
from handlers.export import INDEX
from handlers.importing import Origin
from handlers.records import DIRECTIONS
from handlers.sources import Entry, Tree

ENDINGS = (".pdf", ".tif", ".tiff")
LARGEST_INDEX = 64 * 1024**2
_MESSAGE_ID = re.compile(r"(?<![0-9])[0-9]{6,20}(?![0-9])")
_NUMBER = re.compile(r"\+?[0-9]{3,20}")
Row = Mapping[str, str]


@dataclass(frozen=True)
class Defaults:
    """What holds for files that do not say it themselves."""

    mailbox: Mailbox
    direction: str


def is_document(entry: Entry) -> bool:
    """Whether a file is a document by its ending."""
    return entry.name.lower().endswith(ENDINGS)


def loose_documents(tree: Tree, defaults: Defaults) -> Iterator[tuple[Entry, Origin]]:
    """Every file that by its ending is a document, with what is known of it.

    Raises:
        UserError: the index cannot be read.
    """
    entries = tree.entries()
    rows = dict(_index(tree, entries))
    for entry in entries:
        if is_document(entry):
            yield entry, _origin(entry, rows.get(entry.name, {}), defaults)


def _index(tree: Tree, entries: Sequence[Entry]) -> Iterator[tuple[str, Row]]:
    """The rows of each index, by the path of the file they describe."""
    for entry in entries:
        folder, slash, name = entry.name.rpartition("/")
        if name == INDEX:
            for row in _rows(tree, entry):
                yield f"{folder}{slash}{row.get('file', '')}", row


def _rows(tree: Tree, entry: Entry) -> list[Row]:
    problem = UserError(f"{entry.name} in {tree.name} is no index that can be read.")
    with tree.open(entry.name) as file:
        raw = file.read(LARGEST_INDEX + 1)
    if len(raw) > LARGEST_INDEX:
        raise problem
    try:
        table = io.StringIO(raw.decode("utf-8-sig"), newline="")
        return [_row(cells) for cells in csv.DictReader(table, strict=True)]
    except (UnicodeDecodeError, csv.Error):
        raise problem from None


def _row(cells: Mapping[str | None, object]) -> Row:
    """The cells that have a column, without the quote that keeps a spreadsheet from calculating."""
    return {
        name: value.removeprefix("'")
        for name, value in cells.items()
        if name and isinstance(value, str) and value
    }


def _origin(entry: Entry, row: Row, defaults: Defaults) -> Origin:
    name = entry.name.rpartition("/")[2]
    fax_id = row.get("fax", "")
    direction = row.get("direction", "").capitalize()
    return Origin(
        mailbox=defaults.mailbox,
        direction=direction if direction in DIRECTIONS else defaults.direction,
        created_at=_moment(row.get("created_at", "")) or entry.modified_at,
        message_ids=[fax_id.rpartition("-")[2]] if fax_id else _MESSAGE_ID.findall(name),
        told={"file": entry.name, "changed_at": utc_text(entry.modified_at), **row},
        from_number=next(iter(_NUMBER.findall(row.get("from", ""))), None),
        to_numbers=_NUMBER.findall(row.get("to", "")),
    )


def _moment(text: str) -> datetime | None:
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return None
