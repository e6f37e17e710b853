"""One working subscription comes out of every state, and RingCentral's own word on it."""

from collections.abc import Callable
from datetime import datetime

import pytest

from errors import RingCentralError
from ringcentral_api import Subscription
from subscriptions import Subscriptions, Wanted
from tests.subscriptions.conftest import BASE, FILTERS, Make, MemoryApi

Keeper = Callable[..., tuple[Subscriptions, MemoryApi]]


@pytest.fixture
def keeper(wanted: Wanted, memory_api: type[MemoryApi]) -> Keeper:
    def build(*present: Subscription) -> tuple[Subscriptions, MemoryApi]:
        api = memory_api(*present)
        return Subscriptions(api, lambda: wanted, BASE), api

    return build


def test_a_good_one_costs_one_look(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make())
    report = room.ensure(now)
    assert (report.subscription_id, report.status) == ("good", "Active")
    assert report.actions == ("Keep: it delivers",)
    assert api.calls == ["list"]


def test_a_blacklisted_one_is_replaced_new_before_old(
    keeper: Keeper, make: Make, now: datetime
) -> None:
    room, api = keeper(make(status="Blacklisted"))
    report = room.ensure(now)
    assert api.calls == ["list", "create", "delete good", "list"]
    assert (report.status, report.subscription_id) == ("Active", "new-2")
    assert report.actions == (
        "Create: its status is Blacklisted",
        "Delete: its status is Blacklisted",
    )
    assert room.ensure(now).actions == ("Keep: it delivers",)


def test_at_the_limit_ours_go_first(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make(status="Blacklisted"))
    api.limit = 1
    assert room.ensure(now).status == "Active"
    assert api.calls == ["list", "create", "delete good", "create", "list"]


def test_at_the_limit_others_are_never_touched(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make(address="https://other.example/"))
    api.limit = 1
    with pytest.raises(RingCentralError):
        room.ensure(now)
    assert api.calls == ["list", "create"]


def test_a_short_life_is_renewed(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make(left=24, age=144))
    report = room.ensure(now)
    assert api.calls == ["list", "update good", "list"]
    assert report.expires_at is not None
    assert (report.expires_at - now).days == 7


def test_one_that_vanished_before_its_renewal_is_made_again(
    keeper: Keeper, make: Make, now: datetime
) -> None:
    room, api = keeper(make(left=24, age=144))
    listed = api.subscriptions()
    api.present.clear()
    api.subscriptions = lambda: listed  # type: ignore[method-assign]
    assert room.ensure(now).status == "Active"
    assert api.calls == ["list", "update good", "create"]


def test_disabled_filters_are_reported_in_spite_of_success(keeper: Keeper, now: datetime) -> None:
    room, api = keeper()
    api.disables = FILTERS[:1]
    assert [each.filter for each in room.ensure(now).disabled_filters] == [FILTERS[0]]
    api.calls.clear()
    again = room.ensure(now)
    assert [each.filter for each in again.disabled_filters] == [FILTERS[0]]
    assert api.calls == ["list"]


def test_when_none_can_be_made_the_old_one_stays(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make(address=BASE + "old"))

    def refuse(spec: object) -> Subscription:
        raise RingCentralError("The address did not answer.", status=400, code="SUB-522")

    api.create_subscription = refuse  # type: ignore[method-assign]
    with pytest.raises(RingCentralError):
        room.ensure(now)
    assert list(api.present) == ["good"]


def test_all_of_ours_and_no_others_are_removed(keeper: Keeper, make: Make) -> None:
    other = make(id="other", address="https://other.example/")
    room, api = keeper(make(), make(id="old", address=BASE + "old"), other)
    assert room.remove_all() == ("good", "old")
    assert list(api.present) == ["other"]


def test_deleting_what_is_gone_is_no_trouble(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make(), make(id="dead", status="Blacklisted"))
    listed = api.subscriptions()
    del api.present["dead"]
    api.subscriptions = lambda: listed  # type: ignore[method-assign]
    assert room.ensure(now).subscription_id == "good"
