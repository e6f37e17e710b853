"""The SQL of one topic, loaded from its file and run on one connection."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import aiosql

from catalog.columns import Row, to_column
from catalog.engine import Connection

SQL = Path(__file__).parent / "sql"


class Statements:
    """The named statements of `sql/<topic>.sql`; the caller uses the method its mark asks for."""

    def __init__(self, driver: str, topic: str, connection: Connection) -> None:
        self._queries = _load(driver, topic)
        self._connection = connection

    def run(self, name: str, /, **values: object) -> int:
        """A statement marked `!`; the number of rows it touched."""
        touched: int = getattr(self._queries, name)(self._connection, **_columns(values))
        return touched

    def run_many(self, name: str, /, rows: Iterable[Mapping[str, object]]) -> None:
        """A statement marked `*!`, once for each row."""
        getattr(self._queries, name)(self._connection, [_columns(row) for row in rows])

    def one(self, name: str, /, **values: object) -> Row | None:
        """A statement marked `^`: its first row."""
        row: Row | None = getattr(self._queries, name)(self._connection, **_columns(values))
        return row

    def value(self, name: str, /, **values: object) -> Any:
        """A statement marked `$`: the only column of its first row, None without a row."""
        return getattr(self._queries, name)(self._connection, **_columns(values))

    def all(self, name: str, /, **values: object) -> list[Row]:
        """A statement without a mark: all its rows."""
        return list(getattr(self._queries, name)(self._connection, **_columns(values)))


@cache
def _load(driver: str, topic: str) -> Any:
    return aiosql.from_path(SQL / f"{topic}.sql", driver, encoding="utf-8")


def _columns(values: Mapping[str, object]) -> dict[str, Any]:
    return {name: to_column(value) for name, value in values.items()}
