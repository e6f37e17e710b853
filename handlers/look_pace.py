"""How soon after a notification to look: at once after a quiet time, seldom in a burst."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalog import Mailbox

QUICK_LOOKS = 12
"""So many looks may follow each other quickly; then each must wait for a whole spacing."""
QUICK_SHARE = 4
"""A quick look comes after this part of the spacing."""


@dataclass(frozen=True)
class Spent:
    """What a mailbox has had: its last look, and until when all its looks are paid for.

    Each look is paid for by one spacing, and up to QUICK_LOOKS of them may be paid for later.
    """

    looked_at: datetime
    paid_at: datetime

    def looked(self, at: datetime, spacing: timedelta) -> "Spent":
        """With one more look."""
        return Spent(at, max(self.paid_at, at) + spacing)

    def next_look(self, spacing: timedelta) -> datetime:
        """The earliest that the next one may be."""
        return max(self.looked_at + spacing / QUICK_SHARE, self.paid_at - QUICK_LOOKS * spacing)


@dataclass(frozen=True)
class LookPace:
    """The looks that notifications ask for, `spacing` apart in the long run; one thread's.

    What was spent is not kept over a restart: that costs a few calls, and nothing else.
    """

    spacing: timedelta
    _spent: dict[str, Spent] = field(default_factory=dict)

    def due(self, mailbox: Mailbox, now: datetime) -> datetime:
        """When to look at a mailbox of which a notification tells; now if our clock went back."""
        at = mailbox.looked_at
        if at is None or at > now:
            return now
        spent = self._spent.get(mailbox.id, Spent(at, at))
        if spent.looked_at != at or mailbox.id not in self._spent:
            spent = self._spent[mailbox.id] = spent.looked(at, self.spacing)
        return max(now, spent.next_look(self.spacing))
