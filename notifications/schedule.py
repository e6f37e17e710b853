"""When a notice is tried again, when it is given up, and when a destination is left alone. Pure.

The delays are those that the Standard Webhooks specification (1.0.0, "Deliverability and
reliability") gives as its example; `chance` in 0..1 spreads each by a tenth either way.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

DELAYS: Sequence[timedelta] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the first, second, ... failed try; after one more it is given up, three days later."""
LONGEST_WISH = timedelta(hours=24)
"""A destination that asks for more patience than this is not heeded."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
"""Between two tries at a destination that takes nothing, whichever notice is tried."""
DEAD_AFTER = timedelta(days=5)


def next_try(tries: int, chance: float, wish: float | None = None) -> timedelta | None:
    """How long to wait after that many failed tries (from 1); None to give up.

    `wish` is how many seconds the destination itself asked for, which is heeded if it is longer.
    """
    if tries > len(DELAYS):
        return None
    asked = min(timedelta(seconds=max(wish or 0.0, 0.0)), LONGEST_WISH)
    return max(DELAYS[tries - 1] * (0.9 + chance / 5), asked)


def pause(failing_since: datetime, now: datetime) -> timedelta:
    """How long a destination that takes nothing is left in peace, whatever waits for it.

    It grows with the time that it has been failing: a tenth of that.
    """
    return min(max((now - failing_since) / 10, FIRST_PAUSE), LONGEST_PAUSE)


def is_dead(failing_since: datetime, now: datetime) -> bool:
    """Whether nobody should try any more until a person says so."""
    return now - failing_since >= DEAD_AFTER
