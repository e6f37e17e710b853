"""Lets only so many requests of the API in at a time, so that the webhook always finds a thread."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from api.answers import ROOT, response_of
from api.problems import Problem

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Turnstile:
    """A WSGI middleware: the place is free again when the answer is sent, not when it is made."""

    def __init__(self, inner: Application, places: int) -> None:
        self._inner = inner
        self._places = threading.BoundedSemaphore(places)

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(ROOT):
            return self._inner(environ, start)
        if not self._places.acquire(blocking=False):
            return response_of(Problem("busy", headers={"Retry-After": "1"}))(environ, start)
        try:
            return Passage(self._inner(environ, start), self._places.release)
        except BaseException:
            self._places.release()
            raise


class Passage:
    """The pieces of an answer; `ended` is called once: at their end, when closed, or forgotten."""

    def __init__(self, pieces: Iterable[bytes], ended: Callable[[], None]) -> None:
        self._pieces = pieces
        self._next = iter(pieces)
        self._ended: Callable[[], None] | None = ended

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._next)
        except BaseException:
            self._end()
            raise

    def close(self) -> None:
        """The server is done with it."""
        try:
            if hasattr(self._pieces, "close"):
                self._pieces.close()
        finally:
            self._end()

    def _end(self) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()

    def __del__(self) -> None:
        self._end()
