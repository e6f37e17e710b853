"""Cursors: where a page of a list ended, opaque to those who hold one and checked when it returns.

A cursor is no permission: whatever it names, a list shows only what its token may see. So it needs
no signature, and outlives every key.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from api.problems import Fault, Problem

_POSITION = re.compile(r"[ -~]{1,200}", re.ASCII)


def cursor_at(listing: str, position: str) -> str:
    """A cursor of this list (`faxes`, ...) that stands after a position."""
    return urlsafe_b64encode(f"{listing}:{position}".encode()).decode().rstrip("=")


def position_of(listing: str, cursor: str) -> str:
    """The position that a cursor of this list stands after.

    Raises:
        Problem: it is not one.
    """
    try:
        plain = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (Error, ValueError):
        raise bad_cursor() from None
    named, _, position = plain.partition(":")
    is_ours = named == listing and cursor_at(named, position) == cursor
    if not is_ours or not _POSITION.fullmatch(position):
        raise bad_cursor()
    return position


def bad_cursor() -> Problem:
    """The cursor leads nowhere."""
    fault = Fault("cursor", "Not a cursor of this list.", "Leave it out to begin anew.")
    return Problem("invalid", errors=[fault])
