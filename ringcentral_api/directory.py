"""Who and what there is in an account: its extensions, its phone numbers, how long it keeps faxes.

developers.ringcentral.com: listExtensions, listAccountPhoneNumbers, readMessageStoreConfiguration.
"""

from dataclasses import dataclass, field
from typing import TypeVar

from errors import NotFound, Unreachable
from ringcentral_api.calls import HEAVY, LIGHT, MEDIUM, Call
from ringcentral_api.reading import Json, as_object, digits, inner, number, objects, text

LARGEST_PAGE = 1000
ACCOUNT = "/restapi/v1.0/account/~"

Row = TypeVar("Row")


@dataclass(frozen=True)
class Extension:
    """One extension; `kind` is RingCentral's `type`, `status` Enabled, Disabled, Frozen, ..."""

    id: str
    number: str
    name: str = field(repr=False)
    kind: str
    status: str


@dataclass(frozen=True)
class PhoneNumber:
    """One number; `usage` DirectNumber, CompanyFaxNumber, ...; `kind` VoiceFax, FaxOnly, ..."""

    number: str = field(repr=False)
    usage: str
    kind: str
    extension_id: str

    @property
    def takes_faxes(self) -> bool:
        """Whether a fax sent there can arrive; a kind that is not told may."""
        return self.kind != "VoiceOnly" and self.usage != "ForwardedNumber"


def extensions_call(server_url: str) -> Call:
    """All extensions of the account, in pages."""
    url = f"{server_url}{ACCOUNT}/extension"
    return Call("GET", url, MEDIUM, (("perPage", str(LARGEST_PAGE)),))


def numbers_call(server_url: str) -> Call:
    """All phone numbers of the account, in pages; an administrator is told all of them."""
    url = f"{server_url}{ACCOUNT}/phone-number"
    return Call("GET", url, HEAVY, (("perPage", str(LARGEST_PAGE)),))


def retention_call(server_url: str) -> Call:
    """How long the account keeps faxes; wants EditAccounts even to read it."""
    return Call("GET", f"{server_url}{ACCOUNT}/message-store-configuration", LIGHT)


def extension_call(server_url: str, extension_id: str) -> Call:
    """One extension."""
    if not digits(extension_id):
        raise NotFound("That is not the id of an extension.")
    return Call("GET", f"{server_url}{ACCOUNT}/extension/{extension_id}", LIGHT)


def extension_from(answer: object) -> Extension:
    """Read one extension; Unreachable without an id."""
    record = as_object(answer, "an extension is not an object")
    extension_id = digits(record.get("id"))
    if extension_id is None:
        raise Unreachable("RingCentral's answer cannot be read: an extension has no id.")
    return Extension(
        id=extension_id,
        number=text(record.get("extensionNumber")) or "",
        name=text(record.get("name")) or "",
        kind=text(record.get("type")) or "Unknown",
        status=text(record.get("status")) or "Unknown",
    )


def extensions_from(answer: object) -> list[Extension]:
    """The extensions of one page; one without an id is left out."""
    return [extension_from(each) for each in records_of(answer) if digits(each.get("id"))]


def numbers_from(answer: object) -> list[PhoneNumber]:
    """The numbers of one page."""
    return [
        PhoneNumber(
            number=phone,
            usage=text(record.get("usageType")) or "Unknown",
            kind=text(record.get("type")) or "Unknown",
            extension_id=digits(inner(record.get("extension")).get("id")) or "",
        )
        for record in records_of(answer)
        if (phone := text(record.get("phoneNumber")))
    ]


def retention_from(answer: object) -> int | None:
    """Days; None when it is not told."""
    return number(as_object(answer).get("retentionPeriod"))


def records_of(answer: object) -> list[Json]:
    """The records of one page of any list; Unreachable without a list of them."""
    body = as_object(answer, "a list is not an object")
    if not isinstance(body.get("records"), list):
        raise Unreachable("RingCentral's answer cannot be read: it has no list of records.")
    return objects(body["records"])


def next_page(answer: object) -> str | None:
    """Where the list goes on; None on its last page."""
    following = inner(inner(as_object(answer).get("navigation")).get("nextPage"))
    return text(following.get("uri")) or None
