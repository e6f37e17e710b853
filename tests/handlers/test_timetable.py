"""When to look at each mailbox, and when to list it whole."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import Mailbox
from handlers.deletion import INBOX_LIMIT
from handlers.timetable import (
    DAY_SETTLES,
    LISTING_SPREAD,
    LONGEST_UNCALLED,
    LOOKS_PER_MINUTE,
    LOOKS_PER_OVERFLOW,
    SHORTEST,
    Demand,
    intervals,
    next_listing,
    next_look,
    wish,
)

NOW = datetime(2028, 2, 29, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POLL = 5 * MINUTE
LOOKED_AT_OFTEN_ENOUGH = INBOX_LIMIT / LOOKS_PER_OVERFLOW


def mailbox(
    looked_at: datetime | None = None, listed_at: datetime | None = None, name: str = "1-2"
) -> Mailbox:
    return Mailbox(name, "1", "2", "", "", looked_at=looked_at, listed_at=listed_at)


def quiet(count: int, login: str = "main/1", per_hour: float = 0.0) -> dict[str, Demand]:
    return {f"{login} {number}": Demand(login, per_hour) for number in range(count)}


def per_minute(spacing: Mapping[str, timedelta]) -> float:
    return sum(MINUTE / each for each in spacing.values())


def test_where_nobody_calls_a_sudden_burst_is_seen_in_time() -> None:
    hourly, often = timedelta(hours=1), timedelta(minutes=5)
    demands = {"called": Demand("main/1", 0), "uncalled": Demand("main/1", 0, is_called=False)}
    assert intervals(demands, hourly) == {"called": hourly, "uncalled": LONGEST_UNCALLED}
    assert intervals(demands, often) == {"called": often, "uncalled": often}


# One mailbox by itself


@pytest.mark.parametrize(
    ("per_hour", "interval"),
    [
        (0, POLL),
        (1, POLL),
        (600, POLL),
        (3000, MINUTE),
        (6000, SHORTEST),
        (1e9, SHORTEST),
    ],
)
def test_a_mailbox_is_looked_at_four_times_before_it_can_overflow(
    per_hour: float, interval: timedelta
) -> None:
    assert wish(per_hour, POLL) == interval


def test_a_long_poll_is_shortened_by_traffic() -> None:
    assert wish(10, DAY) == 5 * HOUR
    assert wish(1, 7 * DAY) == wish(0, 7 * DAY) == DAY


# All of them


def test_without_mailboxes_there_is_nothing_to_look_at() -> None:
    assert intervals({}, POLL) == {}


def test_as_many_looks_as_a_login_may_have_are_not_thinned_out() -> None:
    assert set(intervals(quiet(100), POLL).values()) == {POLL}


def test_the_looks_of_a_login_with_many_mailboxes_are_thinned_out() -> None:
    spacing = intervals(quiet(500), POLL)
    assert set(spacing.values()) == {5 * POLL}
    assert per_minute(spacing) == pytest.approx(LOOKS_PER_MINUTE)


def test_other_logins_are_not_thinned_out() -> None:
    spacing = intervals({**quiet(500), **quiet(1, "main/2")}, POLL)
    assert spacing["main/2 0"] == POLL


def test_a_busy_mailbox_is_never_looked_at_less_often_than_is_safe() -> None:
    spacing = intervals({**quiet(2000), "busy": Demand("main/1", 500)}, POLL)
    assert spacing["main/1 0"] > 20 * POLL
    assert spacing["busy"] == timedelta(hours=LOOKED_AT_OFTEN_ENOUGH / 500)


DEMANDS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=2),
    st.builds(
        Demand,
        st.sampled_from(["main/1", "main/2"]),
        st.one_of(st.just(0.0), st.floats(0, 100), st.floats(0, 1e9)),
    ),
    max_size=30,
)
POLLS = st.timedeltas(timedelta(seconds=10), DAY)


@given(DEMANDS, POLLS)
def test_no_inbox_can_overflow_between_two_looks(
    demands: dict[str, Demand], poll: timedelta
) -> None:
    for name, interval in intervals(demands, poll).items():
        may_come = demands[name].per_hour * (interval / HOUR)
        assert interval == SHORTEST or may_come <= LOOKED_AT_OFTEN_ENOUGH * 1.0001


@given(DEMANDS, POLLS)
def test_an_interval_is_neither_too_short_nor_longer_than_a_day(
    demands: dict[str, Demand], poll: timedelta
) -> None:
    spacing = intervals(demands, poll)
    assert spacing.keys() == demands.keys()
    for name, interval in spacing.items():
        assert max(SHORTEST, wish(demands[name].per_hour, poll)) <= interval <= DAY


@given(DEMANDS, POLLS)
def test_only_what_must_not_be_thinned_out_can_exceed_the_share_of_a_login(
    demands: dict[str, Demand], poll: timedelta
) -> None:
    spacing = intervals(demands, poll)
    for login in {demand.login for demand in demands.values()}:
        own = {name: spacing[name] for name in spacing if demands[name].login == login}
        bound = {name: wish(demands[name].per_hour, DAY) for name in own}
        slowed = {name: each for name, each in own.items() if each < bound[name]}
        assert per_minute(slowed) <= LOOKS_PER_MINUTE * 1.0001


@given(st.floats(0, 1e9), st.floats(0, 1e9), POLLS)
def test_more_traffic_never_means_fewer_looks(one: float, other: float, poll: timedelta) -> None:
    quieter, busier = sorted([one, other])
    assert wish(busier, poll) <= wish(quieter, poll)


# The next look


def test_a_mailbox_is_looked_at_again_after_the_interval() -> None:
    assert next_look(mailbox(NOW), POLL, NOW) == NOW + 5 * MINUTE
    assert next_look(mailbox(NOW - MINUTE), POLL, NOW) == NOW + 4 * MINUTE


@pytest.mark.parametrize("looked_at", [None, NOW + timedelta(seconds=1), NOW + 365 * DAY])
def test_a_mailbox_never_seen_or_only_in_a_future_is_looked_at_now(
    looked_at: datetime | None,
) -> None:
    assert next_look(mailbox(looked_at), POLL, NOW) == NOW


# The next listing

MOMENTS = st.timedeltas(timedelta(), 400 * DAY).map(lambda age: NOW - age)
NAMES = st.integers(0, 10**6).map("1-{}".format)


@pytest.mark.parametrize("listed_at", [None, NOW + timedelta(seconds=1), NOW + 365 * DAY])
def test_a_mailbox_never_listed_or_only_in_a_future_is_listed_now(
    listed_at: datetime | None,
) -> None:
    assert next_listing(mailbox(listed_at=listed_at), NOW) == NOW


@given(MOMENTS, NAMES)
def test_each_mailbox_is_listed_daily_at_a_time_of_its_own_once_the_day_has_settled(
    listed_at: datetime, name: str
) -> None:
    box = mailbox(listed_at=listed_at, name=name)
    following = next_listing(box, listed_at)
    assert listed_at < following <= listed_at + DAY
    midnight = following.replace(hour=0, minute=0, second=0, microsecond=0)
    assert DAY_SETTLES <= following - midnight < DAY_SETTLES + LISTING_SPREAD
    again = next_listing(mailbox(listed_at=following, name=name), following)
    assert again - following == DAY


def test_the_listings_of_many_mailboxes_do_not_come_at_once() -> None:
    boxes = [mailbox(listed_at=NOW, name=f"1-{number}") for number in range(100)]
    moments = {next_listing(box, NOW) for box in boxes}
    assert len(moments) > 80
    assert max(moments) - min(moments) > LISTING_SPREAD * 0.8


@pytest.mark.parametrize(
    ("listed_at", "day"),
    [
        (datetime(2028, 2, 28, 23, 59, tzinfo=UTC), 29),
        (datetime(2028, 2, 29, 0, 0, tzinfo=UTC), 29),
        (datetime(2028, 2, 29, 12, 0, tzinfo=UTC), 1),
        (datetime(2027, 2, 28, 12, 0, tzinfo=UTC), 1),
    ],
)
def test_the_day_is_that_of_utc_leap_days_included(listed_at: datetime, day: int) -> None:
    assert next_listing(mailbox(listed_at=listed_at), listed_at).day == day
