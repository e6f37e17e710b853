"""Starts servers for a benchmark on free ports of this machine, and ends them with all they own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from serving import wait_for_port
from settings import Settings, environment_with

ROOT = Path(__file__).parent.parent
STOP_SECONDS = 40.0


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def module(name: str, *words: str) -> list[str]:
    """The command that runs one of our modules."""
    return [sys.executable, "-m", name, *words]


@contextmanager
def running(command: Sequence[str], chosen: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """Run a program with the settings `chosen`; its standard output can be read."""
    environment = environment_with(chosen)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            _end(process)


@contextmanager
def serving(command: Sequence[str], chosen: Mapping[str, str]) -> Iterator[Settings]:
    """Run a server until the block ends; it answers already."""
    with running(command, chosen):
        settings = Settings.from_env(chosen)
        wait_for_port(settings)
        yield settings


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
