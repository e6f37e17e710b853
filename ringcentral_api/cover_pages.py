"""The cover pages a fax can have, by number and name.

developers.ringcentral.com: listFaxCoverPages.
"""

from dataclasses import dataclass

from ringcentral_api.calls import LIGHT, Call
from ringcentral_api.directory import LARGEST_PAGE, records_of
from ringcentral_api.reading import number, text


@dataclass(frozen=True)
class CoverPage:
    """One cover page; index 0 is none at all."""

    index: int
    name: str


def cover_pages_call(server_url: str) -> Call:
    """All cover pages, in pages."""
    url = f"{server_url}/restapi/v1.0/dictionary/fax-cover-page"
    return Call("GET", url, LIGHT, (("perPage", str(LARGEST_PAGE)),))


def cover_pages_from(answer: object) -> list[CoverPage]:
    """The cover pages of one page of the list; one without a number is left out."""
    told = ((number(each.get("id")), text(each.get("name"))) for each in records_of(answer))
    return [CoverPage(index, name or "") for index, name in told if index is not None]
