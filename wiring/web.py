"""What the HTTP API is made of."""

from dataclasses import dataclass
from functools import cached_property

from api import Services
from api.services import FaxWish
from api.tokens import Keyring
from catalog import IdempotencyKey, Sending, SendingQuery
from handlers.export import Export
from handlers.ordering import Order
from handlers.outbox import Outbox, Whole
from sending import review
from wiring.proving import ProvingParts
from wiring.sending import SendingSide


@dataclass(frozen=True)
class OutboxOfPrograms:
    """The outbox as the HTTP API knows it."""

    outbox: Outbox

    def accept(self, wish: FaxWish, by: str, key: IdempotencyKey | None) -> Sending:
        return self.outbox.accept(Order(wish.fax, wish.mailbox_id, by, origin="api"), key)

    def find(self, sending_id: str) -> Whole | None:
        return self.outbox.find(sending_id)

    def list(self, query: SendingQuery) -> list[Sending]:
        return self.outbox.list(query)

    def cancel(self, sending_id: str, by: str) -> Sending:
        return self.outbox.cancel(sending_id, by)


class WebParts(ProvingParts, SendingSide):
    """The parts behind the HTTP API; each opens what it needs when it is first asked."""

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring(lambda: self.catalog, self.now)

    @cached_property
    def export(self) -> Export:
        return Export(self.catalog, self.archive)

    @property
    def api(self) -> Services:
        """The services that the HTTP API finds on the application."""
        return Services(
            keyring=self.keyring,
            catalog=lambda: self.catalog,
            documents=lambda: self.export,
            spool=lambda: self.archive.spool(),
            outbox=lambda: OutboxOfPrograms(self.outbox),
            review=review,
            evidence=lambda: self.evidence,
            now=self.now,
        )
