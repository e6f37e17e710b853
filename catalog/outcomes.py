"""What came to pass and may be told: each outcome once, however often it is found again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from catalog.columns import Row, time_value
from catalog.jobs import Jobs
from catalog.statements import Statements

KINDS = (
    "received",
    "sent",
    "failed",
    "corrected",
    "stuck",
    "at-risk",
    "lost",
    "blind-window",
    "login-failing",
)
TELL = "tell"
"""The job that finds out whom an outcome concerns; it needs no argument."""
Fact = str | int | None


@dataclass(frozen=True)
class Outcome:
    """One thing that somebody may want to know.

    `id` is the same whenever it is found again, `failed:<fax id>:<position>:<n>` for example: by it
    a receiver knows a repetition. `at` is when it came to be known here. `mailbox_id`, `fax_id`
    and `direction` (`Inbound`, `Outbound`) are "" where there is none. `number` is the other
    party's, to choose by whom it is told to. `facts` hold no name, number, subject or other text of
    a fax: status, error_code, reason, advice, pages, position, attempts and the like.
    """

    id: str
    kind: str
    at: datetime
    mailbox_id: str = ""
    fax_id: str = ""
    direction: str = ""
    number: str = field(default="", repr=False)
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"There is no kind of outcome called {self.kind!r}.")


class Outcomes:
    """The outcomes inside one transaction."""

    def __init__(self, statements: Statements, jobs: Jobs) -> None:
        self._sql = statements
        self._jobs = jobs

    def record(self, outcome: Outcome) -> bool:
        """Note it, and ask for it to be told; whether it is new. A known id changes nothing."""
        values = {**vars(outcome), "facts": json.dumps(dict(outcome.facts), sort_keys=True)}
        if not self._sql.run("add", **values):
            return False
        self._jobs.request(TELL, "", outcome.at, outcome.at)
        return True

    def find(self, outcome_id: str) -> Outcome | None:
        row = self._sql.one("find", id=outcome_id)
        return _outcome(row) if row else None

    def of_fax(self, fax_id: str) -> list[Outcome]:
        """Those of one fax, in the order in which they were found."""
        return [_outcome(row) for row in self._sql.all("of_fax", fax_id=fax_id)]

    def after(self, seq: int, limit: int) -> list[tuple[int, Outcome]]:
        """The next ones after a number, each with its own, in the order in which they were found.

        The numbers only grow, so that a feed can go on from the last one it has seen.
        """
        rows = self._sql.all("after", seq=seq, limit=limit)
        return [(row["seq"], _outcome(row)) for row in rows]

    def untold(self, limit: int) -> list[Outcome]:
        """Those for which nobody has yet asked whom they concern, the oldest first."""
        return [_outcome(row) for row in self._sql.all("untold", limit=limit)]

    def mark_told(self, outcomes: Sequence[Outcome], at: datetime) -> None:
        """Whom they concern is known, and stands in the notices."""
        self._sql.run_many("mark_told", ({"id": each.id, "at": at} for each in outcomes))


def _outcome(row: Row) -> Outcome:
    return Outcome(
        id=row["id"],
        kind=row["kind"],
        at=time_value(row["at"]),
        mailbox_id=row["mailbox_id"],
        fax_id=row["fax_id"],
        direction=row["direction"],
        number=row["number"],
        facts=json.loads(row["facts"]),
    )
