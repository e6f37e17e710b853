"""One working subscription comes out of every state, and RingCentral's own word on it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from errors import RingCentralError
from ringcentral_api import Subscription
from subscriptions import Own, Report, Subscriptions, Wanted, event_filters
from tests.subscriptions.conftest import BASE, FILTERS, LIFE, Make, MemoryApi

Keeper = Callable[..., tuple["Room", MemoryApi]]


@dataclass(frozen=True)
class Room:
    """The subscriptions of one login that wants one."""

    api: MemoryApi
    wanted: tuple[Wanted, ...]

    def ensure(self, now: datetime) -> Report:
        return Subscriptions(self.api).ensure(self.wanted, now, Own(BASE))

    def stand(self, now: datetime) -> tuple[Subscription, list[str]]:
        """The one subscription there is then, and what was done for it."""
        report = self.ensure(now)
        (standing,) = report.standings
        deleted = [f"Delete: {each.reason}" for each in report.deleted]
        return standing.subscription, [standing.action, *deleted]


@pytest.fixture
def keeper(wanted: Wanted, memory_api: type[MemoryApi]) -> Keeper:
    def build(*present: Subscription) -> tuple[Subscriptions, MemoryApi]:
        api = memory_api(*present)
        return Room(api, (wanted,)), api

    return build


def test_a_good_one_costs_one_look(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make())
    found, actions = room.stand(now)
    assert (found.id, found.status) == ("good", "Active")
    assert actions == ["Keep: it delivers"]
    assert api.calls == ["list"]


def test_a_blacklisted_one_is_replaced_new_before_old(
    keeper: Keeper, make: Make, now: datetime
) -> None:
    room, api = keeper(make(status="Blacklisted"))
    found, actions = room.stand(now)
    assert api.calls == ["list", "create", "delete good", "list"]
    assert (found.status, found.id) == ("Active", "new-2")
    assert actions == ["Create: its status is Blacklisted", "Delete: its status is Blacklisted"]
    assert room.stand(now)[1] == ["Keep: it delivers"]


def test_at_the_limit_ours_go_first(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make(status="Blacklisted"))
    api.limit = 1
    assert room.stand(now)[0].status == "Active"
    assert api.calls == ["list", "create", "delete good", "create", "list"]


def test_at_the_limit_others_are_never_touched(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make(address="https://other.example/"))
    api.limit = 1
    with pytest.raises(RingCentralError):
        room.ensure(now)
    assert api.calls == ["list", "create"]


def test_a_short_life_is_renewed(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make(left=24, age=144))
    found, _ = room.stand(now)
    assert api.calls == ["list", "update good", "list"]
    assert found.expires_at is not None
    assert (found.expires_at - now).days == 7


def test_one_that_vanished_before_its_renewal_is_made_again(
    keeper: Keeper, make: Make, now: datetime
) -> None:
    room, api = keeper(make(left=24, age=144))
    listed = api.subscriptions()
    api.present.clear()
    api.subscriptions = lambda: listed  # type: ignore[method-assign]
    assert room.stand(now)[0].status == "Active"
    assert api.calls == ["list", "update good", "create"]


def test_disabled_filters_are_reported_in_spite_of_success(keeper: Keeper, now: datetime) -> None:
    room, api = keeper()
    api.disables = FILTERS[:1]
    assert [each.filter for each in room.stand(now)[0].disabled_filters] == [FILTERS[0]]
    api.calls.clear()
    again, _ = room.stand(now)
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
    assert Subscriptions(room.api).remove_all(Own(BASE)) == ("good", "old")
    assert list(api.present) == ["other"]


def test_deleting_what_is_gone_is_no_trouble(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make(), make(id="dead", status="Blacklisted"))
    listed = api.subscriptions()
    del api.present["dead"]
    api.subscriptions = lambda: listed  # type: ignore[method-assign]
    assert room.stand(now)[0].id == "good"


def test_each_of_several_is_kept_by_itself(keeper: Keeper, make: Make, now: datetime) -> None:
    room, api = keeper(make(), make(id="two", address=BASE + "secret/45", status="Blacklisted"))
    second = replace(room.wanted[0], address=BASE + "secret/45")
    report = Room(api, (*room.wanted, second)).ensure(now)
    assert [each.action.split(":")[0] for each in report.standings] == ["Keep", "Create"]
    assert [each.flaw is None for each in report.standings] == [True, False]
    assert set(api.present) == {"good", "new-2"}


def test_what_moves_to_a_new_one_is_called_about_all_the_time(
    wanted: Wanted, memory_api: type[MemoryApi], make: Make, now: datetime
) -> None:
    first, second = FILTERS, tuple(event_filters(["43"], LIFE))
    api = memory_api(make(eventFilters=[*first, *second]))
    room = Room(api, (wanted, replace(wanted, address=BASE + "secret/1", event_filters=second)))
    report = room.ensure(now)
    assert api.calls == ["list", "create", "update good", "list"]
    assert [each.subscription.id for each in report.standings] == ["good", "new-2"]


def test_one_that_we_made_is_ours_whatever_it_calls(
    wanted: Wanted, memory_api: type[MemoryApi], make: Make, now: datetime
) -> None:
    moved = make(id="moved", address="https://former.example/webhooks/ringcentral/x")
    api = memory_api(make(), moved, make(id="other", address="https://other.example/"))
    own = Own(BASE, frozenset({"moved"}))
    report = Subscriptions(api).ensure([wanted], now, own)
    assert [each.subscription_id for each in report.deleted] == ["moved"]
    assert set(api.present) == {"good", "other"}


def test_without_an_address_only_what_we_made_is_removed(
    memory_api: type[MemoryApi], make: Make
) -> None:
    api = memory_api(make(), make(id="made"))
    assert Subscriptions(api).remove_all(Own("", frozenset({"made"}))) == ("made",)
    assert list(api.present) == ["good"]
