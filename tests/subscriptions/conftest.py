"""Subscriptions as RingCentral would tell of them, and a RingCentral that keeps them in memory."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from errors import NotFound, RingCentralError
from ringcentral_api import Subscription, SubscriptionSpec
from subscriptions import Wanted, event_filters

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LIFE = 604800
BASE = "https://fax.example/webhooks/ringcentral/"
FILTERS = tuple(event_filters(["42"], LIFE))

Make = Callable[..., Subscription]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def base() -> str:
    return BASE


@pytest.fixture
def wanted() -> Wanted:
    return Wanted(BASE + "secret", FILTERS, LIFE, "verify")


def _made(**changes: object) -> Subscription:
    """One that delivers and is a day old; `age` and `left` in hours, the rest as in JSON."""
    age, left = changes.pop("age", 24), changes.pop("left", 6 * 24)
    assert isinstance(age, int)
    assert isinstance(left, int)
    resolved = [each.replace("account/~", "account/11") for each in FILTERS]
    body: dict[str, object] = {
        "id": "good",
        "status": "Active",
        "eventFilters": resolved,
        "deliveryMode": {
            "transportType": "WebHook",
            "address": changes.pop("address", BASE + "secret"),
        },
        "creationTime": (NOW - timedelta(hours=age)).isoformat(),
        "expirationTime": (NOW + timedelta(hours=left)).isoformat(),
    }
    return Subscription.from_json({**body, **changes})


@pytest.fixture
def make() -> Make:
    return _made


class MemoryApi:
    """Keeps subscriptions as RingCentral does: a limit, and filters it silently disables."""

    def __init__(self, *present: Subscription) -> None:
        self.present = {each.id: each for each in present}
        self.calls: list[str] = []
        self.limit = 30
        self.disables: Sequence[str] = ()

    def subscriptions(self) -> list[Subscription]:
        self.calls.append("list")
        return list(self.present.values())

    def create_subscription(self, spec: SubscriptionSpec) -> Subscription:
        self.calls.append("create")
        if len(self.present) >= self.limit:
            raise RingCentralError("The limit.", status=403, code="SUB-505")
        new_id = f"new-{len(self.calls)}"
        return self._put(new_id, spec.address, spec.event_filters, spec.expires_in)

    def update_subscription(
        self, subscription_id: str, event_filters: Sequence[str], expires_in: int
    ) -> Subscription:
        self.calls.append(f"update {subscription_id}")
        old = self._found(subscription_id)
        return self._put(old.id, old.address, event_filters, expires_in)

    def delete_subscription(self, subscription_id: str) -> None:
        self.calls.append(f"delete {subscription_id}")
        del self.present[self._found(subscription_id).id]

    def _found(self, subscription_id: str) -> Subscription:
        if subscription_id not in self.present:
            raise NotFound("Gone.", status=404)
        return self.present[subscription_id]

    def _put(self, new_id: str, address: str, filters: Sequence[str], life: int) -> Subscription:
        told = _made(id=new_id, address=address, age=0, left=life // 3600)
        disabled = [{"filter": each} for each in filters if each in self.disables]
        active = [each for each in filters if each not in self.disables]
        raw = {**told.raw, "eventFilters": active, "disabledFilters": disabled}
        self.present[new_id] = Subscription.from_json(raw)
        return told


@pytest.fixture
def memory_api() -> type[MemoryApi]:
    return MemoryApi
