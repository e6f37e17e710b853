"""One thing worth saying about the installation, and the words that signs are made of."""

from dataclasses import dataclass
from datetime import datetime

PROBLEM, WARNING, NOTE = "problem", "warning", "note"


@dataclass(frozen=True)
class Sign:
    """One thing worth saying; of one kind and subject there is at most one.

    Its words name no fax, no phone number and nobody: they go into logs.
    """

    severity: str
    kind: str
    subject: str
    words: str
    advice: str = ""


def when(moment: datetime | None) -> str:
    """A time as people read it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "an unknown time"


def many(count: int, one: str, several: str) -> str:
    """A count with its noun, and whatever else depends on the number."""
    return f"{count} {one if count == 1 else several}"
