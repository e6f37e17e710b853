"""What became of an attempt to send of which no answer came, by RingCentral's own list. Pure.

RingCentral's request has no reference of ours, so the fax is known by its numbers, its time, its
cover page and its pages. Whoever is not sure does not send again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FIRST_LOOK = timedelta(seconds=30)
"""After an attempt RingCentral is first asked then: before, a list may not show the fax yet."""
SETTLES = timedelta(minutes=5)
"""So long after a look that found nothing, another one that finds nothing is believed."""
CLOCKS_DIFFER = timedelta(minutes=2)
LATEST = timedelta(minutes=20)
"""A fax that RingCentral made later than this after the attempt began is not taken for ours. If it
is like ours, nothing is sent again either: we may have slept, or our clock was put right."""
COVER_PAGES = 2
"""A cover sheet adds so many pages at most."""
FEWEST_DIGITS = 7
"""RingCentral may show a number without its country code; by fewer digits nothing is known."""
FOUND, AGAIN, ASK, WAIT = "found", "again", "ask", "wait"


@dataclass(frozen=True)
class Attempt:
    """What was given to RingCentral. None where it is not known or was left to RingCentral.

    `pages` counts those of the documents, without a cover sheet.
    """

    at: datetime
    numbers: tuple[str, ...] = field(repr=False)
    pages: int | None = None
    cover_index: int | None = None
    cover_text: str | None = field(default=None, repr=False)
    resolution: str | None = None


@dataclass(frozen=True)
class Candidate:
    """A fax on RingCentral's list that nobody else has claimed."""

    message_id: str
    created_at: datetime
    numbers: tuple[str, ...] = field(repr=False)
    pages: int | None = None
    cover_index: int | None = None
    cover_text: str | None = field(default=None, repr=False)
    resolution: str | None = None


@dataclass(frozen=True)
class Looks:
    """How often RingCentral was asked before, and when last."""

    count: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """`what` is found (it is `message_id`), again (it surely was not sent), ask (a person must
    decide, `words` say why) or wait (until a later look)."""

    what: str
    message_id: str = ""
    words: str = ""


def next_look(attempt_at: datetime, looks: Looks) -> datetime:
    """When RingCentral is to be asked next."""
    return looks.last_at + SETTLES if looks.last_at else attempt_at + FIRST_LOOK


def verdict(
    attempt: Attempt, candidates: Sequence[Candidate], looks: Looks, now: datetime
) -> Verdict:
    """Decide after a look that showed these candidates."""
    near = [each for each in candidates if _may_be(attempt, each)]
    alike = [each for each in near if not _differs(attempt, each)]
    settled = looks.last_at is not None and now >= looks.last_at + SETTLES
    if len(near) == len(alike) == 1 and (settled or _is_counted(attempt, near[0])):
        return Verdict(FOUND, near[0].message_id)
    if not settled:
        return Verdict(WAIT)
    if near:
        return Verdict(ASK, words=_doubt(len(near)))
    if any(_is_late(attempt, each) for each in candidates):
        return Verdict(ASK, words=_LATE)
    return Verdict(AGAIN)


_LATE = "RingCentral has a fax like this one to the same number, but from a later time."


def _doubt(count: int) -> str:
    if count == 1:
        return (
            "RingCentral has a fax to the same number from that time, but it is not like this one."
        )
    return f"RingCentral has {count} faxes to the same number from that time."


def _may_be(attempt: Attempt, candidate: Candidate) -> bool:
    """Whether it cannot be ruled out: made at that time, and to one of these numbers at least."""
    age = candidate.created_at - attempt.at
    return -CLOCKS_DIFFER <= age <= LATEST and _meet(attempt, candidate)


def _is_late(attempt: Attempt, candidate: Candidate) -> bool:
    """Whether nothing but its time speaks against it."""
    is_late = candidate.created_at - attempt.at > LATEST
    return is_late and _meet(attempt, candidate) and not _differs(attempt, candidate)


def _meet(attempt: Attempt, candidate: Candidate) -> bool:
    return any(
        same_number(ours, theirs) for ours in attempt.numbers for theirs in candidate.numbers
    )


def _differs(attempt: Attempt, candidate: Candidate) -> bool:
    """Whether anything that both tell is not the same."""
    return not (
        _same_numbers(attempt.numbers, candidate.numbers)
        and _agree(attempt.resolution, candidate.resolution)
        and _agree(attempt.cover_index, candidate.cover_index)
        and _agree(_words(attempt.cover_text), _words(candidate.cover_text))
        and _pages_agree(attempt, candidate)
    )


def _same_numbers(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    return all(any(same_number(a, b) for b in theirs) for a in ours) and all(
        any(same_number(a, b) for a in ours) for b in theirs
    )


def same_number(ours: str, theirs: str) -> bool:
    """Whether two spellings may mean one number: `+1 (202) 555-0101` and `2025550101` do."""
    first, second = sorted((_digits(ours), _digits(theirs)), key=len)
    return len(first) >= FEWEST_DIGITS and second.endswith(first)


def _digits(number: str) -> str:
    return "".join(letter for letter in number if letter in "0123456789")


def _words(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def _agree(ours: object, theirs: object) -> bool:
    return ours is None or theirs is None or ours == theirs


def _pages_agree(attempt: Attempt, candidate: Candidate) -> bool:
    if attempt.pages is None or candidate.pages is None:
        return True
    more = candidate.pages - attempt.pages
    return more == 0 if attempt.cover_index == 0 else 0 <= more <= COVER_PAGES


def _is_counted(attempt: Attempt, candidate: Candidate) -> bool:
    """Whether RingCentral has counted the pages already, where we know how many there are."""
    return attempt.pages is None or candidate.pages is not None
