"""Documents from files, bytes and plain text; nothing is read before it is needed."""

import io
from pathlib import Path
from typing import BinaryIO

from errors import UserError
from sending.fax import Document

TEXT = "text/plain; charset=utf-8"


def document_from_file(path: Path, content_type: str = "") -> Document:
    """A file on this machine, read while it is sent; UserError when it cannot be opened."""

    def opened() -> BinaryIO:
        try:
            return path.open("rb")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise UserError(f"A document cannot be read: {reason}.") from None

    with opened() as file:
        if not file.seekable() or not path.is_file():
            raise UserError("A document cannot be read: it is not a file.")
        return Document(path.name, content_type, file.seek(0, io.SEEK_END), opened)


def document_from_bytes(name: str, data: bytes, content_type: str = "") -> Document:
    """A document held in memory."""
    return Document(name, content_type, len(data), lambda: io.BytesIO(data))


def document_from_text(text: str, name: str = "message.txt") -> Document:
    """A text as a document of its own; lines end as the network wants them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    return document_from_bytes(name, lines.encode("utf-8", "replace"), TEXT)
