"""Pauses: they grow, they end, and they do not bring everything back together."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from jobs.pauses import CEILING_SECONDS, FIRST_SECONDS, MAX_ATTEMPTS, pause

ATTEMPTS = st.integers(1, 10_000)
JITTER = st.floats(0, 1)


@given(ATTEMPTS, JITTER)
def test_a_pause_is_bounded(attempts: int, jitter: float) -> None:
    seconds = pause(attempts, jitter).total_seconds()

    assert 0.75 * FIRST_SECONDS <= seconds <= 1.25 * CEILING_SECONDS


@given(ATTEMPTS, JITTER)
def test_a_pause_never_shrinks_with_the_attempts(attempts: int, jitter: float) -> None:
    assert pause(attempts, jitter) <= pause(attempts + 1, jitter)


@given(st.integers(1, 7))
def test_a_pause_outgrows_the_jitter_of_the_one_before(attempts: int) -> None:
    assert pause(attempts, 1.0) < pause(attempts + 1, 0.0)


@given(ATTEMPTS)
def test_jitter_spreads_a_pause_around_its_middle(attempts: int) -> None:
    early, middle, late = (pause(attempts, jitter) for jitter in (0.0, 0.5, 1.0))

    assert early < middle < late
    assert abs((late - middle) - (middle - early)) <= timedelta(microseconds=2)


def test_a_step_is_tried_for_about_a_day() -> None:
    tried = sum((pause(number, 0.5) for number in range(1, MAX_ATTEMPTS)), timedelta())

    assert timedelta(hours=12) < tried < timedelta(hours=48)
