"""How odd JSON is read without a crash; knows shapes and spellings, no field of RingCentral."""

from collections.abc import Mapping
from datetime import UTC, datetime

from errors import Unreachable

Json = Mapping[str, object]

LARGEST_NUMBER = 2**63 - 1


def as_object(value: object, what: str = "an object was expected") -> Json:
    """The JSON object, else Unreachable: an answer we cannot read may be right next time."""
    if isinstance(value, dict):
        return value
    raise Unreachable(f"RingCentral's answer cannot be read: {what}.")


def inner(value: object) -> Json:
    """The JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Json]:
    """The objects of a JSON list; a lone object counts as a list of one, anything else as none."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str | None:
    """Text, or a number's digits; None for all else. Safe to store: no NUL, no lone surrogate."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    digits = number(value)
    return None if digits is None else str(digits)


def digits(value: object) -> str | None:
    """An id as its digits, however it came; None when it is not one (it may end up in a path)."""
    candidate = text(value) or ""
    return (
        candidate if candidate.isascii() and candidate.isdigit() and len(candidate) <= 20 else None
    )


def number(value: object) -> int | None:
    """A whole number of at least 0, also when spelled as text; None for all else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= LARGEST_NUMBER else None


def moment(value: object) -> datetime | None:
    """A UTC time from `…Z` (REST) or `…+0000` (events); None when it is not one."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def spelled(moment: datetime) -> str:
    """A time as RingCentral's query parameters want it."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
