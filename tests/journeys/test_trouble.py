"""RingCentral in trouble: it heals, no penalty is disturbed, and one login serves all."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from simulator import Fault, Simulator
from tests.journeys.installation import Installation, wait_until

PENALTY = 6.0


@pytest.fixture(autouse=True)
def fair_weather_again(simulator: Simulator) -> Iterator[None]:
    yield
    simulator.clear_faults()


def brings(made: Installation, simulator: Simulator, count: int = 3) -> list[str]:
    """Have faxes arrive and archived, whatever the weather."""
    ids = simulator.receive(count=count)
    made.faxkeep("sync")
    wait_until(lambda: made.are_archived(*ids), f"the faxes; see {made.log}")
    return ids


def logins(simulator: Simulator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = simulator.requests(path="/oauth/token")["records"]
    return found


def test_one_login_serves_all_processes(working: Installation, simulator: Simulator) -> None:
    brings(working, simulator, count=6)
    working.faxkeep("login")
    assert [each["status"] for each in logins(simulator)] == [200]


def test_a_revoked_token_is_replaced_once(working: Installation, simulator: Simulator) -> None:
    before = len(logins(simulator))
    simulator.revoke_tokens()
    brings(working, simulator, count=6)
    assert len(logins(simulator)) == before + 1


def test_tokens_may_be_revoked_in_the_middle(working: Installation, simulator: Simulator) -> None:
    simulator.fault("token_revoked", Fault(count=2))
    brings(working, simulator)


@pytest.mark.parametrize("status", [500, 503])
def test_server_errors_pass(working: Installation, simulator: Simulator, status: int) -> None:
    simulator.fault("server_error", Fault(count=2, status=status))
    brings(working, simulator)


@pytest.mark.parametrize("name", ["cut_before", "cut_after"])
def test_cut_connections_pass(working: Installation, simulator: Simulator, name: str) -> None:
    simulator.fault(name, Fault(count=2))
    brings(working, simulator)


@pytest.mark.parametrize("path", ["message-sync", "/content/"])
def test_nothing_is_asked_inside_a_penalty(
    working: Installation, simulator: Simulator, path: str
) -> None:
    simulator.fault("throttled", Fault(count=1, seconds=PENALTY, path=path))
    brings(working, simulator, count=5)
    asked = simulator.requests()["records"]
    place = max(n for n, each in enumerate(asked) if each["fault"] == "throttled")
    refused, later = asked[place], asked[place + 1 :]
    assert refused["status"] == 429
    over = datetime.fromisoformat(refused["time"]) + timedelta(seconds=PENALTY)
    same = [each for each in later if each["group"] == refused["group"]]
    # What had left before the 429 came back may still arrive; nothing that was decided after it.
    early = [each for each in same if datetime.fromisoformat(each["time"]) < over]
    begun = datetime.fromisoformat(refused["time"]) + timedelta(seconds=0.5)
    assert [each for each in early if datetime.fromisoformat(each["time"]) > begun] == []


def test_verify_finds_all_well(working: Installation) -> None:
    assert working.findings() == []
    assert working.lies() == []
