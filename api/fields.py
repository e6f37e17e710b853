"""Kinds of fields that the API's bodies and addresses are made of."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from archive import utc_text

MOST_PER_PAGE = 200
PER_PAGE = 50


class Moment(fields.Field[datetime]):
    """A time: told as `2026-11-23T08:15:30.123Z`, understood with any zone, never without one."""

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else utc_text(value)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
            utc_text(moment)
        except (TypeError, ValueError, OverflowError):
            raise ValidationError("Not a time with its zone, as in 2026-11-23T08:15:30Z.") from None
        return moment


class Plain(Schema):
    """A body or the part behind `?`; what it does not know is refused, so that no typo goes by."""


def text(says: str, most: int = 200, **more: Any) -> fields.String:
    """A text of at most so many characters."""
    length = validate.Length(1 if more.get("required") else 0, most)
    return fields.String(validate=[length, _is_text], metadata={"description": says}, **more)


def _is_text(value: str) -> None:
    """JSON can hold half a surrogate pair, which no other place can."""
    if "\0" in value or (not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value)):
        raise ValidationError("It holds characters that no text may hold.")


def told(kind: type[fields.Field[Any]], says: str, **more: Any) -> fields.Field[Any]:
    """A field of an answer, always there; None where nothing is known."""
    return kind(metadata={"description": says}, allow_none=True, required=True, **more)


def sure(kind: type[fields.Field[Any]], says: str, **more: Any) -> fields.Field[Any]:
    """A field of an answer that always has a value."""
    return kind(metadata={"description": says}, required=True, **more)


class PageAsked(Plain):
    """Which part of a list is wanted."""

    limit = fields.Integer(
        load_default=PER_PAGE,
        validate=validate.Range(1, MOST_PER_PAGE),
        metadata={"description": "At most so many."},
    )
    cursor = text("`next` of the page before.", most=300)
