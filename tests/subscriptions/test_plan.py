"""What is done for each state the subscriptions can be in."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ringcentral_api import Subscription
from subscriptions import Create, Delete, Flaw, Keep, Own, Renew, Wanted, event_filters, plan
from tests.subscriptions.conftest import BASE, FILTERS, LIFE, Make

DISABLED = [{"filter": FILTERS[0], "reason": "SUB-405"}]


def actions(wanted: Wanted, existing: list[Subscription], now: datetime) -> list[Any]:
    """The one step, then every other subscription to delete."""
    planned = plan([wanted], existing, now, Own(BASE))
    return [*(step.action for step in planned.steps), *planned.surplus]


def steps(wanted: Wanted, existing: list[Subscription], now: datetime) -> list[tuple[type, str]]:
    found = actions(wanted, existing, now)
    return [(type(each), getattr(each, "subscription_id", "")) for each in found]


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
        ({"eventFilters": [*FILTERS, "/more"]}, [(Renew, "good")]),
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
    assert steps(wanted, [make(**changes)], now) == expected


def test_with_none_there_is_one_to_make(wanted: Wanted, now: datetime) -> None:
    assert actions(wanted, [], now) == [Create("there is none")]


def test_of_doubles_the_best_is_kept(wanted: Wanted, now: datetime, make: Make) -> None:
    doubles = [
        make(id="short", left=100),
        make(id="long", left=150),
        make(id="partial", left=168, age=0, disabledFilters=DISABLED),
        make(id="dead", status="Blacklisted"),
        make(id="other", address="https://other.example/"),
    ]
    expected = [(Keep, "long"), (Delete, "short"), (Delete, "partial"), (Delete, "dead")]
    assert steps(wanted, doubles, now) == expected
    assert steps(wanted, doubles[::-1], now)[0] == (Keep, "long")


def test_two_workers_choose_the_same_of_equals(wanted: Wanted, now: datetime, make: Make) -> None:
    twins = [make(id="a"), make(id="b")]
    assert steps(wanted, twins, now) == steps(wanted, twins[::-1], now)


def test_every_step_has_a_reason(wanted: Wanted, now: datetime, make: Make) -> None:
    found = actions(wanted, [make(), make(id="x", status="Blacklisted")], now)
    assert [each.reason for each in found] == ["it delivers", "its status is Blacklisted"]


def test_a_disabled_filter_that_is_left_out_is_not_asked_for_again_and_again(
    wanted: Wanted, now: datetime, make: Make
) -> None:
    refused = make(
        age=0, left=168, eventFilters=list(FILTERS[1:]), disabledFilters=[{"filter": FILTERS[0]}]
    )
    assert steps(wanted, [refused], now) == [(Keep, "good")]


@pytest.mark.parametrize("base", ["/", "https://", "https://fax.example/", "https://fax.example/w"])
def test_a_base_that_could_be_anybodys_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="base"):
        Own(base)


def test_no_printout_tells_the_address_or_the_token(wanted: Wanted, make: Make) -> None:
    assert "secret" not in repr(wanted) + repr(make())
    assert "verify" not in repr(replace(wanted))


EARLIER = "2026-02-28T20:00:00+00:00"


@pytest.mark.parametrize(
    ("changes", "cause", "since"),
    [
        ({}, "", ""),
        ({"left": 1}, "", ""),
        (
            {
                "status": "Blacklisted",
                "blacklistedData": {"blacklistedAt": EARLIER, "reason": "Read timed out"},
            },
            "RingCentral had suspended it: Read timed out",
            EARLIER,
        ),
        ({"expirationTime": EARLIER}, "the subscription had expired", EARLIER),
        ({"address": BASE + "old"}, "it called an old address", ""),
        ({"eventFilters": list(FILTERS[:1])}, "some of its filters did not fire", ""),
        ({"disabledFilters": DISABLED}, "RingCentral had disabled filters", ""),
        ({"address": "https://other.example/"}, "there was no subscription", ""),
    ],
)
def test_what_was_wrong_before_is_told(
    wanted: Wanted, now: datetime, make: Make, changes: dict[str, Any], cause: str, since: str
) -> None:
    (step,) = plan([wanted], [make(**changes)], now, Own(BASE)).steps
    found = step.flaw or Flaw("")
    assert found.cause == cause
    assert found.since == (datetime.fromisoformat(since) if since else None)


def test_a_cause_does_not_tell_our_address(wanted: Wanted, now: datetime, make: Make) -> None:
    suspended = {"reason": f"Read timed out executing POST [{wanted.address}], status 0"}
    there = make(status="Blacklisted", blacklistedData=suspended)
    (step,) = plan([wanted], [there], now, Own(BASE)).steps
    assert step.flaw is not None
    assert step.flaw.cause == (
        "RingCentral had suspended it: Read timed out executing POST [(address)], status 0"
    )


def test_the_filters_that_were_lacking_are_named(wanted: Wanted, now: datetime, make: Make) -> None:
    (step,) = plan([wanted], [make(eventFilters=list(FILTERS[:1]))], now, Own(BASE)).steps
    assert step.flaw is not None
    assert step.flaw.filters == FILTERS[1:]


# Several that are wanted


def several(wanted: Wanted, *parts: str) -> list[Wanted]:
    """One for each part of an address, with filters of its own."""
    return [
        replace(wanted, address=BASE + part, event_filters=tuple(event_filters([str(n)], LIFE)))
        for n, part in enumerate(parts, 42)
    ]


def of(one: Wanted, make: Make, **changes: Any) -> Subscription:
    """A subscription that is as this one wants it, but for the changes."""
    return make(**{"address": one.address, "eventFilters": list(one.event_filters), **changes})


def planned(wanted: list[Wanted], existing: list[Subscription], now: datetime) -> list[str]:
    """What is done for each in turn, and what is deleted, in short words."""
    made = plan(wanted, existing, now, Own(BASE))
    names = [f"{type(step.action).__name__} {_id(step.action)}".strip() for step in made.steps]
    return [*names, *(f"Delete {each.subscription_id}: {each.reason}" for each in made.surplus)]


def _id(action: object) -> str:
    return getattr(action, "subscription_id", "")


def test_each_keeps_the_one_of_its_address(wanted: Wanted, now: datetime, make: Make) -> None:
    one, two = several(wanted, "secret", "secret/45")
    existing = [of(two, make, id="b"), of(one, make, id="a")]
    assert planned([one, two], existing, now) == ["Keep a", "Keep b"]


def test_each_has_its_own_flaw(wanted: Wanted, now: datetime, make: Make) -> None:
    one, two, three = several(wanted, "secret", "secret/45", "secret/90")
    existing = [of(one, make, id="a"), of(two, make, id="b", status="Blacklisted")]
    made = plan([one, two, three], existing, now, Own(BASE))
    assert [type(step.action) for step in made.steps] == [Keep, Create, Create]
    causes = [step.flaw and step.flaw.cause for step in made.steps]
    assert causes == [None, "RingCentral had suspended it", "it called an old address"]
    assert made.surplus == (Delete("b", "its status is Blacklisted"),)


def test_one_is_no_double_of_another(wanted: Wanted, now: datetime, make: Make) -> None:
    one, two = several(wanted, "secret", "secret/45")
    existing = [of(one, make, id="a"), of(one, make, id="c", left=100), of(two, make, id="b")]
    assert planned([one, two], existing, now) == ["Keep a", "Keep b", "Delete c: a double"]


def test_what_nobody_wants_any_more_is_surplus(wanted: Wanted, now: datetime, make: Make) -> None:
    one, two = several(wanted, "secret", "secret/45")
    existing = [of(one, make, id="a"), of(two, make, id="b"), make(id="c", address=BASE + "x")]
    old = "it calls an old address"
    assert planned([one], existing, now) == ["Keep a", f"Delete b: {old}", f"Delete c: {old}"]


def test_with_nothing_wanted_all_of_ours_is_surplus(now: datetime, make: Make) -> None:
    others = make(id="other", address="https://other.example/")
    assert planned([], [make(), others], now) == ["Delete good: it calls an old address"]


def test_filters_that_moved_to_another_are_taken_away(
    wanted: Wanted, now: datetime, make: Make
) -> None:
    whole = replace(wanted, event_filters=tuple(event_filters(["42", "43"], LIFE)))
    one, two = several(wanted, "secret", "secret/1")
    assert planned([one, two], [of(whole, make, id="a")], now) == ["Renew a", "Create"]


def test_ours_is_what_we_made_or_what_begins_as_ours(make: Make) -> None:
    by_id, by_address = make(id="made", address="https://former.example/x"), make(id="new")
    other = make(id="other", address="https://other.example/")
    found = Own(BASE, frozenset({"made", "gone"})).among([other, by_id, by_address])
    assert found == [by_id, by_address]
    assert Own("", frozenset({"made"})).among([other, by_id, by_address]) == [by_id]
    assert Own("").among([other, by_id, by_address]) == []
