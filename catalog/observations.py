"""How RingCentral was seen to behave where its documents are silent: what, how often, when."""

from dataclasses import dataclass
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements


@dataclass(frozen=True)
class Observation:
    """One thing that was seen; `topic` is the question, `value` the answer, without fax data."""

    topic: str
    value: str
    times: int
    first_at: datetime
    last_at: datetime


class Observations:
    """What was seen, inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def note(self, topic: str, value: str, at: datetime) -> None:
        """It was seen once more."""
        self._sql.run("note", topic=topic, value=value, at=at)

    def seen(self, topic: str, since: datetime) -> bool:
        """Whether anything was seen of a topic since then."""
        return bool(self._sql.value("seen", topic=topic, since=since))

    def all(self) -> list[Observation]:
        """Everything that was seen, by topic."""
        return [from_row(Observation, row) for row in self._sql.all("everything")]
