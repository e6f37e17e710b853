"""The clock to deletion: who goes first, when, and from when on a fax is at risk."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import KnownLogin, Waiting
from handlers.deletion import (
    DEFAULT_DAYS,
    INBOX_LIMIT,
    USED_BY_AGE,
    USED_BY_COUNT,
    Inbox,
    Keeping,
    Life,
    first_deadline,
    keeping_of,
    life_of,
    lives,
    unseen_share,
)

NOW = datetime(2028, 2, 29, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def fax(created_at: datetime, direction: str = "Inbound", fax_id: str = "1-9") -> Waiting:
    return Waiting(fax_id, "1-2", direction, created_at)


def inbox(received: Sequence[datetime] = (), per_hour: float = 0.0, **keeping: int) -> Inbox:
    return Inbox(sorted(received), per_hour, Keeping(**keeping), NOW)


def minutes(count: int) -> list[datetime]:
    """So many faxes, one a minute, the last of them a minute ago."""
    return [ago(minutes=number) for number in range(1, count + 1)]


def login(**known: object) -> KnownLogin:
    return replace(KnownLogin("main/1", "main"), **known)  # type: ignore[arg-type]


# What is known of an account


@pytest.mark.parametrize(
    ("known", "keeping"),
    [
        (None, Keeping(sent_days=DEFAULT_DAYS, inbox_days=None)),
        (login(), Keeping(sent_days=DEFAULT_DAYS, inbox_days=None)),
        (login(hipaa=True), Keeping(sent_days=DEFAULT_DAYS, inbox_days=DEFAULT_DAYS)),
        (login(retention_days=7), Keeping(sent_days=7, inbox_days=7)),
        (login(retention_days=90, hipaa=True), Keeping(sent_days=90, inbox_days=90)),
        (login(retention_days=0), Keeping(sent_days=DEFAULT_DAYS, inbox_days=None)),
    ],
)
def test_what_a_login_knows_of_the_keeping(known: KnownLogin | None, keeping: Keeping) -> None:
    assert keeping_of(known) == keeping


# How many came later


def test_faxes_of_the_same_moment_are_not_newer() -> None:
    assert inbox([ago(hours=1)] * 3).newer_than(ago(hours=1)) == 0


@given(st.lists(st.integers(0, 50)), st.integers(0, 50))
def test_newer_ones_are_those_that_came_later(received: list[int], hours: int) -> None:
    full = inbox([ago(hours=each) for each in received])
    assert full.newer_than(ago(hours=hours)) == sum(each < hours for each in received)


# Received faxes


def test_a_received_fax_lasts_until_the_inbox_has_filled_up_behind_it() -> None:
    life = life_of(fax(ago(minutes=100)), inbox(minutes(100), per_hour=10))
    assert life.used_by_count == pytest.approx(99 / INBOX_LIMIT)
    assert life.ends_at == NOW + timedelta(hours=(INBOX_LIMIT - 99) / 10)
    assert life.used_by_age == 0


def test_one_that_should_have_been_pushed_out_ends_now() -> None:
    life = life_of(fax(ago(days=1)), inbox(minutes(INBOX_LIMIT + 5)))
    assert life.ends_at == NOW
    assert life.used_by_count > 1


def test_a_mailbox_without_traffic_is_taken_to_receive_one_fax_a_day() -> None:
    assert life_of(fax(NOW), inbox()).ends_at == NOW + INBOX_LIMIT * DAY


def test_without_days_a_received_fax_does_not_age() -> None:
    life = life_of(fax(ago(days=3650)), inbox())
    assert (life.used_by_age, life.is_at_risk) == (0, False)


def test_with_days_a_received_fax_ends_by_whichever_comes_first() -> None:
    busy = inbox(per_hour=100, inbox_days=30)
    quiet = inbox(per_hour=0.1, inbox_days=30)
    assert life_of(fax(ago(days=1)), busy).ends_at == NOW + timedelta(hours=2)
    assert life_of(fax(ago(days=1)), quiet).ends_at == ago(days=1) + timedelta(days=30)


# Sent faxes


def test_a_sent_fax_lasts_so_many_days_however_full_the_inbox_is() -> None:
    life = life_of(fax(ago(days=10), "Outbound"), inbox(minutes(INBOX_LIMIT), per_hour=1000))
    assert life == Life(ago(days=10) + timedelta(days=30), 0.0, pytest.approx(1 / 3))


# At risk


@pytest.mark.parametrize(
    ("newer", "at_risk"),
    [(INBOX_LIMIT * USED_BY_COUNT - 1, False), (INBOX_LIMIT * USED_BY_COUNT, True)],
)
def test_a_fax_is_at_risk_from_half_an_inbox_of_newer_ones_on(newer: float, at_risk: bool) -> None:
    assert life_of(fax(ago(days=1)), inbox(minutes(int(newer)))).is_at_risk is at_risk


@pytest.mark.parametrize("direction", ["Inbound", "Outbound"])
@pytest.mark.parametrize(("seconds", "at_risk"), [(-1, False), (0, True)])
def test_a_fax_is_at_risk_from_three_quarters_of_its_days_on(
    direction: str, seconds: float, at_risk: bool
) -> None:
    created_at = ago(days=DEFAULT_DAYS * USED_BY_AGE, seconds=seconds)
    life = life_of(fax(created_at, direction), inbox(inbox_days=DEFAULT_DAYS))
    assert life.is_at_risk is at_risk


# Odd times


@pytest.mark.parametrize("created_at", [END_OF_TIME, datetime.min.replace(tzinfo=UTC)])
@pytest.mark.parametrize("direction", ["Inbound", "Outbound", "Unknown"])
@pytest.mark.parametrize("days", [1, 2**63 - 1])
def test_no_moment_and_no_number_of_days_is_too_odd(
    created_at: datetime, direction: str, days: int
) -> None:
    odd = inbox(minutes(3), sent_days=days, inbox_days=days)
    assert life_of(fax(created_at, direction), odd).ends_at <= END_OF_TIME
    assert first_deadline(created_at) > created_at or created_at == END_OF_TIME


def test_a_fax_from_the_future_is_not_at_risk() -> None:
    life = life_of(fax(NOW + DAY, "Outbound"), inbox())
    assert (life.ends_at, life.is_at_risk) == (NOW + 31 * DAY, False)


# Properties

MOMENTS = st.timedeltas(timedelta(0), timedelta(days=60)).map(lambda age: NOW - age)
INBOXES = st.builds(
    inbox,
    st.lists(MOMENTS, max_size=30),
    st.floats(0, 10_000),
    inbox_limit=st.integers(1, 40),
    sent_days=st.integers(1, 90),
    inbox_days=st.integers(1, 90),
)
DIRECTIONS = st.sampled_from(["Inbound", "Outbound"])


@given(INBOXES, DIRECTIONS, MOMENTS, MOMENTS)
def test_of_two_faxes_the_older_has_no_later_end_and_no_smaller_risk(
    full: Inbox, direction: str, one: datetime, other: datetime
) -> None:
    """Whatever RingCentral goes by, it deletes the oldest of a kind first."""
    older, newer = (life_of(fax(each, direction), full) for each in sorted([one, other]))
    assert older.ends_at <= newer.ends_at
    assert older.used_by_count >= newer.used_by_count
    assert older.used_by_age >= newer.used_by_age


@given(INBOXES, MOMENTS, st.floats(0, 1000))
def test_more_traffic_never_gives_a_fax_more_time(
    full: Inbox, created_at: datetime, more: float
) -> None:
    busier = replace(full, per_hour=full.per_hour + more)
    assert life_of(fax(created_at), busier).ends_at <= life_of(fax(created_at), full).ends_at


@given(INBOXES, MOMENTS, DIRECTIONS)
def test_days_that_are_over_are_an_end_that_is_over(
    full: Inbox, created_at: datetime, direction: str
) -> None:
    life = life_of(fax(created_at, direction), full)
    assert life.used_by_age < 1 or life.ends_at <= NOW
    assert life.used_by_count < 1 or life.ends_at <= NOW


# Many at once


def test_faxes_of_an_unknown_mailbox_are_left_out() -> None:
    known, unknown = fax(NOW, fax_id="1-1"), replace(fax(NOW), mailbox_id="1-3")
    assert lives([known, unknown], {"1-2": inbox()}).keys() == {"1-1"}


def test_until_the_sweep_knows_better_the_oldest_goes_first() -> None:
    assert first_deadline(ago(days=1)) < first_deadline(NOW) == NOW + timedelta(days=DEFAULT_DAYS)


# What nobody has seen


@pytest.mark.parametrize(
    ("hours", "per_hour", "share"),
    [(0, 100, 0.0), (1, 100, 0.5), (2, 100, 1.0), (4, 100, 2.0), (1000, 0, 0.0)],
)
def test_the_unseen_share_grows_with_time_and_traffic(
    hours: float, per_hour: float, share: float
) -> None:
    assert unseen_share(timedelta(hours=hours), per_hour) == pytest.approx(share)


def test_after_the_clock_went_back_nothing_is_unseen() -> None:
    assert unseen_share(-DAY, 100) == 0
