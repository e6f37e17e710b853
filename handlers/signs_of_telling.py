"""What can be wrong with telling people: destinations that fail or are paused, lost notices. Pure.

No sign is a problem: faxes are archived whoever is told of them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from catalog import DestinationRow
from handlers.sign import WARNING, Sign, many, when

FAILING_IS_NEWS = timedelta(hours=1)


def telling_signs(
    destinations: Sequence[DestinationRow], given_up: int, now: datetime
) -> Iterator[Sign]:
    """Destinations that nothing reaches, and notices that were given up lately."""
    for each in destinations:
        if each.paused_at:
            yield _paused(each)
        elif each.failing_since_at and now - each.failing_since_at >= FAILING_IS_NEWS:
            yield _failing(each)
    if given_up:
        yield Sign(
            WARNING,
            "notices-given-up",
            "",
            f"{many(given_up, 'notice was', 'notices were')} given up in the last 7 days.",
            "`faxkeep notices --state given-up` lists them, `faxkeep notices replay` has them"
            " delivered once more.",
        )


def _paused(destination: DestinationRow) -> Sign:
    return Sign(
        WARNING,
        "destination",
        destination.name,
        f"Nothing is sent to destination {destination.name} since {when(destination.paused_at)}:"
        f" {destination.pause_reason}.",
        f"`faxkeep notices resume {destination.name}` sends what waits for it.",
    )


def _failing(destination: DestinationRow) -> Sign:
    return Sign(
        WARNING,
        "destination",
        destination.name,
        f"Destination {destination.name} takes no notice since"
        f" {when(destination.failing_since_at)}: {destination.failure}.",
        f"`faxkeep notify --test {destination.name}` tries it at once.",
    )
