"""Whether the bytes we hold are the whole, true document, decided before they are archived."""

from dataclasses import dataclass

from archive.pdf_check import check_pdf
from archive.spool import Spool
from archive.tiff_check import count_tiff_pages
from errors import DocumentRefused

_HEAD = 1024
_TIFF_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_TYPE_KINDS = {"application/pdf": "pdf", "application/x-pdf": "pdf", "image/tiff": "tiff"}


@dataclass(frozen=True)
class Claim:
    """What the sender said of the document; `pages` None or 0 means not given."""

    content_type: str | None
    size: int | None
    pages: int | None


@dataclass(frozen=True)
class DocumentFacts:
    """What the bytes are: kind "pdf" or "tiff", note "", "encrypted" or "odd structure".

    `size` in bytes, `sha256` in hex, `pages` None when the document does not tell.
    """

    kind: str
    sha256: str
    size: int
    pages: int | None
    note: str


def check_document(spool: Spool, claim: Claim) -> DocumentFacts:
    """Read the document once over without drawing it, in constant memory.

    DocumentRefused with reason empty, length, not-a-document, type, truncated, structure or pages.
    """
    if not spool.size:
        raise DocumentRefused("empty", "the document is empty")
    with spool.reader() as file:
        kind = _kind(file.read(_HEAD))
        _compare_length(spool.size, claim.size)
        _compare_type(kind, claim.content_type)
        pages, note = check_pdf(file) if kind == "pdf" else (count_tiff_pages(file), "")
    if claim.pages and pages is not None and claim.pages != pages:
        raise DocumentRefused("pages", f"{pages} pages came where {claim.pages} were announced")
    return DocumentFacts(kind, spool.sha256, spool.size, pages, note)


def _kind(head: bytes) -> str:
    if head.startswith(_TIFF_MARKS):
        return "tiff"
    if b"%PDF-" in head:
        return "pdf"
    raise DocumentRefused("not-a-document", _likeness(head))


def _likeness(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "the bytes look like an HTML page, not a PDF or TIFF"
    if text.startswith((b"{", b"[")):
        return "the bytes look like JSON, not a PDF or TIFF"
    return "the bytes are neither PDF nor TIFF"


def _compare_length(size: int, announced: int | None) -> None:
    if announced is not None and announced != size:
        raise DocumentRefused("length", f"{size} bytes came where {announced} were announced")


def _compare_type(kind: str, content_type: str | None) -> None:
    essence = (content_type or "").partition(";")[0].strip().lower()
    announced = _TYPE_KINDS.get(essence, kind)
    if announced != kind:
        raise DocumentRefused(
            "type", f"a {kind.upper()} came where a {announced.upper()} was announced"
        )
