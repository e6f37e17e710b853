"""Many threads, one writer: nothing is acknowledged before it is kept, nothing is kept twice."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from catalog.group_commit import QUEUE_LIMIT, GroupCommit
from errors import CatalogError


class Gate:
    """An append that waits to be let through, and may be told to fail."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.entered = threading.Semaphore(0)
        self.let = threading.Semaphore(0)
        self.failure: Exception | None = None

    def append(self, items: Sequence[int]) -> None:
        self.entered.release()
        self.let.acquire()
        if self.failure is not None:
            raise self.failure
        self.batches.append(list(items))


def wait_until_queued(group: GroupCommit[int], count: int) -> None:
    while len(group._queue) < count:
        threading.Event().wait(0.001)


def test_what_gathers_during_one_commit_is_the_next() -> None:
    gate = Gate()
    group = GroupCommit(gate.append)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(group.put, 0, 10)
        gate.entered.acquire()
        rest = [pool.submit(group.put, number, 10) for number in range(1, 8)]
        wait_until_queued(group, 7)
        assert not first.done()
        gate.let.release()
        first.result()
        assert not any(put.done() for put in rest)
        gate.let.release()
        for put in rest:
            put.result()
    group.close()
    assert gate.batches[0] == [0]
    assert sorted(gate.batches[1]) == list(range(1, 8))


def test_every_waiter_of_a_failed_batch_learns_it_and_the_writer_lives_on() -> None:
    gate = Gate()
    group = GroupCommit(gate.append)
    gate.failure = CatalogError("disk full")
    with ThreadPoolExecutor(4) as pool:
        puts = [pool.submit(group.put, number, 10) for number in range(4)]
        gate.let.release(4)
        for put in puts:
            with pytest.raises(CatalogError, match="disk full"):
                put.result()
        gate.failure = None
        gate.let.release(4)
        group.put(9, 10)
    group.close()
    assert gate.batches == [[9]]


def test_a_full_queue_is_busy_and_a_slow_commit_times_out() -> None:
    gate = Gate()
    group = GroupCommit(gate.append)
    with pytest.raises(CatalogError, match="did not answer"):
        group.put(0, 0.01)
    gate.entered.acquire()
    for number in range(QUEUE_LIMIT):
        with pytest.raises(CatalogError, match="did not answer"):
            group.put(number + 1, 0)
    with pytest.raises(CatalogError, match="busy"):
        group.put(-1, 10)
    gate.let.release(2)
    group.close()
    assert [item for batch in gate.batches for item in batch] == list(range(QUEUE_LIMIT + 1))


def test_closing_drains_and_then_refuses() -> None:
    gate = Gate()
    group = GroupCommit(gate.append)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(group.put, 1, 10)
        gate.entered.acquire()
        second = pool.submit(group.put, 2, 10)
        wait_until_queued(group, 1)
        gate.let.release(2)
        group.close()
        first.result()
        second.result()
    assert gate.batches == [[1], [2]]
    with pytest.raises(CatalogError, match="closed"):
        group.put(3, 10)
