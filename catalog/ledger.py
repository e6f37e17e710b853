"""The lines of the ledger as the catalog mirrors them, so that the chain has one tail for all."""

from dataclasses import dataclass
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements


@dataclass(frozen=True)
class LedgerRow:
    """One line; `line` is its exact text, `hash` what the next line refers to."""

    seq: int
    at: datetime
    kind: str
    fax_id: str | None
    hash: str
    line: str


class Ledger:
    """The ledger inside one transaction; within a writing one the tail stays the tail."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def tail(self) -> LedgerRow | None:
        """The last line, None when there is none."""
        row = self._sql.one("tail")
        return from_row(LedgerRow, row) if row else None

    def append(self, row: LedgerRow) -> None:
        """Add the line. A sequence number that is taken ends the transaction with CatalogError."""
        self._sql.run("append", **vars(row))

    def after(self, seq: int, limit: int) -> list[LedgerRow]:
        """At most `limit` lines that follow `seq`, in order."""
        rows = self._sql.all("after_seq", seq=seq, limit=limit)
        return [from_row(LedgerRow, row) for row in rows]

    def of(self, fax_id: str) -> list[LedgerRow]:
        """The lines that speak of a fax, in order."""
        return [from_row(LedgerRow, row) for row in self._sql.all("of_fax", fax_id=fax_id)]

    def count(self) -> int:
        """How many lines there are."""
        lines: int = self._sql.value("count")
        return lines
