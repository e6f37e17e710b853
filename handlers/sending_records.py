"""Translates an order between what was asked for, its row, its file in the outbox, and the fax."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from archive import utc_text
from catalog import Addressee, Fax, Sending, SendingDocument
from errors import ArchiveError, NotSendable
from handlers.fates import Attempt, Candidate
from ringcentral_api import Message
from sending import Document, OutgoingFax, Problem, Recipient
from sending.numbers import WrongNumber, e164

FORMAT = 1
_PIECE = 256 * 1024
_TIMES = ("state_at", "requested_at", "due_at", "send_at", "attempted_at", "looked_at")


def addressees(to: Sequence[Recipient], country: str) -> list[Addressee]:
    """The recipients by their whole numbers; NotSendable names every number that is none."""
    found, wrong = [], []
    for place, each in enumerate(to, 1):
        try:
            found.append(Addressee(e164(each.number, country), each.name))
        except WrongNumber as error:
            wrong.append(Problem(f"to[{place}]", f"The number {error.words}.", error.advice))
    if wrong:
        raise NotSendable(wrong)
    return found


def outgoing(
    sending: Sending,
    to: Sequence[Addressee],
    documents: Sequence[SendingDocument],
    opened: Callable[[int], BinaryIO],
) -> OutgoingFax:
    """The fax as it was ordered; `opened(number)` reads a document, from 1.

    It goes when we send it, so that RingCentral is not told a time.
    """

    def reader(place: int) -> Callable[[], BinaryIO]:
        return lambda: opened(place + 1)

    return OutgoingFax(
        to=tuple(Recipient(each.number, each.name) for each in to),
        documents=tuple(
            Document(each.name, each.content_type, each.size, reader(each.position))
            for each in documents
        ),
        cover_index=sending.cover_index,
        cover_text=sending.cover_text,
        resolution=sending.resolution,
        country=sending.country,
    )


def order_file(
    sending: Sending, to: Sequence[Addressee], documents: Sequence[SendingDocument]
) -> bytes:
    """An order as it lies beside its documents, so that the outbox outlives its catalog."""
    row = asdict(sending) | {name: _text(getattr(sending, name)) for name in _TIMES}
    told = {
        "format": FORMAT,
        "sending": row,
        "to": [asdict(each) for each in to],
        "documents": [asdict(each) for each in documents],
    }
    return json.dumps(told, ensure_ascii=False).encode()


def order_of_file(
    content: bytes,
) -> tuple[Sending, list[Addressee], list[SendingDocument]]:
    """The inverse; ArchiveError when it is none that this program can read."""
    try:
        told: dict[str, Any] = json.loads(content)
        times = {name: _moment(told["sending"][name]) for name in _TIMES}
        return (
            Sending(**told["sending"] | times),
            [Addressee(**each) for each in told["to"]],
            [SendingDocument(**each) for each in told["documents"]],
        )
    except (ValueError, KeyError, TypeError):
        raise ArchiveError("an order of the outbox cannot be read") from None


def attempt_of(
    sending: Sending,
    to: Sequence[Addressee],
    documents: Sequence[SendingDocument],
    original: Fax | None,
) -> Attempt:
    """By what the fax of an attempt is known at RingCentral."""
    assert sending.attempted_at is not None
    numbers = tuple(each.number for each in to)
    if sending.original_message_id:
        return Attempt(sending.attempted_at, numbers, original.pages if original else None)
    counted = [each.pages for each in documents]
    has_cover = bool(sending.cover_index)
    return Attempt(
        at=sending.attempted_at,
        numbers=numbers,
        pages=None if None in counted else sum(each or 0 for each in counted),
        cover_index=sending.cover_index,
        cover_text=sending.cover_text if has_cover else None,
        resolution=sending.resolution,
    )


def candidate_of(message: Message, ahead: timedelta) -> Candidate | None:
    """A fax of RingCentral's list, its time by our clock; None for one without a time.

    `ahead` is how far RingCentral's clock is ahead of ours.
    """
    if message.created_at is None:
        return None
    cover, text = message.raw.get("coverIndex"), message.raw.get("coverPageText")
    return Candidate(
        message_id=message.id,
        created_at=message.created_at - ahead,
        numbers=tuple(each.number for each in message.recipients if each.number),
        pages=message.pages,
        cover_index=cover if isinstance(cover, int) else None,
        cover_text=text if isinstance(text, str) else None,
        resolution=message.resolution,
    )


def _text(moment: datetime | None) -> str | None:
    return utc_text(moment) if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def sha256_of(file: BinaryIO) -> str:
    """Hex SHA-256 of the rest of a file."""
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()
