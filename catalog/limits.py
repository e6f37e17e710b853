"""A rate governor that all workers share: never more calls in any window than RingCentral allows.

A sliding log with one row for each call. A bucket or GCRA that allows a burst of N lets up to 2N
calls through one sliding window; this does not. Times are seconds since the epoch, so several
hosts need synchronized clocks.
"""

from dataclasses import dataclass

from catalog.statements import Statements

DEFAULT_WINDOW = 60.0
MARGIN = 1.2
"""Seconds a slot stays used beyond the window: RingCentral counts a call when it arrives, which
may be that much later than our note of it, compared with the call that follows a window later."""

MOST_CALLS = 10_000
LONGEST_WINDOW = 3600.0


@dataclass(frozen=True)
class _Rule:
    limit: int
    held: float
    paused_until: float


class Limits:
    """The governor inside one writing transaction, for each user and RingCentral's usage group."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def take(self, user: str, group: str, default_limit: int, now: float) -> float:
        """0.0: go, the call is counted. Otherwise the seconds to wait before asking again."""
        rule = self._rule(user, group, default_limit)
        if rule.paused_until > now:
            return rule.paused_until - now
        used, last = self._used(user, group, now - rule.held, now)
        if used < rule.limit:
            self._use(user, group, range(last + 1, last + 2), now)
            return 0.0
        # More may be used than the limit when it was lowered: wait for the one that makes room.
        oldest: float = self._sql.value("used_at", user=user, group=group, skip=used - rule.limit)
        return max(oldest + rule.held - now, 0.001)

    def learn(self, user: str, group: str, limit: int, window: float, now: float) -> None:
        """RingCentral told its limit: at once the rule, within 1..10000 calls and 1..3600 s."""
        limit = min(max(limit, 1), MOST_CALLS)
        window = min(max(window, 1.0), LONGEST_WINDOW)
        self._sql.run("learn", user=user, group=group, limit=limit, window=window, now=now)

    def remaining(self, user: str, group: str, remaining: int, now: float) -> None:
        """RingCentral told how many calls are left: if fewer than we think, count more as used."""
        rule = self._rule(user, group, 0)
        used, last = self._used(user, group, now - rule.held, now)
        missing = rule.limit - max(remaining, 0) - used
        self._use(user, group, range(last + 1, last + 1 + missing), now)

    def pause(self, user: str, group: str, until: float) -> None:
        """No call before `until`; a longer pause that stands already is kept."""
        self._sql.run("pause", user=user, group=group, until=until)

    def _rule(self, user: str, group: str, default_limit: int) -> _Rule:
        row = self._sql.one("get", user=user, group=group)
        if row is None:
            return _Rule(default_limit, DEFAULT_WINDOW + MARGIN, 0.0)
        limit = default_limit if row["call_limit"] is None else row["call_limit"]
        return _Rule(limit, (row["window_s"] or DEFAULT_WINDOW) + MARGIN, row["paused_until"])

    def _used(self, user: str, group: str, horizon: float, now: float) -> tuple[int, int]:
        """How many calls count, and the last slot's number, once those before `horizon` are gone.

        A call noted later than `now` was made before the clock was set back, or by a host whose
        clock is ahead: it counts from now, instead of for an hour.
        """
        self._sql.run("free_slots", user=user, group=group, horizon=horizon)
        self._sql.run("pull_back", user=user, group=group, now=now)
        row = self._sql.one("used_slots", user=user, group=group)
        assert row is not None
        return row["used"], row["last"]

    def _use(self, user: str, group: str, slots: range, now: float) -> None:
        rows = ({"user": user, "group": group, "slot": slot, "now": now} for slot in slots)
        self._sql.run_many("use_slots", rows)
