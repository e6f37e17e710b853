"""Whether a PDF is whole, by its cross-reference table, its page tree and its end mark."""

import logging
import re
from typing import BinaryIO

import pikepdf

from errors import DocumentRefused

MOST_PAGES = 5000
"""More pages than any fax has; RingCentral sends at most 200."""

_TAIL = 2048
_LINEARIZED = re.compile(rb"/Linearized\b.{0,200}?/L\s+(\d{1,12})", re.DOTALL)

_UNREADABLE = (pikepdf.PdfError, RuntimeError, ValueError, TypeError, LookupError, ArithmeticError)
"""What pikepdf raises over bytes that are no sound PDF; an OSError is the disk's and goes on."""

_UNPACKED = 32 * 1024 * 1024
"""Bytes that any one packed stream of the structure may become: a bomb of some KB is refused."""

pikepdf.settings.set_qpdf_limits(
    flate_max_memory=_UNPACKED,
    png_max_memory=_UNPACKED,
    tiff_max_memory=_UNPACKED,
    run_length_max_memory=_UNPACKED,
    dct_max_memory=_UNPACKED,
    max_stream_filters=4,
    parser_max_container_size=1_000_000,
)

# qpdf's own words about a document are of no use to a person and may quote the document.
logging.getLogger("pikepdf").addHandler(logging.NullHandler())
logging.getLogger("pikepdf").propagate = False


def check_pdf(file: BinaryIO) -> tuple[int | None, str]:
    """Return pages (None: behind a password) and a note; DocumentRefused "structure", "truncated".

    Sound by qpdf's strict reading is "". What only qpdf's recovery can read, yet has pages and
    its end mark, is kept as "odd structure": fax servers do write such files.
    """
    _refuse_cut(file)
    try:
        pages, sound = _count_pages(file, recover=False)
    except pikepdf.PasswordError:
        return None, "encrypted"
    except _UNREADABLE:
        pages, sound = _recovered_pages(file), False
    if not 1 <= pages <= MOST_PAGES:
        raise DocumentRefused("structure", f"the PDF has {pages} pages")
    return pages, "" if sound else "odd structure"


def _refuse_cut(file: BinaryIO) -> None:
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    if b"%%EOF" not in file.read(_TAIL):
        raise DocumentRefused("structure", "the PDF has no end mark: its end is missing")
    file.seek(0)
    announced = _LINEARIZED.search(file.read(_TAIL))
    # ISO 32000-1 F.2: a linearized file says its own length, and has an end mark near its start.
    if announced and int(announced[1]) > size:
        raise DocumentRefused("truncated", "the PDF is shorter than it says itself")


def _count_pages(file: BinaryIO, recover: bool) -> tuple[int, bool]:
    file.seek(0)
    with pikepdf.open(file, attempt_recovery=recover, suppress_warnings=True) as pdf:
        return len(pdf.pages), not pdf.get_warnings()


def _recovered_pages(file: BinaryIO) -> int:
    try:
        return _count_pages(file, recover=True)[0]
    except _UNREADABLE:
        raise DocumentRefused("structure", "the PDF cannot be read") from None
