"""Whatever happens to the notifications, the archive becomes the same."""

from collections import Counter

import pytest

from simulator import Fault, Simulator
from tests.journeys.installation import Installation, wait_until

FAULTS = {
    "event_doubled": Fault(),
    "event_reordered": Fault(probability=0.5),
    "event_late": Fault(seconds=1.5),
    "event_dropped": Fault(probability=0.7),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fax_is_archived_once(
    installation: Installation, simulator: Simulator, name: str
) -> None:
    simulator.fault(name, FAULTS[name])
    ids = simulator.receive(count=8)
    simulator.clear_faults()
    if name == "event_dropped":
        ids += simulator.receive()  # one whose event comes: a reason to look is enough for all
    wait_until(lambda: installation.are_archived(*ids), "every fax")
    told = Counter(row.fax_id for row in installation.ledger() if row.kind == "archived")
    assert set(told.values()) == {1}
    assert installation.lies() == []


@pytest.mark.parametrize("style", ["plain", "mixed"])
@pytest.mark.parametrize("header", ["Verification-Token", "Validation-Token"])
def test_every_shape_of_a_notification_is_understood(
    installation: Installation, simulator: Simulator, style: str, header: str
) -> None:
    simulator.change_settings(event_style=style, secret_header=header, coalesce=style == "mixed")
    ids = simulator.receive(count=4)
    wait_until(lambda: installation.are_archived(*ids), "every fax")
    assert {each["result"] for each in simulator.notifications()} <= {"ok", "dropped"}
    assert installation.told("events", "--unreadable") == []


def test_verify_finds_all_well(installation: Installation) -> None:
    assert installation.findings() == []
    assert installation.writes() == []
