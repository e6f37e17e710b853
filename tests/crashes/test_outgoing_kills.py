"""A worker that is killed again and again, at any moment, while faxes wait for their turn."""

from pathlib import Path

import pytest

from benchmarks.outbox import Scale, play

FAXES, KILLS = 60, 5


@pytest.mark.parametrize("seed", [1, 2])
def test_no_moment_is_a_bad_one(tmp_path: Path, seed: int) -> None:
    played = play(seed, Scale(FAXES, KILLS), tmp_path)
    assert (played.states, played.taken) == ({"sent": FAXES}, FAXES)
    assert (played.doubled, played.lost) == (0, 0)
    assert played.kills >= 2, "the worker was seldom caught with something in hand"


def test_the_queue_keeps_near_the_ceiling(tmp_path: Path) -> None:
    """Ten go at once, then ten in any 61.2 s; the call log takes a turn or two of them."""
    played = play(3, Scale(FAXES, 0), tmp_path)
    assert played.minutes <= (FAXES / 10) * 61.2 / 60 + 0.1
