"""The SQLite file: private, durable, readable by any tool, and of the shape we released."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog import Catalog, Mailbox
from catalog.journal import EventJournal
from catalog.migrate import engine_at

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHAPES = Path(__file__).parent / "shapes"


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "data" / "catalog.db"
    with closing(Catalog.open(str(path))) as catalog:
        with catalog.transaction() as tx:
            tx.mailboxes.watch(Mailbox("1-2", "1", "2", "Front desk", "101"), NOW)
        yield path


def test_only_the_owner_can_read_it(path: Path) -> None:
    assert path.parent.stat().st_mode & 0o777 == 0o700
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["catalog.db", "catalog.db-shm", "catalog.db-wal"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    path.chmod(0o644)
    Catalog.open(str(path)).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_any_sqlite_tool_can_open_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT name, added_at FROM mailboxes").fetchall() == [
            ("Front desk", "2026-03-01T12:00:00.000Z")
        ]
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_every_commit_is_synced_and_references_hold(tmp_path: Path) -> None:
    names = ("synchronous", "foreign_keys", "busy_timeout")
    engine = engine_at(str(tmp_path / "x.db"), "test")
    with closing(engine), engine.writing() as connection:
        rows = [connection.execute(f"PRAGMA {name}").fetchone() for name in names]
    assert [next(iter(row.values())) for row in rows] == [2, 1, 30000]


def shape(path: Path) -> str:
    with closing(sqlite3.connect(path)) as plain:
        rows = plain.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
            "ORDER BY tbl_name, type DESC, name"
        )
        return "".join(f"{sql};\n" for (sql,) in rows)


def released(series: str) -> list[Path]:
    return sorted(SHAPES.glob(f"{series}_*.sql"))


def test_the_newest_shape_is_kept_here_as_it_was_released(path: Path, tmp_path: Path) -> None:
    EventJournal.open(str(tmp_path / "events.db")).close()
    assert shape(path) == released("catalog")[-1].read_text()
    assert shape(tmp_path / "events.db") == released("journal")[-1].read_text()


@pytest.mark.parametrize("snapshot", released("catalog"), ids=lambda path: path.stem)
def test_every_released_shape_comes_up_to_date(path: Path, tmp_path: Path, snapshot: Path) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as plain:
        plain.executescript(snapshot.read_text())
        version = int(snapshot.stem.split("_")[1])
        plain.executemany(
            "INSERT INTO schema_migrations VALUES ('catalog', ?, '')",
            [(number,) for number in range(1, version + 1)],
        )
        plain.commit()
    Catalog.open(str(old)).close()
    assert shape(old) == shape(path)
