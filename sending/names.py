"""File names and people's names as RingCentral takes them."""

import unicodedata
from pathlib import PurePosixPath

LONGEST = 256
"""Characters; MSG-370."""
_KEPT = frozenset(" ._-")
_MARKS = ("L", "M", "N")
_LONGEST_ENDING = 12


def clean_file_name(name: str, otherwise: str) -> str:
    """The name with every special character replaced by one "_"; `otherwise` when none is left.

    RingCentral refuses "ampersands or other special characters such as @#$%^&*"
    (developers.ringcentral.com/guide/messaging/fax/sending-faxes). Letters and digits of any
    script, spaces, ".", "_" and "-" stay. Folders in front of the name go.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    swapped = "".join(letter if _stays(letter) else "\0" for letter in last)
    cleaned = "_".join(part for part in swapped.split("\0") if part)
    stem, ending = _split(" ".join(cleaned.split()).strip(" .") if _has_letters(cleaned) else "")
    return _cut(stem, ending) or otherwise


def ending_of(name: str) -> str:
    """What follows the last dot of a cleaned or other name, in lower case; "" without one."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower().lstrip(".")


def clean_person(name: str) -> str:
    """A person's name on one line: control characters and runs of spaces become one space."""
    plain = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in name)
    return " ".join(plain.split())[:LONGEST]


def _stays(letter: str) -> bool:
    return letter in _KEPT or unicodedata.category(letter)[0] in _MARKS


def _has_letters(name: str) -> bool:
    return any(unicodedata.category(letter)[0] in _MARKS for letter in name)


def _split(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending) > _LONGEST_ENDING:
        return name, ""
    return stem, f".{ending}"


def _cut(stem: str, ending: str) -> str:
    kept = unicodedata.normalize("NFC", stem[: LONGEST - len(ending)]).rstrip(" .")
    return kept + ending
