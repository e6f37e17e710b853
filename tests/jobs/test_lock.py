"""The worker's lock: one holder among processes, and no death leaves it held."""

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest

from errors import UserError
from jobs.lock import WorkerLock
from tests.jobs.processes import next_line, program

HOLD = """
import sys, time
from pathlib import Path
from jobs.lock import WorkerLock
lock = WorkerLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""
TRY = """
import sys
from pathlib import Path
from errors import UserError
from jobs.lock import WorkerLock
try:
    WorkerLock(Path(sys.argv[1]))
    print("held", flush=True)
except UserError:
    print("refused", flush=True)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "worker.lock"


def test_a_second_worker_is_told_in_plain_words(file: Path) -> None:
    with closing(WorkerLock(file)), pytest.raises(UserError) as caught:
        WorkerLock(file)

    words = f"Another worker is running on {file.parent} (process {os.getpid()})."
    assert str(caught.value).startswith(words)


def test_a_second_process_is_refused(file: Path) -> None:
    with closing(WorkerLock(file)), program(TRY, file) as other:
        assert next_line(other) == "refused"


def test_a_killed_worker_frees_it(file: Path) -> None:
    with program(HOLD, file) as other:
        assert next_line(other) == "held"
        with pytest.raises(UserError):
            WorkerLock(file)

        other.send_signal(signal.SIGKILL)
        other.wait()

        WorkerLock(file).close()


def test_closing_frees_it(file: Path) -> None:
    WorkerLock(file).close()

    with program(TRY, file) as other:
        assert next_line(other) == "held"


def test_nobody_else_may_read_it(file: Path) -> None:
    WorkerLock(file).close()

    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("told", "named"), [(b"", "unknown"), (b"\xff7\n", "\ufffd7")])
def test_a_holder_that_cannot_be_named_is_a_holder_all_the_same(
    file: Path, told: bytes, named: str
) -> None:
    lock = WorkerLock(file)
    file.write_bytes(told)
    with closing(lock), pytest.raises(UserError, match=f"process {named}"):
        WorkerLock(file)


def test_the_number_of_a_dead_holder_is_overwritten(file: Path) -> None:
    file.write_text("12345678901234567890\n")
    with closing(WorkerLock(file)):
        assert file.read_text() == f"{os.getpid()}\n"
