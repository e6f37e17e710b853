"""What is done for each state the subscriptions can be in."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from subscriptions import Create, Delete, Keep, Renew, Wanted, plan
from tests.subscriptions.conftest import BASE, FILTERS, Make

DISABLED = [{"filter": FILTERS[0], "reason": "SUB-405"}]


def steps(*args: Any) -> list[tuple[type, str]]:
    return [(type(each), getattr(each, "subscription_id", "")) for each in plan(*args)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [(Keep, "good")]),
        ({"left": 85, "age": 83}, [(Keep, "good")]),
        ({"left": 83, "age": 85}, [(Renew, "good")]),
        ({"left": 1}, [(Renew, "good")]),
        ({"expirationTime": None}, [(Renew, "good")]),
        ({"left": 20, "age": 1}, [(Keep, "good")]),  # granted 21 hours only: still young
        ({"eventFilters": list(FILTERS[:1])}, [(Renew, "good")]),
        ({"eventFilters": [*FILTERS, "/more"]}, [(Keep, "good")]),
        ({"status": "Blacklisted"}, [(Create, ""), (Delete, "good")]),
        ({"status": "Blocked"}, [(Create, ""), (Delete, "good")]),
        ({"status": None}, [(Create, ""), (Delete, "good")]),
        ({"left": 0}, [(Create, ""), (Delete, "good")]),
        ({"left": -5}, [(Create, ""), (Delete, "good")]),
        ({"address": BASE + "old"}, [(Create, ""), (Delete, "good")]),
        ({"address": BASE + "SECRET"}, [(Create, ""), (Delete, "good")]),
        ({"address": BASE.replace("fax.e", "FAX.E") + "secret"}, [(Keep, "good")]),
        ({"disabledFilters": DISABLED}, [(Create, ""), (Delete, "good")]),
        ({"disabledFilters": DISABLED, "age": 0, "left": 168}, [(Keep, "good")]),
        ({"address": "https://other.example/hook", "status": "Blacklisted"}, [(Create, "")]),
        ({"address": "https://fax.example/webhooks/ringcentral"}, [(Create, "")]),
        ({"address": "https://fax.example.evil/webhooks/ringcentral/x"}, [(Create, "")]),
    ],
)
def test_what_one_subscription_needs(
    wanted: Wanted, now: datetime, make: Make, changes: dict[str, Any], expected: list[Any]
) -> None:
    assert steps(wanted, [make(**changes)], now, BASE) == expected


def test_with_none_there_is_one_to_make(wanted: Wanted, now: datetime) -> None:
    assert plan(wanted, [], now, BASE) == [Create("there is none")]


def test_of_doubles_the_best_is_kept(wanted: Wanted, now: datetime, make: Make) -> None:
    doubles = [
        make(id="short", left=100),
        make(id="long", left=150),
        make(id="partial", left=168, age=0, disabledFilters=DISABLED),
        make(id="dead", status="Blacklisted"),
        make(id="other", address="https://other.example/"),
    ]
    expected = [(Keep, "long"), (Delete, "short"), (Delete, "partial"), (Delete, "dead")]
    assert steps(wanted, doubles, now, BASE) == expected
    assert steps(wanted, doubles[::-1], now, BASE)[0] == (Keep, "long")


def test_two_workers_choose_the_same_of_equals(wanted: Wanted, now: datetime, make: Make) -> None:
    twins = [make(id="a"), make(id="b")]
    assert steps(wanted, twins, now, BASE) == steps(wanted, twins[::-1], now, BASE)


def test_every_step_has_a_reason(wanted: Wanted, now: datetime, make: Make) -> None:
    found = plan(wanted, [make(), make(id="x", status="Blacklisted")], now, BASE)
    assert [each.reason for each in found] == ["it delivers", "its status is Blacklisted"]


def test_a_disabled_filter_that_is_left_out_is_not_asked_for_again_and_again(
    wanted: Wanted, now: datetime, make: Make
) -> None:
    refused = make(
        age=0, left=168, eventFilters=list(FILTERS[1:]), disabledFilters=[{"filter": FILTERS[0]}]
    )
    assert steps(wanted, [refused], now, BASE) == [(Keep, "good")]


@pytest.mark.parametrize(
    "base", ["", "/", "https://", "https://fax.example/", "https://fax.example/w"]
)
def test_a_base_that_could_be_anybodys_is_refused(wanted: Wanted, now: datetime, base: str) -> None:
    with pytest.raises(ValueError, match="base"):
        plan(wanted, [], now, base)


def test_no_printout_tells_the_address_or_the_token(wanted: Wanted, make: Make) -> None:
    assert "secret" not in repr(wanted) + repr(make())
    assert "verify" not in repr(replace(wanted))
