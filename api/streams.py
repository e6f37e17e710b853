"""Answers of many bytes: whole before the first goes out, and never plain on disk."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeVar, cast

from flask import Response

from api.services import services

Made = TypeVar("Made")
PIECE = 64 * 1024


def streamed(write: Callable[[BinaryIO], Made]) -> tuple[Made, Response]:
    """What `write` returned, and an answer with what it wrote, of known length."""
    spool = services().spool()
    try:
        made = write(cast(BinaryIO, spool))
    except BaseException:
        spool.close()
        raise
    answer = Response(_pieces(spool.reader()))
    answer.call_on_close(spool.close)
    answer.content_length = spool.size
    return made, answer


def _pieces(reader: BinaryIO) -> Iterator[bytes]:
    while piece := reader.read(PIECE):
        yield piece
