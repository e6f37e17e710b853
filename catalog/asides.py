"""Bytes that failed the truth check and were kept aside: where they lie, and why."""

from dataclasses import asdict, dataclass
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements


@dataclass(frozen=True)
class Aside:
    """One refused download of a fax; `reason` is the short stable word, `detail` the sentence."""

    fax_id: str
    sha256: str
    folder: str
    reason: str
    detail: str
    size: int
    at: datetime


class Asides:
    """What was kept aside, inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def add(self, aside: Aside) -> bool:
        """Keep it; False when the same bytes of the same fax are known already."""
        return self._sql.run("add", **asdict(aside)) == 1

    def of(self, fax_id: str) -> list[Aside]:
        """What was kept aside for the fax, the oldest first."""
        return [from_row(Aside, row) for row in self._sql.all("of_fax", fax_id=fax_id)]

    def all(self) -> list[Aside]:
        """Everything kept aside, the oldest first."""
        return [from_row(Aside, row) for row in self._sql.all("everything")]
