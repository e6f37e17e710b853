"""A copy of the documents and a line in an index, for wherever files can be kept."""

import csv
import io
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Protocol

from errors import NotDelivered
from notifications.channel import Attachment, Documents
from notifications.names import name_of
from notifications.notice import Notice
from notifications.payload import utc_text

INDEX = PurePosixPath("index.csv")
COLUMNS = (
    "notice",
    "outcome",
    "at",
    "kind",
    "mailbox",
    "direction",
    "number",
    "fax",
    "pages",
    "status",
    "file",
    "sha256",
)
TAIL = 256 * 1024
"""A notice that comes again after a crash is looked for in so many bytes at the index's end."""


class Shelf(Protocol):
    """Where files are kept; every method may be repeated, and raises NotDelivered."""

    def write(self, name: PurePosixPath, attachment: Attachment) -> None:
        """Put the document there: whole or not at all, in the place of one that is there."""

    def tail(self, name: PurePosixPath, size: int) -> bytes:
        """The last bytes of a file; none if there is no such file."""

    def append(self, name: PurePosixPath, data: bytes) -> None:
        """Add to a file, which is made if need be."""


def copy(shelf: Shelf, template: str, notice: Notice, documents: Documents) -> None:
    """Put the documents on the shelf, then a line for each into the index.

    Raises:
        NotDelivered: the documents cannot be had, or the shelf does not take them.
    """
    if documents.missing:
        raise NotDelivered(f"the document cannot be copied: {documents.missing}")
    rows = []
    for each in documents.attachments:
        name = name_of(template, notice, each)
        shelf.write(name, each)
        rows.append([str(name), each.sha256])
    tail = shelf.tail(INDEX, TAIL)
    if notice.id.encode() in tail:
        return
    lines = [[*_told(notice), *row] for row in rows] or [[*_told(notice), "", ""]]
    head = b"" if tail else _csv([COLUMNS])
    # A line that a crash has cut short must not swallow the next one.
    gap = b"" if not tail or tail.endswith(b"\n") else b"\r\n"
    shelf.append(INDEX, gap + head + _csv(lines))


def _told(notice: Notice) -> list[str]:
    pages = notice.facts.get("pages")
    return [
        notice.id,
        notice.outcome,
        utc_text(notice.at),
        notice.kind,
        notice.mailbox,
        notice.direction,
        notice.number,
        notice.fax,
        "" if pages is None else str(pages),
        str(notice.facts.get("status") or ""),
    ]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    into = io.StringIO(newline="")
    csv.writer(into).writerows(rows)
    return into.getvalue().encode()
