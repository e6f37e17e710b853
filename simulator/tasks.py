"""An export's task, which takes its time and may fail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

STEP_TIME = timedelta(seconds=10) / 3
GOOD_STEPS = ("Accepted", "Pending", "InProgress", "Completed")
BAD_STEPS = ("Accepted", "Pending", "InProgress", "AttemptFailed", "Failed")


@dataclass(frozen=True)
class Task:
    """One export of an account's messages; `archives` are names and bytes for each zip."""

    id: str
    account_id: str
    extension_id: str
    date_from: datetime
    date_to: datetime
    types: tuple[str, ...]
    created: datetime
    archives: tuple[dict[str, bytes], ...] = ()
    failing: bool = False

    @property
    def steps(self) -> tuple[str, ...]:
        """Its statuses in order; the last one stays."""
        return BAD_STEPS if self.failing else GOOD_STEPS

    @property
    def end(self) -> datetime:
        """When it has its last status."""
        return self.created + STEP_TIME * (len(self.steps) - 1)

    def status(self, now: datetime) -> str:
        """As RingCentral spells it."""
        step = (now - self.created) // STEP_TIME
        return self.steps[min(step, len(self.steps) - 1)]
