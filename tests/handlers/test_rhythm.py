"""Whether a silence is unusual: the weeks before it say what is usual."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rhythm import FEWEST_WEEKS, UNUSUAL, WEEKS, silent_hours, weeks_known

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
MONDAY = datetime(2028, 2, 28, tzinfo=UTC)
"""A week with a leap day in it."""


def by_hour(moments: Iterable[datetime]) -> dict[str, int]:
    return Counter(f"{each.astimezone(UTC):%Y-%m-%dT%H}" for each in moments)


def working_hours(weeks: int) -> list[datetime]:
    """A fax in each hour from 8 to 18 of every working day; the last on Friday at 17:30."""
    return [
        MONDAY - week * WEEK + day * DAY + hour * HOUR + timedelta(minutes=30)
        for week in range(1, weeks + 1)
        for day in range(5)
        for hour in range(8, 18)
    ]


def silence(faxes: list[datetime], lasted: timedelta, weeks: float = WEEKS) -> float:
    last = max(faxes)
    return silent_hours(by_hour(faxes), weeks, last, last + lasted)


# From when on a rhythm is known


@pytest.mark.parametrize(
    ("before", "after", "weeks"),
    [
        (timedelta(), FEWEST_WEEKS * WEEK - timedelta(seconds=1), 0),
        (FEWEST_WEEKS * WEEK - timedelta(seconds=1), timedelta(), 0),
        (timedelta(), FEWEST_WEEKS * WEEK, FEWEST_WEEKS),
        (FEWEST_WEEKS * WEEK, timedelta(), FEWEST_WEEKS),
        (WEEK, 52 * WEEK, FEWEST_WEEKS),
        (3 * WEEK, timedelta(), 3),
        (3 * WEEK, 52 * WEEK, 3),
        (WEEKS * WEEK, timedelta(), WEEKS),
        (52 * WEEK, timedelta(), WEEKS),
        (-HOUR, 52 * WEEK, 0),
    ],
)
def test_a_rhythm_is_made_of_two_to_four_weeks_before_the_last_fax(
    before: timedelta, after: timedelta, weeks: float
) -> None:
    """`before` and `after` that fax the mailbox was known."""
    assert weeks_known(MONDAY, MONDAY - before, MONDAY + after) == weeks


# What is unusual


def test_a_weekend_is_usual() -> None:
    assert silence(working_hours(4), 2 * DAY) == 0


def test_a_silent_working_day_counts_its_busy_hours() -> None:
    friday_evening_to_monday_evening = 3 * DAY
    assert silence(working_hours(4), friday_evening_to_monday_evening) == 10 >= UNUSUAL


def test_an_hour_counts_for_the_share_of_the_weeks_in_which_it_was_busy() -> None:
    assert silence(working_hours(1), 3 * DAY) == pytest.approx(10 / 4)
    assert silence(working_hours(1), 3 * DAY, weeks=2) == pytest.approx(10 / 2)


def test_a_burst_makes_no_rhythm() -> None:
    burst = [MONDAY + timedelta(seconds=number) for number in range(3600)]
    assert silence(burst, 4 * WEEK) == pytest.approx(1)


def test_a_silence_of_many_weeks_stays_unusual() -> None:
    """Otherwise the alarm would be cleared by the very silence that it is about."""
    faxes = working_hours(4)
    assert silence(faxes, 4 * WEEK) == 4 * 50
    assert silence(faxes, 520 * WEEK) == 4 * 50


def test_the_hours_are_those_of_the_world_not_of_a_place() -> None:
    faxes = working_hours(4)
    east = timezone(9 * HOUR)
    last = max(faxes)
    here = silent_hours(by_hour(faxes), WEEKS, last, last + 3 * DAY)
    there = silent_hours(by_hour(faxes), WEEKS, last.astimezone(east), last + 3 * DAY)
    assert here == there == 10


def test_the_hour_of_the_last_fax_is_not_silent() -> None:
    every_hour = [MONDAY + number * HOUR for number in range(24 * 7)]
    assert silence(every_hour, timedelta(minutes=59), weeks=1) == 0
    assert silence(every_hour, HOUR, weeks=1) == 1


def test_no_hour_counts_for_more_than_one() -> None:
    every_hour = [MONDAY - number * HOUR for number in range(4 * 7 * 24)]
    assert silence(every_hour, 5 * HOUR, weeks=FEWEST_WEEKS) == 5


def test_without_any_fax_nothing_is_usual() -> None:
    assert silent_hours({}, WEEKS, MONDAY, MONDAY + 4 * WEEK) == 0


@pytest.mark.parametrize("last", [MONDAY + DAY, datetime.max.replace(tzinfo=UTC)])
def test_a_fax_from_the_future_is_no_silence(last: datetime) -> None:
    assert silent_hours(by_hour([MONDAY]), WEEKS, last, MONDAY) == 0


# Properties

FAXES = st.lists(
    st.timedeltas(timedelta(), WEEKS * WEEK).map(lambda age: MONDAY - age), min_size=1, max_size=60
)
LASTED = st.timedeltas(timedelta(), 6 * WEEK)
WEEKS_KNOWN = st.floats(FEWEST_WEEKS, WEEKS)


@given(FAXES, LASTED, LASTED, WEEKS_KNOWN)
def test_a_longer_silence_is_never_less_unusual(
    faxes: list[datetime], one: timedelta, other: timedelta, weeks: float
) -> None:
    shorter, longer = sorted([one, other])
    assert silence(faxes, shorter, weeks) <= silence(faxes, longer, weeks)


@given(FAXES, LASTED, WEEKS_KNOWN)
def test_no_more_hours_are_silent_than_have_passed(
    faxes: list[datetime], lasted: timedelta, weeks: float
) -> None:
    assert 0 <= silence(faxes, lasted, weeks) <= lasted / HOUR


@given(FAXES, LASTED, WEEKS_KNOWN, st.integers(2, 9))
def test_how_many_faxes_an_hour_brought_does_not_matter(
    faxes: list[datetime], lasted: timedelta, weeks: float, times: int
) -> None:
    assert silence(faxes * times, lasted, weeks) == silence(faxes, lasted, weeks)
