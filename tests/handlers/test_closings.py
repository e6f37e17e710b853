"""Times in which nobody answered the door, or RingCentral was away, are written down once each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import DOOR, BlindWindow, Catalog
from errors import RingCentralError, Unreachable
from handlers.closings import AWAY, DOOR_CLOSED, OUTAGE, PATIENCE, REFUSED, Closings, note_window
from tests.handlers.household import Household
from tests.handlers.test_calling import begin, keep, listed, windows

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def closings(home: Household) -> Closings:
    return home.house.calling.closings


def open_door(home: Household) -> None:
    """The web process starts."""
    home.house.journal.open_door(home.clock.now())


def beat(home: Household) -> None:
    """The web process shows that it is alive."""
    home.house.journal.note_sign(DOOR, home.clock.now())


# The door


def test_a_door_that_was_never_seen_is_believed_to_be_open(called: Household) -> None:
    assert closings(called).door_is_open()


@pytest.mark.parametrize(("seconds", "is_open"), [(0, True), (59, True), (60, False)])
def test_a_door_is_closed_when_it_was_not_seen_for_a_while(
    called: Household, seconds: float, is_open: bool
) -> None:
    beat(called)
    called.pass_time(seconds)
    assert closings(called).door_is_open() is is_open


def test_while_the_door_is_closed_a_window_lasts(called: Household) -> None:
    open_door(called)
    begin(called)
    called.pass_time(60)
    beat(called)
    seen = called.clock.now()
    called.pass_time(600)
    keep(called)
    for mailbox in called.mailboxes:
        (window,) = windows(called, mailbox)
        assert (window.started_at, window.ended_at) == (seen, None)
        assert window.cause == DOOR_CLOSED
    assert called.watched().called_at != called.clock.now()


def test_the_window_ends_when_the_door_is_open_again(called: Household) -> None:
    open_door(called)
    begin(called)
    seen = called.clock.now()
    called.pass_time(600)
    keep(called)
    called.pass_time(600)
    called.tamper("DELETE FROM jobs")
    open_door(called)
    keep(called)
    for mailbox in called.mailboxes:
        (window,) = windows(called, mailbox)
        assert (window.started_at, window.ended_at) == (seen, called.clock.now())
    assert listed(called) == [mailbox.id for mailbox in called.mailboxes]


def test_a_closing_that_the_worker_slept_through_is_noted_once(called: Household) -> None:
    open_door(called)
    begin(called)
    closed = called.clock.now()
    called.pass_time(600)
    open_door(called)
    opened = called.clock.now()
    called.pass_time(50)
    beat(called)
    keep(called)
    (window,) = windows(called)
    assert (window.started_at, window.ended_at, window.cause) == (closed, opened, DOOR_CLOSED)
    assert listed(called) == [mailbox.id for mailbox in called.mailboxes]
    called.pass_time(50)
    beat(called)
    called.run("list")
    keep(called)
    assert [each.listed_at is not None for each in windows(called)] == [True]
    assert listed(called) == []


def test_a_short_closing_is_none(called: Household) -> None:
    open_door(called)
    begin(called)
    called.pass_time(PATIENCE.total_seconds() - 1)
    open_door(called)
    keep(called)
    assert windows(called) == []
    assert listed(called) == []


def test_a_closing_of_exactly_our_patience_is_one(called: Household) -> None:
    open_door(called)
    begin(called)
    called.pass_time(PATIENCE.total_seconds())
    open_door(called)
    keep(called)
    assert len(windows(called)) == 1


def test_closings_of_a_mailbox_that_was_never_called_about_are_none(called: Household) -> None:
    open_door(called)
    called.pass_time(600)
    open_door(called)
    begin(called)
    assert windows(called) == []


def test_each_closing_of_a_day_is_a_window(called: Household) -> None:
    open_door(called)
    begin(called)
    for _ in range(3):
        called.pass_time(300)
        open_door(called)
        called.pass_time(30)
        beat(called)
    keep(called)
    found = windows(called)
    assert [each.ended_at and each.ended_at - each.started_at for each in found] == [
        timedelta(seconds=300)
    ] * 3
    keep(called)
    assert windows(called) == found


def test_a_closing_within_another_window_is_told_with_it(called: Household) -> None:
    open_door(called)
    subscription_id, start = begin(called), called.clock.now()
    called.simulator.blacklist_subscription(subscription_id, "Read timed out")
    called.pass_time(300)
    open_door(called)
    keep(called)
    (window,) = windows(called)
    assert (window.started_at, window.ended_at) == (start, called.clock.now())
    assert DOOR_CLOSED in window.cause
    assert "suspended" in window.cause


def test_a_closing_during_another_trouble_is_told_beside_it(called: Household) -> None:
    open_door(called)
    begin(called)
    start = called.clock.now()
    called.pass_time(300)
    closings(called).note_outage([called.watched()], Unreachable("Away."))
    open_door(called)
    for _ in range(2):
        keep(called)
    (window,) = windows(called)
    assert (window.started_at, window.ended_at) == (start, called.clock.now())
    assert window.cause == f"{AWAY}; {DOOR_CLOSED}"


# RingCentral


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (Unreachable("Away."), AWAY),
        (RingCentralError("No.", status=400, code="SUB-522"), f"{REFUSED} (SUB-522)"),
    ],
)
def test_ringcentral_has_three_minutes(
    called: Household, error: RingCentralError, cause: str
) -> None:
    begin(called)
    seen = called.clock.now()
    called.pass_time(OUTAGE.total_seconds() - 1)
    closings(called).note_outage([called.watched()], error)
    assert windows(called) == []
    called.pass_time(1)
    for _ in range(2):
        closings(called).note_outage([called.watched()], error)
    (window,) = windows(called)
    assert (window.started_at, window.ended_at, window.cause) == (seen, None, cause)


def test_a_mailbox_that_was_never_called_about_misses_nothing(called: Household) -> None:
    called.pass_time(3600)
    closings(called).note_outage(called.mailboxes, Unreachable("Away."))
    assert windows(called) == []


# Windows never overlap


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    made = Catalog.open(str(tmp_path_factory.mktemp("windows") / "catalog.sqlite3"))
    yield made
    made.close()


NUMBERS = count()
MINUTES = st.integers(0, 60)
SPANS = st.lists(st.tuples(MINUTES, st.none() | MINUTES, st.booleans()), max_size=6)


@settings(max_examples=60)
@given(SPANS)
def test_windows_never_overlap_whatever_comes_in_whatever_order(
    catalog: Catalog, spans: list[tuple[int, int | None, bool]]
) -> None:
    """Each span is noted; where its flag says so, RingCentral calls again an hour later."""
    mailbox = f"1-{next(NUMBERS)}"
    noted = []
    with catalog.transaction() as tx:
        for number, (start, length, calls) in enumerate(spans):
            began = NOON + timedelta(minutes=start)
            ended = None if length is None else began + timedelta(minutes=length)
            noted.append(BlindWindow(mailbox, began, ended, f"cause {number}"))
            note_window(tx, noted[-1])
            if calls:
                tx.windows.end(mailbox, NOON + timedelta(hours=2))
        found = [each for each in tx.windows.list() if each.mailbox_id == mailbox][::-1]
    for earlier, later in pairwise(found):
        assert earlier.ended_at is not None
        assert earlier.ended_at < later.started_at
    for window in noted:
        (holding,) = [each for each in found if window.cause in each.cause.split("; ")]
        assert holding.started_at <= window.started_at
        assert holding.ended_at is None or holding.ended_at >= (window.ended_at or NOON)
