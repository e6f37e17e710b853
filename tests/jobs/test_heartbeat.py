"""The heartbeat: it goes on whatever a beat does, and ends at once when it is to end."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from queue import SimpleQueue

import pytest

from jobs.heartbeat import Heartbeat

QUICK, SELDOM = 0.001, 3600.0
PATIENCE = 20.0


def hearts() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "heartbeat"]


def test_it_beats_again_and_again() -> None:
    beats: SimpleQueue[int] = SimpleQueue()
    with closing(Heartbeat(lambda: beats.put(1), QUICK)):
        assert [beats.get(timeout=PATIENCE) for _ in range(3)] == [1, 1, 1]


def test_a_beat_that_fails_is_followed_by_the_next(caplog: pytest.LogCaptureFixture) -> None:
    beats: SimpleQueue[int] = SimpleQueue()

    def beat() -> None:
        beats.put(1)
        raise OSError("Jane Roe +16505550100")

    with caplog.at_level(logging.WARNING, "jobs.heartbeat"), closing(Heartbeat(beat, QUICK)):
        assert [beats.get(timeout=PATIENCE) for _ in range(3)] == [1, 1, 1]
    assert "A heartbeat failed with OSError." in caplog.text
    assert "Jane Roe" not in caplog.text


@pytest.mark.parametrize("beat", [int, lambda: 1 / 0])
def test_it_ends_when_it_is_closed(beat: Callable[[], None]) -> None:
    before = hearts()
    heart = Heartbeat(beat, QUICK)
    assert len(hearts()) == len(before) + 1
    heart.close()
    assert hearts() == before


def test_closing_does_not_wait_for_the_next_beat() -> None:
    beats: SimpleQueue[int] = SimpleQueue()
    Heartbeat(lambda: beats.put(1), SELDOM).close()
    assert beats.empty()
    assert hearts() == []


def test_it_keeps_no_process_alive() -> None:
    heart = Heartbeat(int, SELDOM)
    assert [thread.daemon for thread in hearts()] == [True]
    heart.close()
