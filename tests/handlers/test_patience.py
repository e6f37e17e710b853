"""Patience grows with pages and with lateness, and never ends in silence."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.patience import LATEST, SOONEST, Wait, wait_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
pages = st.none() | st.integers(0, 10_000)
ages = st.timedeltas(timedelta(), timedelta(days=400))


@pytest.mark.parametrize(
    ("count", "hours"), [(0, 1.1), (1, 1.1), (12, 2.0), (None, 3.0), (200, 17.7), (500, 17.7)]
)
def test_patience_grows_with_the_pages(count: int | None, hours: float) -> None:
    assert Wait(NOON, count).patience / HOUR == pytest.approx(hours, abs=0.05)


@given(st.integers(0, 500), st.integers(0, 500))
def test_more_pages_never_have_less_patience(one: int, other: int) -> None:
    few, many = sorted((one, other))
    assert Wait(NOON, few).patience <= Wait(NOON, many).patience


@given(st.integers(1, 200))
def test_no_fax_is_stuck_while_its_slowest_pages_may_be_on_the_line(count: int) -> None:
    assert Wait(NOON, count).words(NOON + timedelta(minutes=5) * count) == 0


@given(pages, ages, ages)
def test_with_time_there_are_never_fewer_words(
    count: int | None, one: timedelta, other: timedelta
) -> None:
    wait, (early, late) = Wait(NOON, count), sorted((one, other))
    assert wait.words(NOON + early) <= wait.words(NOON + late)


@given(pages, st.integers(1, 8))
def test_each_word_comes_when_it_is_due_and_the_pauses_grow(count: int | None, number: int) -> None:
    wait = Wait(NOON, count)
    due = wait.word_at(number)
    assert wait.words(due) == number
    assert wait.words(due - timedelta(seconds=1)) == number - 1
    assert wait.word_at(number + 2) - wait.word_at(number + 1) >= wait.word_at(number + 1) - due


@given(pages, ages)
def test_it_is_asked_for_seldom_but_never_not_at_all(count: int | None, age: timedelta) -> None:
    wait, now = Wait(NOON, count), NOON + age
    pause = wait.ask_at(now) - now
    assert timedelta(minutes=5) <= pause <= LATEST
    if wait.ask_at(now) < wait.word_at(wait.words(now) + 1) and pause > timedelta(minutes=5):
        assert pause >= SOONEST


@given(pages)
def test_in_a_month_it_is_asked_for_a_few_dozen_times(count: int | None) -> None:
    wait, asked = Wait(NOON, count), 0
    now = wait.word_at(1)
    while now < NOON + timedelta(days=30):
        asked, now = asked + 1, wait.ask_at(now)
    assert 25 <= asked <= 60


def test_a_fax_is_waited_for_since_the_latest_moment() -> None:
    assert wait_of(NOON, [None, NOON - HOUR], 1).since == NOON
    assert wait_of(NOON, [NOON + HOUR, None], 1).since == NOON + HOUR
