"""The writes that keeping a fax durably asks of a disk, with nothing computed.

Two files in a folder of their own, renamed into place; one committed row; one line of a text file.
"""

import os
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from archive.filesystem import Disk, pass_by, write_all

RECORD = b"x" * 1500
LINE = b"x" * 1000 + b"\n"


class BareWrites:
    """One root folder; any thread may keep files in it."""

    def __init__(self, root: Path) -> None:
        self._disk = Disk(root / "archive", pass_by)
        self._rows = sqlite3.connect(
            root / "rows.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._rows.execute("PRAGMA journal_mode = WAL")
        self._rows.execute("PRAGMA synchronous = FULL")
        self._rows.execute("CREATE TABLE lines (line)")
        self._lines = root / "lines"
        self._turn = threading.Lock()

    def keep_all(self, files: Sequence[Path], threads: int) -> None:
        """Keep each file; every one is durable before its thread takes the next."""
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(self._keep, files))
        self._rows.close()

    def _keep(self, file: Path) -> None:
        with self._disk.staged_folder() as staged:
            write_all(staged.create("document"), file.read_bytes())
            write_all(staged.create("record"), RECORD)
            staged.publish(self._disk.root / "day" / file.stem, "fax")
        with self._turn:
            self._rows.execute("INSERT INTO lines VALUES (?)", (LINE,))
            self._append()

    def _append(self) -> None:
        descriptor = os.open(self._lines, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        write_all(descriptor, LINE)
        os.fsync(descriptor)
        os.close(descriptor)
