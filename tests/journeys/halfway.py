"""A rebuild that kills itself when it has read half of the archive back."""

import os
import signal
from collections.abc import Iterable, Iterator

from settings import read_settings
from tests.journeys.commands import become
from wiring import House


def rebuild_half(environment: dict[str, str], log: str) -> None:
    """Begin a rebuild; it never ends."""
    become(environment, log, log)
    with House(read_settings()) as house:
        house.rebuild(progress=_half)


def _half(folders: Iterable[str]) -> Iterator[str]:
    every = list(folders)
    yield from every[: len(every) // 2]
    os.kill(os.getpid(), signal.SIGKILL)
