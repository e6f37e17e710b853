"""The schedule of tries is the specification's, and a destination that is away is left in peace."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.schedule import DEAD_AFTER, DELAYS, is_dead, next_try, pause

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_it_spans_three_days_as_the_specification_has_it() -> None:
    waits = [next_try(tries, 0.5) for tries in range(1, 10)]

    assert waits == list(DELAYS)
    assert sum(DELAYS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    assert next_try(10, 0.5) is None


@pytest.mark.parametrize("tries", range(1, 10))
def test_chance_spreads_it_by_a_tenth(tries: int) -> None:
    middle = DELAYS[tries - 1]

    assert next_try(tries, 0) == middle * 0.9
    assert next_try(tries, 1) == middle * 1.1


def test_a_longer_wish_is_heeded_within_a_day() -> None:
    assert next_try(1, 0.5, 3600) == timedelta(hours=1)
    assert next_try(3, 0.5, 1) == timedelta(minutes=30)
    assert next_try(1, 0.5, 10**9) == timedelta(days=1)
    assert next_try(1, 0.5, -5) == timedelta(seconds=5)


def test_the_pause_of_a_destination_grows_with_its_trouble() -> None:
    assert pause(NOW, NOW) == timedelta(seconds=5)
    assert pause(NOW, NOW + timedelta(minutes=10)) == timedelta(minutes=1)
    assert pause(NOW, NOW + timedelta(days=2)) == timedelta(minutes=5)
    assert pause(NOW, NOW - timedelta(hours=1)) == timedelta(seconds=5)


def test_after_five_days_of_failures_it_is_dead() -> None:
    assert not is_dead(NOW, NOW + DEAD_AFTER - timedelta(seconds=1))
    assert is_dead(NOW, NOW + DEAD_AFTER)
