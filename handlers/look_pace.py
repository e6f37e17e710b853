"""How soon after a notification to look: within seconds of a change, seldom in a burst."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalog import Mailbox

QUICK_SHARE = 4
"""A quick look comes after this part of the spacing."""
SUSTAINED_SHARE = 2.5
"""The quick looks of one login are this part of the spacing apart in the long run: at most 15 of
RingCentral's 50 Light calls a minute with the usual spacing, whatever the number of mailboxes."""
QUICK_LOOKS = 3
"""So many quick looks of one login may come before that."""


@dataclass(frozen=True)
class Asked:
    """The look at a mailbox that was asked for last, and the one before it."""

    before: datetime
    due: datetime


@dataclass(frozen=True)
class LookPace:
    """The looks that notifications ask for, `spacing` apart or quicker; used by one thread.

    Somebody may wait for a change of a fax that is known, such as the end of a sent one, but
    nobody knows yet of a new one. What was asked for is not kept over a restart: that costs a few
    calls, and nothing else.
    """

    spacing: timedelta
    _asked: dict[str, Asked] = field(default_factory=dict)
    _paid: dict[str, datetime] = field(default_factory=dict)

    def due(self, mailbox: Mailbox, now: datetime, *, is_change: bool) -> datetime:
        """When to look at a mailbox of which a notification tells; now if our clock went back."""
        at = mailbox.looked_at
        if at is None or at > now:
            return now
        asked = self._asked.get(mailbox.id)
        if asked is not None and asked.due > now + self.spacing:
            asked = None  # our clock has gone back since
        is_ahead = asked is not None and asked.due > now
        last = self._last(mailbox, asked, at, is_ahead=is_ahead)
        due = max(now, self._next(mailbox, last, is_change=is_change))
        if asked is not None and is_ahead:
            due = min(due, asked.due)
        self._asked[mailbox.id] = Asked(last, due)
        return due

    def _last(
        self, mailbox: Mailbox, asked: Asked | None, at: datetime, *, is_ahead: bool
    ) -> datetime:
        """The last look, which may be under way: what it does not see needs one after it."""
        if asked is None or (is_ahead and asked.before <= at):
            return at
        if is_ahead:
            return asked.before
        paid = max(self._paid.get(mailbox.login, at), asked.due)
        self._paid[mailbox.login] = paid + self.spacing / SUSTAINED_SHARE
        return max(at, asked.due)

    def _next(self, mailbox: Mailbox, last: datetime, *, is_change: bool) -> datetime:
        if not is_change:
            return last + self.spacing
        quick = last + self.spacing / QUICK_SHARE
        credit = QUICK_LOOKS * (self.spacing / SUSTAINED_SHARE)
        paid = self._paid.get(mailbox.login, last)
        return max(quick, min(paid - credit, last + self.spacing))
