"""How a fax looks in REST answers."""

from typing import Any

from simulator.clock import iso
from simulator.faxes import Fax, Party, Recipient
from simulator.world import World

Json = dict[str, Any]


def message(world: World, fax: Fax) -> Json:
    """A fax as GetMessageInfoResponse."""
    return {
        **outline(world, fax),
        "extensionId": fax.extension_id,
        "subject": fax.subject,
        "attachments": attachments(world, fax, "fileName"),
    }


def created(world: World, fax: Fax) -> Json:
    """A fax as FaxResponse: no faxErrorCode, and `filename` spelled otherwise."""
    return {**outline(world, fax), "attachments": attachments(world, fax, "filename")}


def outline(world: World, fax: Fax) -> Json:
    """What both answers have."""
    body: Json = {
        "uri": f"{extension_uri(world.url, fax)}/message-store/{fax.id}",
        "id": world.rest_id(fax.id),
        "to": [_recipient(world, recipient) for recipient in _ordered(world, fax)],
        "from": _party(world, fax.sender),
        "type": "Fax",
        "creationTime": iso(fax.created),
        "lastModifiedTime": iso(fax.modified),
        "readStatus": fax.read_status,
        "priority": "Normal",
        "direction": fax.direction,
        "availability": fax.availability,
        "messageStatus": fax.status,
        "faxResolution": fax.resolution,
        "faxPageCount": fax.page_count,
    }
    if fax.direction == "Outbound":
        body |= {"coverIndex": fax.cover_index, "coverPageText": fax.cover_text}
    return {name: value for name, value in body.items() if value not in (None, "")}


def attachments(world: World, fax: Fax, name_key: str) -> list[Json]:
    """The rendered document; its URI is on the media host. None for what cannot be rendered."""
    if fax.document is None:
        return []
    base = extension_uri(world.media_url, fax)
    ending = "tiff" if fax.document.content_type == "image/tiff" else "pdf"
    entry: Json = {
        "id": world.rest_id(fax.attachment_id),
        "uri": f"{base}/message-store/{fax.id}/content/{fax.attachment_id}",
        "type": "RenderedDocument",
        "contentType": fax.document.content_type,
        name_key: f"fax-{fax.id}.{ending}",
    }
    if fax.rendered:
        entry["size"] = len(fax.document.data)
    return [entry]


def extension_uri(url: str, fax: Fax) -> str:
    """The URI of the extension a fax belongs to."""
    return f"{url}/restapi/v1.0/account/{fax.account_id}/extension/{fax.extension_id}"


def phone(world: World, party: Party) -> str:
    """A number as it is shown now: E.164, or formatted for some people."""
    digits = party.number.removeprefix("+1")
    if world.settings.format_numbers and len(digits) == 10 and int(digits) % 2:
        return f"({digits[:3]}){digits[3:6]}-{digits[6:]}"
    return party.number


def _party(world: World, party: Party) -> Json:
    shown = {"phoneNumber": phone(world, party), "name": party.name, "location": party.location}
    return {name: value for name, value in shown.items() if value}


def _recipient(world: World, recipient: Recipient) -> Json:
    body = _party(world, recipient.party)
    if recipient.id:
        body["recipientId"] = recipient.id
    if world.settings.omit_recipient_status:
        return body
    if recipient.id:
        body["messageStatus"] = recipient.status
    if recipient.error:
        body["faxErrorCode"] = recipient.error
    return body


def _ordered(world: World, fax: Fax) -> list[Recipient]:
    recipients = list(fax.recipients)
    if world.settings.shuffle_recipients:
        world.draw("recipients").shuffle(recipients)
    return recipients
