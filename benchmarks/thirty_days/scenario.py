"""What happens in those days: drawn from a seed before anything begins. Pure."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

MINUTE, HOUR, DAY = 60.0, 3600.0, 24 * 3600.0


@dataclass(frozen=True)
class Scale:
    """How long it lasts, how many mailboxes each account has, how many faxes come, and how bad.

    `trouble` is how often each kind of trouble happens in all; `outage` is how long one lasts.
    `calm_days` follow, in which everything that can be healed must be. The clock never moves by
    more than `longest_step` at once.
    """

    days: float = 30.0
    accounts: tuple[int, ...] = (20, 12, 8)
    faxes: int = 10_000
    burst: int = 500
    flood: int = 260
    outage: float = 6 * HOUR
    worker_kills: int = 60
    web_kills: int = 40
    calm_days: float = 4.0
    longest_step: float = 10 * MINUTE
    trouble: dict[str, int] = field(
        default_factory=lambda: {
            "our outage": 4,
            "their outage": 3,
            "blacklist": 8,
            "expire subscription": 6,
            "disable filters": 4,
            "revoke tokens": 10,
            "throttle": 12,
            "sync refused": 8,
            "sync full": 4,
            "list empty": 4,
            "forget": 12,
            "hide": 10,
            "mark": 400,
            "delete": 80,
            "purge": 12,
            "lost call": 10,
            "come": 4,
            "go": 2,
            "rename": 4,
            "unreadable": 2,
            "new credentials": 2,
        }
    )


SHORT = Scale(
    days=3.0,
    accounts=(4, 3, 2),
    faxes=260,
    burst=30,
    flood=0,
    outage=HOUR,
    worker_kills=8,
    web_kills=5,
    trouble={
        **dict.fromkeys(Scale().trouble, 1),
        "blacklist": 2,
        "revoke tokens": 2,
        "throttle": 2,
        "mark": 12,
        "delete": 4,
        "purge": 2,
    },
)


@dataclass(frozen=True, order=True)
class Happening:
    """`what` happens `at` so many seconds after the beginning; `dice` is for what is left open."""

    at: float
    what: str
    mailbox: int = -1
    count: int = 1
    dice: int = 0


def happenings(seed: int, scale: Scale) -> list[Happening]:
    """All of them in order."""
    chance = random.Random(seed)
    drawn = [
        *_traffic(chance, scale),
        *_troubles(chance, scale),
        *_kills(chance, scale),
        *_together(chance, scale),
    ]
    return sorted(replace(each, dice=chance.getrandbits(32)) for each in drawn)


def _traffic(chance: random.Random, scale: Scale) -> Iterator[Happening]:
    """Most faxes in working hours, and most of them at a few busy mailboxes."""
    mailboxes = range(sum(scale.accounts))
    weights = [chance.paretovariate(1.2) for _ in mailboxes]
    left = scale.faxes - scale.burst - scale.flood
    for mailbox in chance.choices(mailboxes, weights, k=left):
        day = chance.randrange(int(scale.days)) * DAY
        hour = chance.triangular(0, 24, 10) if chance.random() < 0.9 else chance.uniform(0, 24)
        what = "send" if chance.random() < 0.3 else "receive"
        yield Happening(day + hour * HOUR, what, mailbox)


def _troubles(chance: random.Random, scale: Scale) -> Iterator[Happening]:
    end = scale.days * DAY
    for what, times in scale.trouble.items():
        for number in range(times):
            # Spread over the days, so that one trouble does not hide in another all the time.
            at = end * (number + chance.uniform(0.1, 0.9)) / times
            mailbox = chance.randrange(sum(scale.accounts))
            yield Happening(at, what, mailbox)


def _kills(chance: random.Random, scale: Scale) -> Iterator[Happening]:
    for what, times in (("kill worker", scale.worker_kills), ("kill web", scale.web_kills)):
        for _ in range(times):
            yield Happening(chance.uniform(0, scale.days * DAY), what)


def _together(chance: random.Random, scale: Scale) -> Iterator[Happening]:
    """One mailbox receives very many faxes within an hour; another too, while we are away."""
    quiet = list(range(sum(scale.accounts)))
    chance.shuffle(quiet)
    start = chance.uniform(0.3, 0.6) * scale.days * DAY
    yield from _within(chance, start, quiet[0], scale.burst)
    if scale.flood:
        start = chance.uniform(0.65, 0.9) * scale.days * DAY
        yield Happening(start, "our outage")
        yield from _within(chance, start + HOUR, quiet[1], scale.flood)


def _within(chance: random.Random, start: float, mailbox: int, count: int) -> Iterator[Happening]:
    for _ in range(count):
        yield Happening(start + chance.uniform(0, HOUR), "receive", mailbox)


def account_of(mailbox: int, accounts: Sequence[int]) -> tuple[int, int]:
    """Which account, and which of its extensions, the mailbox of this number is."""
    for number, size in enumerate(accounts):
        if mailbox < size:
            return number, mailbox
        mailbox -= size
    raise ValueError("there is no such mailbox")
