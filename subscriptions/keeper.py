"""Keeps the wanted subscriptions working: looks, plans, acts, and reads back what became of it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from errors import NotFound, RingCentralError
from ringcentral_api.subscriptions import Subscription, SubscriptionSpec
from subscriptions.plan import Action, Create, Delete, Flaw, Keep, Own, Step, Wanted, plan

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
class Standing:
    """One that is wanted as it stands now, what was done, and what was wrong before."""

    wanted: Wanted
    subscription: Subscription
    action: str
    flaw: Flaw | None


@dataclass(frozen=True)
class Report:
    """How all that is wanted stands, and which others of ours were deleted, with the reasons."""

    standings: tuple[Standing, ...]
    deleted: tuple[Delete, ...]


class Subscriptions:
    """The webhook subscriptions of one user; may be asked by several workers at once."""

    def __init__(self, api: SubscriptionApi) -> None:
        self._api = api

    def ensure(self, wanted: Sequence[Wanted], now: datetime, own: Own) -> Report:
        """Make sure that RingCentral calls us; raises RingCentralError when it will not."""
        existing = self._api.subscriptions()
        planned = plan(wanted, existing, now, own)
        doomed = [each.subscription_id for each in planned.surplus]
        # A renewal may drop filters that a new one takes over: no event may fall between.
        order = sorted(planned.steps, key=lambda step: not isinstance(step.action, Create))
        acted = {step.wanted.address: self._act(step, existing, doomed) for step in order}
        made = [acted[step.wanted.address] for step in planned.steps]
        self._delete(doomed)
        if any(not isinstance(step.action, Keep) for step in planned.steps):
            made = self._read_back(made)
        standings = [
            Standing(step.wanted, found, _said(step.action), step.flaw)
            for step, found in zip(planned.steps, made, strict=True)
        ]
        return Report(tuple(standings), planned.surplus)

    def remove_all(self, own: Own) -> tuple[str, ...]:
        """Delete every subscription of ours; the ids."""
        doomed = [each.id for each in own.among(self._api.subscriptions())]
        self._delete(list(doomed))
        return tuple(doomed)

    def _act(self, step: Step, existing: Sequence[Subscription], doomed: list[str]) -> Subscription:
        action, wanted = step.action, step.wanted
        if isinstance(action, Keep):
            return next(each for each in existing if each.id == action.subscription_id)
        if isinstance(action, Create):
            return self._create(wanted, doomed)
        # Not `/renew`: it grants the old life again and takes no filters.
        try:
            return self._api.update_subscription(
                action.subscription_id, wanted.event_filters, wanted.expires_in
            )
        except NotFound:
            return self._create(wanted, doomed)

    def _create(self, wanted: Wanted, doomed: list[str]) -> Subscription:
        spec = SubscriptionSpec(
            wanted.address, wanted.event_filters, wanted.expires_in, wanted.verification_token
        )
        try:
            return self._api.create_subscription(spec)
        except RingCentralError as error:
            if error.code != SUBSCRIPTION_LIMIT or not doomed:
                raise
            self._delete(doomed)
            return self._api.create_subscription(spec)

    def _delete(self, doomed: list[str]) -> None:
        while doomed:
            with suppress(NotFound):
                self._api.delete_subscription(doomed[0])
            del doomed[0]

    def _read_back(self, made: Sequence[Subscription]) -> list[Subscription]:
        """RingCentral's present word: success on create does not mean that all is active."""
        listed = {each.id: each for each in self._api.subscriptions()}
        return [listed.get(each.id, each) for each in made]


def _said(action: Action) -> str:
    return f"{type(action).__name__}: {action.reason}"
