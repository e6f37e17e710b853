"""Commands run as a person runs them, on an installation whose days went by within a second."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from settings import environment_with
from simulator import Clock, Inbound, Simulator
from tests.handlers.household import Household, opened
from tests.handlers.test_statements import next_day
from tests.journeys import commands
from tests.journeys.commands import Outcome

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Lodger:
    """Runs commands on the data folder of a household."""

    home: Household
    environment: Mapping[str, str]

    def faxkeep(self, *words: object) -> Outcome:
        return commands.run(self.environment, *map(str, words))

    def told(self, *words: object) -> Any:
        """What a command tells as JSON, however it ended."""
        return json.loads(self.faxkeep(*words, "--json").out)


@pytest.fixture(scope="module")
def lodger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lodger]:
    """A Monday with two archived faxes and a Tuesday without any, both stated."""
    folder = tmp_path_factory.mktemp("lodger")
    simulator = Simulator()
    (message_id,) = simulator.receive(Inbound(pages=1))
    page = Inbound(pages=1, document=simulator.document(message_id))
    with opened(folder, page, Clock(lambda: NOON)) as home:
        environment = {**home.simulator.env, "FAXKEEP_DATA": str(home.house.settings.data)}
        for _ in range(2):
            home.archive_one()
        for _ in range(2):
            next_day(home)
            home.house.listing.compare(home.mailbox.id)
            home.house.statements.bring_up_to_date(home.mailbox.id)
        yield Lodger(home, environment_with(environment))


@pytest.fixture
def missing(tmp_path: Path) -> Path:
    """A data folder in which there is nothing."""
    return tmp_path / "nothing here"
