"""Documents for many faxes: all differ, but few pages are drawn, as drawing takes long."""

import random
from functools import cache

from simulator import Inbound
from simulator.drawing import Sheet, draw

FORMATS = ("application/pdf", "image/tiff")


def fax_number(number: int, chance: random.Random) -> Inbound:
    """A fax with a document that no other number has."""
    pages, content_type = chance.choice((1, 2, 3)), chance.choice(FORMATS)
    document = drawn(pages, content_type) + f"\n% {number}\n".encode()
    return Inbound(pages=pages, content_type=content_type, document=document)


@cache
def drawn(pages: int, content_type: str) -> bytes:
    return draw(Sheet("One of many", pages, pages), content_type)
