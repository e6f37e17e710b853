"""A database of any earlier shape becomes the present one, on either database."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from catalog import Catalog
from catalog.catalog import MIGRATIONS
from catalog.engine import Engine
from catalog.journal import MIGRATIONS as JOURNAL_MIGRATIONS
from catalog.migrate import engine_at, migrate, open_engine
from errors import CatalogError

STEPS = {
    "0001_first.sql": "CREATE TABLE a (id {text} PRIMARY KEY, n BIGINT);\n"
    "-- a comment; with a semicolon\nINSERT INTO a (id, n) VALUES ('x;y', 1);\n",
    "0002_second.sql": "ALTER TABLE a ADD COLUMN more {text};\nUPDATE a SET more = 'm';\n",
    "0003_third.sql": "CREATE TABLE b (body {blob}, share {float}, id {identity});\n",
}


@pytest.fixture
def engine(database_address: str) -> Iterator[Engine]:
    with closing(engine_at(database_address, "test")) as opened:
        yield opened


def write_steps(folder: Path, count: int) -> Path:
    folder.mkdir(exist_ok=True)
    for name, script in list(STEPS.items())[:count]:
        (folder / name).write_text(script)
    return folder


def rows(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.reading() as connection:
        return [tuple(row.values()) for row in connection.execute(statement).fetchall()]


@pytest.mark.parametrize("older", [0, 1, 2, 3])
def test_every_older_shape_comes_up_to_date(engine: Engine, tmp_path: Path, older: int) -> None:
    migrate(engine, "test", write_steps(tmp_path / "steps", older))
    migrate(engine, "test", write_steps(tmp_path / "steps", 3))
    migrate(engine, "test", tmp_path / "steps")
    assert rows(engine, "SELECT id, n, more FROM a") == [("x;y", 1, "m")]
    assert rows(engine, "SELECT version, name FROM schema_migrations ORDER BY version") == [
        (1, "0001_first"),
        (2, "0002_second"),
        (3, "0003_third"),
    ]


def test_a_newer_database_is_refused_in_plain_words(engine: Engine, tmp_path: Path) -> None:
    migrate(engine, "test", write_steps(tmp_path / "new", 3))
    with pytest.raises(CatalogError, match="newer Faxkeep"):
        migrate(engine, "test", write_steps(tmp_path / "old", 2))


def test_a_failed_step_leaves_the_shape_before_it(engine: Engine, tmp_path: Path) -> None:
    folder = write_steps(tmp_path / "steps", 1)
    broken = folder / "0002_broken.sql"
    broken.write_text(
        "UPDATE a SET n = 2;\nCREATE TABLE c (x {text});\nINSERT INTO d VALUES (1);\n"
    )
    with pytest.raises(CatalogError):
        migrate(engine, "test", folder)
    assert rows(engine, "SELECT n FROM a") == [(1,)]
    broken.write_text("CREATE TABLE c (x {text});\n")
    migrate(engine, "test", folder)
    assert rows(engine, "SELECT x FROM c") == []


def test_series_count_their_steps_apart(engine: Engine, tmp_path: Path) -> None:
    migrate(engine, "test", write_steps(tmp_path / "steps", 3))
    migrate(engine, "journal", JOURNAL_MIGRATIONS)
    assert rows(
        engine, "SELECT series, MAX(version) FROM schema_migrations GROUP BY 1 ORDER BY 1"
    ) == [
        ("journal", len(list(JOURNAL_MIGRATIONS.iterdir()))),
        ("test", 3),
    ]


def test_steps_are_numbered_without_gaps() -> None:
    for folder in (MIGRATIONS, JOURNAL_MIGRATIONS):
        numbers = [int(step.name[:4]) for step in sorted(folder.iterdir())]
        assert numbers == list(range(1, len(numbers) + 1))


def test_what_cannot_be_opened_is_a_catalog_error(database_address: str, tmp_path: Path) -> None:
    if database_address.startswith("postgresql"):
        wrong = database_address.replace("/postgres?", "/no_such_database?")
    else:
        (tmp_path / "text").write_text("This is no database, but long enough to be read as one.")
        wrong = str(tmp_path / "text")
    with pytest.raises(CatalogError):
        Catalog.open(wrong)
    with pytest.raises(CatalogError):
        open_engine(str(tmp_path), "catalog", MIGRATIONS)
