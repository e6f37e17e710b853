"""How values become columns and columns become values: times, foreign text, rows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from errors import CatalogError

Row = Mapping[str, Any]
"""One row as the databases hand it over: column name to value."""

T = TypeVar("T")

SMALLEST, LARGEST = -(2**63), 2**63 - 1
"""What an integer column of either database holds."""


def time_text(moment: datetime) -> str:
    """UTC text `YYYY-MM-DDTHH:MM:SS.mmmZ`: fixed width, so it sorts as text. Naive: ValueError."""
    if moment.tzinfo is None:
        raise ValueError("A time without a time zone cannot be kept.")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def time_value(text: str) -> datetime:
    """The inverse of `time_text`, aware and in UTC."""
    return datetime.fromisoformat(text)


def to_column(value: object) -> Any:
    """A Python value as both databases accept it.

    Foreign text may hold what they refuse (a NUL in PostgreSQL, half a surrogate pair in UTF-8);
    one such name must not stop a mailbox for ever, so the offending character is replaced. A number
    beyond 64 bits raises CatalogError.
    """
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, int) and not SMALLEST <= value <= LARGEST:
        raise CatalogError("A number is too large for the catalog.")
    return value


def from_row(kind: type[T], row: Row) -> T:
    """The dataclass `kind` from a row of the same column names; times become datetimes."""
    return kind(**{name: _from_column(name, value) for name, value in row.items()})


def _from_column(name: str, value: object) -> object:
    if isinstance(value, str) and (name == "at" or name.endswith(("_at", "_until"))):
        return time_value(value)
    return value


def _storable(text: str) -> str:
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
