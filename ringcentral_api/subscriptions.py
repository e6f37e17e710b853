"""RingCentral's webhook subscriptions as values, and the calls that read and change them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from errors import NotFound, Unreachable
from ringcentral_api.calls import LIGHT, MEDIUM, Call
from ringcentral_api.reading import Json, as_object, inner, moment, number, objects, text

PATH = "/restapi/v1.0/subscription"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class SubscriptionSpec:
    """What to create; `expires_in` in seconds, at most 315360000."""

    address: str = field(repr=False)
    event_filters: tuple[str, ...]
    expires_in: int
    verification_token: str = field(repr=False)


@dataclass(frozen=True)
class DisabledFilter:
    """A filter that was asked for and is not watched, and RingCentral's reason."""

    filter: str
    reason: str | None
    message: str | None = field(repr=False)


@dataclass(frozen=True)
class Subscription:
    """One subscription. Anything but `Active` as `status` means that nothing is delivered."""

    id: str
    status: str | None
    address: str = field(repr=False)
    transport_type: str | None
    event_filters: tuple[str, ...]
    disabled_filters: tuple[DisabledFilter, ...]
    created_at: datetime | None
    expires_at: datetime | None
    expires_in: int | None
    blacklisted_at: datetime | None
    blacklisted_reason: str | None
    raw: Json = field(repr=False, hash=False)

    @classmethod
    def from_json(cls, value: object) -> "Subscription":
        """Read a SubscriptionInfo; Unreachable without an object or id."""
        body = as_object(value, "a subscription is not an object")
        delivery = inner(body.get("deliveryMode"))
        blacklisted = inner(body.get("blacklistedData"))
        return cls(
            id=_own_id(body),
            status=text(body.get("status")),
            address=text(delivery.get("address")) or "",
            transport_type=text(delivery.get("transportType")),
            event_filters=_texts(body.get("eventFilters")),
            disabled_filters=tuple(map(_disabled, objects(body.get("disabledFilters")))),
            created_at=moment(body.get("creationTime")),
            expires_at=moment(body.get("expirationTime")),
            expires_in=number(body.get("expiresIn")),
            blacklisted_at=moment(blacklisted.get("blacklistedAt")),
            blacklisted_reason=text(blacklisted.get("reason")),
            raw=body,
        )


def list_call(server_url: str) -> Call:
    """All subscriptions of this user and app, at most 30."""
    return Call("GET", server_url + PATH, LIGHT)


def create_call(server_url: str, spec: SubscriptionSpec) -> Call:
    """Create; `expiresIn` at the top level, inside `deliveryMode` it would be ignored silently."""
    body = {
        "eventFilters": list(spec.event_filters),
        "expiresIn": spec.expires_in,
        "deliveryMode": {
            "transportType": "WebHook",
            "address": spec.address,
            "verificationToken": spec.verification_token,
        },
    }
    return Call("POST", server_url + PATH, MEDIUM, body=body)


def update_call(
    server_url: str, subscription_id: str, event_filters: Sequence[str], expires_in: int
) -> Call:
    """Replace filters and lifetime; RingCentral ignores anything else in a PUT."""
    body = {"eventFilters": list(event_filters), "expiresIn": expires_in}
    return Call("PUT", _one(server_url, subscription_id), MEDIUM, body=body)


def renew_call(server_url: str, subscription_id: str) -> Call:
    """Renew with the lifetime it had."""
    return Call("POST", _one(server_url, subscription_id) + "/renew", LIGHT)


def delete_call(server_url: str, subscription_id: str) -> Call:
    """Delete."""
    return Call("DELETE", _one(server_url, subscription_id), MEDIUM)


def _one(server_url: str, subscription_id: str) -> str:
    if not _ID.fullmatch(subscription_id):
        raise NotFound("That is not the id of a subscription.")
    return f"{server_url}{PATH}/{subscription_id}"


def _own_id(body: Json) -> str:
    found = text(body.get("id")) or ""
    if not _ID.fullmatch(found):
        raise Unreachable("RingCentral's answer cannot be read: a subscription has no id.")
    return found


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _disabled(value: Json) -> DisabledFilter:
    return DisabledFilter(
        text(value.get("filter")) or "", text(value.get("reason")), text(value.get("message"))
    )
