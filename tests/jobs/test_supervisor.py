"""The supervisor: children live until it is told to stop, then none of them does."""

import os
import signal
from pathlib import Path

import pytest

from tests.jobs.processes import lines, program, wait_until

SUPERVISE = """
import sys
from jobs import supervisor

supervisor.RESTART_SPACING_SECONDS = float(sys.argv[2])
supervisor.STOP_PATIENCE_SECONDS = 1.0
family = supervisor.Supervisor()
for source in sys.argv[3:]:
    family.start([sys.executable, "-c", source, sys.argv[1]])
family.run()
"""
WRITE_DOWN = """
import os, signal, subprocess, sys, time
from pathlib import Path
def write_down(word):
    with Path(sys.argv[1]).open("a") as file:
        file.write(f"{word} {os.getpid()}\\n")
"""
CALM = f"""{WRITE_DOWN}
def end(*_):
    write_down("ended")
    sys.exit()
signal.signal(signal.SIGTERM, end)
write_down("calm")
time.sleep(60)
"""
DEAF = f"""{WRITE_DOWN}
signal.signal(signal.SIGTERM, signal.SIG_IGN)
write_down("deaf")
time.sleep(60)
"""
DYING = f"""{WRITE_DOWN}
write_down("dying")
"""
PARENT = f"""{WRITE_DOWN}
subprocess.Popen([sys.executable, "-c", {DEAF!r}, sys.argv[1]])
write_down("parent")
time.sleep(60)
"""


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


def pids(diary: Path, word: str) -> list[int]:
    return [int(line.split()[1]) for line in lines(diary) if line.startswith(f"{word} ")]


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_a_killed_child_is_started_again(diary: Path) -> None:
    with program(SUPERVISE, diary, 0, CALM) as family:
        wait_until(lambda: len(pids(diary, "calm")) == 1)

        os.kill(pids(diary, "calm")[0], signal.SIGKILL)

        wait_until(lambda: len(pids(diary, "calm")) == 2)
        family.terminate()
        assert family.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_children_in_order(diary: Path, number: signal.Signals) -> None:
    with program(SUPERVISE, diary, 0, CALM, CALM) as family:
        wait_until(lambda: len(pids(diary, "calm")) == 2)

        family.send_signal(number)

        assert family.wait(10) == 0
    assert sorted(pids(diary, "ended")) == sorted(pids(diary, "calm"))


def test_a_child_that_keeps_dying_is_started_seldom(diary: Path) -> None:
    with program(SUPERVISE, diary, 60, DYING, CALM) as family:
        wait_until(lambda: len(pids(diary, "dying")) == 1)
        wait_until(lambda: len(pids(diary, "calm")) == 1)

        family.terminate()

        assert family.wait(10) == 0
    assert len(pids(diary, "dying")) == 1


def test_a_child_that_does_not_listen_is_killed(diary: Path) -> None:
    with program(SUPERVISE, diary, 0, DEAF) as family:
        wait_until(lambda: len(pids(diary, "deaf")) == 1)

        family.terminate()

        assert family.wait(10) == 0
    wait_until(lambda: not is_alive(pids(diary, "deaf")[0]))


def test_a_killed_child_leaves_no_grandchild_behind(diary: Path) -> None:
    with program(SUPERVISE, diary, 0, PARENT) as family:
        wait_until(lambda: len(pids(diary, "deaf")) == 1)
        orphan = pids(diary, "deaf")[0]

        os.kill(pids(diary, "parent")[0], signal.SIGKILL)

        wait_until(lambda: not is_alive(orphan))
        wait_until(lambda: len(pids(diary, "deaf")) == 2)
        family.terminate()
        assert family.wait(10) == 0
    wait_until(lambda: not [pid for pid in pids(diary, "deaf") if is_alive(pid)])
