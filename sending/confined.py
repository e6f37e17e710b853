"""Runs the PDF program on one document: without our environment, in memory, within limits."""

import os
import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from sending.fax import Document

PATIENCE = 60.0
"""Seconds by the clock; the program has limits of its own for memory and processor time."""
LARGEST_ANSWER = 64 * 1024 * 1024
_REFUSED = 3
_TURNS = threading.BoundedSemaphore(2)
"""Each may take most of a gigabyte for a document made to do harm."""
_START = (
    # The room's own front door would load an HTTP client and telephone tables as well.
    "import sys, types\n"
    "room = types.ModuleType('sending')\n"
    f"room.__path__ = [{str(Path(__file__).parent)!r}]\n"
    "sys.modules['sending'] = room\n"
    "from sending.pdf_program import main\n"
    "main()\n"
)


class RefusedError(Exception):
    """`reason`: password, locked, broken, cut, pages, complex, letters, fit, picture or xfa."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def run(job: str, document: Document) -> bytes:
    """What the program answers to "read" or "bake". Raises RefusedError.

    The document lies in anonymous memory, never in a file: nothing of a fax is on disk unencrypted.
    """
    with _TURNS, ExitStack() as held:
        given = held.enter_context(_anonymous())
        found = held.enter_context(_anonymous())
        with document.open() as source:
            shutil.copyfileobj(source, given, 64 * 1024)
        given.seek(0)
        code = _run(job, given, found)
        found.seek(0)
        if code == _REFUSED:
            raise RefusedError(found.read(20).decode("ascii", "replace"))
        if code != 0:
            raise RefusedError("complex")
        return found.read(LARGEST_ANSWER)


def _run(job: str, given: BinaryIO, found: BinaryIO) -> int:
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _START, job],
            stdin=given,
            stdout=found,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode


def _anonymous() -> BinaryIO:
    return os.fdopen(os.memfd_create("document", os.MFD_CLOEXEC), "w+b", buffering=0)
