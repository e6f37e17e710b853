"""What the room asks of the shared memory of all workers: request rates and the one token."""

from dataclasses import dataclass
from typing import Protocol


class RateStore(Protocol):
    """Counts requests per (user, group) over all threads and processes; times are epoch seconds."""

    def take(self, user: str, group: str, default_limit: int, now: float) -> float:
        """Take one request: 0.0 when it may go now, else the seconds to wait and ask again."""

    def pace(self, user: str, group: str, default_limit: int) -> float:
        """How many requests a second go in the long run."""

    def learn(self, user: str, group: str, limit: int, window: float, now: float) -> None:
        """The server allows `limit` requests in `window` seconds."""

    def remaining(self, user: str, group: str, remaining: int, now: float) -> None:
        """The server says that only `remaining` are left in its window; we may think more are."""

    def pause(self, user: str, group: str, until: float) -> None:
        """Nothing goes before `until`."""


class TokenStore(Protocol):
    """Holds the sealed access token that all workers share; times are epoch seconds."""

    def read(self, account: str) -> tuple[str, float] | None:
        """The sealed token and when it expires."""

    def claim_renewal(self, account: str, now: float, until: float) -> bool:
        """Claim the renewal until `until`; true for exactly one caller over all processes."""

    def write(self, account: str, sealed: str, expires_at: float) -> None:
        """Replace the token and end the renewal."""

    def drop(self, account: str, sealed: str) -> None:
        """Forget a token the server refused, if it is still this one."""

    def release_renewal(self, account: str) -> None:
        """Give a claimed renewal back undone."""


@dataclass(frozen=True)
class Stores:
    """Both of them."""

    rates: RateStore
    tokens: TokenStore


class Observer(Protocol):
    """Is told what was seen of RingCentral in passing; must be quick and never fail."""

    def saw_time(self, skew: float) -> None:
        """RingCentral's clock was `skew` seconds ahead of ours."""

    def saw_refusal(self, operation: str, status: int, code: str) -> None:
        """An operation was answered with this status and error code."""


class Unobserved:
    """Nobody wants to know."""

    def saw_time(self, skew: float) -> None:
        """Nothing."""

    def saw_refusal(self, operation: str, status: int, code: str) -> None:
        """Nothing."""
