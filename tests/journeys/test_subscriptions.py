"""Whatever becomes of the subscription, RingCentral calls again; others' are left alone."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from simulator import Simulator
from simulator.clock import Clock
from tests.journeys.installation import Installation, installed, wait_until, without_limits

OLD = timedelta(hours=2)
"""The subscription was made so long ago: one with disabled filters is kept only while new."""


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    clock = Clock(lambda: datetime.now(UTC) - OLD)
    with Simulator(seed=12, clock=clock) as running:
        without_limits(running)
        yield running


@pytest.fixture(scope="module")
def called(
    simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation whose subscription is old."""
    with installed(simulator, tmp_path_factory.mktemp("journey"), webhook=True) as made:
        made.serve()
        simulator.advance(OLD.total_seconds())
        yield made


Mishap = Callable[[Simulator, str], object]
MISHAPS: dict[str, Mishap] = {
    "disabled filters": lambda simulator, each: simulator.disable_filters(each),
    "expired": lambda simulator, each: simulator.expire_subscription(each),
    "suspended": lambda simulator, each: simulator.blacklist_subscription(each),
}


def alive(simulator: Simulator) -> list[str]:
    """The subscriptions that there still are; RingCentral lists no expired one."""
    return [each["id"] for each in simulator.subscriptions() if not each["expired"]]


def is_called(made: Installation, simulator: Simulator) -> None:
    """A fax comes in by a notification that carries it, not by a look."""
    (message_id,) = simulator.receive()
    wait_until(lambda: made.are_archived(message_id), "a fax by the subscription")
    assert simulator.notifications()[-1]["result"] == "ok"


@pytest.mark.parametrize("name", MISHAPS)
def test_it_is_replaced(called: Installation, simulator: Simulator, name: str) -> None:
    (dead,) = alive(simulator)
    MISHAPS[name](simulator, dead)
    (report,) = called.told("subscribe")
    assert report["status"] == "Active"
    assert report["subscription_id"] != dead
    assert alive(simulator) == [report["subscription_id"]]
    is_called(called, simulator)


def test_it_can_be_removed_and_made_again(called: Installation, simulator: Simulator) -> None:
    removed = called.told("subscribe", "--off")
    assert len(removed) == 1
    assert alive(simulator) == []
    assert called.told("subscribe", "--off") == []
    called.told("subscribe")
    is_called(called, simulator)
    assert called.findings() == []
