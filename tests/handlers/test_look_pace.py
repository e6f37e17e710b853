"""Looks are quick where somebody waits for a change, and few in a burst."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from catalog import Mailbox
from handlers.look_pace import QUICK_LOOKS, LookPace

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEN = timedelta(seconds=10)
SECOND = timedelta(seconds=1)
YESTERDAY = NOON - timedelta(days=1)


def box(looked_at: datetime | None, name: str = "1-2") -> Mailbox:
    return Mailbox(name, "1", "2", "", "", looked_at=looked_at, login="main/1")


def looks(
    pace: LookPace, events: list[datetime], name: str = "1-2", *, is_change: bool = True
) -> list[datetime]:
    """When looks are made if notifications come at these times; several wait for one look."""
    made: list[datetime] = [YESTERDAY]
    due: datetime | None = None
    for moment in events:
        if due is not None and due <= moment:
            made.append(due)
            due = None
        asked = pace.due(box(made[-1], name), moment, is_change=is_change)
        due = asked if due is None else min(due, asked)
    return [*made[1:], *([due] if due else [])]


def test_after_a_quiet_time_it_is_at_once() -> None:
    assert LookPace(TEN).due(box(NOON - 11 * SECOND), NOON, is_change=False) == NOON
    assert LookPace(TEN).due(box(NOON - 3 * SECOND), NOON, is_change=True) == NOON
    assert LookPace(TEN).due(box(None), NOON, is_change=True) == NOON


def test_a_second_change_waits_only_a_little_and_a_new_fax_a_whole_spacing() -> None:
    pace, seen = LookPace(TEN), box(NOON)
    assert pace.due(seen, NOON + SECOND, is_change=False) == NOON + TEN
    assert pace.due(seen, NOON + SECOND, is_change=True) == NOON + 2.5 * SECOND
    assert pace.due(seen, NOON + SECOND, is_change=False) == NOON + 2.5 * SECOND


def test_while_a_look_is_under_way_the_next_one_is_asked_for_only_once() -> None:
    pace, seen = LookPace(TEN), box(NOON - 60 * SECOND)
    asked = [pace.due(seen, NOON + SECOND * n / 10, is_change=True) for n in range(10)]
    assert asked == [NOON] + [NOON + 2.5 * SECOND] * 9


def test_a_look_that_waits_for_a_limit_is_not_put_off_for_ever() -> None:
    pace, seen = LookPace(TEN), box(NOON - 60 * SECOND)
    for second in range(100):
        now = NOON + SECOND * second
        assert pace.due(seen, now, is_change=True) <= now + TEN


def test_a_clock_that_went_back_stops_nothing() -> None:
    assert LookPace(TEN).due(box(NOON + timedelta(days=1)), NOON, is_change=True) == NOON


def test_after_a_clock_that_went_back_looks_are_as_before() -> None:
    pace = LookPace(TEN)
    pace.due(box(NOON), NOON, is_change=True)
    earlier = NOON - timedelta(hours=1)
    assert pace.due(box(earlier), earlier, is_change=True) <= earlier + TEN


def test_as_many_changes_as_sends_are_allowed_are_never_seen_late() -> None:
    events = [NOON + 6 * SECOND * n for n in range(1000)]
    assert looks(LookPace(TEN), events) == events


def test_changes_without_a_pause_cost_a_look_every_few_seconds() -> None:
    events = [NOON + SECOND * n / 4 for n in range(4 * 600)]
    made = looks(LookPace(TEN), events)
    assert made[1] - made[0] == 2.5 * SECOND
    assert 600 / 4 <= len(made) <= 600 / 4 + QUICK_LOOKS + 2
    assert max(b - a for a, b in pairwise(made)) < 5 * SECOND


def test_new_faxes_without_a_pause_cost_a_look_each_spacing() -> None:
    events = [NOON + SECOND * n for n in range(600)]
    assert len(looks(LookPace(TEN), events, is_change=False)) <= 61


def test_where_one_login_reads_many_mailboxes_each_waits_for_a_spacing_at_most() -> None:
    pace, total = LookPace(TEN), 0
    made = {f"1-{n}": YESTERDAY for n in range(20)}
    for second in range(300):
        now = NOON + SECOND * second
        for name, looked in made.items():
            due = pace.due(box(looked, name), now, is_change=True)
            assert due <= now + TEN
            if due <= now:
                made[name], total = now, total + 1
    assert total <= 20 * 300 / 10 + 2 * QUICK_LOOKS + 20


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=300).map(sorted))
def test_no_traffic_makes_looks_more_frequent_than_it_should(seconds: list[int]) -> None:
    made = looks(LookPace(TEN), [NOON + SECOND * n for n in seconds])
    for first in range(len(made)):
        for last in range(first + 1, len(made)):
            lasted = made[last] - made[first]
            assert last - first <= lasted / (4 * SECOND) + QUICK_LOOKS + 1
            assert lasted >= (last - first) * TEN / 4 - SECOND / 1000


def test_without_spacing_each_is_at_once() -> None:
    pace = LookPace(timedelta())
    assert [pace.due(box(NOON), NOON, is_change=True) for _ in range(50)] == [NOON] * 50
