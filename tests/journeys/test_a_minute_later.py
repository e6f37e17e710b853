"""What no notification tells of is found within a minute or so, without anybody asking.

One wait serves all: four things go wrong at once, and one sweep heals them.
"""

from dataclasses import dataclass

import pytest

from simulator import Fault, Simulator
from tests.journeys.installation import Installation, wait_until

A_SWEEP_AND_A_LITTLE = 85.0


@dataclass(frozen=True)
class Mishaps:
    """The faxes whose events were dropped, and the one that was not rendered yet."""

    silent: list[str]
    unready: str
    dead_subscription: str


@pytest.fixture(scope="module")
def mishaps(installation: Installation, working: Installation, simulator: Simulator) -> Mishaps:
    (unready,) = simulator.receive()
    simulator.sicken(unready, "content_not_ready", Fault(tries=2, status=409))
    assert simulator.wait_delivered()
    simulator.fault("event_dropped")
    silent = simulator.receive(count=3)
    (subscription,) = simulator.subscriptions()
    simulator.blacklist_subscription(subscription["id"])
    wait_until(installation.has_all, "a sweep", A_SWEEP_AND_A_LITTLE)
    wait_until(working.has_all, "a sweep", A_SWEEP_AND_A_LITTLE)
    simulator.clear_faults()
    return Mishaps(silent, unready, subscription["id"])


def test_dropped_notifications_are_made_up_for(
    installation: Installation, simulator: Simulator, mishaps: Mishaps
) -> None:
    results = [each["result"] for each in simulator.notifications()]
    assert results.count("dropped") >= len(mishaps.silent)
    assert installation.lies() == []


def test_without_any_webhook_the_poll_brings_everything(
    working: Installation, mishaps: Mishaps
) -> None:
    assert working.house.journal.list(unreadable=False, limit=10) == []
    assert working.lies() == []


def test_a_fax_not_rendered_yet_is_waited_for(installation: Installation, mishaps: Mishaps) -> None:
    assert installation.states(mishaps.unready) == ["archived"]
    assert installation.asides(mishaps.unready) == []


def test_a_suspended_subscription_is_replaced(
    installation: Installation, simulator: Simulator, mishaps: Mishaps
) -> None:
    wait_until(installation.is_subscribed, "a new subscription", A_SWEEP_AND_A_LITTLE)
    # The new one is made before the old one goes, so that nothing falls between them.
    wait_until(
        lambda: mishaps.dead_subscription not in [each["id"] for each in simulator.subscriptions()],
        "the old subscription to be removed",
    )
    (message_id,) = simulator.receive()
    wait_until(lambda: installation.are_archived(message_id), "a fax by the new subscription")
