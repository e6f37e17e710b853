"""The dead man's switch is told as long as there is no problem, and holds up nothing."""

import socket
from dataclasses import replace

import pytest

from catalog import DOOR, WORKER
from tests.handlers.household import Household


@pytest.fixture
def dead_end() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}/ping"


def wanting_pings(home: Household, address: str) -> None:
    home.house.settings = replace(home.house.settings, ping_url=address)
    for sign in (WORKER, DOOR):
        home.house.journal.note_sign(sign, home.clock.now())


def test_a_ping_is_asked_for_while_all_is_well(home: Household, dead_end: str) -> None:
    wanting_pings(home, dead_end)
    home.house.look_after_health()
    assert [job.name for job in home.jobs("ping")] == ["ping"]


def test_a_problem_stops_it(home: Household, dead_end: str) -> None:
    wanting_pings(home, dead_end)
    home.pass_time(3600)
    home.house.look_after_health()
    assert home.jobs("ping") == []


def test_an_address_that_does_not_answer_only_fails_its_own_job(
    home: Household, dead_end: str
) -> None:
    wanting_pings(home, dead_end)
    home.house.look_after_health()
    home.house.runner.run("ping", "")
    (job,) = home.jobs("ping")
    assert job.attempts == 1
    assert "could not be reached" in (job.reason or "")
    assert dead_end not in (job.reason or "")
    home.house.look_after_health()


def test_without_an_address_nothing_is_asked_for(home: Household) -> None:
    wanting_pings(home, "")
    home.house.look_after_health()
    assert home.jobs("ping") == []
