"""Web process and worker as two processes, as the Procfile has them, each dying on its own."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from serving import wait_for_port
from settings import environment_with
from simulator import Simulator
from tests.journeys.installation import Installation, installed, wait_until

ROOT = Path(__file__).parents[2]
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


@pytest.fixture(scope="module")
def apart(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that has no processes yet, and to which RingCentral could call."""
    with installed(simulator, tmp_path_factory.mktemp("apart"), webhook=True) as made:
        yield made


@contextmanager
def line_of_procfile(name: str, made: Installation) -> Iterator[subprocess.Popen[bytes]]:
    """Run one line of the Procfile in a process group of its own, as a process manager does."""
    with made.log.open("ab") as log:
        process = subprocess.Popen(
            PROCFILE[name].split(),
            cwd=ROOT,
            env=environment_with(made.environment),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        if name == "web":
            wait_for_port(made.settings)
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(40)
        kill_group(process)
        process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with all its children, as a container that is killed."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def test_the_procfile_names_both() -> None:
    assert PROCFILE == {"web": "./faxkeep web", "worker": "./faxkeep work"}


def test_either_may_be_away_and_nothing_is_lost(apart: Installation, simulator: Simulator) -> None:
    with line_of_procfile("web", apart) as web:
        with line_of_procfile("worker", apart):
            wait_until(apart.is_subscribed, f"a subscription; see {apart.log}")
        came_without_worker = simulator.receive(count=3)
        assert simulator.wait_delivered()
        assert len(apart.house.journal.unread(10)) >= len(came_without_worker)
        assert set(apart.states(*came_without_worker)) == {"unknown"}
        with line_of_procfile("worker", apart):
            apart.wait_for_all()
            assert apart.house.journal.unread(1) == []
            kill_group(web)
            web.wait()
            came_without_web = simulator.receive(count=3)
            assert simulator.wait_delivered()
            with line_of_procfile("web", apart):
                (came_after,) = simulator.receive()
                wait_until(lambda: apart.are_archived(*came_without_web, came_after), "all of them")
    assert apart.lies() == []
    assert apart.findings() == []
