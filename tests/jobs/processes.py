"""Waiting for what other processes do, without sleeping for luck."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30.0


@contextmanager
def program(source: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run Python source with our rooms in reach; whatever happens, it is gone afterwards."""
    child = subprocess.Popen(
        [sys.executable, "-c", source, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def next_line(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def wait_until(condition: Callable[[], bool], within: float = PATIENCE_SECONDS) -> float:
    """How many seconds it took until the condition held."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < within, "it did not come to pass"
        time.sleep(0.01)
    return time.monotonic() - started


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []
