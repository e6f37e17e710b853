"""Keeps one working subscription: looks, plans, acts, and reads back what became of it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from errors import NotFound, RingCentralError
from ringcentral_api.subscriptions import DisabledFilter, Subscription, SubscriptionSpec
from subscriptions.plan import Action, Delete, Keep, Renew, Wanted, ours, plan

SUBSCRIPTION_LIMIT = "SUB-505"


class SubscriptionApi(Protocol):
    """What the room needs of RingCentral."""

    def subscriptions(self) -> list[Subscription]:
        """All of this user and app."""

    def create_subscription(self, spec: SubscriptionSpec) -> Subscription:
        """Create one; raises RingCentralError SUB-505 at the limit."""

    def update_subscription(
        self, subscription_id: str, event_filters: Sequence[str], expires_in: int
    ) -> Subscription:
        """Give it filters and a new life; raises NotFound."""

    def delete_subscription(self, subscription_id: str) -> None:
        """Delete it; raises NotFound."""


@dataclass(frozen=True)
class Report:
    """The subscription as it stands, and what was done for it. Only `Active` delivers."""

    subscription_id: str
    status: str | None
    expires_at: datetime | None
    actions: tuple[str, ...]
    disabled_filters: tuple[DisabledFilter, ...]


class Subscriptions:
    """The webhook subscription of one user; may be asked by several workers at once."""

    def __init__(self, api: SubscriptionApi, wanted: Callable[[], Wanted], base: str) -> None:
        """`base`: the start of all our webhook addresses, ending in `/`."""
        self._api = api
        self._wanted = wanted
        self._base = base

    def ensure(self, now: datetime) -> Report:
        """Make sure that RingCentral calls us; raises RingCentralError when it will not."""
        wanted, existing = self._wanted(), self._api.subscriptions()
        first, *surplus = plan(wanted, existing, now, self._base)
        doomed = [each.subscription_id for each in surplus if isinstance(each, Delete)]
        if isinstance(first, Keep):
            kept = next(each for each in existing if each.id == first.subscription_id)
            self._delete(doomed)
        else:
            kept = self._read_back(self._act(first, wanted, doomed))
        actions = tuple(f"{type(each).__name__}: {each.reason}" for each in (first, *surplus))
        return Report(kept.id, kept.status, kept.expires_at, actions, kept.disabled_filters)

    def remove_all(self) -> tuple[str, ...]:
        """Delete every subscription of ours; the ids."""
        doomed = [each.id for each in ours(self._api.subscriptions(), self._base)]
        self._delete(doomed)
        return tuple(doomed)

    def _act(self, first: Action, wanted: Wanted, doomed: Sequence[str]) -> Subscription:
        if not isinstance(first, Renew):
            return self._create(wanted, doomed)
        # Not `/renew`: it grants the old life again and takes no filters.
        try:
            made = self._api.update_subscription(
                first.subscription_id, wanted.event_filters, wanted.expires_in
            )
        except NotFound:
            return self._create(wanted, doomed)
        self._delete(doomed)
        return made

    def _create(self, wanted: Wanted, doomed: Sequence[str]) -> Subscription:
        spec = SubscriptionSpec(
            wanted.address, wanted.event_filters, wanted.expires_in, wanted.verification_token
        )
        try:
            made = self._api.create_subscription(spec)
        except RingCentralError as error:
            if error.code != SUBSCRIPTION_LIMIT or not doomed:
                raise
            self._delete(doomed)
            return self._api.create_subscription(spec)
        self._delete(doomed)
        return made

    def _delete(self, doomed: Sequence[str]) -> None:
        for subscription_id in doomed:
            with suppress(NotFound):
                self._api.delete_subscription(subscription_id)

    def _read_back(self, made: Subscription) -> Subscription:
        """RingCentral's present word on it: success on create does not mean that all is active."""
        listed = (each for each in self._api.subscriptions() if each.id == made.id)
        return next(listed, made)
