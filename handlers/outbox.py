"""The outbox: what is to be sent, what became of it, and what a person may do about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog import (
    Addressee,
    Catalog,
    IdempotencyKey,
    Sending,
    SendingChange,
    SendingDocument,
    SendingQuery,
    Transaction,
)
from errors import UserError, WrongState
from handlers.intake import Intake
from handlers.ordering import Order, Orders, Resend, request_sending
from handlers.sending_steps import Ordered, enter_sent, ordered_of
from ringcentral_api import RingCentral

SENT, AGAIN, GIVE_UP = "sent", "again", "give-up"
SendingList = list[Sending]


@dataclass(frozen=True)
class Decision:
    """What a person found out: it was `sent` as a message of RingCentral's, it may go `again`, or
    it is to be forgotten (`give-up`).
    """

    what: str
    message_id: str = ""


@dataclass(frozen=True)
class Whole:
    """One sending with its recipients and documents."""

    sending: Sending
    to: Sequence[Addressee]
    documents: Sequence[SendingDocument]


@dataclass(frozen=True)
class Outbox:
    """Everything that can be asked of the outbox but the sending itself."""

    catalog: Catalog
    orders: Orders
    reach: Callable[[str], RingCentral]
    intake: Intake
    now: Callable[[], datetime]

    def accept(self, order: Order, key: IdempotencyKey | None = None) -> Sending:
        """Promise to send a fax; see `Orders.accept` for what it raises."""
        return self.orders.accept(order, key)

    def resend(self, wish: Resend) -> Sending:
        """Promise to send a fax again or on; see `Orders.resend` for what it raises."""
        return self.orders.resend(wish)

    def find(self, sending_id: str) -> Whole | None:
        """One sending, or None."""
        with self.catalog.reading() as tx:
            sending = tx.sendings.get(sending_id)
            if sending is None:
                return None
            to, documents = tx.sendings.recipients(sending.id), tx.sendings.documents(sending.id)
            return Whole(sending, to, documents)

    def list(self, query: SendingQuery) -> SendingList:
        """A page of them, the newest first."""
        with self.catalog.reading() as tx:
            return tx.sendings.list(query)

    def cancel(self, sending_id: str, by: str = "") -> Sending:
        """Have it never sent. WrongState when that is too late; UserError when there is none."""
        change = SendingChange("waiting", "cancelled", by=by)
        with self.catalog.transaction() as tx:
            sending = self._known(tx, sending_id)
            if not tx.sendings.change(sending.id, change, self.now()):
                raise WrongState(_TOO_LATE[sending.state])
            return self._known(tx, sending_id)

    def decide(self, sending_id: str, decision: Decision, by: str) -> Sending:
        """End the doubt about an unsure one.

        Raises:
            WrongState: it is not unsure, or that message is another sending's.
            UserError: there is no such sending or message.
            RingCentralError: RingCentral cannot be asked for the message.
        """
        with self.catalog.reading() as tx:
            sending = self._known(tx, sending_id)
            ordered = ordered_of(tx, sending)
        if sending.state != "unsure" or ordered is None:
            raise WrongState(f"It is {sending.state}: there is nothing to decide about it.")
        if decision.what == SENT:
            return self._was_sent(ordered, decision.message_id, by)
        with self.catalog.transaction() as tx:
            if decision.what == AGAIN:
                change = SendingChange("unsure", "waiting", by=by)
                if tx.sendings.change(sending.id, change, self.now()):
                    request_sending(tx, sending, self.now())
            else:
                change = SendingChange("unsure", "cancelled", "Given up by a person.", by=by)
                tx.sendings.change(sending.id, change, self.now())
            return self._known(tx, sending_id)

    def _was_sent(self, ordered: Ordered, message_id: str, by: str) -> Sending:
        mailbox = ordered.mailbox
        message = self.reach(mailbox.login).message(mailbox.extension_id, message_id)
        if message.direction != "Outbound":
            raise UserError("That message is not a fax that was sent.")
        with self.catalog.transaction() as tx:
            if tx.sendings.with_message(mailbox.id, message.id):
                raise WrongState("That message is another fax of the outbox.")
            enter_sent(self.intake, tx, ordered, message, by)
            return self._known(tx, ordered.sending.id)

    def _known(self, tx: Transaction, sending_id: str) -> Sending:
        sending = tx.sendings.get(sending_id)
        if sending is None:
            raise UserError("There is no such fax in the outbox. `faxkeep outbox list` lists them.")
        return sending


_TOO_LATE = {
    "sending": "It is being given to RingCentral just now; look again in some minutes.",
    "sent": "RingCentral has it already.",
    "unsure": "It may have been sent: `faxkeep outbox decide` ends the doubt.",
    "refused": "It was refused, so that it is not sent anyway.",
    "cancelled": "It is cancelled already.",
    "expired": "It has expired, so that it is not sent anyway.",
}
