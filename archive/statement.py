"""A completeness statement: each fax of one mailbox and day, in exactly one state. Pure.

docs/archive-format.md describes it, enough to check one without Faxkeep.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.ledger import canonical
from errors import ArchiveError

FORMAT = "faxkeep-statement/1"
STATES = ("archived", "pending", "refused", "lost")
_MAILBOX = re.compile(r"[A-Za-z0-9-]{1,128}")
_FOLDER = re.compile(r"statements/\d{4}/\d{2}/\d{2}")
LONGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    """Where the statement of a mailbox and UTC day (`2026-11-25`) lies; ValueError if odd."""

    mailbox_id: str
    day: str
    revision: int

    def __post_init__(self) -> None:
        if date.fromisoformat(self.day).isoformat() != self.day:
            raise ValueError("a day is written like 2026-11-25")
        if not _MAILBOX.fullmatch(self.mailbox_id) or self.revision < 1:
            raise ValueError("not a mailbox or revision")

    @property
    def folder(self) -> str:
        """`statements/2026/11/25`, relative to the archive."""
        return f"statements/{self.day.replace('-', '/')}"

    @property
    def name(self) -> str:
        """`400-621.json`, later revisions `400-621.2.json`."""
        number = f".{self.revision}" if self.revision > 1 else ""
        return f"{self.mailbox_id}{number}.json"


def is_statement_folder(folder: str) -> bool:
    """Whether a folder of the archive holds statements, which are not encrypted."""
    return _FOLDER.fullmatch(folder) is not None


def totals_of(faxes: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many faxes there are in all, and in each state."""
    counted = Counter(str(fax.get("state")) for fax in faxes)
    return {"listed": len(faxes), **{state: counted[state] for state in STATES}}


def content_of(faxes: Sequence[Mapping[str, object]]) -> str:
    """The hash of what is said of the faxes; equal ones need no new revision."""
    return hashlib.sha256(canonical({"faxes": list(faxes)}).encode()).hexdigest()


def statement_text(body: Mapping[str, object], faxes: Sequence[Mapping[str, object]]) -> bytes:
    """Write a statement: canonical JSON with a newline. `body` is all but faxes and totals."""
    whole = {"format": FORMAT, **body, "faxes": list(faxes), "totals": totals_of(faxes)}
    return canonical(whole).encode("ascii") + b"\n"


def read_statement(text: bytes) -> dict[str, Any]:
    """Read one; ArchiveError when it is none, without judging what it says."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise ArchiveError("a statement is not JSON") from None
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise ArchiveError("a statement is not of the format " + FORMAT)
    faxes, totals = body.get("faxes"), body.get("totals")
    if not isinstance(faxes, list) or not all(isinstance(fax, dict) for fax in faxes):
        raise ArchiveError("a statement has no list of faxes")
    if not isinstance(totals, dict):
        raise ArchiveError("a statement has no totals")
    return body


def faults(body: Mapping[str, Any]) -> Iterator[str]:
    """Everything that does not add up in a statement."""
    faxes = body["faxes"]
    if totals_of(faxes) != body["totals"]:
        yield "its totals are not those of its faxes"
    messages = Counter(str(fax.get("message")) for fax in faxes)
    for message, times in messages.items():
        if times > 1:
            yield f"it names message {message} {times} times"
    for fax in faxes:
        if fault := _fault(fax, str(body.get("day"))):
            yield f"message {fax.get('message')}: {fault}"


def _fault(fax: Mapping[str, Any], day: str) -> str:
    state = fax.get("state")
    if state not in STATES:
        return "it is in no known state"
    if not str(fax.get("created_at", "")).startswith(day):
        return "it is of another day"
    if state == "archived" and not (fax.get("folder") and isinstance(fax.get("line"), int)):
        return "archived, but without folder and ledger line"
    if state == "refused" and not fax.get("reason"):
        return "refused, but without a reason"
    if state == "lost" and not (fax.get("reason") and fax.get("evidence")):
        return "lost, but without evidence"
    return ""
