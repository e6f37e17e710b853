"""The main job once more with PostgreSQL as the catalog."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import Inbound, Simulator
from tests.contracts.conftest import postgresql_address, postgresql_server
from tests.journeys.installation import Installation, installed

__all__ = ["postgresql_address", "postgresql_server"]


@pytest.fixture
def shared(
    simulator: Simulator, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Installation]:
    address = request.getfixturevalue("postgresql_address")
    with installed(simulator, tmp_path, webhook=True, FAXKEEP_DATABASE=address) as made:
        made.serve()
        yield made


def test_the_main_job_with_postgresql(shared: Installation, simulator: Simulator) -> None:
    for content_type in ("application/pdf", "image/tiff"):
        simulator.receive(Inbound(pages=2, content_type=content_type), count=3)
    shared.wait_for_all()
    assert shared.lies() == []
    assert shared.findings() == []
    assert shared.writes() == []
    assert shared.house.journal.unread(1) == []
    assert list(shared.data.glob("catalog*")) == []
    message_id = simulator.truth()[0]["id"]
    assert shared.faxkeep("open", message_id).out == simulator.document(message_id)
