"""One simulated RingCentral and one running installation for each module of journeys."""

from collections.abc import Iterator

import pytest

from simulator import Simulator
from tests.journeys.installation import Installation, installed, without_limits


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """RingCentral without limits; a test that wants limits or faults sets and clears them."""
    with Simulator(seed=11) as running:
        without_limits(running)
        yield running


@pytest.fixture(scope="module")
def installation(
    simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """`faxkeep serve`, subscribed."""
    with installed(simulator, tmp_path_factory.mktemp("journey"), webhook=True) as made:
        made.serve()
        yield made


@pytest.fixture(scope="module")
def working(
    simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """`faxkeep work` without any webhook."""
    with installed(simulator, tmp_path_factory.mktemp("journey")) as made:
        made.work()
        yield made
