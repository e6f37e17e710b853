"""Orders faxes in a household, and tells what became of them, at our side and at RingCentral's."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from catalog import IdempotencyKey, Sending
from errors import FaxkeepError
from handlers.ordering import Order
from handlers.outbox import Outbox
from handlers.outbox_upkeep import OutboxUpkeep
from sending import OutgoingFax, Recipient, document_from_bytes, document_from_text
from simulator import Fault
from tests.handlers.household import Household

FAX_PATH = "/fax"
LAB = "+12025550111"


@dataclass
class Post:
    """What a test orders, and what it asks afterwards."""

    home: Household

    @property
    def outbox(self) -> Outbox:
        return self.home.house.outbox

    @property
    def upkeep(self) -> OutboxUpkeep:
        return self.home.house.outbox_upkeep

    def fax(self, *numbers: str, text: str = "Please call back.", **other: Any) -> OutgoingFax:
        to = tuple(Recipient(number) for number in numbers or (LAB,))
        documents = (document_from_text(text), document_from_bytes("page.pdf", self.pdf))
        return replace(OutgoingFax(to, documents, cover_index=0), **other)

    @property
    def pdf(self) -> bytes:
        assert self.home.page.document is not None
        return self.home.page.document

    def order(self, *numbers: str, key: IdempotencyKey | None = None, **other: Any) -> Sending:
        """Order a text and a page."""
        return self.outbox.accept(Order(self.fax(*numbers, **other), by="ann"), key)

    def further(self, sending: Sending) -> FaxkeepError | None:
        """Bring it one step further, as its job does; with what that ended."""
        try:
            self.home.house.handover.further(sending.id)
        except FaxkeepError as error:
            return error
        return None

    def send(self, *numbers: str, **other: Any) -> Sending:
        """Order a fax and give it to RingCentral."""
        sending = self.order(*numbers, **other)
        assert self.further(sending) is None
        return self.known(sending)

    def known(self, sending: Sending) -> Sending:
        found = self.outbox.find(sending.id)
        assert found is not None
        return found.sending

    def state(self, sending: Sending) -> str:
        return self.known(sending).state

    def lose_answer(self) -> None:
        """RingCentral takes the next fax, and nobody hears of it."""
        self.home.simulator.fault("cut_after", Fault(count=1, path=FAX_PATH))

    def taken(self) -> list[dict[str, Any]]:
        """The faxes that RingCentral has been given."""
        told = self.home.simulator.truth()
        return [each for each in told if each["direction"] == "Outbound"]

    def outcomes(self) -> list[tuple[str, str]]:
        with self.home.house.catalog.reading() as tx:
            return [(each.kind, str(each.facts["status"])) for _, each in tx.outcomes.after(0, 99)]

    def now(self) -> datetime:
        return self.home.clock.now()
