"""Takes a fax to be sent, in every form the guide knows, and refuses what RingCentral refuses."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from simulator import changes, multipart
from simulator.ask import Ask, Json
from simulator.clock import parse
from simulator.drawing import Sheet, draw
from simulator.faxes import Document, Fax, Party
from simulator.messages import find
from simulator.multipart import Part
from simulator.pages import UnreadableError, count
from simulator.refusals import Refusal, invalid
from simulator.views import created
from simulator.wire import Response, answer

MOST_BYTES = 50 * 1024 * 1024
MOST_PAGES = 200
MOST_RECIPIENTS = 50
TEXT_FIELDS = ("faxResolution", "coverIndex", "coverPageText", "sendTime", "isoCode")
_ENDINGS = (
    "pdf psd doc docx dot mcw xls xlsx xlsb ppt pptx vsd vdx pub wps wri awd tif tiff gif jpg jpeg "
    "bmp png pcx tga rtf txt log h cpp c err hpp wk1 wk3 wk4 wq1 xml html htm csv"
)
ENDINGS = frozenset(_ENDINGS.split())
SPECIAL = frozenset("@#$%^&*")
"""Not in file names, says the guide."""


@dataclass
class Draft:
    """What a request asks for, before it is checked."""

    envelope: Json
    files: list[Part] = field(default_factory=list)


def create_fax(ask: Ask) -> Response:
    """POST fax: queue it. Raises Refusal with the MSG code of what is wrong.

    Takes the world's lock itself, so that rendering blocks nobody.
    """
    extension = ask.extension()
    kind = ask.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not ask.request.body:
        raise Refusal(400, "MSG-347", "Request body is empty")
    if kind == "application/json":
        with ask.world.lock:
            return _resend(ask)
    if kind not in ("multipart/form-data", "multipart/mixed"):
        raise Refusal(415, "MSG-348", "Media type is not supported")
    draft = _mixed(ask) if kind == "multipart/mixed" else _form(ask)
    _check_files(draft.files)
    outbound = _outbound(draft)
    with ask.world.lock:
        return answer(created(ask.world, changes.submit(ask.world, extension, outbound)))


def _parts(ask: Ask) -> list[Part]:
    try:
        return multipart.parts(ask.request.headers["content-type"], ask.request.body)
    except ValueError as problem:
        raise Refusal(400, "MSG-352", f"Multipart body cannot be read: {problem}") from None


def _mixed(ask: Ask) -> Draft:
    """The first part is the JSON envelope, the others are files."""
    first, *files = _parts(ask) or [Part("", "", "", b"")]
    if first.content_type != "application/json":
        raise Refusal(400, "MSG-349", "Message envelope is missing")
    for part in files:
        if not part.file_name and not part.content_type:
            raise Refusal(400, "MSG-350", "Content-Disposition is missing")
    return Draft(_envelope(first.data), files)


def _form(ask: Ask) -> Draft:
    """Text fields, or one JSON part named `json` or `request.json`; then files."""
    draft = Draft({})
    for part in _parts(ask):
        if part.content_type == "application/json" and part.file_name in ("", "request.json"):
            draft.envelope |= _envelope(part.data)
        elif part.name == "to":
            recipient = {"phoneNumber": part.data.decode("utf-8", "replace")}
            draft.envelope.setdefault("to", []).append(recipient)
        elif part.name in TEXT_FIELDS:
            draft.envelope[part.name] = part.data.decode("utf-8", "replace")
        else:
            draft.files.append(part)
    return draft


def _envelope(data: bytes) -> Json:
    try:
        envelope = json.loads(data)
    except ValueError:
        envelope = None
    if not isinstance(envelope, dict):
        raise Refusal(400, "MSG-349", "Message envelope is not valid JSON")
    return envelope


def _check_files(files: list[Part]) -> None:
    for part in files:
        ending = PurePath(part.file_name).suffix.lower().lstrip(".")
        if len(part.file_name) > 256:
            raise Refusal(400, "MSG-370", "File name is too long")
        if SPECIAL.intersection(part.file_name):
            raise Refusal(400, "MSG-351", "File name contains special characters")
        if not ending and part.content_type in ("", "application/octet-stream"):
            code, status = ("MSG-355", 400) if part.content_type else ("MSG-353", 415)
            raise Refusal(status, code, "Attachment type cannot be determined")
        if ending and ending not in ENDINGS:
            raise Refusal(415, "MSG-348", "Attachment media type is not supported")
        if len(part.data) > MOST_BYTES:
            raise Refusal(413, "MSG-337", "Attachment size exceeds the limit")
    if sum(len(part.data) for part in files) > MOST_BYTES:
        raise Refusal(413, "MSG-338", "Total size of attachments exceeds the limit")


def _outbound(draft: Draft) -> changes.Outbound:
    envelope = draft.envelope
    if "isoCode" in envelope and "country" in envelope:
        raise Refusal(400, "MSG-365", "Only one of country and isoCode may be given")
    cover, text = _cover(envelope), str(envelope.get("coverPageText") or "")
    if not draft.files and not cover:
        raise Refusal(400, "MSG-347", "There is nothing to send")
    resolution = envelope.get("faxResolution") or "High"
    if resolution not in ("High", "Low"):
        raise invalid("faxResolution")
    if len(text) > 1024:
        raise invalid("coverPageText")
    document, doom = _rendered(draft.files, 1 if cover else 0)
    return changes.Outbound(
        to=recipients(envelope.get("to")),
        document=document,
        doom=doom,
        resolution=resolution,
        cover_index=cover,
        cover_text=text,
        sources=tuple(_source(part) for part in draft.files),
        send_at=_send_time(envelope),
    )


def _cover(envelope: Json) -> int:
    text = str(envelope.get("coverIndex") or "0")
    if not text.isdecimal() or not 0 <= int(text) <= 28:
        raise invalid("coverIndex")
    return int(text)


def _send_time(envelope: Json) -> Any:
    text = envelope.get("sendTime")
    try:
        return parse(str(text)) if text else None
    except ValueError:
        raise invalid("sendTime") from None


def recipients(to: object) -> tuple[Party, ...]:
    """The addressees of an envelope. Raises Refusal: CMN-101 [to], MSG-344 for a short number."""
    entries = to if isinstance(to, list) else [to]
    if not to or len(entries) > MOST_RECIPIENTS:
        raise invalid("to")
    return tuple(_recipient(entry) for entry in entries)


def _recipient(entry: object) -> Party:
    if isinstance(entry, str):
        entry = {"phoneNumber": entry}
    if not isinstance(entry, dict):
        raise invalid("to")
    number = "".join(letter for letter in str(entry.get("phoneNumber")) if letter.isdecimal())
    if not number:
        raise invalid("to")
    if len(number) < 7:
        raise Refusal(400, "MSG-344", "Faxes cannot be sent to extension numbers")
    if len(number) == 10:
        number = f"1{number}"
    return Party(f"+{number}", str(entry.get("name") or ""))


def _rendered(files: list[Part], extra: int) -> tuple[Document | None, str]:
    """What the fax machine will send, drawn anew, or why it cannot be made."""
    try:
        pages = extra + sum(count(part) for part in files)
    except UnreadableError:
        return None, "RenderingFailed"
    if pages > MOST_PAGES:
        return None, "TooManyPages"
    digest = hashlib.sha256(b"".join(part.data for part in files)).digest()
    sheet = Sheet("Sent through the simulator", pages, int.from_bytes(digest[:4]))
    return Document(draw(sheet, "application/pdf"), "application/pdf", pages), ""


def _source(part: Part) -> dict[str, object]:
    return {
        "fileName": part.file_name,
        "contentType": part.content_type,
        "size": len(part.data),
        "sha256": hashlib.sha256(part.data).hexdigest(),
    }


def _resend(ask: Ask) -> Response:
    """JSON with `originalMessageId`: a failed fax again, or an inbound one forwarded."""
    extension, body = ask.extension(), ask.json()
    original = find(extension.mailbox, str(body.get("originalMessageId")))
    if original.direction == "Outbound" and original.status != "SendingFailed":
        raise Refusal(406, "MSG-343", "Fax cannot be resent in its current state")
    outbound = changes.Outbound(
        to=recipients(body["to"]) if body.get("to") else _unreached(original),
        document=original.document,
        doom=original.doom,
        resolution=original.resolution,
        cover_index=original.cover_index,
        cover_text=original.cover_text,
        sources=tuple(original.sources),
        send_at=_send_time(body),
    )
    return answer(created(ask.world, changes.submit(ask.world, extension, outbound)))


def _unreached(original: Fax) -> tuple[Party, ...]:
    if original.direction == "Inbound":
        raise invalid("to")
    failed = [each for each in original.recipients if each.status == "SendingFailed"]
    return tuple(each.party for each in failed)
