"""Brings a database to the shape this program knows, one numbered step at a time."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from catalog.engine import Connection, Engine
from catalog.sqlite import Sqlite
from catalog.statements import Statements
from errors import CatalogError


def open_engine(address: str, series: str, folder: Path) -> Engine:
    """The engine behind `address`, its tables of `series` in the shape of `folder`.

    `address` is the path of a SQLite file or `postgresql://...`. Raises CatalogError.
    """
    # The note-book of all series is one table, so whoever migrates queues under one name.
    with closing(engine_at(address, "migrations")) as engine:
        migrate(engine, series, folder)
    return engine_at(address, series)


def migrate(engine: Engine, series: str, folder: Path) -> None:
    """Take every step of `folder` (`0001_name.sql`, ...) that `series` lacks.

    A step and the note that it was taken are one transaction in which nobody else writes, so any
    number of processes may open at once. Raises CatalogError when the database is ahead of us.
    """
    steps = sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    while _take_next(engine, series, steps):
        pass


def _take_next(engine: Engine, series: str, steps: Sequence[Path]) -> bool:
    with engine.writing() as connection:
        notes = Statements(engine.driver, "migrations", connection)
        notes.run("create_notes")
        reached: int = notes.value("reached", series=series)
        if reached > len(steps):
            raise CatalogError(
                f"This database was written by a newer Faxkeep (its {series} has shape {reached}, "
                f"this program knows {len(steps)}). Start the newer program instead."
            )
        if reached == len(steps):
            return False
        _run(engine, connection, steps[reached])
        notes.run("note", series=series, version=reached + 1, name=steps[reached].stem)
    return True


def _run(engine: Engine, connection: Connection, step: Path) -> None:
    script = step.read_text(encoding="utf-8")
    for name, column_type in engine.column_types.items():
        script = script.replace(f"{{{name}}}", column_type)
    for statement in _statements(script):
        connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """One statement at a time: `executescript` would commit what came before it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def engine_at(address: str, series: str) -> Engine:
    """The engine behind `address`, whatever shape its tables have; writers of a series queue up."""
    if not address.startswith(("postgresql://", "postgres://")):
        return Sqlite(Path(address))
    # Only here: an installation on SQLite needs no PostgreSQL library.
    from catalog.postgresql import Postgresql

    return Postgresql(address, series)
