"""Counts the pages a file to be faxed will have, as far as a simulator needs to know."""

import io

import pikepdf
from PIL import Image, UnidentifiedImageError

from simulator.multipart import Part

LINES_PER_PAGE = 60


class UnreadableError(Exception):
    """The file is not what it claims to be."""


def count(part: Part) -> int:
    """Pages of a PDF, TIFF or text; anything else counts as one. Raises UnreadableError."""
    name, kind = part.file_name.lower(), part.content_type
    if kind == "application/pdf" or name.endswith(".pdf"):
        return _pdf(part.data)
    if kind == "image/tiff" or name.endswith((".tif", ".tiff")):
        return _tiff(part.data)
    if kind.startswith("text/plain") or name.endswith(".txt"):
        return 1 + part.data.count(b"\n") // LINES_PER_PAGE
    return 1


def _pdf(data: bytes) -> int:
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            return len(document.pages)
    except pikepdf.PdfError:
        raise UnreadableError from None


def _tiff(data: bytes) -> int:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return int(getattr(image, "n_frames", 1))
    except (UnidentifiedImageError, OSError):
        raise UnreadableError from None
