"""How long to wait before the next try: growing pauses with jitter, decided without a clock."""

from datetime import timedelta

FIRST_SECONDS = 2.0
GROWTH = 3.0
CEILING_SECONDS = 6 * 3600.0
STANDING_CEILING_SECONDS = 300.0
"""Standing work, such as looking at a mailbox, is never far from its next try."""
OUTAGE_CEILING_SECONDS = 1800.0
"""What waited for RingCentral, a login or a disk goes on soon after that is mended."""
MAX_ATTEMPTS = 12
"""With the pauses above a step is tried for about a day before it is given up."""


def pause(attempts: int, jitter: float, ceiling: float = CEILING_SECONDS) -> timedelta:
    """The pause after the failed try number `attempts` (from 1); `jitter` is in 0..1.

    The jitter spreads the pause over 75 % to 125 %, so that many failed steps do not come back
    together.
    """
    grown = FIRST_SECONDS * GROWTH ** min(attempts - 1, 20)
    return timedelta(seconds=min(grown, ceiling) * (0.75 + jitter / 2))
