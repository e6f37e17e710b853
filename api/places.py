"""A bounded number of places, of which nobody may take all."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from api.problems import Problem


@dataclass
class Places:
    """So many places for all, so many for each token. Any thread may ask."""

    for_all: int
    for_one: int
    _taken: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def one(self, token_id: str) -> Iterator[None]:
        """Take a place.

        Raises:
            Problem: there is none left.
        """
        with self._lock:
            if self._taken.total() >= self.for_all or self._taken[token_id] >= self.for_one:
                words = "Too many faxes come in at once."
                raise Problem("busy", words, headers={"Retry-After": "5"})
            self._taken[token_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[token_id] -= 1
