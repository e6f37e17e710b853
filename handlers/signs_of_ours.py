"""What can be wrong on our side: processes, logins, the clock, the disk, the work. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import KnownLogin
from handlers.sign import NOTE, PROBLEM, WARNING, Sign, many, when

MIB = 1024**2
WORKER_PATIENCE = timedelta(minutes=4)
DOOR_PATIENCE = timedelta(minutes=3)
JWT_WARNING, JWT_PROBLEM = timedelta(days=14), timedelta(days=2)
SKEW_WARNING, SKEW_PROBLEM = 30.0, 300.0
SKEW_IS_NEWS = timedelta(days=1)
"""What a login saw of RingCentral's clock before that may have been mended since."""
DISK_WARNING, DISK_PROBLEM = 1024 * MIB, 200 * MIB
DISK_WARNING_DAYS = 30
RECENT = timedelta(days=7)
MANY_ATTEMPTS = 5


@dataclass(frozen=True)
class Disk:
    """The disk that the archive is on: the bytes left, and how many it took a day lately."""

    free: int
    per_day: float


@dataclass(frozen=True)
class Work:
    """The jobs: given up, failing again and again; faxes that were refused or lost lately.

    `unsure` faxes were sent or not, nobody knows; `unsent` ones should be at RingCentral long ago.
    """

    given_up: int = 0
    failing: int = 0
    refused: int = 0
    lost: int = 0
    unsure: int = 0
    unsent: int = 0


def worker_signs(seen: datetime | None, now: datetime) -> Iterator[Sign]:
    """Whether anybody fetches faxes."""
    if seen is None or now - seen > WORKER_PATIENCE:
        since = f" since {when(seen)}" if seen else ""
        yield Sign(
            PROBLEM,
            "worker",
            "",
            f"The worker has not been at work{since}: nothing is fetched.",
            "Start `faxkeep serve`; its log says why it stopped.",
        )


def door_signs(seen: datetime | None, now: datetime) -> Iterator[Sign]:
    """Whether anybody answers RingCentral's calls, where they are wanted."""
    if seen is None or now - seen > DOOR_PATIENCE:
        since = f" since {when(seen)}" if seen else ""
        yield Sign(
            PROBLEM,
            "web",
            "",
            f"The web process has not answered{since}: RingCentral's calls are lost.",
            "Start `faxkeep serve`. Faxes are still found by the regular look.",
        )


def login_signs(logins: Sequence[KnownLogin], now: datetime) -> Iterator[Sign]:
    """Logins that are refused, or will be soon."""
    for login in logins:
        if login.refusal:
            yield Sign(
                PROBLEM,
                "login",
                login.name,
                f"Login {login.name} is refused since {when(login.refused_at)}: {login.refusal}",
                "`faxkeep doctor` says more. Faxes at RingCentral are deleted while nobody may"
                " fetch them.",
            )
        elif login.ends_at and login.ends_at - now < JWT_WARNING:
            left = login.ends_at - now
            ends = "ends" if left > timedelta() else "ended"
            yield Sign(
                PROBLEM if left < JWT_PROBLEM else WARNING,
                "login-ends",
                login.name,
                f"The JWT of login {login.name} {ends} {when(login.ends_at)}.",
                "Create a new one in RingCentral's developer console and put it in its place.",
            )


def untried_signs(names: Sequence[str]) -> Iterator[Sign]:
    """Logins of the settings that nobody has tried."""
    for name in names:
        yield Sign(
            WARNING,
            "login",
            name,
            f"Login {name} has not been tried yet.",
            "The worker tries it when it starts; `faxkeep login` tries it now.",
        )


def clock_signs(logins: Sequence[KnownLogin], now: datetime) -> Iterator[Sign]:
    """How far our clock is from RingCentral's, as the logins saw it."""
    skews = [
        login.skew_s
        for login in logins
        if login.skew_s is not None and login.skew_at and abs(now - login.skew_at) <= SKEW_IS_NEWS
    ]
    skew = max(skews, key=abs, default=0.0)
    if abs(skew) >= SKEW_WARNING:
        side = "behind" if skew > 0 else "ahead of"
        yield Sign(
            PROBLEM if abs(skew) >= SKEW_PROBLEM else WARNING,
            "clock",
            "",
            f"This machine's clock is {abs(skew):.0f} s {side} RingCentral's.",
            "Have it set by the network (NTP): limits, looks and statements go by it.",
        )


def disk_signs(disk: Disk) -> Iterator[Sign]:
    """Whether there is room for what will come."""
    days = disk.free / disk.per_day if disk.per_day > 0 else float("inf")
    if disk.free < DISK_WARNING or days < DISK_WARNING_DAYS:
        lasts = f", enough for {days:.0f} days" if days < 365 else ""
        yield Sign(
            PROBLEM if disk.free < DISK_PROBLEM else WARNING,
            "disk",
            "",
            f"The disk of the archive has {disk.free / MIB:.0f} MiB left{lasts}.",
            "Make room, or move the data folder to a larger disk. Nothing is lost meanwhile:"
            " what cannot be stored is fetched again.",
        )


def work_signs(work: Work) -> Iterator[Sign]:
    """Work that does not come to its end, and faxes that did not come into the archive."""
    if work.given_up:
        yield Sign(
            PROBLEM,
            "given-up",
            "",
            f"{many(work.given_up, 'job is', 'jobs are')} given up.",
            "`faxkeep jobs --given-up` says why; `faxkeep jobs --retry all` tries again.",
        )
    if work.failing:
        yield Sign(
            WARNING,
            "failing",
            "",
            f"{many(work.failing, 'job has', 'jobs have')} failed {MANY_ATTEMPTS} times or more.",
            "`faxkeep jobs` says why.",
        )
    if work.refused:
        yield Sign(
            WARNING,
            "refused",
            "",
            f"{many(work.refused, 'fax', 'faxes')} came as something that is no whole, true"
            f" document in the last {RECENT.days} days.",
            "`faxkeep faxes --state refused` lists them; they are tried again.",
        )
    if work.lost:
        yield Sign(
            PROBLEM,
            "lost",
            "",
            f"{many(work.lost, 'fax was', 'faxes were')} lost in the last {RECENT.days} days.",
            "`faxkeep faxes --state lost` lists them, `faxkeep show` tells the evidence. Another"
            " archiver's copy can be brought in with `faxkeep import`.",
        )
    yield from _outbox_signs(work)


def _outbox_signs(work: Work) -> Iterator[Sign]:
    """Faxes that a person believes to be on their way, and that may not be."""
    if work.unsure:
        yield Sign(
            PROBLEM,
            "unsure",
            "",
            f"Whether {many(work.unsure, 'fax was', 'faxes were')} sent is not known, and cannot be"
            " found out without a person.",
            "`faxkeep outbox list --state unsure` lists them, `faxkeep outbox decide` ends it.",
        )
    if work.unsent:
        yield Sign(
            WARNING,
            "unsent",
            "",
            f"{many(work.unsent, 'fax waits', 'faxes wait')} to be sent for more than an hour.",
            "`faxkeep outbox list --state waiting` says why.",
        )


def key_signs(advice: Sequence[str]) -> Iterator[Sign]:
    """What is to be done about the keys."""
    for number, words in enumerate(advice):
        yield Sign(NOTE, "keys", str(number), words, "`faxkeep keys` lists the keys.")
