"""What the rate governor promises, on either database."""

import pytest

from catalog import Transaction
from catalog.limits import MARGIN, Limits

T = 1_000_000.0
HELD = 60.0 + MARGIN


@pytest.fixture
def limits(tx: Transaction) -> Limits:
    return tx.limits


def taken(limits: Limits, now: float, tries: int = 50, group: str = "medium") -> int:
    return sum(limits.take("u", group, 3, now) == 0.0 for _ in range(tries))


def test_no_more_than_the_limit_in_any_window(limits: Limits) -> None:
    assert taken(limits, T) == 3
    assert limits.take("u", "medium", 3, T + 1) == pytest.approx(HELD - 1)
    assert taken(limits, T + HELD - 0.01) == 0
    assert taken(limits, T + HELD) == 3


def test_slots_free_up_one_by_one(limits: Limits) -> None:
    for second in (0, 10, 20):
        assert limits.take("u", "medium", 3, T + second) == 0.0
    assert limits.take("u", "medium", 3, T + 30) == pytest.approx(HELD - 30)
    assert taken(limits, T + HELD + 1) == 1
    assert limits.take("u", "medium", 3, T + HELD + 1) == pytest.approx(9)


def test_users_and_groups_do_not_share(limits: Limits) -> None:
    assert taken(limits, T) == 3
    assert taken(limits, T, group="heavy") == 3
    assert limits.take("v", "medium", 3, T) == 0.0


def test_a_learned_limit_counts_at_once(limits: Limits) -> None:
    assert taken(limits, T) == 3
    limits.learn("u", "medium", 5, 60.0, T)
    assert taken(limits, T + 1) == 2
    limits.learn("u", "medium", 2, 30.0, T)
    assert limits.take("u", "medium", 3, T + 2) == pytest.approx(1 + 30 + MARGIN - 2)
    assert taken(limits, T + 1 + 30 + MARGIN) == 2


def test_absurd_limits_are_bounded(limits: Limits) -> None:
    limits.learn("u", "medium", 0, -5.0, T)
    assert taken(limits, T) == 1
    assert limits.take("u", "medium", 3, T) == pytest.approx(1 + MARGIN)
    limits.learn("u", "medium", 10**9, 10.0**9, T)
    assert limits.take("u", "medium", 3, T) == 0.0


def test_what_the_server_has_left_is_believed_when_it_is_less(limits: Limits) -> None:
    limits.learn("u", "medium", 10, 60.0, T)
    assert taken(limits, T, tries=2) == 2
    limits.remaining("u", "medium", 9, T)
    limits.remaining("u", "medium", 3, T)
    assert taken(limits, T) == 3
    limits.remaining("u", "medium", -1, T)
    assert taken(limits, T + HELD) == 10


def test_a_pause_stops_everything_and_the_longer_one_wins(limits: Limits) -> None:
    limits.pause("u", "medium", T + 90)
    limits.pause("u", "medium", T + 30)
    assert limits.take("u", "medium", 3, T) == pytest.approx(90)
    assert taken(limits, T + 90) == 3


def test_a_clock_that_was_set_back_neither_frees_a_slot_nor_stalls(limits: Limits) -> None:
    assert taken(limits, T) == 3
    assert limits.take("u", "medium", 3, T - 3600) == pytest.approx(HELD)
    assert taken(limits, T - 3600 + HELD) == 3


def test_a_clock_a_little_behind_notes_no_call_before_the_last_one(limits: Limits) -> None:
    assert taken(limits, T, tries=1) == 1
    assert taken(limits, T - 5, tries=1) == 1
    assert taken(limits, T - 5 + HELD + 1, tries=2) == 1
    assert limits.take("u", "medium", 3, T - 1 + HELD) == pytest.approx(1)
