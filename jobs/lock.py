"""One worker for each data folder: a lock that dies with its process."""

import fcntl
import os
from pathlib import Path

from errors import UserError


class WorkerLock:
    """Held from construction until `close`, or until the process ends in whatever way.

    The file tells the number of the process that holds it, or held it last.

    Raises:
        UserError: another worker holds it.
    """

    def __init__(self, file: Path) -> None:
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._handle, 20, 0).decode("ascii", "replace").strip()
            os.close(self._handle)
            raise UserError(
                f"Another worker is running on {file.parent} (process {holder or 'unknown'})."
                " Stop it first, or use another folder."
            ) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def close(self) -> None:
        os.close(self._handle)
