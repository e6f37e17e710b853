"""A day on which everything goes wrong now and then, with five hundred faxes."""

import random
import time
from functools import cache

import pytest

from simulator import Inbound, Simulator
from simulator.drawing import Sheet, draw
from tests.journeys.installation import Installation

FAXES = 500
FORMATS = ("application/pdf", "image/tiff")


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


def fax_number(number: int, chance: random.Random) -> Inbound:
    """A document that no other fax has; drawing so many pages would take longer than the test."""
    pages, content_type = chance.choice((1, 2, 3)), chance.choice(FORMATS)
    document = drawn(pages, content_type) + f"\n% {number}\n".encode()
    return Inbound(pages=pages, content_type=content_type, document=document)


@cache
def drawn(pages: int, content_type: str) -> bytes:
    return draw(Sheet("A bad day", pages, pages), content_type)
