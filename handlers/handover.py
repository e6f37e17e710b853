"""Brings one sending further: gives it to RingCentral, once, or finds out what became of it.

An attempt is noted before it is made. One whose end nobody saw is looked for at RingCentral, and is
repeated only when RingCentral surely does not have it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from archive.outbox import OutboxFiles
from catalog import Catalog, Sending, SendingChange
from errors import (
    ArchiveError,
    FaxkeepError,
    HostRefused,
    Later,
    LoginRefused,
    RingCentralError,
    Unreachable,
    Unsure,
    UserError,
)
from handlers.fates import FIRST_LOOK
from handlers.intake import Intake
from handlers.ordering import SEND
from handlers.refusals import Refusal, refusal_of
from handlers.search import Search
from handlers.sending_records import outgoing, sha256_of
from handlers.sending_steps import BUSY_SECONDS, Ordered, end, enter_sent, ordered_of
from ringcentral_api import FaxRequest, Message, SendingClient
from sending import Recipient, fax_request, resend_request

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(days=1)
"""A job that is due later than the sweep believes in is asked for again every day."""
LIVING_SECONDS = 60.0
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""A deadline that comes before every other in the lane."""
_CHANGED = Refusal("Its documents in the outbox cannot be read any more.", "Send it anew.")


@dataclass(frozen=True)
class Handover:
    """What the `send` job does."""

    catalog: Catalog
    files: OutboxFiles
    client: Callable[[str], SendingClient]
    search: Search
    intake: Intake
    now: Callable[[], datetime]
    failpoint: Callable[[str], None]
    _living: set[str] = field(default_factory=set, init=False)
    """The attempts of this process that are under way."""

    def further(self, sending_id: str) -> None:
        """Send it if it waits and is due; look for it if an attempt's end is not known.

        Raises:
            Later: it is not time yet, or a limit is used up.
            RingCentralError: RingCentral cannot be reached or refuses the login; it waits.
        """
        with self.catalog.reading() as tx:
            sending = tx.sendings.get(sending_id)
            ordered = ordered_of(tx, sending) if sending else None
        if ordered is None:
            log.warning("A job names a sending that the catalog does not know.")
            return
        if ordered.sending.state == "waiting":
            self._send(ordered)
        elif ordered.sending.state == "sending":
            if sending_id in self._living:
                raise Later("It is being sent.", LIVING_SECONDS)
            self.search.look(ordered)

    def _send(self, ordered: Ordered) -> None:
        sending = ordered.sending
        wait = sending.due_at - self.now()
        if wait > timedelta():
            raise Later("It is to be sent later.", min(wait, LONGEST_WAIT).total_seconds())
        try:
            request = self._request(ordered)
        except ArchiveError:
            self._end(sending, SendingChange("waiting", "refused", _CHANGED.words, _CHANGED.advice))
            return
        except UserError as error:
            self._end(sending, SendingChange("waiting", "refused", str(error), _CHANGED.advice))
            return
        with self._attempt(ordered) as begun:
            self._hand_over(begun, request)

    @contextmanager
    def _attempt(self, ordered: Ordered) -> Iterator[Ordered]:
        """Note the attempt before it is made."""
        sending = ordered.sending
        with self.catalog.transaction() as tx:
            # To one number one after the other: in doubt nobody could tell them apart.
            if tx.sendings.rival(sending):
                raise Later("Another fax to the same number is on its way.", BUSY_SECONDS)
            begun = tx.sendings.begin(sending.id, self.now())
            if begun is None:
                raise Later("Somebody else changed it just now.", BUSY_SECONDS)
            # Should its end not be seen, it is looked for before anything else is sent.
            tx.jobs.set_deadlines(SEND, {sending.id: BEFORE_ALL})
        self._living.add(sending.id)
        try:
            self.failpoint("attempt-noted")
            yield replace(ordered, sending=begun)
        finally:
            self._living.discard(sending.id)

    def _hand_over(self, ordered: Ordered, request: FaxRequest) -> None:
        sending = ordered.sending
        try:
            sent = self.client(ordered.mailbox.login).request(request)
        except Unsure as unsure:
            with self.catalog.transaction() as tx:
                tx.sendings.explain(sending.id, str(unsure))
            log.warning("Whether sending %s was taken is not known; it is looked for.", sending.id)
            raise Later(str(unsure), FIRST_LOOK.total_seconds()) from None
        except (Later, Unreachable, LoginRefused, HostRefused) as error:
            # RingCentral does not have it, and nothing is wrong with the fax.
            self._wait_again(sending, error)
            raise
        except RingCentralError as error:
            refusal = refusal_of(error)
            change = SendingChange("sending", "refused", refusal.words, refusal.advice)
            self._end(sending, change)
            return
        self.failpoint("fax-taken")
        self._enter(ordered, Message.from_json(sent.raw))

    def _wait_again(self, sending: Sending, error: FaxkeepError) -> None:
        with self.catalog.transaction() as tx:
            tx.sendings.release(sending, str(error), self.now())

    def _enter(self, ordered: Ordered, message: Message) -> None:
        """RingCentral has it: note so, and follow the fax from now on, in one transaction."""
        with self.catalog.transaction() as tx:
            enter_sent(self.intake, tx, ordered, message)
            self.failpoint("before-sent-commit")
        self.failpoint("sent-entered")
        log.info("Sending %s is fax %s.", ordered.sending.id, message.id)

    def _end(self, sending: Sending, change: SendingChange) -> None:
        with self.catalog.transaction() as tx:
            end(tx, sending, change, self.now())
        log.warning("Sending %s is %s: %s", sending.id, change.state, change.reason)

    def _request(self, ordered: Ordered) -> FaxRequest:
        """The request; ArchiveError when the documents are not what was accepted."""
        sending, extension = ordered.sending, ordered.mailbox.extension_id

        def opened(number: int) -> BinaryIO:
            return self.files.open(sending.id, number)

        if sending.original_message_id:
            to = tuple(Recipient(each.number, each.name) for each in ordered.to)
            return resend_request(sending.original_message_id, to, extension)
        for each in ordered.documents:
            with opened(each.position + 1) as file:
                if sha256_of(file) != each.sha256:
                    raise ArchiveError("a document of the outbox is not the accepted one")
        return fax_request(outgoing(sending, ordered.to, ordered.documents, opened), extension)
