"""How many requests a token may make: the generic cell rate algorithm, in memory.

In memory because a request that only reads should not cost a write; a restart forgives.
"""

import math
import threading
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Policy:
    """So many requests in so many seconds, all at once if need be."""

    name: str
    quota: int
    window: float

    @property
    def spacing(self) -> float:
        return self.window / self.quota


@dataclass(frozen=True)
class Reading:
    """How it stands after a request: `left` more at once, all of them again in `reset` seconds.

    `wait` is 0.0 when the request may go on, else the seconds until one may.
    """

    policy: Policy
    left: int
    reset: float
    wait: float = 0.0

    def headers(self) -> dict[str, str]:
        """RateLimit and RateLimit-Policy, as draft-ietf-httpapi-ratelimit-headers writes them."""
        policy = self.policy
        told = {
            "RateLimit-Policy": f'"{policy.name}";q={policy.quota};w={math.ceil(policy.window)}',
            "RateLimit": f'"{policy.name}";r={self.left};t={math.ceil(self.reset)}',
        }
        return told | ({"Retry-After": str(math.ceil(self.wait))} if self.wait else {})


@dataclass
class Pace:
    """The theoretical arrival time of each token's next request. Any thread may ask."""

    _next: dict[tuple[str, str], float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, token_id: str, policy: Policy, now: float) -> Reading:
        """Count one request, unless it is one too many; `now` in seconds of any steady clock."""
        key = token_id, policy.name
        with self._lock:
            ahead = max(self._next.get(key, now) - now, 0.0)
            wait = ahead + policy.spacing - policy.window
            if wait > 1e-9:
                return Reading(policy, 0, ahead, wait)
            ahead += policy.spacing
            self._next[key] = now + ahead
        left = int((policy.window - ahead) / policy.spacing + 1e-9)
        return Reading(policy, left, ahead)
