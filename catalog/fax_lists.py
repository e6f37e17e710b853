"""Chooses the statement that answers a list of faxes, and what it must be told."""

from dataclasses import asdict
from typing import Any

from catalog.columns import time_text
from catalog.fax_rows import Fax, FaxQuery

LIST_LIMIT = 1000
"""No page of a list is longer."""

EVER = ""
NEVER = "~"
"""Before and after every time, as text."""

NARROWING = {
    "newest_with_number": ("number", "mailbox", "state"),
    "newest_in_mailbox": ("mailbox", "state"),
    "newest_in_state": ("state",),
    "newest": (),
}
"""Each statement with the conditions it knows; the first of them is the one it needs."""


def statement(query: FaxQuery) -> str:
    """The first statement whose narrowing condition is given."""
    given = asdict(query)
    return next(name for name, known in NARROWING.items() if not known or given[known[0]])


def conditions(query: FaxQuery, last: Fax | None) -> dict[str, Any]:
    """The values of that statement; `last` ends the page before."""
    given = asdict(query)
    below = min(_end(query), _key(last)) if last else _end(query)
    return {name: given[name] for name in NARROWING[statement(query)]} | {
        "direction": query.direction,
        "since": query.since or EVER,
        "below_at": below[0],
        "below_id": below[1],
        "limit": min(query.limit, LIST_LIMIT),
    }


def _end(query: FaxQuery) -> tuple[str, str]:
    return (time_text(query.until) if query.until else NEVER, "")


def _key(fax: Fax) -> tuple[str, str]:
    return (time_text(fax.created_at), fax.id)
