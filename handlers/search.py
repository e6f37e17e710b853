"""Looks at RingCentral for an attempt whose end nobody saw, after a crash or without an answer."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from catalog import Catalog, Fax, SendingChange, Transaction
from errors import Later, PermissionMissing, RingCentralError
from handlers.fates import (
    AGAIN,
    ASK,
    CLOCKS_DIFFER,
    FOUND,
    LATEST,
    Candidate,
    Looks,
    Verdict,
    next_look,
    verdict,
)
from handlers.intake import Intake
from handlers.records import fax_id_of
from handlers.sending_records import attempt_of, candidate_of
from handlers.sending_steps import DECIDE, Ordered, end, enter_sent
from ringcentral_api import Message, MessageQuery, RingCentral

log = logging.getLogger(__name__)

UNLOOKED = SendingChange(
    "sending", "unsure", "RingCentral does not let us look whether it has the fax.", DECIDE
)
MISSING = SendingChange("sending", "waiting", "RingCentral does not have it; it is sent again.")


@dataclass(frozen=True)
class Search:
    """Concludes from RingCentral's own list. `reach(login)` gives the client that looks."""

    catalog: Catalog
    reach: Callable[[str], RingCentral]
    intake: Intake
    now: Callable[[], datetime]
    failpoint: Callable[[str], None]

    def look(self, ordered: Ordered) -> None:
        """Find out what became of the last attempt.

        Raises:
            Later: it is not certain yet, or it is to be sent again.
            RingCentralError: RingCentral cannot be asked now.
        """
        sending = ordered.sending
        assert sending.attempted_at is not None
        looks, now = Looks(sending.looks, sending.looked_at), self.now()
        wait = next_look(sending.attempted_at, looks) - now
        if wait > timedelta():
            raise Later("It is looked for at RingCentral soon.", wait.total_seconds())
        try:
            shown = self._shown(ordered)
        except RingCentralError as error:
            if not _is_final(error):
                raise
            self._end(ordered, UNLOOKED)
            return
        candidates = {each.message_id: message for each, message in shown}
        attempt = attempt_of(sending, ordered.to, ordered.documents, self._original(ordered))
        found = verdict(attempt, [each for each, _ in shown], looks, now)
        self.failpoint("looked")
        self._conclude(ordered, found, candidates)

    def _conclude(
        self, ordered: Ordered, found: Verdict, candidates: Mapping[str, Message]
    ) -> None:
        sending = ordered.sending
        if found.what == FOUND:
            with self.catalog.transaction() as tx:
                enter_sent(self.intake, tx, ordered, candidates[found.message_id])
            log.info("Sending %s was found as fax %s.", sending.id, found.message_id)
        elif found.what == ASK:
            self._end(ordered, SendingChange("sending", "unsure", found.words, DECIDE))
        elif found.what == AGAIN:
            with self.catalog.transaction() as tx:
                missing = replace(MISSING, attempted_at=sending.attempted_at)
                tx.sendings.change(sending.id, missing, self.now())
            log.info("Sending %s did not reach RingCentral and goes again.", sending.id)
            raise Later(MISSING.reason, 0)
        else:
            with self.catalog.transaction() as tx:
                tx.sendings.mark_looked(sending.id, self.now())
            wait = next_look(self.now(), Looks(1, self.now())) - self.now()
            raise Later("RingCentral does not show it yet.", wait.total_seconds())

    def _original(self, ordered: Ordered) -> Fax | None:
        """The fax that is sent again or on, if that is what it is."""
        account, message_id = ordered.mailbox.account_id, ordered.sending.original_message_id
        with self.catalog.reading() as tx:
            return tx.faxes.get(f"{account}-{message_id}") if message_id else None

    def _shown(self, ordered: Ordered) -> list[tuple[Candidate, Message]]:
        """The faxes since then that RingCentral shows, that nobody claimed or knew before."""
        sending = ordered.sending
        assert sending.attempted_at is not None
        with self.catalog.reading() as tx:
            login = tx.logins.get(ordered.mailbox.login)
        ahead = timedelta(seconds=login.skew_s or 0) if login else timedelta()
        query = MessageQuery(
            date_from=sending.attempted_at + ahead - CLOCKS_DIFFER,
            date_to=max(self.now(), sending.attempted_at + LATEST) + ahead + CLOCKS_DIFFER,
            direction="Outbound",
            availability=("Alive", "Deleted"),
        )
        api = self.reach(ordered.mailbox.login)
        listed = {each.id: each for each in api.messages(ordered.mailbox.extension_id, query)}
        with self.catalog.reading() as tx:
            free = [each for each in listed.values() if _is_free(tx, ordered, each)]
        told = ((candidate_of(each, ahead), each) for each in free)
        return [(candidate, each) for candidate, each in told if candidate is not None]

    def _end(self, ordered: Ordered, change: SendingChange) -> None:
        with self.catalog.transaction() as tx:
            end(tx, ordered.sending, change, self.now())
        log.warning("Sending %s is %s: %s", ordered.sending.id, change.state, change.reason)


def _is_final(error: RingCentralError) -> bool:
    """Whether RingCentral would answer the same however often it is asked."""
    return isinstance(error, PermissionMissing) or (error.permanent and not error.installation_wide)


def _is_free(tx: Transaction, ordered: Ordered, message: Message) -> bool:
    """Whether the message may be the one of the last attempt, for all that we know."""
    sending, mailbox = ordered.sending, ordered.mailbox
    assert sending.attempted_at is not None
    if tx.sendings.with_message(mailbox.id, message.id):
        return False
    known = tx.faxes.get(fax_id_of(mailbox, message.id))
    return known is None or known.first_seen_at >= sending.attempted_at
