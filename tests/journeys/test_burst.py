"""Two hundred faxes in one burst cost hardly more than one call each."""

import random

from simulator import Simulator
from tests.journeys.drawn import fax_number
from tests.journeys.installation import Installation

FAXES = 200
CALLS_PER_FAX = 1.05


def test_a_burst_costs_one_call_a_fax(installation: Installation, simulator: Simulator) -> None:
    simulator.change_account(inbox_limit=10_000)
    installation.wait_for_all()
    simulator.forget()
    chance = random.Random(3)
    for number in range(FAXES):
        simulator.receive(fax_number(number, chance))
    installation.wait_for_all(within=90)
    asked = simulator.requests()["records"]
    print(f"{len(asked)} calls for {FAXES} faxes")  # noqa: T201 - a figure worth seeing
    assert [each for each in asked if each["status"] == 429] == []
    assert len(asked) / FAXES <= CALLS_PER_FAX


def test_each_is_there_once(installation: Installation) -> None:
    assert len(installation.faxes("archived")) == FAXES
    assert installation.lies() == []
    assert installation.findings() == []
