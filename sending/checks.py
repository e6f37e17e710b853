"""Everything that is wrong with a fax, said at once and before RingCentral is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from errors import UserError
from sending.fax import HIGH, LOW, Document, OutgoingFax, Problem
from sending.inspection import Findings, inspect
from sending.numbers import WrongNumber, country_code, e164

MOST_RECIPIENTS = 50
MOST_BYTES = 50 * 1024 * 1024
MOST_PAGES = 200
LONGEST_COVER_TEXT = 1024
LONGEST_NAME = 256
"""RingCentral's limits: developers.ringcentral.com/guide/messaging/fax/sending-faxes."""
_FEWER = "Send several faxes."


@dataclass(frozen=True)
class Review:
    """`problems` must be mended first; `hints` are worth a look; `pages` as far as they count.

    `counts` are the pages of each document, None where only RingCentral's rendering tells.
    """

    problems: tuple[Problem, ...]
    hints: tuple[Problem, ...]
    pages: int
    counts: tuple[int | None, ...] = ()


def problems(fax: OutgoingFax, now: datetime) -> list[Problem]:
    """All of them; none when the fax can go."""
    return list(review(fax, now).problems)


def review(fax: OutgoingFax, now: datetime) -> Review:
    """Problems, hints and pages; looks into each document once."""
    crowd = tuple(_crowd_problems(fax.documents))
    looks = [] if crowd else [inspect(each, place) for place, each in enumerate(fax.documents, 1)]
    cover = 1 if fax.cover_index else 0
    pages = cover + sum(each.pages for each in looks)
    found = (
        *_recipient_problems(fax),
        *crowd,
        *(each for look in looks for each in look.problems),
        *_page_problems(pages, looks),
        *_cover_problems(fax),
        *_other_problems(fax, now),
    )
    hints = tuple(each for look in looks for each in look.hints)
    return Review(
        found, hints, pages, tuple(look.pages if look.counted else None for look in looks)
    )


def _recipient_problems(fax: OutgoingFax) -> Iterator[Problem]:
    try:
        country_code(fax.country)
    except UserError as error:
        yield Problem("country", str(error), "Give two letters, or whole numbers and no country.")
        return
    if not fax.to:
        yield Problem("to", "There is nobody to send it to.", "Give at least one fax number.")
    if len(fax.to) > MOST_RECIPIENTS:
        words = f"There are more than {MOST_RECIPIENTS} recipients."
        yield Problem("to", words, _FEWER)
        return
    yield from _number_problems(fax)


def _number_problems(fax: OutgoingFax) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for place, recipient in enumerate(fax.to, 1):
        where, who = f"to[{place}]", f"Recipient {place}"
        if len(recipient.name) > LONGEST_NAME:
            words = f"{who}: the name is longer than {LONGEST_NAME} letters."
            yield Problem(where, words, "Shorten it.")
        try:
            number = e164(recipient.number, fax.country)
        except WrongNumber as wrong:
            yield Problem(where, f"{who}: the number {wrong.words}.", wrong.advice)
            continue
        if number in seen:
            words = f"{who} has the same number as recipient {seen[number]}."
            yield Problem(where, words, "Name each number once; it would get the fax twice.")
        seen.setdefault(number, place)


def _crowd_problems(documents: tuple[Document, ...]) -> Iterator[Problem]:
    """What makes looking into the documents needless."""
    if len(documents) > MOST_PAGES:
        yield Problem("documents", f"There are more than {MOST_PAGES} documents.", _FEWER)
    if sum(each.size for each in documents) > MOST_BYTES:
        words = "The documents have more than 50 MB together."
        advice = "Send several faxes, or make the documents smaller: 200 dots an inch are enough."
        yield Problem("documents", words, advice)


def _page_problems(pages: int, looks: list[Findings]) -> Iterator[Problem]:
    if pages > MOST_PAGES and looks:
        words = f"The fax has {pages} pages; RingCentral sends at most {MOST_PAGES}."
        yield Problem("documents", words, _FEWER)


def _cover_problems(fax: OutgoingFax) -> Iterator[Problem]:
    if not fax.documents and not fax.cover_index:
        yield Problem("documents", "There is nothing to send.", "Add a text or a document.")
    if fax.cover_index is not None and fax.cover_index < 0:
        yield Problem("cover_index", "There is no such cover page.", "0 is none; others count up.")
    if len(fax.cover_text) > LONGEST_COVER_TEXT:
        words = f"The text for the cover page is longer than {LONGEST_COVER_TEXT} letters."
        yield Problem("cover_text", words, "Shorten it, or send it as a document of its own.")
    if fax.cover_text and fax.cover_index == 0:
        words = "There is a text for the cover page, but no cover page is to be sent."
        yield Problem("cover_text", words, "Choose a cover page, or send it as a document.")


def _other_problems(fax: OutgoingFax, now: datetime) -> Iterator[Problem]:
    if fax.resolution not in (HIGH, LOW):
        yield Problem("resolution", "There is no such resolution.", f"Choose {HIGH} or {LOW}.")
    if fax.send_at is not None and fax.send_at.tzinfo is None:
        yield Problem("send_at", "The time to send it has no time zone.", "Add one, such as Z.")
    elif fax.send_at is not None and fax.send_at <= now:
        yield Problem("send_at", "The time to send it is over.", "Leave it out to send it now.")
