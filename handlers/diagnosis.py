"""What the doctor says of one thing: it is fine, or what to do where. Pure.

No number, name or id of a person stands in it: a diagnosis is meant to be shown to others.
"""

from dataclasses import dataclass

FINE, DO, NOTE = "fine", "do", "note"


@dataclass(frozen=True)
class Diagnosis:
    """One line. `area` and `what` say of what; `advice` is empty where nothing is to be done."""

    verdict: str
    area: str
    what: str
    words: str
    advice: str = ""


def fine(area: str, what: str, words: str) -> Diagnosis:
    return Diagnosis(FINE, area, what, words)


def do(area: str, what: str, words: str, advice: str) -> Diagnosis:
    return Diagnosis(DO, area, what, words, advice)


def note(area: str, what: str, words: str, advice: str = "") -> Diagnosis:
    return Diagnosis(NOTE, area, what, words, advice)
