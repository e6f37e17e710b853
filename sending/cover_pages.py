"""Finds a cover page by its name among those that RingCentral lists."""

from collections.abc import Iterable

from errors import UserError
from ringcentral_api.cover_pages import CoverPage


def cover_index(name: str, pages: Iterable[CoverPage]) -> int:
    """Its number, by name in any case, or by the number itself; UserError names what there is."""
    listed = list(pages)
    wanted = " ".join(name.split()).casefold()
    for page in listed:
        if wanted in (" ".join(page.name.split()).casefold(), str(page.index)):
            return page.index
    there = ", ".join(f"{page.index} {page.name}" for page in listed)
    raise UserError(f"There is no such cover page. There are: {there}.")
