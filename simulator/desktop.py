"""What a person does in RingCentral's own app: send a fax, and follow one of its recipients."""

from collections.abc import Sequence

from simulator.changes import Outbound
from simulator.drawing import Sheet, draw
from simulator.faxes import Document, Fax, Recipient
from simulator.refusals import not_found
from simulator.sending import recipients
from simulator.world import World


def outbound(world: World, to: Sequence[str], pages: int) -> Outbound:
    """A drawn fax to these numbers."""
    with world.lock:
        seed = world.draw("documents").getrandbits(32)
    sheet = Sheet("Sent from the desktop app", pages, seed)
    document = Document(draw(sheet, "application/pdf"), "application/pdf", pages)
    return Outbound(to=recipients(list(to)), document=document)


def chosen(fax: Fax, number: str) -> list[Recipient]:
    """The recipients with this number, or all. Raises Refusal (404) when there is none."""
    found = [each for each in fax.recipients if number in ("", each.party.number)]
    if not found:
        raise not_found("recipient")
    return found
