"""A short day of sending, with every way to fail, kills and limits: told once and proven."""

from pathlib import Path

from benchmarks.full_day import Scale, play
from simulator.changes import ERRORS


def test_each_fax_of_a_bad_day_is_sent_once_told_once_and_proven(tmp_path: Path) -> None:
    scale = Scale(sends=len(ERRORS) + 2, failures=len(ERRORS), kills=3, minutes=40)
    played = play(7, scale, tmp_path)
    assert played.faults == []
    assert (played.kills, played.told) == (3, scale.sends)
