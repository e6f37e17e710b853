"""An export's task, which takes its time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

TASK_TIME = timedelta(seconds=10)


@dataclass(frozen=True)
class Task:
    """One export of an account's messages."""

    id: str
    account_id: str
    extension_id: str
    date_from: datetime
    date_to: datetime
    types: tuple[str, ...]
    created: datetime

    def done(self, now: datetime) -> bool:
        """Whether its archives can be fetched."""
        return now >= self.created + TASK_TIME
