"""Whether a mailbox's silence is unusual: against the same hours of the weeks before. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

WEEKS = 4
FEWEST_WEEKS = 2
UNUSUAL = 10.0
"""So many busy hours without a fax are worth a word: more than a whole working day."""
ONE_HOUR = timedelta(hours=1)


def weeks_known(last: datetime, known_since: datetime, now: datetime) -> float:
    """Of how many weeks before the last fax the rhythm is made; 0.0 while too little is known.

    A rhythm of fewer than FEWEST_WEEKS is judged as if the others had been silent.
    """
    if now - known_since < timedelta(weeks=FEWEST_WEEKS) or last < known_since:
        return 0.0
    return min(WEEKS, max(FEWEST_WEEKS, (last - known_since) / timedelta(weeks=1)))


def silent_hours(by_hour: Mapping[str, int], weeks: float, last: datetime, now: datetime) -> float:
    """How many hours since the last fax would usually have brought one.

    `by_hour` counts the faxes of each hour (`2026-11-25T08`) of the `weeks` that ended with the
    last fax: the silence itself must not become the rhythm. An hour of the week counts for the
    share of those weeks in which it brought any, so that one burst does not make a rhythm.
    """
    active = Counter(_hour_of_week(datetime.fromisoformat(f"{hour}:00+00:00")) for hour in by_hour)
    passed = min(int((now - last) / ONE_HOUR), WEEKS * 7 * 24)
    since = (_hour_of_week(last + number * ONE_HOUR) for number in range(1, passed + 1))
    return sum(min(1.0, active[hour] / weeks) for hour in since)


def _hour_of_week(moment: datetime) -> tuple[int, int]:
    utc = moment.astimezone(UTC)
    return utc.weekday(), utc.hour
