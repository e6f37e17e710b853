"""A notice: what may be told of an outcome, and nothing else. Pure.

What is not on the list of facts, or does not have the shape that it has there, is left out: no
name, number, subject or other text of a fax can come through, wherever it was put by mistake.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

Fact = str | int | None

TYPES = {
    "received": "fax.received",
    "sent": "fax.sent",
    "failed": "fax.failed",
    "corrected": "fax.corrected",
    "stuck": "fax.stuck",
    "at-risk": "fax.at_risk",
    "lost": "fax.lost",
    "blind-window": "mailbox.blind_window",
    "login-failing": "login.failing",
    "test": "faxkeep.test",
}
"""Each kind, as it is called where a program reads it (the Standard Webhooks' form of a type)."""

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z:/~_.-]{0,159}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}/[a-z0-9][a-z0-9-]{0,39}")
_NUMBER = re.compile(r"\+?[0-9][0-9*#() -]{0,30}")
MOST = 1_000_000

NUMBERS = ("pages", "position", "recipients", "attempts", "count", "seconds")
WORDS = ("status", "former_status", "error_code")
TIMES = ("since", "until")
SENTENCES = ("reason", "advice", "group")
"""These are told only if they are sentences of ours, word for word."""


@dataclass(frozen=True)
class Notice:
    """What one destination is told of one outcome.

    `id` is the same at every try, `outcome` the same for every destination. `mailbox_name` is what
    the settings call the mailbox, never what RingCentral calls it. `number` is "" unless the
    destination's settings ask for it.
    """

    id: str
    outcome: str
    kind: str
    at: datetime
    mailbox: str = ""
    mailbox_name: str = ""
    fax: str = ""
    direction: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    link: str = ""
    number: str = field(default="", repr=False)


def allowed(facts: Mapping[str, Fact], is_ours: Callable[[str], bool]) -> dict[str, Fact]:
    """The facts that may be told; `is_ours` says whether a text is a sentence of our own."""
    return {name: value for name, value in facts.items() if _may_be_told(name, value, is_ours)}


def safe_id(text: str) -> str:
    """An id as it is, or "" if it could be anything else."""
    return text if _ID.fullmatch(text) else ""


def safe_number(text: str) -> str:
    """A telephone number as it is, or "" if it could be anything else."""
    return text if _NUMBER.fullmatch(text) else ""


def _may_be_told(name: str, value: object, is_ours: Callable[[str], bool]) -> bool:
    if value is None:
        return name in (*NUMBERS, *WORDS, *TIMES, *SENTENCES)
    if isinstance(value, int):
        return name in NUMBERS and not isinstance(value, bool) and 0 <= value <= MOST
    if not isinstance(value, str):
        return False
    shapes = {**dict.fromkeys(WORDS, _WORD), **dict.fromkeys(TIMES, _TIME), "login": _LOGIN}
    if name in shapes:
        return shapes[name].fullmatch(value) is not None
    return name in SENTENCES and is_ours(value)
