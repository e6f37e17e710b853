"""Puts plain values into records, refusing names and kinds that do not belong there."""

from collections.abc import Iterable
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def assign(target: object, names: Iterable[str], values: dict[str, Any]) -> None:
    """Set fields, each keeping its kind of value. Raises ValueError and then sets nothing."""
    allowed = list(names)
    for name, value in values.items():
        _check(name, value, getattr(target, name) if name in allowed else MISSING)
    for name, value in values.items():
        setattr(target, name, value)


def build(kind: type[T], values: dict[str, Any]) -> T:
    """Make a dataclass from JSON values; each must fit its default. Raises ValueError."""
    if not isinstance(values, dict):
        raise ValueError(f"{kind.__name__} is made of named values")
    defaults = {each.name: _default(each) for each in fields(kind)}  # type: ignore[arg-type]
    for name, value in values.items():
        _check(name, value, defaults.get(name, MISSING))
    try:
        return kind(**values)
    except TypeError as problem:
        raise ValueError(str(problem)) from None


def _default(field: Field[Any]) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else 0


def _check(name: str, value: Any, old: Any) -> None:
    if old is MISSING:
        raise ValueError(f"there is no {name} to set")
    if not _fits(old, value):
        raise ValueError(f"{name} cannot be {type(value).__name__}")


def _fits(old: object, new: object) -> bool:
    if old is None:
        return new is None or _number(new)
    if isinstance(old, float):
        return _number(new)
    return type(new) is type(old)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
