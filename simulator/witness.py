"""The simulator's methods about subscriptions, sessions, and what really happened."""

import time
from collections.abc import Sequence

from simulator import truth
from simulator.delivery import blacklist
from simulator.levers import Json, Levers
from simulator.subscriptions import view


class Witness(Levers):
    """What is going on, what went on, and an end to it."""

    def subscriptions(self) -> list[Json]:
        """Every subscription, whoever made it, and whether it has `expired`."""
        with self._world.lock:
            now = self._world.clock.now()
            every = self._world.subscriptions.values()
            return [{**view(self._world, each), "expired": not each.alive(now)} for each in every]

    def expire_subscription(self, subscription_id: str) -> None:
        """It ends now."""
        with self._world.lock:
            self._subscription(subscription_id).extend(self._world.clock.now(), 0)

    def blacklist_subscription(self, subscription_id: str, reason: str = "") -> None:
        """It is suspended now."""
        text = reason or "I/O operation is failed. Details: [Read timed out]"
        with self._world.lock:
            blacklist(self._world, self._subscription(subscription_id), text)

    def disable_filters(self, subscription_id: str, filters: Sequence[str] = ()) -> None:
        """These filters (default: all) are reported as disabled and never fire."""
        with self._world.lock:
            subscription = self._subscription(subscription_id)
            subscription.disabled = list(filters or subscription.filters)

    def revoke_tokens(self, extension_id: str = "") -> int:
        """End the sessions of one user, or of all; returns how many."""
        with self._world.lock:
            return self._logins.revoke(extension_id=extension_id)

    # What happened

    def truth(self) -> list[Json]:
        """Every fax ever held."""
        with self._world.lock:
            return truth.truth(self._world)

    def requests(self, *, method: str = "", path: str = "", since: str = "") -> Json:
        """The requests made (control apart): `records`, `counts` and `total`."""
        with self._world.lock:
            return self._world.journal.requests(method, path, since)

    def notifications(self, subscription_id: str = "", since: str = "") -> list[Json]:
        """Every try to deliver a notification."""
        with self._world.lock:
            return self._world.journal.notifications(subscription_id, since)

    def notification_counts(self) -> dict[str, int]:
        """How many tries there ever were, by result: `ok`, `dropped` or what went wrong."""
        with self._world.lock:
            return self._world.journal.results()

    def forget(self) -> None:
        """Empty the journal of requests and notifications."""
        with self._world.lock:
            self._world.journal.forget()

    def wait_delivered(self, timeout: float = 10) -> bool:
        """Wait (real seconds) until no notification is under way; held and late ones apart."""
        deadline = time.monotonic() + timeout
        while not self._courier.idle:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)
        return True
