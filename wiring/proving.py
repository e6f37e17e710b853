"""What keeps the books, brings faxes out again, and proves."""

from functools import cached_property

from handlers.attesting import Attestor
from handlers.bookkeeping import Bookkeeping
from handlers.evidence import EvidenceMaker
from handlers.proof import Proof
from handlers.register import Register
from settings import VERSION
from wiring.ground import Ground


class ProvingParts(Ground):
    """The parts that stand on catalog, archive and clock alone."""

    @cached_property
    def books(self) -> Bookkeeping:
        return Bookkeeping(self.catalog, self.archive, self.now, self.failpoint)

    @cached_property
    def attestor(self) -> Attestor:
        return Attestor(self.catalog, self.archive, self.books, self.now)

    @cached_property
    def evidence(self) -> EvidenceMaker:
        by = f"Faxkeep {VERSION}"
        return EvidenceMaker(self.catalog, self.archive, self.books, self.now, by)

    @cached_property
    def proof(self) -> Proof:
        return Proof(self.catalog, self.archive)

    @cached_property
    def register(self) -> Register:
        return Register(self.catalog)
