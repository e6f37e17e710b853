"""The doorbell: a ring from another process reaches the worker, and a lost one is no matter."""

import os
import pickle
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from jobs.bell import Bell, CoalescedHint
from tests.jobs.processes import lines, program, wait_until

ANSWER = """
import os, sys, time
from pathlib import Path
from jobs.bell import Bell

def write_down(*words):
    with Path(sys.argv[2]).open("a") as file:
        file.write(" ".join(words) + "\\n")

def run(name, argument):
    if name == "slow":
        write_down("begun", argument)
        time.sleep(1.0)
    if name == "broken":
        raise OSError
    write_down("run", name, argument)

bell = Bell(Path(sys.argv[1]))
consumer = bell.consumer(
    hint=lambda name, argument: write_down("hint", name, argument),
    run=run,
    sweep=lambda: write_down("swept"),
    workers=2,
)
consumer.run()
bell.close()
write_down("closed")
"""


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite3"


@pytest.fixture
def bell(queue: Path) -> Iterator[Bell]:
    with closing(Bell(queue)) as bell:
        yield bell


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


@contextmanager
def worker(queue: Path, diary: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker process that has swept, so it listens."""
    with program(ANSWER, queue, diary) as process:
        wait_until(lambda: "swept" in lines(diary) and catches(process.pid, signal.SIGTERM))
        yield process


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether the process has a handler for the signal; huey sets it after its first work."""
    status = Path(f"/proc/{pid}/status").read_text()
    (mask,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(mask, 16) & 1 << number - 1)


def test_a_hint_reaches_the_worker_soon(bell: Bell, queue: Path, diary: Path) -> None:
    with worker(queue, diary):
        bell.hint("look", "1-2")

        assert wait_until(lambda: "hint look 1-2" in lines(diary)) < 3


def test_a_ring_reaches_the_worker(bell: Bell, queue: Path, diary: Path) -> None:
    with worker(queue, diary):
        bell.ring("archive", "1-2")

        wait_until(lambda: "run archive 1-2" in lines(diary))


def test_a_delayed_ring_comes_after_its_delay(bell: Bell, queue: Path, diary: Path) -> None:
    with worker(queue, diary):
        bell.ring("archive", "later", 1.5)
        bell.ring("archive", "now")

        waited = wait_until(lambda: "run archive later" in lines(diary))

    assert waited >= 1.4
    assert lines(diary).index("run archive now") < lines(diary).index("run archive later")


def test_what_was_queued_before_the_start_is_forgotten(
    bell: Bell, queue: Path, diary: Path
) -> None:
    bell.hint("look", "old")
    bell.ring("archive", "old", 0.01)

    with worker(queue, diary):
        bell.hint("look", "new")
        wait_until(lambda: "hint look new" in lines(diary))

    assert not [line for line in lines(diary) if line.endswith("old")]


def test_a_fault_in_an_answer_does_not_end_the_worker(bell: Bell, queue: Path, diary: Path) -> None:
    with worker(queue, diary):
        for number in range(4):
            bell.ring("broken", str(number))
        bell.hint("look", "1-2")

        wait_until(lambda: "hint look 1-2" in lines(diary))


def test_sigterm_lets_the_job_in_hand_come_to_its_end(bell: Bell, queue: Path, diary: Path) -> None:
    with worker(queue, diary) as process:
        bell.ring("slow", "1-2")
        wait_until(lambda: "begun 1-2" in lines(diary))

        process.terminate()

        assert process.wait(20) == 0
    assert lines(diary)[-2:] == ["run slow 1-2", "closed"]


def test_ctrl_c_ends_the_worker_without_waiting(bell: Bell, queue: Path, diary: Path) -> None:
    with worker(queue, diary) as process:
        process.send_signal(signal.SIGINT)

        assert process.wait(20) == 0
    assert lines(diary)[-1] == "closed"


def test_nobody_else_may_read_the_queue(bell: Bell, queue: Path) -> None:
    bell.hint("look", "1-2")

    modes = {file.name: file.stat().st_mode & 0o777 for file in queue.parent.glob("jobs*")}

    assert set(modes.values()) == {0o600}


def test_many_wishes_are_few_hints() -> None:
    hints: list[int] = []
    hint = CoalescedHint(lambda: hints.append(1), spacing=0.05)

    for _ in range(1000):
        hint()
    wait_until(lambda: bool(hints))
    hint.close()

    assert len(hints) <= 3


def test_a_bell_that_is_broken_does_not_silence_the_next_hint() -> None:
    calls: list[int] = []
    rung = threading.Event()

    def ring() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("disk full")
        rung.set()

    with closing(CoalescedHint(ring, spacing=0.01)) as hint:
        hint()
        wait_until(lambda: len(calls) == 1)
        hint()
        assert rung.wait(10)


def test_a_slow_bell_does_not_delay_the_door() -> None:
    begun, release = threading.Event(), threading.Event()

    def ring() -> None:
        begun.set()
        release.wait(10)

    with closing(CoalescedHint(ring, spacing=0.01)) as hint:
        hint()
        assert begun.wait(10)
        hint()  # returns although the bell still rings
        assert not release.is_set()
        release.set()


def test_a_planted_pickle_is_not_run(tmp_path: Path) -> None:
    bell = Bell(tmp_path / "jobs.sqlite3")
    ran = tmp_path / "ran"
    bell._huey.storage.enqueue(pickle.dumps(Planted(str(ran))))
    with pytest.raises(ValueError):
        bell._huey.dequeue()
    bell.close()
    assert not ran.exists()


class Planted:
    """Makes a file when it is unpickled."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (self.file,)
