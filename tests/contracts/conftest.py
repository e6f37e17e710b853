"""The two databases every catalog contract is held to: a SQLite file and a PostgreSQL server."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path

import psycopg
import pytest

from catalog import Catalog, Transaction
from tests.postgresql import server_of

_numbers = count(1)


@pytest.fixture(scope="session")
def postgresql_server(pytestconfig: pytest.Config) -> str:
    """The address of a PostgreSQL that all workers of the test run share."""
    return server_of(pytestconfig)


@contextmanager
def own_schema(server: str) -> Iterator[str]:
    """The address of an empty schema that is gone afterwards."""
    name = f"faxkeep_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        yield f"{server}&options=-csearch_path%3D{name}"
        connection.execute("SET lock_timeout = '5s'")
        connection.execute("SET client_min_messages = warning")
        connection.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def postgresql_address(postgresql_server: str) -> Iterator[str]:
    """The address of an empty schema of its own."""
    with own_schema(postgresql_server) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "catalog.db")
    address: str = request.getfixturevalue("postgresql_address")
    return address


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_catalog(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Catalog]:
    """A catalog of each kind, for tests that leave nothing in it."""
    if request.param == "sqlite":
        with closing(Catalog.open(str(tmp_path_factory.mktemp("shared") / "catalog.db"))) as made:
            yield made
        return
    server = request.getfixturevalue("postgresql_server")
    with own_schema(server) as address, closing(Catalog.open(address)) as made:
        yield made


class _Undo(Exception):
    """Rolls a test's transaction back."""


@pytest.fixture
def tx(shared_catalog: Catalog) -> Iterator[Transaction]:
    """A transaction on an empty catalog, undone afterwards: much faster than a catalog anew."""
    with suppress(_Undo), shared_catalog.transaction() as transaction:
        yield transaction
        raise _Undo
