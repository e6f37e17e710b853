"""Carries notifications to webhooks in the background, and blacklists those that fail too long."""

import json
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from simulator import webhooks
from simulator.clock import iso
from simulator.journal import Carried
from simulator.state import Subscription
from simulator.world import World

REORDER_SECONDS = 5
Json = dict[str, Any]


@dataclass
class _Outbox:
    """What waits for one subscription; `held` comes after the next one."""

    waiting: deque[Json] = field(default_factory=deque)
    held: list[Json] = field(default_factory=list)
    busy: bool = False


class Courier:
    """One delivery at a time per subscription, several subscriptions at once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._outboxes: dict[str, _Outbox] = {}
        self._pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="simulator-courier")

    def close(self) -> None:
        """Drop what waits and let the deliveries under way end."""
        with self._world.lock:
            self._outboxes.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def idle(self) -> bool:
        """Whether nothing is being delivered or waits to be (held and late ones apart)."""
        with self._world.lock:
            return not any(outbox.busy or outbox.waiting for outbox in self._outboxes.values())

    def accept(self, subscription: Subscription, notification: Json) -> None:
        """Send a notification as the faults of events have it. Hold the world's lock."""
        faults, agenda, now = self._world.faults, self._world.agenda, self._world.clock.now()
        if self._lost(subscription, notification):
            return
        if faults.strike("event_dropped"):
            self._note(subscription, notification, "dropped", webhooks.Exchange())
            return
        if faults.strike("event_doubled"):
            self._put(subscription, notification)
        if late := faults.strike("event_late"):
            due = now + timedelta(seconds=late.seconds)
            agenda.at(due, lambda: self._put(subscription, notification))
        elif faults.strike("event_reordered"):
            self._outbox(subscription).held.append(notification)
            due = now + timedelta(seconds=REORDER_SECONDS)
            agenda.at(due, lambda: self._release(subscription))
        else:
            self._put(subscription, notification)
            self._release(subscription)

    def _lost(self, subscription: Subscription, notification: Json) -> bool:
        """In an outage nothing is sent, nor kept for later."""
        if not self._world.faults.on("outage"):
            return False
        self._note(subscription, notification, "dropped", webhooks.Exchange())
        return True

    def _outbox(self, subscription: Subscription) -> _Outbox:
        return self._outboxes.setdefault(subscription.id, _Outbox())

    def _release(self, subscription: Subscription) -> None:
        outbox = self._outbox(subscription)
        held, outbox.held = outbox.held, []
        for notification in held:
            self._put(subscription, notification)

    def _put(self, subscription: Subscription, notification: Json) -> None:
        if self._lost(subscription, notification):
            return
        outbox = self._outbox(subscription)
        outbox.waiting.append(notification)
        if not outbox.busy:
            outbox.busy = True
            self._pool.submit(self._drain, subscription, outbox)

    def _drain(self, subscription: Subscription, outbox: _Outbox) -> None:
        while (notification := self._next(subscription, outbox)) is not None:
            exchange = self._deliver(subscription, notification)
            with self._world.lock:
                self._judge(subscription, notification, exchange)

    def _next(self, subscription: Subscription, outbox: _Outbox) -> Json | None:
        """The next to send; while a subscription is not active nothing is kept for later."""
        with self._world.lock:
            gone = subscription.id not in self._world.subscriptions
            if gone or subscription.status != "Active" or not self._outboxes:
                outbox.waiting.clear()
            while outbox.waiting and self._lost(subscription, outbox.waiting[0]):
                outbox.waiting.popleft()
            outbox.busy = bool(outbox.waiting)
            return outbox.waiting.popleft() if outbox.waiting else None

    def _deliver(self, subscription: Subscription, notification: Json) -> webhooks.Exchange:
        settings = self._world.settings
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": '"UTF-8"',
            "Content-Type": "application/json; charset=UTF-8",
            "User-Agent": webhooks.AGENT,
            "X-Forwarded-Proto": "https",
        }
        if subscription.secret:
            headers[settings.secret_header] = subscription.secret
        body = json.dumps(notification).encode()
        return webhooks.post(subscription.address, headers, body, settings.webhook_timeout)

    def _judge(
        self, subscription: Subscription, notification: Json, exchange: webhooks.Exchange
    ) -> None:
        trouble = exchange.trouble
        if not trouble and exchange.status != 200:
            trouble = f"Webhook responses with code: [{exchange.status}]"
        self._note(subscription, notification, trouble or "ok", exchange)
        if not trouble:
            subscription.failures, subscription.failing_since = 0, None
            return
        now = self._world.clock.now()
        subscription.failures += 1
        subscription.failing_since = subscription.failing_since or now
        if self._too_long(subscription):
            blacklist(self._world, subscription, trouble)

    def _too_long(self, subscription: Subscription) -> bool:
        settings = self._world.settings
        since = subscription.failing_since or self._world.clock.now()
        failing = (self._world.clock.now() - since).total_seconds()
        too_often = 0 < settings.max_failures <= subscription.failures
        return too_often or failing >= settings.blacklist_after

    def _note(
        self,
        subscription: Subscription,
        notification: Json,
        result: str,
        exchange: webhooks.Exchange,
    ) -> None:
        self._world.journal.carried(
            Carried(
                time=iso(self._world.clock.now()),
                subscription_id=subscription.id,
                uuid=notification["uuid"],
                event=notification["event"],
                status=exchange.status,
                milliseconds=round(exchange.seconds * 1000),
                result=result,
            )
        )


def blacklist(world: World, subscription: Subscription, reason: str) -> None:
    """Stop calling this webhook for good, as the guide says."""
    subscription.status = "Blacklisted"
    subscription.blacklisted_at = world.clock.now()
    subscription.blacklist_reason = reason
