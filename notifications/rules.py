"""Whom an outcome is told to: every destination that a rule names for it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

_NOT_A_NUMBER = re.compile(r"[^0-9+*]")


@dataclass(frozen=True)
class Matter:
    """What rules look at: the kind of an outcome, its mailbox, its direction, the other's number.

    The number is read here and goes no further.
    """

    kind: str
    mailbox: str = ""
    direction: str = ""
    number: str = ""


@dataclass(frozen=True)
class Rule:
    """Tells the destinations `to` of what fits every condition; an empty one fits everything.

    Mailboxes and numbers may hold `*` for any characters.
    """

    to: tuple[str, ...]
    outcomes: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def fits(self, matter: Matter) -> bool:
        number = plain_number(matter.number)
        return (
            (not self.outcomes or matter.kind in self.outcomes)
            and (not self.directions or matter.direction in self.directions)
            and (not self.mailboxes or _any_fits(self.mailboxes, matter.mailbox))
            and (not self.numbers or _any_fits(tuple(map(plain_number, self.numbers)), number))
        )


def chosen(rules: Sequence[Rule], matter: Matter) -> list[str]:
    """The destinations that are told, each once, in the order in which the rules name them."""
    return list(dict.fromkeys(name for rule in rules if rule.fits(matter) for name in rule.to))


def plain_number(text: str) -> str:
    """A number as it is compared: digits, + and the pattern's star, without what only adorns it."""
    return _NOT_A_NUMBER.sub("", text)


def _any_fits(patterns: Sequence[str], text: str) -> bool:
    return any(_pattern(each).fullmatch(text) for each in patterns)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # A lazy star many times over would take long on a hostile number, so each run of stars is one.
    parts = [re.escape(part) for part in re.split(r"\*+", text)]
    return re.compile(".*".join(parts))
