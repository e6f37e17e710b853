"""A rate governor that all workers share: never more calls in any window than RingCentral allows.

A sliding log with one row for each call. A bucket or GCRA that allows a burst of N lets up to 2N
calls through one sliding window; this does not. Times are seconds since the epoch, so several
hosts need synchronized clocks; read `now` inside the transaction, after the wait for its turn.
"""

from dataclasses import dataclass

from catalog.statements import Statements

DEFAULT_WINDOW = 60.0
MARGIN = 1.2
"""Seconds a slot stays used beyond the window: RingCentral counts a call when it arrives, which
may be that much later than our note of it, compared with the call that follows a window later."""

SHORTEST_WAIT = 0.001
MOST_CALLS = 10_000
LONGEST_WINDOW = 3600.0


@dataclass(frozen=True)
class _Use:
    """How many calls count, the number of the last slot, and when a further call would be."""

    calls: int
    last_slot: int
    moment: float


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
        use = self._use(user, group, rule.held, now)
        if use.calls < rule.limit:
            self._count(user, group, use, 1)
            return 0.0
        # More may be used than the limit when it was lowered: wait for the one that makes room.
        skip = use.calls - rule.limit
        oldest: float = self._sql.value("used_at", user=user, group=group, skip=skip)
        return max(oldest + rule.held - now, SHORTEST_WAIT)

    def pace(self, user: str, group: str, default_limit: int) -> float:
        """How many calls a second go in the long run."""
        rule = self._rule(user, group, default_limit)
        return rule.limit / rule.held

    def learn(self, user: str, group: str, limit: int, window: float, now: float) -> None:
        """RingCentral told its limit: at once the rule, within 1..10000 calls and 1..3600 s."""
        limit = min(max(limit, 1), MOST_CALLS)
        window = min(max(window, 1.0), LONGEST_WINDOW)
        self._sql.run("learn", user=user, group=group, limit=limit, window=window, now=now)

    def remaining(self, user: str, group: str, remaining: int, now: float) -> None:
        """RingCentral told how many calls are left: if fewer than we think, count more as used.

        Means nothing before `learn` told the limit that they are left of.
        """
        rule = self._rule(user, group, 0)
        use = self._use(user, group, rule.held, now)
        self._count(user, group, use, rule.limit - max(remaining, 0) - use.calls)

    def pause(self, user: str, group: str, until: float) -> None:
        """No call before `until`; a longer pause that stands already is kept."""
        self._sql.run("pause", user=user, group=group, until=until)

    def _rule(self, user: str, group: str, default_limit: int) -> _Rule:
        row = self._sql.one("get", user=user, group=group)
        if row is None:
            return _Rule(default_limit, DEFAULT_WINDOW + MARGIN, 0.0)
        limit = default_limit if row["call_limit"] is None else row["call_limit"]
        return _Rule(limit, (row["window_s"] or DEFAULT_WINDOW) + MARGIN, row["paused_until"])

    def _use(self, user: str, group: str, held: float, now: float) -> _Use:
        self._sql.run("free_slots", user=user, group=group, horizon=now - held)
        row = self._sql.one("used_slots", user=user, group=group)
        assert row is not None
        newest = row["newest"]
        if newest > now + held:
            # The clock was set back. Those calls count from now on, not until the old time comes.
            self._sql.run("pull_back", user=user, group=group, now=now)
            newest = now
        # Never before a call that is noted already: another host's clock may be a little ahead.
        return _Use(row["used"], row["last"], max(now, newest))

    def _count(self, user: str, group: str, use: _Use, calls: int) -> None:
        slots = range(use.last_slot + 1, use.last_slot + 1 + calls)
        rows = ({"user": user, "group": group, "slot": n, "at": use.moment} for n in slots)
        self._sql.run_many("use_slots", rows)
