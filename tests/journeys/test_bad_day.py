"""A day on which everything goes wrong now and then, with five hundred faxes."""

import random
import time

import pytest

from simulator import Simulator
from tests.journeys.drawn import fax_number
from tests.journeys.installation import Installation

FAXES = 500


@pytest.mark.timeout(300)
@pytest.mark.xdist_group("bad day")
def test_a_bad_day_ends_well(installation: Installation, simulator: Simulator) -> None:
    simulator.change_account(inbox_limit=10_000)
    simulator.bad_day()
    arrive(simulator, random.Random(5))
    simulator.clear_faults()
    installation.wait_for_all(within=200)
    assert len(installation.faxes("archived")) == len(simulator.truth()) == FAXES
    assert installation.lies() == []
    assert installation.findings() == []
    assert installation.writes() == []
    assert {record["readStatus"] for record in simulator.truth()} == {"Unread"}


def arrive(simulator: Simulator, chance: random.Random) -> None:
    """Single faxes and bursts, with pauses between them."""
    left = FAXES
    while left:
        for _ in range(min(left, chance.choice((1, 1, 2, 5, 20)))):
            simulator.receive(fax_number(left, chance))
            left -= 1
        time.sleep(chance.uniform(0, 0.15))
