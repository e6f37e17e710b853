"""One writer for many threads: each commit takes all that is queued, so nobody waits in line."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from errors import CatalogError

T = TypeVar("T")

QUEUE_LIMIT = 1024


class _Waiter(Generic[T]):
    """One item on its way; the lock is released when its batch has ended."""

    __slots__ = ("failure", "item", "settled")

    def __init__(self, item: T) -> None:
        self.item = item
        self.failure: Exception | None = None
        # A bare lock is the leanest one-shot signal: half the cost of an Event per request.
        self.settled = threading.Lock()
        self.settled.acquire()


class GroupCommit(Generic[T]):
    """Turns the puts of many threads into few calls of `append`, without waiting for company.

    While one batch is being written the next one gathers; with a single caller every item is its
    own batch. The writer is a thread of its own: call `close` to end it.
    """

    def __init__(self, append: Callable[[Sequence[T]], None]) -> None:
        self._append = append
        self._queue: deque[_Waiter[T]] = deque()
        self._wake = threading.Condition(threading.Lock())
        self._closing = False
        self._writer = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._writer.start()

    def put(self, item: T, timeout: float) -> None:
        """Return once the batch with this item is durable; otherwise raise what `append` raised.

        Raises CatalogError when the queue is full, closed, or not settled after `timeout` seconds;
        in the last case the item may still be kept.
        """
        waiter = _Waiter(item)
        with self._wake:
            if self._closing:
                raise CatalogError("The journal is closed.")
            if len(self._queue) >= QUEUE_LIMIT:
                raise CatalogError("The journal is busy.")
            self._queue.append(waiter)
            self._wake.notify()
        if not waiter.settled.acquire(timeout=timeout):
            raise CatalogError(f"The journal did not answer within {timeout:g} seconds.")
        if waiter.failure is not None:
            raise waiter.failure

    def close(self) -> None:
        """Write what is queued, then end the writer; later puts are refused."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._writer.join()

    def _run(self) -> None:
        while batch := self._next_batch():
            failure = self._written(batch)
            for waiter in batch:
                waiter.failure = failure
                waiter.settled.release()

    def _next_batch(self) -> Sequence[_Waiter[T]]:
        with self._wake:
            while not self._queue and not self._closing:
                self._wake.wait()
            batch = tuple(self._queue)
            self._queue.clear()
            return batch

    def _written(self, batch: Sequence[_Waiter[T]]) -> Exception | None:
        try:
            self._append([waiter.item for waiter in batch])
        except Exception as failure:
            return failure
        return None
