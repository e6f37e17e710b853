"""Keeps every request within RingCentral's rate limits, together with all other workers."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from errors import RateLimited
from ringcentral_api.calls import Group
from ringcentral_api.replies import penalty, rate_news
from ringcentral_api.stores import RateStore

Clock = Callable[[], float]


@dataclass(frozen=True)
class Timing:
    """The clock (epoch seconds), how to wait, and how many seconds a thread may wait its turn."""

    clock: Clock = time.time
    wait: Callable[[float], object] = time.sleep
    patience: float = 5.0


class Governor:
    """Asked before each request, told of each answer."""

    def __init__(self, user: str, rates: RateStore, timing: Timing) -> None:
        self._user = user
        self._rates = rates
        self._timing = timing

    def admit(self, group: Group) -> None:
        """Return when one request may go; RateLimited when that takes more than the patience."""
        waited = 0.0
        while delay := self._take(group):
            waited += delay
            if waited > self._timing.patience:
                raise RateLimited(f"The rate limit {group.name} of RingCentral is used up.", delay)
            self._timing.wait(delay)

    def pace(self, group: Group) -> float:
        """How many requests a second go in the long run."""
        return self._rates.pace(self._user, group.name, group.limit)

    def learn(self, group: Group, headers: Mapping[str, str]) -> None:
        """Correct our count by what the server tells."""
        news, now = rate_news(headers), self._timing.clock()
        if news.limit and news.window:
            self._rates.learn(self._user, group.name, news.limit, news.window, now)
        if news.remaining is not None:
            self._rates.remaining(self._user, group.name, news.remaining, now)

    def stop(self, group: Group, retry_after: float | None) -> None:
        """After a 429: nothing of this group goes before the penalty is over."""
        until = self._timing.clock() + penalty(retry_after)
        self._rates.pause(self._user, group.name, until)

    def _take(self, group: Group) -> float:
        return self._rates.take(self._user, group.name, group.limit, self._timing.clock())
