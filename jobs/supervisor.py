"""Keeps child processes running until told to stop; a child that dies is started again."""

import ctypes
import logging
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
WATCH_SECONDS = 0.2
RESTART_SPACING_SECONDS = 5.0
"""A child that lives longer is started again at once; one that keeps dying, this seldom."""
STOP_PATIENCE_SECONDS = 35.0


class Supervisor:
    """Starts commands, restarts what dies, and ends all of them on SIGTERM or SIGINT.

    Each child has a session of its own, so Ctrl-C reaches it once and in order: through us.
    """

    def __init__(self) -> None:
        # Not an Event: its lock could be held by the very thread that a signal interrupts.
        self._stopping = False
        self._commands: list[Sequence[str]] = []
        self._children: list[tuple[subprocess.Popen[bytes], float]] = []
        # Before any child exists, so that no signal can end us and leave one behind.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def start(self, command: Sequence[str]) -> None:
        self._commands.append(command)
        self._children.append(self._spawn(command))

    def run(self) -> None:
        """Watch the children; returns when a signal came and all of them have ended."""
        while not self._stopping:
            time.sleep(WATCH_SECONDS)
            for place in range(len(self._children)):
                self._revive(place)
        self._end_all()

    def stop(self) -> None:
        """End the children now; for a start that failed half-way."""
        self._end_all()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _spawn(self, command: Sequence[str]) -> tuple[subprocess.Popen[bytes], float]:
        child = subprocess.Popen(command, start_new_session=True, preexec_fn=end_with_parent)
        return child, time.monotonic()

    def _revive(self, place: int) -> None:
        child, started = self._children[place]
        is_early = time.monotonic() - started < RESTART_SPACING_SECONDS
        if child.poll() is None or is_early or self._stopping:
            return
        log.warning(
            "%s ended with %s; starting it again.", self._commands[place][-1], child.returncode
        )
        _end_leftovers(child)
        self._children[place] = self._spawn(self._commands[place])

    def _end_all(self) -> None:
        for child, _ in self._children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_PATIENCE_SECONDS
        for child, _ in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, deadline - time.monotonic()))
            _end_leftovers(child)
            child.wait()
        self._children.clear()


def _end_leftovers(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a child's session: a web server's own child would keep the port."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def end_with_parent() -> None:
    """Have the kernel send SIGTERM to this process when its parent dies (Linux, prctl(2)).

    A supervisor that was killed must not leave a web process behind that holds the port.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
