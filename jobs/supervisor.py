"""Keeps child processes running until told to stop; a child that dies is started again."""

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from types import FrameType

log = logging.getLogger(__name__)

SHORT_LIFE_SECONDS = 5.0
RESTART_PAUSE_SECONDS = 2.0
STOP_PATIENCE_SECONDS = 35.0


class Supervisor:
    """Starts commands, restarts what dies, and ends all of them on SIGTERM or SIGINT.

    Each child has a session of its own, so Ctrl-C reaches it once and in order: through us.
    """

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._commands: list[Sequence[str]] = []
        self._children: list[tuple[subprocess.Popen[bytes], float]] = []

    def start(self, command: Sequence[str]) -> None:
        self._commands.append(command)
        self._children.append(self._spawn(command))

    def run(self) -> None:
        """Watch the children; returns when a signal came and all of them have ended."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._stopping.wait(0.2):
            for place in range(len(self._children)):
                self._revive(place)
        self._end_all()

    def stop(self) -> None:
        """End the children now; for a start that failed half-way."""
        self._end_all()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping.set()

    def _spawn(self, command: Sequence[str]) -> tuple[subprocess.Popen[bytes], float]:
        child = subprocess.Popen(command, start_new_session=True)
        return child, time.monotonic()

    def _revive(self, place: int) -> None:
        child, started = self._children[place]
        if child.poll() is None:
            return
        log.warning(
            "%s ended with %s; starting it again.", self._commands[place][-1], child.returncode
        )
        if time.monotonic() - started < SHORT_LIFE_SECONDS:
            self._stopping.wait(RESTART_PAUSE_SECONDS)
        if not self._stopping.is_set():
            self._children[place] = self._spawn(self._commands[place])

    def _end_all(self) -> None:
        for child, _ in self._children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_PATIENCE_SECONDS
        for child, _ in self._children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
