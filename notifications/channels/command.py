"""A command of the user's own: started for each notice, told the facts on its standard input.

No shell, and nothing of a notice in the process list or the environment. Exit code 0 means taken.
"""

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from errors import NotDelivered
from notifications.channel import Documents
from notifications.notice import Notice
from notifications.options import Options
from notifications.payload import payload

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
"""All that it gets: our own environment holds secrets."""


@dataclass(frozen=True)
class Command:
    """Runs a program with fixed arguments, for `seconds` at most."""

    argv: tuple[str, ...]
    seconds: float
    with_number: bool = False
    wants_documents = False

    def deliver(self, notice: Notice, documents: Documents) -> str:
        """Carry it. Raises NotDelivered."""
        try:
            child = subprocess.Popen(
                self.argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise NotDelivered(f"the command cannot be started: {why}", whole=True) from None
        try:
            code = self._ended(child, payload(notice))
        finally:
            _end_all(child)
        if code != 0:
            raise NotDelivered(f"the command ended with {code}")
        return ""

    def _ended(self, child: subprocess.Popen[bytes], told: bytes) -> int:
        try:
            # One that does not read its input is no failure: its exit code says what it thinks.
            child.communicate(told, timeout=self.seconds)
        except subprocess.TimeoutExpired:
            raise NotDelivered(
                f"the command did not end within {self.seconds:g} s", whole=True
            ) from None
        return child.returncode


def _end_all(child: subprocess.Popen[bytes]) -> None:
    """End one that still runs, with everything that it has started."""
    if child.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    if child.stdin is not None:
        with suppress(OSError):
            child.stdin.close()
    child.wait()


def read(options: Options) -> Command:
    """The command that a table describes."""
    argv = options.texts("argv", needed=True)
    program = Path(argv[0]) if argv else Path("/")
    if argv and not (program.is_absolute() and program.is_file() and os.access(program, os.X_OK)):
        options.problem("argv must begin with the absolute path of a program that may be run")
    seconds = options.whole("seconds", 30, 1, 600)
    return Command(argv, seconds, options.switch("with_number"))
