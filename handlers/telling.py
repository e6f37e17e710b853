"""Whom an outcome is told to, and what may be told of it: turns outcomes into notices.

The notifications' room knows nothing of the catalog; here the one is translated into the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from catalog import Catalog, NoticeRow, Outcome
from notifications import Destination, Matter, Notice, Plan, allowed, safe_id, safe_number
from notifications.plan import FAX
from ringcentral_api.failure_reasons import ADVICE, REASONS

BATCH = 200
FORGOTTEN_BATCH = 1000
_BEFORE = ("", "A fax to this mailbox was not received. ")
OURS = frozenset(
    {
        *ADVICE,
        *ADVICE.values(),
        *(start + reason.words for start, reason in product(_BEFORE, REASONS.values())),
    }
)
"""The sentences of ours that a notice may repeat. Any other text could be somebody else's."""


@dataclass(frozen=True)
class Teller:
    """Decides for each outcome whom it concerns; every step may be repeated."""

    catalog: Catalog
    plan: Plan
    now: Callable[[], datetime]

    def tell(self, _: str = "") -> None:
        """Make the notices of every outcome for which nobody has done so yet."""
        while self._tell_some():
            pass

    def ask_for_forgotten(self) -> None:
        """Ask for what a lost job has left: part of the regular sweep."""
        now = self.now()
        with self.catalog.transaction() as tx:
            if tx.outcomes.untold(1):
                tx.jobs.request("tell", "", now, now)
            tx.notices.ask_for_forgotten(now, FORGOTTEN_BATCH)

    def _tell_some(self) -> bool:
        """One batch, in one transaction; whether there may be more."""
        now = self.now()
        with self.catalog.transaction() as tx:
            outcomes = tx.outcomes.untold(BATCH)
            for outcome in outcomes:
                for destination in self.plan.told(matter_of(outcome)):
                    tx.notices.add(outcome, destination, now)
            tx.outcomes.mark_told(outcomes, now)
        return len(outcomes) == BATCH


def matter_of(outcome: Outcome) -> Matter:
    """What the rules look at."""
    return Matter(outcome.kind, outcome.mailbox_id, outcome.direction, outcome.number)


def notice_of(plan: Plan, destination: Destination, row: NoticeRow, outcome: Outcome) -> Notice:
    """What this destination is told: what is on the list, and the number only if it asked."""
    fax = safe_id(outcome.fax_id)
    number = safe_number(outcome.number) if destination.channel.with_number else ""
    return Notice(
        id=row.id,
        outcome=safe_id(outcome.id),
        kind=outcome.kind,
        at=outcome.at,
        mailbox=safe_id(outcome.mailbox_id),
        mailbox_name=plan.mailboxes.get(outcome.mailbox_id, ""),
        fax=fax,
        direction=outcome.direction if outcome.direction in ("Inbound", "Outbound") else "",
        facts=allowed(outcome.facts, OURS.__contains__),
        link=plan.link.replace(FAX, fax) if fax else "",
        number=number,
    )
