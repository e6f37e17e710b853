"""The parts that take in what is told of faxes, and follow each to its end."""

from functools import cached_property

from handlers.call_log import CallLog
from handlers.intake import Intake
from handlers.losses import Losses
from handlers.stuck import Follower
from handlers.witness import CallLogWitness
from wiring.proving import ProvingParts


class Following(ProvingParts):
    """From the first word of a fax to its last."""

    @cached_property
    def intake(self) -> Intake:
        return Intake(self.now)

    @cached_property
    def losses(self) -> Losses:
        return Losses(self.catalog, self.books, self.reach, self.now)

    @cached_property
    def call_log(self) -> CallLog:
        return CallLog(self.catalog, self.accounts, self.reach, self.intake, self.now)

    @cached_property
    def witness(self) -> CallLogWitness:
        return CallLogWitness(
            catalog=self.catalog,
            journal=self.journal,
            accounts=self.accounts,
            call_log=self.call_log,
            reach=self.reach,
            intake=self.intake,
            losses=self.losses,
            now=self.now,
        )

    @cached_property
    def follower(self) -> Follower:
        return Follower(self.catalog, self.reach, self.intake, self.losses, self.now)
