"""Tells a subscriber, before the end, that the subscription will expire."""

from datetime import datetime, timedelta

from simulator.events import REMINDER, send, split_filter
from simulator.state import Subscription
from simulator.world import World


def schedule(world: World, subscription: Subscription) -> None:
    """Plan the reminders of this lifetime; an earlier plan dies with its generation."""
    for text in subscription.filters:
        path, query = split_filter(text)
        if REMINDER.match(path):
            threshold, interval = int(query["threshold"][-1]), int(query["interval"][-1])
            first = subscription.expires - timedelta(seconds=threshold)
            _plan(world, subscription, text, (max(first, world.clock.now()), interval))


def _plan(world: World, subscription: Subscription, text: str, when: tuple[datetime, int]) -> None:
    generation, (due, interval) = subscription.generation, when

    def remind() -> None:
        now = world.clock.now()
        gone = subscription.id not in world.subscriptions or not subscription.alive(now)
        if gone or subscription.generation != generation:
            return
        if subscription.status == "Active":
            left = round((subscription.expires - now).total_seconds())
            send(world, subscription, text, {"expiresIn": left})
        _plan(world, subscription, text, (now + timedelta(seconds=interval), interval))

    world.agenda.at(due, remind)
