"""Recognizes RingCentral's message store export: listings in JSON, documents beside them.

developers.ringcentral.com/guide/messaging/message-store/message-exports-report. The names inside
are not documented in full, so only what cannot be done without is demanded of them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from errors import FaxkeepError, UserError
from handlers.sources import Entry, Tree
from ringcentral_api import Message

LARGEST_LISTING = 128 * 1024**2
_EXTENSION = r"(?:^|/)account/(?P<account>[0-9]+)/extension/(?P<extension>[0-9]+)/"
_LISTING = re.compile(_EXTENSION + r"(?:.*/)?[^/]+\.json")
_DOCUMENT = re.compile(_EXTENSION + r"(?:.*/)?content/(?P<message>[0-9]+)[^/0-9]?[^/]*")


@dataclass(frozen=True)
class Listing:
    """What the export tells of one extension's messages."""

    mailbox_id: str
    messages: list[Message]


@dataclass(frozen=True)
class Exported:
    """One document of the export, and the fax that it belongs to."""

    fax_id: str
    mailbox_id: str
    entry: Entry


def is_export(tree: Tree) -> bool:
    """Whether these files are of such an export."""
    return any(_LISTING.search(each.name) or _DOCUMENT.search(each.name) for each in tree.entries())


def listings(tree: Tree) -> Iterator[Listing]:
    """Every listing in it.

    Raises:
        UserError: one cannot be read.
    """
    for entry in tree.entries():
        match = _LISTING.fullmatch(entry.name) or _LISTING.search(entry.name)
        if match:
            with tree.open(entry.name) as file:
                messages = _messages(file, f"{entry.name} in {tree.name}")
            yield Listing(f"{match['account']}-{match['extension']}", messages)


def documents(tree: Tree) -> Iterator[Exported]:
    """Every document in it."""
    for entry in tree.entries():
        match = _DOCUMENT.search(entry.name)
        if match:
            mailbox_id = f"{match['account']}-{match['extension']}"
            yield Exported(f"{match['account']}-{match['message']}", mailbox_id, entry)


def _messages(file: BinaryIO, what: str) -> list[Message]:
    raw = file.read(LARGEST_LISTING + 1)
    if len(raw) > LARGEST_LISTING:
        raise UserError(f"{what} is larger than {LARGEST_LISTING // 1024**2} MiB.")
    try:
        told = json.loads(raw)
        records = told["records"] if isinstance(told, dict) else told
        return [Message.from_json(record) for record in records]
    except (ValueError, KeyError, TypeError, RecursionError, FaxkeepError):
        raise UserError(f"{what} is not a list of messages.") from None
