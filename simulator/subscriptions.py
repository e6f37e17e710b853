"""Webhook subscriptions: filters checked, address shaken hands with, lifetime kept."""

from datetime import timedelta
from typing import Any

from simulator import reminders, webhooks
from simulator.ask import Ask, Json
from simulator.clock import iso
from simulator.filters import admitted
from simulator.refusals import Refusal, invalid, not_found
from simulator.state import Subscription
from simulator.wire import Response, answer
from simulator.world import World

DEFAULT_LIFETIME = 604_800
LONGEST_LIFETIME = 315_360_000
PREFIX = "/restapi/v1.0"


def list_subscriptions(ask: Ask) -> Response:
    """GET subscription: those of this user and app."""
    records = [view(ask.world, each) for each in _own(ask)]
    return answer({"uri": f"{ask.world.url}{PREFIX}/subscription", "records": records})


def read_subscription(ask: Ask) -> Response:
    """GET subscription/{id}."""
    return answer(view(ask.world, _find(ask)))


def create_subscription(ask: Ask) -> Response:
    """POST subscription. Takes the world's lock itself, so that a slow handshake blocks nobody."""
    world = ask.world
    with world.lock:
        body = ask.json()
        subscription = _drafted(ask, body)
        probe = world.new_uuid()
        timeout = world.settings.webhook_timeout
    shake_hands(subscription.address, probe, timeout)
    with world.lock:
        _check_limit(ask)
        world.subscriptions[subscription.id] = subscription
        reminders.schedule(world, subscription)
        return answer(view(world, subscription))


def update_subscription(ask: Ask) -> Response:
    """PUT subscription/{id}: filters and lifetime; anything else in the body is ignored."""
    subscription, body = _find(ask), ask.json()
    if "eventFilters" in body:
        filters, disabled = admitted(ask.caller, body["eventFilters"], _most(ask))
        subscription.filters, subscription.disabled = filters, disabled
    subscription.extend(ask.world.clock.now(), _lifetime(body))
    reminders.schedule(ask.world, subscription)
    return answer(view(ask.world, subscription))


def renew_subscription(ask: Ask) -> Response:
    """POST subscription/{id}/renew: once more the same lifetime."""
    subscription = _find(ask)
    subscription.extend(ask.world.clock.now(), subscription.lifetime)
    reminders.schedule(ask.world, subscription)
    return answer(view(ask.world, subscription))


def delete_subscription(ask: Ask) -> Response:
    """DELETE subscription/{id}."""
    del ask.world.subscriptions[_find(ask).id]
    return Response(204)


def view(world: World, subscription: Subscription) -> Json:
    """SubscriptionInfo; never with the verification token."""
    left = (subscription.expires - world.clock.now()).total_seconds()
    disabled = [
        {"filter": each, "reason": subscription.disabled_reason, "message": "Not watched"}
        for each in subscription.disabled
    ]
    body: Json = {
        "uri": f"{world.url}{PREFIX}/subscription/{subscription.id}",
        "id": subscription.id,
        "creationTime": iso(subscription.created),
        "status": subscription.status,
        "eventFilters": [
            each for each in subscription.filters if each not in subscription.disabled
        ],
        "disabledFilters": disabled,
        "expirationTime": iso(subscription.expires),
        "expiresIn": max(1, round(left)),
        "deliveryMode": {
            "transportType": "WebHook",
            "encryption": False,
            "address": subscription.address,
        },
    }
    if subscription.blacklisted_at:
        reason = subscription.blacklist_reason
        at = iso(subscription.blacklisted_at)
        body["blacklistedData"] = {"blacklistedAt": at, "reason": reason}
    return body if disabled else {name: body[name] for name in body if name != "disabledFilters"}


def shake_hands(address: str, probe: str, timeout: float) -> None:
    """The check made at creation. Raises Refusal: SUB-520, 521, 522, 524 or 525."""
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": webhooks.AGENT,
        "Validation-Token": probe,
    }
    exchange = webhooks.post(address, headers, b"", timeout)
    if exchange.bad_certificate:
        raise Refusal(400, "SUB-524", "HTTPS certificate of the WebHook is not valid")
    if "max size" in exchange.trouble or "timed out" in exchange.trouble:
        raise Refusal(400, "SUB-525", f"WebHook server response is invalid. {exchange.trouble}")
    if exchange.trouble:
        raise Refusal(400, "SUB-521", f"WebHook is not reachable. {exchange.trouble}")
    if exchange.status != 200:
        text = f"WebHook responds with incorrect HTTP status. HTTP status is {exchange.status}"
        raise Refusal(400, "SUB-522", text)
    if exchange.header("validation-token") != probe:
        raise Refusal(400, "SUB-520", "Validation Token is not returned")
    if not exchange.header("content-type").startswith("application/json"):
        raise Refusal(400, "SUB-525", "WebHook server response is invalid. Content type")


def _drafted(ask: Ask, body: Json) -> Subscription:
    mode = body.get("deliveryMode")
    if not isinstance(mode, dict) or mode.get("transportType") != "WebHook":
        raise invalid("deliveryMode.transportType")
    filters, disabled = admitted(ask.caller, body.get("eventFilters"), _most(ask))
    _check_limit(ask)
    now, lifetime, caller = ask.world.clock.now(), _lifetime(body), ask.caller
    return Subscription(
        id=ask.world.new_uuid(),
        account_id=caller.account.id,
        extension_id=caller.extension.id,
        client_id=caller.account.client_id,
        address=_address(mode.get("address")),
        secret=_secret(mode.get("verificationToken", "")),
        filters=filters,
        created=now,
        expires=now + timedelta(seconds=lifetime),
        lifetime=lifetime,
        disabled=disabled,
    )


def _most(ask: Ask) -> int:
    return ask.world.settings.max_filters


def _address(value: object) -> str:
    try:
        webhooks.target(str(value))
    except ValueError:
        raise invalid("deliveryMode.address") from None
    return str(value)


def _secret(value: object) -> str:
    if not isinstance(value, str) or len(value) > 255 or not value.isascii():
        raise invalid("deliveryMode.verificationToken")
    if value and not value.isprintable():
        raise invalid("deliveryMode.verificationToken")
    return value


def _lifetime(body: Json) -> int:
    """Only the top level's `expiresIn` counts; in `deliveryMode` it is silently ignored."""
    value: Any = body.get("expiresIn", DEFAULT_LIFETIME)
    if not isinstance(value, int) or value < 1:
        raise invalid("expiresIn")
    return min(value, LONGEST_LIFETIME)


def _check_limit(ask: Ask) -> None:
    if len(_own(ask)) >= ask.world.settings.subscription_limit:
        raise Refusal(403, "SUB-505", "Subscriptions limit exceeded")


def _own(ask: Ask) -> list[Subscription]:
    now, me = ask.world.clock.now(), ask.caller.extension.id
    every = ask.world.subscriptions.values()
    return [each for each in every if each.extension_id == me and each.alive(now)]


def _find(ask: Ask) -> Subscription:
    subscription = ask.world.subscriptions.get(ask.ids["subscription"])
    if subscription is None or subscription.extension_id != ask.caller.extension.id:
        raise not_found("subscriptionId")
    if not subscription.alive(ask.world.clock.now()):
        raise Refusal(404, "SUB-507", "Subscription was expired")
    return subscription
