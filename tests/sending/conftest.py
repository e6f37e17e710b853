"""A simulator that takes faxes, our client of it, and RingCentral's own."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ringcentral import SDK

from ringcentral_api import Credentials, SendingClient, Stores, Timing, Watch
from simulator import Limit, Plan, Settings, Simulator
from tests.ringcentral_api.fakes import FileTokens, MemoryRates


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(7, Plan(settings=Settings(event_style="plain"))) as running:
        for group in running.limits():
            running.limit(group, Limit(1000))
        yield running


@pytest.fixture
def client(simulator: Simulator, tmp_path: Path) -> Iterator[SendingClient]:
    env = simulator.env
    credentials = Credentials(
        env["RC_SERVER_URL"],
        env["RC_SERVER_URL"],
        env["RC_APP_CLIENT_ID"],
        env["RC_APP_CLIENT_SECRET"],
        env["RC_USER_JWT"],
    )
    stores = Stores(MemoryRates(), FileTokens(tmp_path / "tokens.db"))
    with SendingClient(credentials, stores, Watch(Timing(time.time))) as ours:
        yield ours


@pytest.fixture
def sdk(simulator: Simulator) -> Any:
    """RingCentral's own Python client, logged in."""
    env = simulator.env
    platform = SDK(
        env["RC_APP_CLIENT_ID"], env["RC_APP_CLIENT_SECRET"], env["RC_SERVER_URL"]
    ).platform()
    platform.login(jwt=env["RC_USER_JWT"])
    return platform
