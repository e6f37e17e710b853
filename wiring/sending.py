"""The outbox and everything that sends, wired."""

import secrets
from datetime import timedelta
from functools import cached_property

from archive.outbox import OutboxFiles
from handlers.handover import Handover
from handlers.intake import Intake
from handlers.ordering import Orders
from handlers.outbox import Outbox
from handlers.outbox_upkeep import OutboxUpkeep
from handlers.search import Search
from sending import review
from wiring.ground import Ground


def new_sending_id() -> str:
    """Nobody can guess it, and it says what it is the id of."""
    return f"s-{secrets.token_hex(8)}"


class SendingSide(Ground):
    """What orders, sends and looks for what was sent."""

    @cached_property
    def outbox_files(self) -> OutboxFiles:
        data = self.settings.data
        return OutboxFiles(data / "outbox", data / "keys", self.failpoint)

    @cached_property
    def outbox(self) -> Outbox:
        orders = Orders(
            catalog=self.catalog,
            files=self.outbox_files,
            review=review,
            new_id=new_sending_id,
            now=self.now,
            failpoint=self.failpoint,
        )
        return Outbox(self.catalog, orders, self.reach, Intake(self.now), self.now)

    @cached_property
    def outbox_upkeep(self) -> OutboxUpkeep:
        within = timedelta(hours=self.settings.send_within_hours)
        return OutboxUpkeep(self.catalog, self.outbox_files, within, self.now)

    @cached_property
    def handover(self) -> Handover:
        intake = Intake(self.now)
        return Handover(
            catalog=self.catalog,
            files=self.outbox_files,
            client=self.sender,
            search=Search(self.catalog, self.reach, intake, self.now, self.failpoint),
            intake=intake,
            now=self.now,
            failpoint=self.failpoint,
        )
