"""Whether a mailbox's silence is unusual: against the same hours of the weeks before. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

WEEKS = 4
FEWEST_WEEKS = 2
UNUSUAL = 10.0
"""So many busy hours without a fax are worth a word: more than a whole working day."""
ONE_HOUR = timedelta(hours=1)


def silent_hours(
    by_hour: Mapping[str, int], last: datetime, known_since: datetime, now: datetime
) -> float:
    """How many hours since the last fax would usually have brought one.

    `by_hour` counts the faxes of each hour (`2026-11-25T08`) of the last WEEKS weeks. An hour of
    the week counts for the share of those weeks in which it brought any, so that one burst does
    not make a rhythm. 0.0 while too little is known.
    """
    weeks = min(WEEKS, (now - known_since) / timedelta(weeks=1))
    if weeks < FEWEST_WEEKS:
        return 0.0
    active = Counter(_hour_of_week(datetime.fromisoformat(f"{hour}:00+00:00")) for hour in by_hour)
    moment, hours = last + ONE_HOUR, 0.0
    oldest = now - timedelta(weeks=WEEKS)
    while (moment := max(moment, oldest)) <= now:
        hours += min(1.0, active[_hour_of_week(moment)] / weeks)
        moment += ONE_HOUR
    return hours


def _hour_of_week(moment: datetime) -> tuple[int, int]:
    utc = moment.astimezone(UTC)
    return utc.weekday(), utc.hour
