"""Rules: each condition narrows, an empty one does not, and each destination is named once."""

import time

import pytest

from notifications.rules import Matter, Rule, chosen

FAILED = Matter("failed", "400-621", "Outbound", "+1 (202) 555-0147")


def test_a_rule_without_conditions_fits_everything() -> None:
    assert Rule(("a",)).fits(FAILED)
    assert Rule(("a",)).fits(Matter("login-failing"))


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Rule((), outcomes=("failed", "stuck")), True),
        (Rule((), outcomes=("received",)), False),
        (Rule((), directions=("Outbound",)), True),
        (Rule((), directions=("Inbound",)), False),
        (Rule((), mailboxes=("400-621",)), True),
        (Rule((), mailboxes=("400-*",)), True),
        (Rule((), mailboxes=("400-62",)), False),
        (Rule((), mailboxes=("4.0-621",)), False),
        (Rule((), numbers=("+12025550147",)), True),
        (Rule((), numbers=("+1 202*",)), True),
        (Rule((), numbers=("*0147",)), True),
        (Rule((), numbers=("+1212*", "+1202*")), True),
        (Rule((), numbers=("2025550147",)), False),
        (Rule((), outcomes=("failed",), directions=("Inbound",)), False),
    ],
)
def test_every_condition_must_fit(rule: Rule, fits: bool) -> None:
    assert rule.fits(FAILED) is fits


def test_what_has_no_mailbox_fits_no_rule_for_one() -> None:
    assert not Rule((), mailboxes=("400-*",)).fits(Matter("login-failing"))
    assert not Rule((), numbers=("+1*",)).fits(Matter("login-failing"))


def test_each_destination_is_told_once() -> None:
    rules = [Rule(("a", "b")), Rule(("c",), outcomes=("received",)), Rule(("b", "d"))]

    assert chosen(rules, FAILED) == ["a", "b", "d"]
    assert chosen([], FAILED) == []


def test_a_pattern_of_many_stars_is_quick() -> None:
    started = time.monotonic()

    assert not Rule((), numbers=("*" * 40 + "9",)).fits(Matter("failed", number="1" * 5000))
    assert time.monotonic() - started < 1
