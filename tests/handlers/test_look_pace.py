"""Looks are quick after a quiet time, and few in a burst."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog import Mailbox
from handlers.look_pace import QUICK_LOOKS, LookPace

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEN = timedelta(seconds=10)
SECOND = timedelta(seconds=1)


def box(looked_at: datetime | None) -> Mailbox:
    return Mailbox("1-2", "1", "2", "", "", looked_at=looked_at)


def looks(pace: LookPace, events: list[datetime]) -> list[datetime]:
    """When looks are made if notifications come at these times; several wait for one look."""
    made: list[datetime] = [NOON - timedelta(days=1)]
    due: datetime | None = None
    for moment in events:
        if due is not None and due <= moment:
            made.append(due)
            due = None
        if due is None:
            due = pace.due(box(made[-1]), moment)
    return [*made[1:], *([due] if due else [])]


def test_after_a_quiet_time_it_is_at_once() -> None:
    assert LookPace(TEN).due(box(NOON - 3 * SECOND), NOON) == NOON
    assert LookPace(TEN).due(box(None), NOON) == NOON


def test_a_second_change_waits_only_a_little() -> None:
    assert LookPace(TEN).due(box(NOON), NOON + SECOND) == NOON + 2.5 * SECOND


def test_a_clock_that_went_back_stops_nothing() -> None:
    assert LookPace(TEN).due(box(NOON + timedelta(days=1)), NOON) == NOON


def test_a_few_changes_a_minute_are_never_seen_late() -> None:
    events = [NOON + 20 * SECOND * n for n in range(100)]
    assert looks(LookPace(TEN), events) == events


def test_in_a_long_burst_looks_are_whole_spacings_apart() -> None:
    events = [NOON + SECOND * n for n in range(600)]
    made = looks(LookPace(TEN), events)
    assert made[1] - made[0] == 2.5 * SECOND
    assert made[-1] - made[-2] >= TEN
    assert len(made) <= 600 / 10 + QUICK_LOOKS + 2


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=300).map(sorted))
def test_no_traffic_makes_looks_more_frequent_than_it_should(seconds: list[int]) -> None:
    made = looks(LookPace(TEN), [NOON + SECOND * n for n in seconds])
    for first in range(len(made)):
        for last in range(first + 1, len(made)):
            lasted = made[last] - made[first]
            assert last - first <= lasted / TEN + QUICK_LOOKS + 1
            assert lasted >= (last - first) * TEN / 4 - SECOND / 1000


def test_without_spacing_each_is_at_once() -> None:
    pace = LookPace(timedelta())
    assert [pace.due(box(NOON), NOON) for _ in range(50)] == [NOON] * 50
