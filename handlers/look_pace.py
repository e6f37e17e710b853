"""How soon after a notification to look: within seconds of a change, seldom in a burst."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalog import Mailbox

QUICK_SHARE = 4
"""A quick look comes after this part of the spacing."""
SUSTAINED_SHARE = 2.5
"""The quick looks of one login are this part of the spacing apart in the long run: at most 15 of
RingCentral's 50 Light calls a minute with the usual spacing, whatever the number of mailboxes."""
QUICK_LOOKS = 12
"""So many quick looks of one login may come before that."""


@dataclass(frozen=True)
class LookPace:
    """The looks that notifications ask for, `spacing` apart or quicker; used by one thread.

    Somebody may wait for a change of a fax that is known, such as the end of a sent one, but
    nobody knows yet of a new one. What was spent is not kept over a restart: that costs a few
    calls, and nothing else.
    """

    spacing: timedelta
    _looked: dict[str, datetime] = field(default_factory=dict)
    _paid: dict[str, datetime] = field(default_factory=dict)

    def due(self, mailbox: Mailbox, now: datetime, *, is_change: bool) -> datetime:
        """When to look at a mailbox of which a notification tells; now if our clock went back."""
        at = mailbox.looked_at
        if at is None or at > now:
            return now
        paid = self._paid_by(mailbox, at)
        if not is_change:
            return max(now, at + self.spacing)
        quick = at + self.spacing / QUICK_SHARE
        credit = QUICK_LOOKS * (self.spacing / SUSTAINED_SHARE)
        return max(now, quick, min(paid - credit, at + self.spacing))

    def _paid_by(self, mailbox: Mailbox, at: datetime) -> datetime:
        """Until when the looks of this mailbox's login are paid for, with those seen by now."""
        paid = _latest(self._paid, mailbox.login, at)
        if self._looked.get(mailbox.id) != at:
            self._looked[mailbox.id] = at
            paid = self._paid[mailbox.login] = paid + self.spacing / SUSTAINED_SHARE
        return paid


def _latest(moments: Mapping[str, datetime], name: str, at: datetime) -> datetime:
    return max(moments.get(name, at), at)
