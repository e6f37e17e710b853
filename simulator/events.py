"""Which subscriptions hear of a change, and the many shapes in which they are told."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from simulator.clock import iso
from simulator.faxes import Fax
from simulator.state import Extension, Subscription
from simulator.world import World

MESSAGES = re.compile(r"^/restapi/v1\.0/account/(\d+)/extension/(\d+)/(message-store|fax)$")
REMINDER = re.compile(r"^/restapi/v1\.0/subscription/~$")
EXTENSIONS = re.compile(r"^/restapi/v1\.0/account/(\d+)/extension$")

Json = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """The parts of a message-store event's body in which public samples differ."""

    integer_ids: bool = False
    with_account: bool = False
    with_owner: bool = True
    with_zeros: bool = False
    with_new_ids: bool = True
    with_updates: bool = False
    other_types: bool = False
    old_zone: bool = False


PLAIN = Variant()


def variant(dice: random.Random) -> Variant:
    """Any of the 256 combinations."""
    return Variant(*(dice.random() < 0.5 for _ in range(8)))


def announce(world: World, faxes: Sequence[Fax], change: str) -> None:
    """Tell every subscription that listens: these faxes of one extension are `new` or `updated`."""
    for subscription in _listening(world, faxes[0].account_id):
        for event in _filters(subscription):
            heard = [fax for fax in faxes if _hears(event, fax, change)]
            _tell(world, subscription, event, _bodies(world, event, heard, change))


def _tell(world: World, subscription: Subscription, event: str, bodies: Sequence[Json]) -> None:
    for body in bodies:
        send(world, subscription, event, body)


def announce_extension(world: World, extension: Extension, change: str) -> None:
    """Tell who listens to the account's extension list: `Create`, `Update` or `Delete`."""
    path = f"/restapi/v1.0/account/{extension.account_id}/extension"
    for subscription in _listening(world, extension.account_id):
        if path in subscription.filters:
            body = {"extensionId": extension.id, "eventType": change}
            send(world, subscription, path, {**body, "ownerId": subscription.extension_id})


def send(world: World, subscription: Subscription, event: str, body: Json) -> None:
    """Put the body into an envelope and hand it to the carrier."""
    if world.carrier is None:
        return
    envelope = {
        "uuid": world.new_uuid(),
        "event": event,
        "timestamp": iso(world.clock.now()),
        "subscriptionId": subscription.id,
        "ownerId": subscription.extension_id,
        "body": body,
    }
    world.carrier.accept(subscription, envelope)


@lru_cache(maxsize=1000)
def split_filter(text: str) -> tuple[str, dict[str, list[str]]]:
    """An event filter's path and parameters, remembered: not to be changed."""
    path, _, query = text.partition("?")
    return path, parse_qs(query)


def _listening(world: World, account_id: str) -> Iterator[Subscription]:
    now = world.clock.now()
    for subscription in list(world.subscriptions.values()):
        fits = subscription.account_id == account_id and subscription.status == "Active"
        if fits and subscription.alive(now):
            yield subscription


def _filters(subscription: Subscription) -> list[str]:
    return [text for text in subscription.filters if text not in subscription.disabled]


def _hears(event: str, fax: Fax, change: str) -> bool:
    path, wanted = split_filter(event)
    named = MESSAGES.match(path)
    if named is None or named.groups()[:2] != (fax.account_id, fax.extension_id):
        return False
    if named[3] == "fax":
        return change == "new" and fax.direction == "Inbound"
    directions = wanted.get("direction", [fax.direction])
    return "Fax" in wanted.get("type", ["Fax"]) and fax.direction in directions


def _bodies(world: World, event: str, faxes: Sequence[Fax], change: str) -> list[Json]:
    """One body for all faxes, or for an instant filter one for each."""
    if not faxes:
        return []
    path, wanted = split_filter(event)
    if path.endswith("/fax"):
        return [instant_body(world.url, fax) for fax in faxes]
    mixed = world.settings.event_style == "mixed"
    shape = variant(world.draw("events")) if mixed else PLAIN
    body = message_body(faxes, change, shape, world.clock.now())
    if shape.other_types and "type" not in wanted:
        body["changes"] += [
            {"type": "SMS", "newCount": 1},
            {"type": "VoiceMail", "updatedCount": 1},
        ]
    return [body]


def message_body(faxes: Sequence[Fax], change: str, shape: Variant, now: datetime) -> Json:
    """A message-store event's body (SPEC MessageEventBody) in one of its shapes."""
    first = faxes[0]
    convert = int if shape.integer_ids else str
    moment = iso(now)
    body: Json = {
        "extensionId": convert(first.extension_id),
        "lastUpdated": moment.replace("Z", "+0000") if shape.old_zone else moment,
        "changes": [_change(faxes, change, shape)],
    }
    if shape.with_account:
        body["accountId"] = convert(first.account_id)
    if shape.with_owner:
        body["ownerId"] = first.extension_id
    return body


def _change(faxes: Sequence[Fax], change: str, shape: Variant) -> Json:
    new = len(faxes) if change == "new" else 0
    updated = len(faxes) - new + (1 if shape.with_updates and new else 0)
    entry: Json = {"type": "Fax"}
    if new or shape.with_zeros:
        entry["newCount"] = new
    if updated or shape.with_zeros:
        entry["updatedCount"] = updated
    if new and shape.with_new_ids:
        entry["newMessageIds"] = [int(fax.id) for fax in faxes]
    return entry


def instant_body(url: str, fax: Fax) -> Json:
    """The whole message, as the instant fax event shows it: string ids, no `to`, API host's URI."""
    at = f"{url}/restapi/v1.0/account/{fax.account_id}/extension/{fax.extension_id}"
    attachment = {
        "id": fax.attachment_id,
        "uri": f"{at}/message-store/{fax.id}/content/{fax.attachment_id}",
        "type": "RenderedDocument",
        "contentType": fax.document.content_type if fax.document else "application/pdf",
    }
    return {
        "id": fax.id,
        "from": {"phoneNumber": fax.sender.number, "location": fax.sender.location},
        "type": "Fax",
        "creationTime": iso(fax.created),
        "lastModifiedTime": iso(fax.modified),
        "readStatus": fax.read_status,
        "priority": "Normal",
        "attachments": [attachment],
        "direction": fax.direction,
        "availability": fax.availability,
        "subject": fax.subject,
        "messageStatus": fax.status,
        "faxResolution": fax.resolution,
        "faxPageCount": fax.page_count,
    }
