"""What holds when processes and threads use one catalog at the same time, on either database."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Barrier
from typing import Any

import psycopg
import pytest

from catalog import Catalog, LedgerRow
from catalog.limits import DEFAULT_WINDOW
from catalog.migrate import engine_at
from errors import CatalogError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROCESSES = 4
FAST = 120.0
"""The governor's clock in these tests runs this much faster than the one on the wall."""


def in_processes(task: Callable[..., Any], *arguments: object) -> list[Any]:
    """The task's answers from PROCESSES processes that start together."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        barrier = manager.Barrier(PROCESSES)
        futures: list[Future[Any]] = [
            pool.submit(task, barrier, number, *arguments) for number in range(PROCESSES)
        ]
        return [future.result() for future in futures]


def open_and_close(barrier: Barrier, number: int, address: str) -> int:
    barrier.wait()
    catalog = Catalog.open(address)
    with catalog.reading() as tx:
        count = tx.ledger.count()
    catalog.close()
    return count


def claim_all(barrier: Barrier, number: int, address: str) -> list[str]:
    catalog = Catalog.open(address)
    barrier.wait()
    won = []
    for argument in range(30):
        with catalog.transaction() as tx:
            until = NOW + timedelta(minutes=5)
            if tx.jobs.claim("look", str(argument), f"w{number}", NOW, until):
                won.append(str(argument))
    catalog.close()
    return won


def take_many(barrier: Barrier, number: int, address: str) -> list[float]:
    catalog = Catalog.open(address)
    barrier.wait()
    granted = []
    end = time.time() + 2.5
    while time.time() < end:
        with catalog.transaction() as tx:
            now = time.time() * FAST
            if tx.limits.take("u", "medium", 7, now) == 0.0:
                granted.append(now)
    catalog.close()
    return granted


def append_lines(barrier: Barrier, number: int, address: str) -> None:
    catalog = Catalog.open(address)
    barrier.wait()
    for _ in range(25):
        with catalog.transaction() as tx:
            tail = tx.ledger.tail()
            seq, before = (tail.seq, tail.hash) if tail else (0, "")
            tx.ledger.append(LedgerRow(seq + 1, NOW, "k", None, f"{before[-9:]}>{seq}", ""))
    catalog.close()


def test_processes_that_open_an_empty_database_at_once_all_succeed(database_address: str) -> None:
    assert in_processes(open_and_close, database_address) == [0] * PROCESSES


def test_every_job_is_claimed_by_exactly_one(database_address: str) -> None:
    catalog = Catalog.open(database_address)
    with catalog.transaction() as tx:
        for argument in range(30):
            tx.jobs.request("look", str(argument), NOW, NOW)
    won = Counter(name for names in in_processes(claim_all, database_address) for name in names)
    assert won == Counter({str(argument): 1 for argument in range(30)})
    catalog.close()


def test_no_window_ever_holds_more_calls_than_the_limit(database_address: str) -> None:
    Catalog.open(database_address).close()
    answers = in_processes(take_many, database_address)
    calls = sorted(moment for granted in answers for moment in granted)
    assert len(calls) >= 3 * 7
    for first, beyond in zip(calls, calls[7:], strict=False):
        assert beyond - first > DEFAULT_WINDOW


def test_the_ledger_has_one_tail_for_all_writers(database_address: str) -> None:
    Catalog.open(database_address).close()
    in_processes(append_lines, database_address)
    catalog = Catalog.open(database_address)
    with catalog.reading() as tx:
        lines = tx.ledger.after(0, 1000)
    catalog.close()
    assert [line.seq for line in lines] == list(range(1, 25 * PROCESSES + 1))
    assert all(after.hash.startswith(before.hash[-9:]) for before, after in pairwise(lines))


def test_threads_share_one_catalog(database_address: str) -> None:
    catalog = Catalog.open(database_address)

    def add(number: int) -> None:
        with catalog.transaction() as tx:
            tx.jobs.request("look", str(number), NOW, NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(100)))
    with catalog.reading() as tx:
        assert len(tx.jobs.list()) == 100
    catalog.close()


def test_readers_see_one_moment_and_wait_for_no_writer(database_address: str) -> None:
    catalog = Catalog.open(database_address)
    with ThreadPoolExecutor(1) as pool, catalog.reading() as tx:
        assert tx.jobs.list() == []
        pool.submit(append_one, catalog).result()
        assert tx.ledger.count() == 0
    with ThreadPoolExecutor(1) as pool, catalog.transaction():
        assert pool.submit(count_lines, catalog).result() == 1
    catalog.close()


def append_one(catalog: Catalog) -> None:
    with catalog.transaction() as tx:
        tx.ledger.append(LedgerRow(1, NOW, "k", None, "", ""))


def count_lines(catalog: Catalog) -> int:
    with catalog.reading() as tx:
        return tx.ledger.count()


def test_a_writer_that_vanished_stops_the_others_for_a_while_only(
    postgresql_address: str,
) -> None:
    engine = engine_at(postgresql_address, "test")
    with closing(engine), engine.writing() as connection:
        for setting in ("lock_timeout", "idle_in_transaction_session_timeout"):
            assert connection.execute(f"SHOW {setting}").fetchone() == {setting: "30s"}


def test_a_server_that_dropped_its_connections_costs_one_transaction_at_most(
    postgresql_address: str,
) -> None:
    catalog = Catalog.open(postgresql_address)
    append_one(catalog)
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with psycopg.connect(postgresql_address, autocommit=True) as connection:
        connection.execute(f"{drop} AND application_name = 'faxkeep'")
        assert count_lines(catalog) == 1
        with pytest.raises(CatalogError), catalog.transaction() as tx:
            connection.execute(f"{drop} AND application_name = 'faxkeep'")
            tx.ledger.count()
    assert count_lines(catalog) == 1
    catalog.close()
