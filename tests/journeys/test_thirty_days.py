"""One bad day out of the thirty: whatever happened, all is known, archived once, and stated."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from benchmarks.thirty_days.play import fast_folder, play
from benchmarks.thirty_days.scenario import MINUTE, SHORT

ONE_DAY = replace(
    SHORT,
    days=1.0,
    calm_days=2.0,
    longest_step=20 * MINUTE,
    accounts=(2, 1, 1),
    faxes=40,
    burst=15,
    worker_kills=3,
    web_kills=2,
    trouble={**SHORT.trouble, "go": 0, "purge": 1},
)
"""No extension goes: what a sync kept silent about would go with it unseen, which no list heals."""


@pytest.mark.timeout(300)
def test_a_bad_day_is_survived() -> None:
    with TemporaryDirectory(dir=fast_folder()) as folder:
        played = play(2, ONE_DAY, Path(folder), lambda day, days: None)
    assert played.verdict.faults == []
    assert played.verdict.states["archived"] >= ONE_DAY.faxes
    assert played.kills
