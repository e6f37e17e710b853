"""Reads or bakes one PDF in a process of its own, which may die of a document made to do harm.

Standard input is the document, as a file; standard output the answer. Started by `confined`.
"""

import io
import json
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import BinaryIO

import pikepdf

from sending.annotations import TooManyError
from sending.baking import CannotBakeError, bake
from sending.pdf_facts import facts_of, told_pages

MEMORY = 768 * 1024 * 1024
SECONDS = 10
LARGEST_ANSWER = 64 * 1024 * 1024
MOST_PAGES = 200
REFUSED = 3
"""The exit code with which standard output is a short word: why not."""

_UNPACKED = 32 * 1024 * 1024
_UNREADABLE = (pikepdf.PdfError, RuntimeError, ValueError, TypeError, LookupError, ArithmeticError)
_TAIL = 2048


class RefusedError(Exception):
    """A document that can be neither read nor baked."""


def read(file: BinaryIO) -> bytes:
    """The facts as JSON."""
    with _opened(file) as pdf:
        facts = facts_of(pdf, MOST_PAGES)
    if not facts.pages:
        raise RefusedError("broken")
    return json.dumps(asdict(facts)).encode()


def baked(file: BinaryIO) -> bytes:
    """The document with all it shows in its pages."""
    with _opened(file) as pdf:
        if told_pages(pdf) > MOST_PAGES or len(pdf.pages) > MOST_PAGES:
            raise RefusedError("pages")
        if pdf.is_encrypted:
            raise RefusedError("locked")
    file.seek(0)
    with pikepdf.open(file, suppress_warnings=True) as pdf:
        bake(pdf)
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


JOBS: dict[str, Callable[[BinaryIO], bytes]] = {"read": read, "bake": baked}


def answer(job: str, file: BinaryIO) -> tuple[int, bytes]:
    """Exit code and output of a job, whatever the document is."""
    work = JOBS[job]
    try:
        return 0, work(file)
    except RefusedError as error:
        return REFUSED, str(error).encode()
    except CannotBakeError as error:
        return REFUSED, error.reason.encode()
    except (MemoryError, TooManyError, RecursionError):
        return REFUSED, b"complex"
    except pikepdf.PasswordError:
        return REFUSED, b"password"
    except _UNREADABLE:
        return REFUSED, b"broken"


def main() -> None:
    """Do the job named on the command line, within limits."""
    confine()
    code, output = answer(sys.argv[1], sys.stdin.buffer)
    sys.stdout.buffer.write(output)
    sys.stdout.flush()
    sys.exit(code)


def confine() -> None:
    """Let this process have no more memory, time and output than any fax needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_ANSWER, LARGEST_ANSWER))
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=_UNPACKED,
        png_max_memory=_UNPACKED,
        tiff_max_memory=_UNPACKED,
        run_length_max_memory=_UNPACKED,
        dct_max_memory=_UNPACKED,
        max_stream_filters=4,
        parser_max_container_size=1_000_000,
    )


def _opened(file: BinaryIO) -> pikepdf.Pdf:
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    if b"%%EOF" not in file.read(_TAIL):
        raise RefusedError("cut")
    file.seek(0)
    # To hand attributes down to the pages is to walk them all, before their number is known.
    return pikepdf.open(file, suppress_warnings=True, inherit_page_attributes=False)
