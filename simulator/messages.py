"""The message store: list, read, change and delete faxes."""

import json
from collections.abc import Callable
from datetime import datetime

from simulator import changes
from simulator.ask import Ask, Json
from simulator.faxes import Fax
from simulator.mailbox import Mailbox
from simulator.refusals import Refusal, invalid, not_found
from simulator.views import message
from simulator.wire import Response, answer

TYPES = ("Fax", "SMS", "VoiceMail", "Pager", "Text", "All")
MOST_IDS = 50
VENDOR = "application/vnd.ringcentral.multipart+json"


def list_messages(ask: Ask) -> Response:
    """GET message-store: newest first, the last 24 hours unless told otherwise."""
    mailbox = ask.mailbox()
    start, end = ask.window()
    fitting = _fits(ask, start, end)
    found = [fax for fax in mailbox.shown() if fitting(fax)]
    lie = ask.world.faults.strike("list_empty", ask.request.path)
    shown, around = ask.page([] if lie else found)
    response = answer({**around, "records": [message(ask.world, fax) for fax in shown]})
    response.fault = "list_empty" if lie else ""
    return response


def _fits(ask: Ask, start: datetime, end: datetime) -> Callable[[Fax], bool]:
    types = ask.several("messageType", TYPES)
    directions = ask.several("direction", ("Inbound", "Outbound"))
    reads = ask.several("readStatus", ("Read", "Unread"))
    states = ask.several("availability", ("Alive", "Deleted", "Purged")) or ["Alive"]
    number = ask.request.one("phoneNumber").lstrip("+ ")

    def fits(fax: Fax) -> bool:
        return (
            start <= fax.created <= end
            and fax.availability in states
            and "Fax" in (types or ["Fax"])
            and fax.direction in (directions or [fax.direction])
            and fax.read_status in (reads or [fax.read_status])
            and _involves(fax, number)
        )

    return fits


def _involves(fax: Fax, number: str) -> bool:
    parties = [fax.sender, *(recipient.party for recipient in fax.recipients)]
    return not number or any(party.number.lstrip("+") == number for party in parties)


def find(mailbox: Mailbox, fax_id: str) -> Fax:
    """A fax of this message store. Raises Refusal (404 CMN-102), also when evicted or hidden."""
    fax = mailbox.known.get(fax_id)
    if fax is None or fax.hidden_until:
        raise not_found("messageId")
    return fax


def read_message(ask: Ask) -> Response:
    """GET message-store/{id}, or up to 50 ids with commas (207)."""
    return _each(ask, lambda fax: message(ask.world, fax))


def update_message(ask: Ask) -> Response:
    """PUT or PATCH message-store/{id}: read status; PATCH also restores a deleted one."""
    body = ask.json()

    def update(fax: Fax) -> Json:
        if ask.request.method == "PATCH" and body.get("availability") == "Alive":
            changes.restore(ask.world, fax)
        if "readStatus" in body or ask.request.method == "PUT":
            changes.mark(ask.world, fax, str(body.get("readStatus")))
        return message(ask.world, fax)

    return _each(ask, update)


def delete_message(ask: Ask) -> Response:
    """DELETE message-store/{id}: Deleted, then Purged; `purge=true` at once; 204 even if done."""
    mailbox, purge = ask.mailbox(), ask.flag("purge")
    for fax_id in _ids(ask):
        changes.delete(ask.world, find(mailbox, fax_id), purge=purge)
    return Response(204)


def delete_by_filter(ask: Ask) -> Response:
    """DELETE message-store without ids: everything of the type goes (SPEC's warning)."""
    mailbox, kind = ask.mailbox(), ask.request.one("type", "All")
    if kind not in TYPES:
        raise invalid("type")
    for fax in list(mailbox.shown()):
        if kind in ("All", "Fax") and fax.availability == "Alive":
            changes.delete(ask.world, fax, purge=ask.flag("purge"))
    return Response(204)


def _ids(ask: Ask) -> list[str]:
    ids = [part for part in ask.ids["message"].split(",") if part]
    if len(ids) > MOST_IDS:
        raise Refusal(400, "CMN-106", "Batch request size is too large")
    return ids


def _each(ask: Ask, action: Callable[[Fax], Json]) -> Response:
    mailbox, ids = ask.mailbox(), _ids(ask)
    if len(ids) == 1 and "," not in ask.ids["message"]:
        return answer(action(find(mailbox, ids[0])))
    return _several(ask, [_part(mailbox, fax_id, action) for fax_id in ids])


def _part(mailbox: Mailbox, fax_id: str, action: Callable[[Fax], Json]) -> Json:
    try:
        body, status = action(find(mailbox, fax_id)), 200
    except Refusal as refusal:
        body, status = refusal.body(), refusal.status
    text = "OK" if status == 200 else str(body["message"])
    return {"resourceId": fax_id, "status": status, "responseDescription": text, "body": body}


def _several(ask: Ask, parts: list[Json]) -> Response:
    if VENDOR in ask.request.headers.get("accept", ""):
        return Response(207, json.dumps(parts).encode(), {"Content-Type": VENDOR})
    boundary = "Boundary_" + ask.world.new_uuid().replace("-", "_")
    summary = {"response": [{**part, "body": None} for part in parts]}
    pieces = [summary, *(part["body"] for part in parts)]
    text = "".join(
        f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{json.dumps(piece)}\r\n"
        for piece in pieces
    )
    kind = f'multipart/mixed; boundary="{boundary}"'
    return Response(207, f"{text}--{boundary}--\r\n".encode(), {"Content-Type": kind})
