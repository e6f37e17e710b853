"""Looks into one document: whether it is what it says, how many pages it has, what may be lost."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from archive.tiff_check import count_tiff_pages
from errors import DocumentRefused, UserError
from sending.confined import RefusedError, run
from sending.fax import Document, Problem
from sending.kinds import (
    BMP,
    BY_ENDING,
    ENDS,
    JPEG,
    PDF,
    PNG,
    TEXT,
    TIFF,
    UNKNOWN,
    ending_of_type,
    is_cut,
    is_locked_office,
    looks_like,
)
from sending.names import ending_of

LINES_PER_PAGE = 120
"""At most: nobody knows how RingCentral sets a text, but no page holds more lines."""
_SAVE_AS_PDF = "Save it as PDF and send that."
_UNLOCK = "Save a copy without a password and send that."
_ANEW = "Make or fetch it anew, and look whether it opens."
_REFUSALS = {
    "password": ("is behind a password", _UNLOCK),
    "cut": ("is cut off: its end is missing", _ANEW),
    "broken": ("is broken: it cannot be read as a PDF", _ANEW),
    "complex": ("needs more memory or time than any fax should", "Print it to a new PDF."),
}
_FLATTEN = "Send it with `--flatten`, which makes them part of the pages, or print it to a new PDF."


@dataclass(frozen=True)
class Findings:
    """What is wrong, what may go wrong, and the pages: counted, or how many there are at least."""

    problems: tuple[Problem, ...] = ()
    hints: tuple[Problem, ...] = ()
    pages: int = 1
    counted: bool = False


class _WrongError(Exception):
    """The document cannot be faxed: words that go on after "Document 2", and advice."""


def inspect(document: Document, place: int) -> Findings:
    """Look into the document at a place (from 1). Never draws it; memory and time are bounded."""
    try:
        return _inspected(document, place)
    except _WrongError as wrong:
        return Findings((_told(place, *wrong.args),))
    except UserError as error:
        return Findings((Problem(f"documents[{place}]", str(error), "Check the file."),))


def page_count(document: Document) -> int | None:
    """How many pages it has; None where only RingCentral's rendering tells, and for broken ones."""
    found = inspect(document, 1)
    return found.pages if found.counted else None


def _inspected(document: Document, place: int) -> Findings:
    if document.size == 0:
        raise _WrongError("is empty", "Check the file.")
    ending = ending_of(document.name)
    if ending not in BY_ENDING:
        ending = ending_of_type(document.content_type)
    if ending not in BY_ENDING:
        raise _WrongError("is of a type that RingCentral does not fax", _SAVE_AS_PDF)
    with document.open() as file:
        look = _look(file, document.size, ending)
        if look in _PAGES:
            return Findings(pages=_PAGES[look](file), counted=look != TEXT)
    return _inspected_pdf(document, place) if look == PDF else Findings(counted=look in _ONE_PAGE)


def _look(file: BinaryIO, size: int, ending: str) -> str:
    if file.seek(0, io.SEEK_END) != size:
        raise _WrongError("has changed its length", "Send it again.")
    file.seek(0)
    head = file.read(ENDS)
    file.seek(max(0, size - ENDS))
    tail = file.read(ENDS)
    look = looks_like(head, tail)
    if is_locked_office(look, head, tail):
        raise _WrongError("is behind a password", _UNLOCK)
    if look not in BY_ENDING[ending].looks:
        seen = f"looks like {look}" if look != UNKNOWN else f"does not look like .{ending}"
        raise _WrongError(f"is not what its name says: it {seen}", "Give it the right name.")
    if is_cut(look, tail):
        raise _WrongError(*_REFUSALS["cut"])
    return look


def _tiff_pages(file: BinaryIO) -> int:
    try:
        return count_tiff_pages(file)
    except DocumentRefused:
        raise _WrongError("is broken: it cannot be read as a TIFF", _ANEW) from None


def _text_pages(file: BinaryIO) -> int:
    lines, feeds = 0, 0
    file.seek(0)
    while piece := file.read(ENDS):
        lines += piece.count(b"\n")
        feeds += piece.count(b"\f")
    return 1 + max(lines // LINES_PER_PAGE, feeds)


_ONE_PAGE = (JPEG, PNG, BMP)
_PAGES: dict[str, Callable[[BinaryIO], int]] = {TIFF: _tiff_pages, TEXT: _text_pages}


def _inspected_pdf(document: Document, place: int) -> Findings:
    try:
        facts = json.loads(run("read", document))
    except RefusedError as error:
        raise _WrongError(*_REFUSALS.get(error.reason, _REFUSALS["complex"])) from None
    if facts["locked"]:
        raise _WrongError("is encrypted, so that RingCentral may not show it", _UNLOCK)
    if facts["xfa"]:
        words = "has pages that only Adobe's own reader makes (XFA)"
        raise _WrongError(words, "Print it to a new PDF and send that.")
    if facts["unsure"]:
        words = "has form fields or notes that not every program shows: the fax may lack them"
        return Findings((_told(place, words, _FLATTEN),), (), facts["pages"], counted=True)
    words = "has form fields or notes; most programs show them, some do not"
    risky = facts["fields"] or facts["notes"]
    hints = (_told(place, words, _FLATTEN),) if risky else ()
    return Findings((), hints, facts["pages"], counted=True)


def _told(place: int, words: str, advice: str) -> Problem:
    return Problem(f"documents[{place}]", f"Document {place} {words}.", advice)
