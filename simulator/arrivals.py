"""What a fax machine somewhere sends: chosen by dice, and drawn before it is handed in."""

from dataclasses import dataclass

from simulator.drawing import Sheet, draw
from simulator.faxes import Document, Party
from simulator.state import Extension
from simulator.world import World


@dataclass(frozen=True)
class Inbound:
    """A fax to be received. Without `document` one is drawn: `pages` of them, or a few."""

    sender: Party | None = None
    pages: int = 0
    content_type: str = ""
    document: bytes | None = None


@dataclass(frozen=True)
class Arrival:
    """A fax on the line: everything chosen, nothing drawn yet."""

    sender: Party
    content_type: str
    sheet: Sheet
    data: bytes | None

    def document(self) -> Document:
        """Its document; takes about 10 ms a page, so do it without the world's lock."""
        data = draw(self.sheet, self.content_type) if self.data is None else self.data
        return Document(data, self.content_type, self.sheet.pages)


def choose(world: World, extension: Extension, inbound: Inbound) -> Arrival:
    """Throw the dice for whatever `inbound` leaves open. Hold the world's lock."""
    sender = inbound.sender or world.stranger()
    choice = world.draw("documents")
    header = f"{world.clock.now():%b %d %Y %H:%M}   {sender.name}   Fax {sender.number}"
    pages = inbound.pages or choice.choice((1, 1, 2, 2, 3, 5))
    sheet = Sheet(header, pages, choice.getrandbits(32))
    return Arrival(sender, inbound.content_type or extension.content_type, sheet, inbound.document)
