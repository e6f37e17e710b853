"""Evidence and registers are the same on both databases."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from catalog import FaxQuery
from simulator import Clock, Inbound, Simulator
from tests.handlers import evidences
from tests.handlers.household import Household, opened

NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def home(tmp_path: Path, postgresql_address: str) -> Iterator[Household]:
    """A house that keeps its catalog in PostgreSQL."""
    simulator = Simulator()
    (message_id,) = simulator.receive(Inbound(pages=1))
    page = Inbound(pages=1, document=simulator.document(message_id))
    clock = Clock(lambda: evidences.NOON)
    with opened(tmp_path, page, clock, FAXKEEP_DATABASE=postgresql_address) as made:
        yield made


def test_evidence_out_of_postgresql(home: Household) -> None:
    for message_id in (evidences.amended(home), evidences.lost(home), evidences.pending(home)):
        data = evidences.evidence(home, message_id, chain=True)
        assert evidences.problems(data) == []
        assert evidences.facts(data)["about"]["message"] == message_id
    assert home.findings() == []


def test_a_register_out_of_postgresql(home: Household) -> None:
    evidences.amended(home)
    evidences.refused(home)
    rows = list(home.house.register.rows(NOVEMBER, FaxQuery()))
    assert [row["archiveState"] for row in rows] == ["archived", "archived", "refused"]
    assert [row["recipientStatus"] for row in rows] == ["Delivered", "SendingFailed", None]
