"""Faxes that RingCentral no longer has: each loss is established, with its evidence, and entered.

Never from a list alone: a list can lie. RingCentral is asked for the very fax, or says itself that
it was purged.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive import utc_text
from catalog import Catalog, Fax, Mailbox, NewFax, Transaction
from errors import Later, NotFound
from handlers.bookkeeping import Bookkeeping
from handlers.deletion import Inbox
from handlers.endings import EXTENSION_DELETED
from handlers.inboxes import inbox_of
from handlers.intake import contradict
from handlers.outcomes import lost
from handlers.records import compact
from ringcentral_api import RingCentral

log = logging.getLogger(__name__)

NOT_FOUND = "CMN-102"
NO_EXTENSION = "extensionId"
"""The parameter that this answer names when it is the whole extension that RingCentral lacks."""
ASK_AGAIN_SECONDS = 60.0
DOUBT = timedelta(hours=6)
"""A fax so young, that by RingCentral's own rules should still be there, may only be late to show:
a bare "not found" is not believed, and asked again."""
UNEXPLAINED = "purged at RingCentral before it could be fetched"
Seen = Mapping[str, object]


@dataclass(frozen=True)
class Losses:
    """Establishes and records losses. `reach(login)` gives the client that may ask."""

    catalog: Catalog
    books: Bookkeeping
    reach: Callable[[str], RingCentral]
    now: Callable[[], datetime]

    def settle(self, fax: Fax) -> None:
        """A fax cannot be fetched: record its loss if RingCentral says that it is gone.

        Raises:
            Later: RingCentral does not give its document at the moment, and does not say why.
            RingCentralError: RingCentral refused or cannot be reached.
        """
        if not self.settle_if_gone(fax):
            age = (self.now() - fax.created_at).total_seconds()
            pause = min(max(ASK_AGAIN_SECONDS, age / 4), DOUBT.total_seconds())
            raise Later("RingCentral does not show the fax or its document at the moment.", pause)

    def settle_if_gone(self, fax: Fax) -> bool:
        """Record a loss if RingCentral says that the fax is gone; whether it did."""
        with self.catalog.reading() as tx:
            mailbox = tx.mailboxes.get(fax.mailbox_id)
        if mailbox is None or not mailbox.login:
            return False
        seen = self.seen_gone(mailbox, fax.message_id)
        if seen is None:
            return False
        with self.catalog.transaction() as tx:
            if self._is_doubtful(tx, mailbox, fax, seen):
                return False
            self.lose(tx, mailbox, fax.id, seen)
        self.books.copy_ledger()
        return True

    def _is_doubtful(self, tx: Transaction, mailbox: Mailbox, fax: Fax, seen: Seen) -> bool:
        is_young = self.now() - fax.created_at < DOUBT
        return is_young and "answer" in seen and self._cause(tx, mailbox, fax, seen) == UNEXPLAINED

    def seen_gone(self, mailbox: Mailbox, message_id: str) -> Seen | None:
        """RingCentral's own word that it has the message no more; None if it has it."""
        try:
            message = self.reach(mailbox.login).message(mailbox.extension_id, message_id)
        except NotFound as answer:
            # Only RingCentral's own code counts: a proxy can say 404 too.
            if answer.code != NOT_FOUND:
                return None
            words = (str(answer.status), answer.code, answer.parameter)
            return {"answer": " ".join(filter(None, words)), "asked_at": utc_text(self.now())}
        if message.availability != "Purged":
            return None
        return {"availability": "Purged", "asked_at": utc_text(self.now())}

    def lose(self, tx: Transaction, mailbox: Mailbox, fax_id: str, seen: Seen) -> bool:
        """Mark a known fax as lost; False if it is archived, or lost already."""
        fax = tx.faxes.get(fax_id)
        if fax is None:
            return False
        evidence = self._evidence(tx, mailbox, fax, seen)
        cause = str(evidence["cause"])
        if not tx.faxes.mark_lost(fax_id, cause, self.now(), compact(evidence)):
            return False
        entry = {
            "kind": "lost",
            "fax": fax.id,
            "mailbox": mailbox.id,
            "message": fax.message_id,
            "direction": fax.direction,
            "created_at": utc_text(fax.created_at),
            "told_by": fax.origin,
            "found_by": fax.found_by,
            "evidence": evidence,
        }
        self.books.enter(tx, entry, self.now())
        times = sum(row.kind == "lost" for row in tx.ledger.of(fax_id))
        tx.outcomes.record(lost(fax, times, cause, self.now()))
        tx.jobs.request("state-days", mailbox.id, self.now(), self.now())
        log.warning("Fax %s is lost: %s.", fax.id, cause)
        return True

    def lose_unseen(self, tx: Transaction, mailbox: Mailbox, fax: NewFax, seen: Seen) -> bool:
        """Record the loss of a fax that we learn of only now that it is gone."""
        if not tx.faxes.record(fax, self.now()).new:
            return False
        contradict(tx, fax.id, self.now())
        return self.lose(tx, mailbox, fax.id, {**seen, "never_listed": True})

    def _evidence(
        self, tx: Transaction, mailbox: Mailbox, fax: Fax, seen: Seen
    ) -> dict[str, object]:
        inbox = inbox_of(tx, mailbox, self.now())
        warned = tx.alarms.was_raised("at-risk", mailbox.id, fax.first_seen_at)
        facts = {
            "cause": self._cause(tx, mailbox, fax, seen),
            "newer_received": inbox.newer_than(fax.created_at),
            "age_days": round((self.now() - fax.created_at) / timedelta(days=1), 2),
            "known_since": utc_text(fax.first_seen_at),
            "last_listed_at": utc_text(fax.listed_at) if fax.listed_at else None,
            "warned_at": utc_text(warned) if warned else None,
            "mailbox_looked_at": utc_text(mailbox.looked_at) if mailbox.looked_at else None,
        }
        return {**facts, **seen}

    def _cause(self, tx: Transaction, mailbox: Mailbox, fax: Fax, seen: Seen) -> str:
        deleted = mailbox.status_reason == EXTENSION_DELETED
        gone = deleted or NO_EXTENSION in str(seen.get("answer"))
        return cause_of(fax, inbox_of(tx, mailbox, self.now()), gone_mailbox=gone)


def cause_of(fax: Fax, inbox: Inbox, *, gone_mailbox: bool) -> str:
    """Why RingCentral has it no more, as far as its own rules explain it."""
    keeping, age = inbox.keeping, inbox.now - fax.created_at
    days = keeping.sent_days if fax.direction == "Outbound" else keeping.inbox_days
    if gone_mailbox:
        return "deleted at RingCentral with its extension before it could be fetched"
    if fax.availability == "Deleted":
        return "deleted at RingCentral by somebody before it could be fetched"
    if fax.direction != "Outbound" and inbox.newer_than(fax.created_at) >= keeping.inbox_limit:
        return "pushed out at RingCentral by newer faxes before it could be fetched"
    if days is not None and age >= timedelta(days=days):
        return "older than RingCentral keeps faxes, before it could be fetched"
    return UNEXPLAINED


def told_evidence(fax: Fax) -> dict[str, object]:
    """The evidence of a loss; empty for a fax that is not lost."""
    return dict(json.loads(fax.evidence)) if fax.evidence else {}
