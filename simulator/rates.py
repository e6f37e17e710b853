"""Rate limits: a sliding window per (user, app, group), a penalty that each request restarts."""

import math
from collections import deque
from dataclasses import dataclass, field

Key = tuple[str, str, str]
"""(user's extension id, client id, group)."""


@dataclass(frozen=True)
class Limit:
    """`requests` in any `window` seconds; one more closes the group for `penalty` seconds."""

    requests: int
    window: float = 60.0
    penalty: float = 60.0


DEFAULTS = {"Light": Limit(50), "Medium": Limit(40), "Heavy": Limit(10), "Auth": Limit(5)}


@dataclass(frozen=True)
class Verdict:
    """What the limiter says to one request; `retry_after` > 0 means refused."""

    limit: Limit
    remaining: int
    retry_after: int = 0


@dataclass
class _Meter:
    taken: deque[float] = field(default_factory=deque)
    closed_until: float = 0
    penalty: float = 0


class Rates:
    """Counts requests; the limits may change at any time. Not thread-safe by itself."""

    def __init__(self, limits: dict[str, Limit] | None = None) -> None:
        self.limits = {**DEFAULTS, **(limits or {})}
        self._meters: dict[Key, _Meter] = {}

    def take(self, key: Key, now: float) -> Verdict:
        """Count one request at `now` (seconds)."""
        limit, meter = self.limits[key[2]], self._meters.setdefault(key, _Meter())
        while meter.taken and meter.taken[0] <= now - limit.window:
            meter.taken.popleft()
        if now < meter.closed_until:
            return self.punish(key, now, meter.penalty)
        if len(meter.taken) >= limit.requests:
            return self.punish(key, now, limit.penalty)
        meter.taken.append(now)
        return Verdict(limit, limit.requests - len(meter.taken))

    def punish(self, key: Key, now: float, seconds: float) -> Verdict:
        """Close the group for `seconds` from now on, whatever was counted."""
        meter = self._meters.setdefault(key, _Meter())
        meter.closed_until, meter.penalty = now + seconds, seconds
        return Verdict(self.limits[key[2]], 0, max(1, math.ceil(seconds)))

    def forgive(self) -> None:
        """Forget every count and penalty."""
        self._meters.clear()
