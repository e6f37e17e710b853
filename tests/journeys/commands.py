"""Runs the command line in processes of their own, forked from one that has imported it already.

So a command costs milliseconds instead of the second that importing takes, and a test can afford
many. The processes are as real as any: they have their own environment and die of signals.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cli

PATIENCE_SECONDS = 60.0
_one_reader = threading.Lock()
"""multiprocessing reads the exit codes of all children whenever one is started; each comes once."""
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.journeys.commands"])


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code (negative: the signal) and what it wrote."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()


def fork(target: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Start a function of an importable module in a process of its own, gone when we are."""
    process = _FORKING.Process(target=target, args=arguments, daemon=True)
    with _one_reader:
        process.start()
    return process


def start(environment: Mapping[str, str], log: Path, *words: str) -> BaseProcess:
    """Start a long-running command; both of its outputs are appended to `log`."""
    return fork(_obey, dict(environment), words, str(log), str(log))


def run(environment: Mapping[str, str], *words: str, out: str = "") -> Outcome:
    """Run a command to its end; `out` is where its standard output goes instead."""
    with TemporaryDirectory() as folder:
        kept, err = Path(folder, "out"), Path(folder, "err")
        process = fork(_obey, dict(environment), words, out or str(kept), str(err))
        code = ended(process)
        return Outcome(code, kept.read_bytes() if kept.exists() else b"", err.read_text())


def ended(process: BaseProcess, within: float = PATIENCE_SECONDS) -> int:
    """Wait for the end of a process; kills it and fails when that takes too long."""
    ended_by_itself = bool(wait([process.sentinel], within))
    if not ended_by_itself:
        process.kill()
        wait([process.sentinel])
    with _one_reader:
        process.join()
        code = process.exitcode
        process.close()
    assert ended_by_itself, "the process did not end"
    assert code is not None
    return code


def _obey(environment: dict[str, str], words: tuple[str, ...], out: str, err: str) -> None:
    become(environment, out, err)
    sys.argv = ["faxkeep", *words]
    cli.main()


def become(environment: dict[str, str], out: str, err: str) -> None:
    """Take on another environment and other outputs; Ctrl-C works as in a shell."""
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for descriptor, name in ((1, out), (2, err)):
        opened = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOCTTY, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
