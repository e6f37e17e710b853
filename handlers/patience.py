"""How long a sent fax may be on its way before somebody should know. Pure.

RingCentral takes a minute for a page of text and five or more for one of graphics, and dials again
by itself when a line is busy; how often it does not say. So 200 pages may take more than 16 hours.
developers.ringcentral.com/guide/messaging/fax/sending-faxes
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2

DIALLING = timedelta(hours=1)
"""For the queue, the calls themselves, and the tries on a busy line."""
PER_PAGE = timedelta(minutes=5)
UNCOUNTED_PAGES = 24
"""So many are granted to a fax whose pages RingCentral has not counted: they should be by then."""
MOST_PAGES = 200
SOONEST, LATEST = timedelta(hours=1), timedelta(days=1)
FORGOTTEN = timedelta(days=30)
"""RingCentral keeps sent faxes no longer."""


@dataclass(frozen=True)
class Wait:
    """A fax without an end: since when it is waited for, and its pages, None if not counted."""

    since: datetime
    pages: int | None

    @property
    def patience(self) -> timedelta:
        """So long nobody needs to know: longer for more pages."""
        pages = UNCOUNTED_PAGES if self.pages is None else self.pages
        return DIALLING + PER_PAGE * min(max(1, pages), MOST_PAGES)

    def words(self, at: datetime) -> int:
        """How many words about it are due by then.

        The first comes when patience is over, each further one after twice the time of the one
        before: the later it is, the longer the pause.
        """
        late = (at - self.since) / self.patience
        return int(log2(late)) + 1 if late >= 1 else 0

    def word_at(self, number: int) -> datetime:
        """When the word of this number (from 1) is due."""
        return self.since + self.patience * (1 << (number - 1))

    def ask_at(self, now: datetime) -> datetime:
        """When to ask RingCentral for this very fax again: seldom, and ever more so."""
        spacing = min(max(SOONEST, (now - self.since) / 4), LATEST)
        return max(min(now + spacing, self.word_at(self.words(now) + 1)), now + PER_PAGE)


def wait_of(created_at: datetime, later: Sequence[datetime | None], pages: int | None) -> Wait:
    """A fax is waited for since it was created, or since the latest of these other moments.

    Such are the time it is scheduled for, and the beginning of the watch over its mailbox.
    """
    return Wait(max([created_at, *filter(None, later)]), pages)
