"""What stands beside many faxes at once: a register of thousands must not ask for each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from catalog.columns import Row, from_row
from catalog.documents import DocumentRow
from catalog.fax_rows import Recipient
from catalog.statements import Statements

T = TypeVar("T")


@dataclass(frozen=True)
class LoggedCall:
    """One call for a fax: to the recipient at `position` (None: not known), `seconds` long."""

    position: int | None
    started_at: datetime | None
    seconds: float | None
    result: str


@dataclass(frozen=True)
class Beside:
    """What is known of some faxes, by the id of the fax; one without any is left out.

    `seen` is when the last state of each recipient was first seen, by fax and position. `lines`
    are the last lines of the ledger that archived or lost a fax, `sendings` the id of each order
    and who gave it.
    """

    recipients: Mapping[str, Sequence[Recipient]]
    seen: Mapping[tuple[str, int], datetime]
    documents: Mapping[str, Sequence[DocumentRow]]
    calls: Mapping[str, Sequence[LoggedCall]]
    lines: Mapping[str, int]
    sendings: Mapping[str, tuple[str, str]]


class Registers:
    """Registers inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def beside(self, since: datetime, until: datetime) -> Beside:
        """What stands beside the faxes created in [since, until)."""

        def rows(name: str) -> list[Row]:
            return self._sql.all(name, since=since, until=until)

        seen = ((row["fax_id"], row["position"], row["seen_at"]) for row in rows("steps"))
        return Beside(
            recipients=dict(_by_fax(Recipient, rows("recipients"))),
            seen={(fax, place): datetime.fromisoformat(at) for fax, place, at in seen},
            documents=dict(_by_fax(DocumentRow, rows("documents"))),
            calls=dict(_by_fax(LoggedCall, rows("calls"))),
            lines={row["fax_id"]: row["seq"] for row in rows("lines")},
            sendings={row["fax_id"]: (row["id"], row["requested_by"]) for row in rows("sendings")},
        )


def _by_fax(kind: type[T], rows: Sequence[Row]) -> Iterator[tuple[str, list[T]]]:
    for fax_id, group in groupby(rows, key=lambda row: row["fax_id"]):
        yield fax_id, [from_row(kind, _without_fax(row)) for row in group]


def _without_fax(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "fax_id"}
