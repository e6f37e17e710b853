"""The bytes of one document, whole or an error: parts are joined, broken transfers are resumed."""

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import requests

from errors import FaxkeepError, Unreachable
from ringcentral_api.replies import STILL_PROCESSING, Reply, error_for
from ringcentral_api.transport import Deadline, read_problem

MAX_RESUMES = 3
PART_SECONDS = 300.0
"""For one answer with a document or a part of it; a slow line resumes, a trickling server ends."""
LARGEST = 1024**3
"""Bytes; RingCentral's own limit for a fax is 50 MB."""
_PIECE = 64 * 1024
_LENGTH = re.compile(r"[0-9]{1,15}")
_RANGE = re.compile(r"bytes ([0-9]{1,15})-[0-9]{1,15}/([0-9]{1,15})")

Headers = dict[str, str]


@dataclass(frozen=True)
class Extent:
    """Where an answer's bytes begin in the document, and the document's length in bytes if told."""

    start: int
    total: int | None


class Download:
    """A document on its way, for a `with`. `length` is the whole document's, None if untold."""

    def __init__(
        self,
        response: requests.Response,
        ask: Callable[[Headers], requests.Response],
        part_seconds: float = PART_SECONDS,
    ) -> None:
        """`response` is the first answer; `ask` makes the same call again with more headers."""
        self._response = response
        self._ask = ask
        self._part_seconds = part_seconds
        self._received = 0
        with _closed_on_error(response):
            _check_kind(response)
            extent = _extent(response)
            if extent.start != 0:
                raise Unreachable("RingCentral sent a document without its beginning.")
        self.length = extent.total
        self.content_type = response.headers.get("Content-Type", "")
        self._etag = response.headers.get("ETag", "")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Break off."""
        self._response.close()

    def chunks(self) -> Iterator[bytes]:
        """The bytes in order, once, in constant memory; ends only when the document is whole.

        Raises Unreachable after MAX_RESUMES broken transfers, Later when the rate limit is used up.
        """
        broken = 0
        while True:
            before = self._received
            ended_well = yield from self._part()
            if ended_well and self.length in (None, self._received):
                return
            if not ended_well or self._received == before:
                broken += 1
            if broken > MAX_RESUMES:
                raise Unreachable("RingCentral broke off a document again and again.")
            self._resume()

    def _part(self) -> Generator[bytes, None, bool]:
        with self._response as response, Deadline(response, self._part_seconds) as deadline:
            try:
                for piece in response.iter_content(_PIECE):
                    self._received += len(piece)
                    self._check_size()
                    yield piece
            except requests.RequestException:
                return False
            deadline.check()
        return True

    def _resume(self) -> None:
        headers = {"Range": f"bytes={self._received}-"}
        if self._etag.startswith('"'):  # a weak ETag must not be used here (RFC 9110, 13.1.5)
            headers["If-Range"] = self._etag
        self._response = self._ask(headers)
        with _closed_on_error(self._response):
            extent = _extent(self._response)
            if extent.start != self._received or self.length not in (None, extent.total):
                raise Unreachable("RingCentral's document changed while it was fetched.")
        self.length = extent.total

    def _check_size(self) -> None:
        if self._received > (LARGEST if self.length is None else self.length):
            raise Unreachable("RingCentral sent more bytes than it had announced.")


def _extent(response: requests.Response) -> Extent:
    if response.headers.get("Content-Encoding", "identity").casefold() != "identity":
        raise Unreachable("RingCentral sent a document packed, which nobody asked for.")
    if response.status_code == 200:
        length = response.headers.get("Content-Length", "")
        return Extent(0, int(length) if _LENGTH.fullmatch(length) else None)
    told = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if response.status_code != 206 or told is None:
        raise Unreachable("RingCentral's answer cannot be read: it is no part of a document.")
    return Extent(int(told[1]), int(told[2]))


def _check_kind(response: requests.Response) -> None:
    if "json" not in response.headers.get("Content-Type", "").casefold():
        return
    problem = read_problem(response)
    if problem.code == STILL_PROCESSING:
        raise error_for(Reply(response.status_code, problem))
    raise Unreachable("RingCentral sent a message instead of a document.", code=problem.code)


@contextmanager
def _closed_on_error(response: requests.Response) -> Iterator[None]:
    try:
        yield
    except FaxkeepError:
        response.close()
        raise
