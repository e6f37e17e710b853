"""A fax as it is to be sent, before anything is decided about it: plain values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

HIGH, LOW = "High", "Low"
"""200 and 100 dots an inch."""


@dataclass(frozen=True)
class Recipient:
    """Where a fax goes; the name goes on the cover sheet."""

    number: str = field(repr=False)
    name: str = field(default="", repr=False)


@dataclass(frozen=True)
class Document:
    """One file of a fax: `size` in bytes; `open` gives its plain bytes from the start, seekable.

    `content_type` may be "" or application/octet-stream: then the name's ending decides.
    """

    name: str = field(repr=False)
    content_type: str
    size: int
    open: Callable[[], BinaryIO] = field(repr=False)


@dataclass(frozen=True)
class OutgoingFax:
    """Everything about one fax: documents in the order in which they are faxed.

    `cover_index` None asks for the cover page of the extension's settings, 0 for none.
    `send_at` None means now. `country` (ISO 3166, two letters) completes numbers without "+".
    """

    to: tuple[Recipient, ...]
    documents: tuple[Document, ...]
    cover_index: int | None = None
    cover_text: str = field(default="", repr=False)
    resolution: str = HIGH
    send_at: datetime | None = None
    country: str = "US"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a fax, in words that tell no number, name or content.

    `field` is to, to[2], documents, documents[1], cover_index, cover_text, resolution, send_at or
    country; places count from 1.
    """

    field: str
    words: str
    advice: str
