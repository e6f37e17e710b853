"""`faxkeep serve` starts again whichever of its processes is killed."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from simulator import Simulator
from tests.journeys.installation import Installation, installed, wait_until


@pytest.fixture
def working_pair(simulator: Simulator, tmp_path: Path) -> Iterator[tuple[Installation, int]]:
    """An installation, and the process id of its supervisor."""
    with installed(simulator, tmp_path, webhook=True) as made:
        yield made, made.serve().pid


def children(pid: int, word: str) -> list[int]:
    """The children of a process whose command line ends with this word (proc(5))."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [
        int(child)
        for child in listed
        if Path(f"/proc/{child}/cmdline").read_text().rstrip("\0").endswith(f"\0{word}")
    ]


def is_replaced(supervisor: int, word: str, killed: int) -> bool:
    return bool(set(children(supervisor, word)) - {killed})


def test_a_killed_child_is_started_again(
    simulator: Simulator, working_pair: tuple[Installation, int]
) -> None:
    made, supervisor = working_pair
    for word in ("web", "work"):
        (killed,) = children(supervisor, word)
        os.kill(killed, signal.SIGKILL)
        wait_until(partial(is_replaced, supervisor, word, killed), f"another {word}")
    ids = simulator.receive(count=3)
    wait_until(lambda: made.are_archived(*ids), "the faxes")
    assert made.findings() == []
