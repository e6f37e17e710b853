"""From a fax to the request that sends it, in any of the forms RingCentral takes."""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from errors import UserError
from ringcentral_api.fax_request import FaxRequest
from ringcentral_api.reading import spelled
from sending.body import Body, Section
from sending.fax import Document, OutgoingFax, Recipient
from sending.kinds import BY_ENDING, ending_of_type
from sending.multipart import (
    Part,
    file_field,
    file_part,
    in_base64,
    json_field,
    json_part,
    multipart,
    text_field,
)
from sending.names import clean_file_name, clean_person, ending_of
from sending.numbers import country_code, country_of, e164

FORMS = ("form-data", "mixed", "mixed-base64")
LARGEST_BODY = 55 * 1024 * 1024
"""RingCentral's specification: x-request-max-body-size. Base64 takes a third more than raw."""
_EXTENSION = re.compile(r"~|[0-9]{1,20}")
_MESSAGE = re.compile(r"[0-9]{1,20}")
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}(; ?charset=[\w-]{1,40})?", re.ASCII)
_ANYTHING = "application/octet-stream"


def fax_request(fax: OutgoingFax, extension: str = "~", form: str = "form-data") -> FaxRequest:
    """The request for a fax whose `problems` are none.

    `form` is one of FORMS. With names, form-data carries a JSON part: its fields know none.

    Raises:
        UserError: a number, the country or the form is wrong, or the body larger than 55 MB.
    """
    if form not in FORMS:
        raise UserError(f"There is no form {form!r}. Choose one of {', '.join(FORMS)}.")
    boundary = secrets.token_hex(24)
    body = multipart(_parts(fax, form), boundary)
    if len(body) > LARGEST_BODY:
        raise UserError(_too_large(form))
    kind = "form-data" if form == "form-data" else "mixed"
    return _request(extension, f"multipart/{kind}; boundary={boundary}", body)


def resend_request(
    message_id: str, to: tuple[Recipient, ...] = (), extension: str = "~", country: str = "US"
) -> FaxRequest:
    """The request that resends a failed fax, or forwards any to others; no document travels.

    Without `to` it goes to those whom it has not reached.
    """
    if not _MESSAGE.fullmatch(message_id):
        raise UserError("That is not the id of a RingCentral message.")
    envelope: dict[str, object] = {"originalMessageId": message_id}
    if to:
        envelope["to"] = _addressees(to, country)
    return _request(extension, "application/json", json.dumps(envelope).encode())


def wire_name(document: Document, place: int) -> str:
    """The name a document is sent under; `place` counts from 1."""
    ending = _ending(document)
    named = clean_file_name(document.name, f"document-{place}")
    if ending and ending_of(named) not in BY_ENDING:
        named = clean_file_name(f"{named[: 250 - len(ending)]}.{ending}", named)
    return named


def wire_type(document: Document) -> str:
    """The media type a document is sent with: as given where it fits the ending, else the usual."""
    ending = _ending(document)
    given = document.content_type.strip()
    fits = _MEDIA_TYPE.fullmatch(given) and ending_of_type(given) in ("", ending)
    if fits and given.lower() != _ANYTHING:
        return given
    return BY_ENDING[ending].content_type if ending else _ANYTHING


def _ending(document: Document) -> str:
    """By name, or by media type where the name has none."""
    named = ending_of(document.name)
    return named if named in BY_ENDING else ending_of_type(document.content_type)


def _request(extension: str, content_type: str, body: bytes | Body) -> FaxRequest:
    if not _EXTENSION.fullmatch(extension):
        raise UserError("That is not the id of an extension.")
    url = f"/restapi/v1.0/account/~/extension/{extension}/fax"
    return FaxRequest("POST", url, content_type, body)


@dataclass(frozen=True)
class _Form:
    """How one form writes the envelope and a document."""

    head: Callable[[OutgoingFax], list[Part]]
    file: Callable[[str, str, Section], Part]


def _parts(fax: OutgoingFax, form: str) -> list[Part]:
    chosen = _WRITERS[form]
    files = [
        chosen.file(wire_name(each, place), wire_type(each), Section(each.size, each.open))
        for place, each in enumerate(fax.documents, 1)
    ]
    return chosen.head(fax) + files


def _fields(fax: OutgoingFax) -> list[Part]:
    if any(clean_person(each.name) for each in fax.to):
        return [json_field(_envelope(fax))]
    numbers = [text_field("to", e164(each.number, fax.country)) for each in fax.to]
    return numbers + [text_field(name, str(value)) for name, value in _options(fax).items()]


def _envelope(fax: OutgoingFax) -> bytes:
    return json.dumps({"to": _addressees(fax.to, fax.country), **_options(fax)}).encode()


def _addressees(to: tuple[Recipient, ...], country: str) -> list[dict[str, str]]:
    return [
        {"phoneNumber": e164(each.number, country), **({"name": name} if name else {})}
        for each in to
        for name in (clean_person(each.name),)
    ]


def _options(fax: OutgoingFax) -> dict[str, str | int]:
    """What is asked for beside the addressees, in RingCentral's words; nothing that is not."""
    options: dict[str, str | int | None] = {
        "faxResolution": fax.resolution,
        "coverIndex": fax.cover_index,
        "coverPageText": fax.cover_text or None,
        "sendTime": spelled(fax.send_at) if fax.send_at else None,
        "isoCode": _iso_code(fax),
    }
    return {name: value for name, value in options.items() if value is not None}


def _iso_code(fax: OutgoingFax) -> str | None:
    """The country, where all numbers are of it: they are complete, another could only mislead."""
    code = country_code(fax.country)
    countries = {country_of(e164(each.number, code)) for each in fax.to}
    return code if countries == {code} else None


def _base64_file(name: str, content_type: str, content: Section) -> Part:
    return in_base64(file_part(name, content_type, content))


def _too_large(form: str) -> str:
    advice = " Choose another form: base64 takes a third more." if form == "mixed-base64" else ""
    return f"The request would be larger than the 55 MB that RingCentral takes.{advice}"


_WRITERS = {
    "form-data": _Form(_fields, file_field),
    "mixed": _Form(lambda fax: [json_part(_envelope(fax))], file_part),
    "mixed-base64": _Form(lambda fax: [json_part(_envelope(fax))], _base64_file),
}
