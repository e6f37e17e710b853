"""Whoever asks for a job in a transaction is heard once it is committed; on either database."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from catalog import Catalog, LedgerRow, Place
from errors import CatalogError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=30)
Rung = list[tuple[str, str, float]]


@pytest.fixture
def rung() -> Rung:
    return []


@pytest.fixture
def catalog(database_address: str, rung: Rung) -> Iterator[Catalog]:
    def ring(name: str, target: str, delay: float) -> None:
        with opened.reading() as tx:  # what was rung for is there to be found
            assert any(job.name == name for job in tx.jobs.list())
        rung.append((name, target, delay))

    with closing(Catalog.open(database_address, ring)) as opened:
        yield opened


def test_rings_come_after_the_commit_once_for_each_wish(catalog: Catalog, rung: Rung) -> None:
    with catalog.transaction() as tx:
        for argument in ("1", "2", "3"):
            tx.jobs.request("archive", argument, NOW, NOW, Place("main/1", NOW))
        tx.jobs.request("look", "1-2", LATER, NOW, Place("main/1", LATER))
        tx.jobs.request("subscribe", "main/1", NOW, NOW)
        assert rung == []
    expected = [("archive", "main/1", 0.0), ("look", "main/1", 30.0), ("subscribe", "main/1", 0.0)]
    assert rung == expected


def test_a_transaction_without_wishes_rings_for_nothing(catalog: Catalog, rung: Rung) -> None:
    with catalog.transaction() as tx:
        tx.jobs.ensure("look", "1-2", NOW, NOW, Place("main/1", NOW))
    with catalog.reading() as tx:
        tx.jobs.list()
    assert rung == []


def test_a_wish_is_not_repeated_by_the_next_transaction(catalog: Catalog, rung: Rung) -> None:
    for _ in range(2):
        with catalog.transaction() as tx:
            tx.jobs.request("look", "1-2", NOW, NOW)
    assert rung == [("look", "1-2", 0.0)] * 2


def test_an_overdue_wish_is_due_now(catalog: Catalog, rung: Rung) -> None:
    with catalog.transaction() as tx:
        tx.jobs.request("look", "1-2", NOW - timedelta(days=1), NOW)
    assert rung == [("look", "1-2", 0.0)]


def test_nobody_rings_after_a_roll_back(catalog: Catalog, rung: Rung) -> None:
    with pytest.raises(RuntimeError), catalog.transaction() as tx:
        tx.jobs.request("look", "1-2", NOW, NOW)
        raise RuntimeError
    assert rung == []


def test_nobody_rings_when_the_database_refuses(catalog: Catalog, rung: Rung) -> None:
    row = LedgerRow(1, NOW, "archived", "1-9", "hash", "line")
    with pytest.raises(CatalogError), catalog.transaction() as tx:
        tx.jobs.request("look", "1-2", NOW, NOW)
        tx.ledger.append(row)
        tx.ledger.append(row)
    assert rung == []


def test_a_ring_may_ask_for_the_next_job(database_address: str) -> None:
    rung: list[str] = []

    def ring(name: str, target: str, delay: float) -> None:
        rung.append(name)
        if name == "look":
            with catalog.transaction() as tx:
                tx.jobs.request("archive", "1-9", NOW, NOW)

    with closing(Catalog.open(database_address, ring)) as catalog, catalog.transaction() as tx:
        tx.jobs.request("look", "1-2", NOW, NOW)
    assert rung == ["look", "archive"]
