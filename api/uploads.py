"""Takes in the body of a new fax, bounded in size and time, without a plain byte on disk."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any, cast

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

from api.gate import holder
from api.problems import Problem
from api.services import services
from archive import Spool

MOST_BYTES = 55_000_000
"""RingCentral takes 50 MB of documents; the rest is for what is around them."""
MOST_JSON_BYTES = 24_000_000
"""JSON stands in memory whole, twice: larger documents come as multipart/form-data."""
MOST_JSON_MARKS = 100_000
"""Commas and brackets. A fax has few values, in as much text as one likes; millions of them would
take gigabytes of memory, and minutes."""
MOST_FIELD_BYTES = 256 * 1024
MOST_PARTS = 300
PATIENCE_SECONDS = 600.0
JSON, FORM = "application/json", "multipart/form-data"


@dataclass(frozen=True)
class Upload:
    """One document as it came."""

    name: str = field(repr=False)
    content_type: str
    spool: Spool


@dataclass(frozen=True)
class Received:
    """A body taken apart: its fields, and its files in their order with their fields' names."""

    fields: MultiDict[str, Any] | Any
    files: tuple[tuple[str, Upload], ...] = ()


def receive(stack: ExitStack) -> Received:
    """The body of this request; what it takes is given back when `stack` closes.

    Raises:
        Problem: it is of a wrong type, too large, too slow or broken.
    """
    if request.mimetype not in (JSON, FORM):
        raise Problem("content-type", f"Send {FORM} or {JSON}.")
    if request.content_length is None:
        raise Problem("length-needed", "Send Content-Length; chunked bodies are not taken.")
    most = MOST_JSON_BYTES if request.mimetype == JSON else MOST_BYTES
    if request.content_length > most:
        raise Problem("too-large", f"At most {most} bytes as {request.mimetype}.")
    request.max_content_length = most
    stack.enter_context(services().uploads.one(holder().token_id))
    stream = _InTime(request.stream, services().steady)
    return _json(stream) if request.mimetype == JSON else _form(stream, stack)


def _json(stream: "_InTime") -> Received:
    body = b"".join(iter(lambda: stream.read(1024 * 1024), b""))
    if len(body) != request.content_length:
        raise Problem("malformed", "The body ended too early.")
    if sum(map(body.count, (b",", b"[", b"{"))) > MOST_JSON_MARKS:
        raise Problem("malformed", "It holds more values than any fax.")
    try:
        return Received(json.loads(body))
    except (ValueError, RecursionError):
        raise Problem("malformed", "The body is not JSON.") from None


def _form(stream: "_InTime", stack: ExitStack) -> Received:
    def spool(*_: object, **__: object) -> IO[bytes]:
        return cast(IO[bytes], _Landing(stack.enter_context(services().spool())))

    parser = FormDataParser(
        stream_factory=spool,
        max_form_memory_size=MOST_FIELD_BYTES,
        max_form_parts=MOST_PARTS,
        silent=False,
    )
    options = request.mimetype_params
    try:
        _, fields, files = parser.parse(
            cast(IO[bytes], stream), FORM, request.content_length, options
        )
    except ValueError:
        raise Problem("malformed", f"The body is not {FORM}.") from None
    found = [(name, _upload(each)) for name, each in files.items(multi=True)]
    return Received(fields, tuple(found))


def _upload(file: FileStorage) -> Upload:
    landing = cast(_Landing, file.stream)
    return Upload(file.filename or "", file.mimetype, landing.spool)


class _Landing:
    """What werkzeug writes a file into; by itself it would use a plain temporary file."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.write = spool.write

    def seek(self, *_: int) -> int:
        """Written once, read elsewhere."""
        return 0

    def close(self) -> None:
        """The spool closes with the request."""


class _InTime:
    """The body, which must have come by a certain time."""

    def __init__(self, stream: IO[bytes], steady: Callable[[], float]) -> None:
        self._stream = stream
        self._steady = steady
        self._end = steady() + PATIENCE_SECONDS

    def read(self, size: int = -1) -> bytes:
        """The next bytes; Problem when they come too late."""
        piece = self._stream.read(size)
        if self._steady() > self._end:
            raise Problem("too-slow")
        return piece
