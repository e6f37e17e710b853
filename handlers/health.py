"""Whether all is well, in plain words: what is wrong, and what to do about it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalog import BlindWindow, DayStatement, KnownExtension, KnownLogin, Mailbox
from handlers.rhythm import UNUSUAL

PROBLEM, WARNING, NOTE = "problem", "warning", "note"
RANK = {PROBLEM: 0, WARNING: 1, NOTE: 2}
MIB = 1024**2
WORKER_PATIENCE = timedelta(minutes=4)
DOOR_PATIENCE = timedelta(minutes=3)
LOOK_PATIENCE = timedelta(minutes=30)
JWT_WARNING, JWT_PROBLEM = timedelta(days=14), timedelta(days=2)
SKEW_WARNING, SKEW_PROBLEM = 30.0, 300.0
DISK_WARNING_DAYS = 30
STATEMENT_PATIENCE = timedelta(days=3)
RECENT = timedelta(days=7)
MANY_ATTEMPTS = 5


@dataclass(frozen=True)
class Sign:
    """One thing worth saying; of one kind and subject there is at most one."""

    severity: str
    kind: str
    subject: str
    words: str
    advice: str = ""


@dataclass(frozen=True)
class Risk:
    """Faxes of one mailbox that RingCentral may delete before they are archived."""

    mailbox_id: str
    faxes: int
    first_end: datetime


@dataclass(frozen=True)
class Disk:
    """The disk that the archive is on, in bytes, and how much it took a day lately."""

    free: int
    total: int
    per_day: float


@dataclass(frozen=True)
class Work:
    """The jobs: given up, failing again and again, and faxes that were refused or lost lately."""

    given_up: int = 0
    failing: int = 0
    refused: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Vitals:
    """Everything that is judged. `calls_wanted`: whether RingCentral is to call us."""

    now: datetime
    calls_wanted: bool
    worker_seen_at: datetime | None
    door_seen_at: datetime | None
    logins: Sequence[KnownLogin]
    missing_logins: Sequence[str]
    mailboxes: Sequence[Mailbox]
    risks: Sequence[Risk]
    unseen: Mapping[str, float]
    silent: Mapping[str, float]
    windows: Sequence[BlindWindow]
    work: Work
    disk: Disk
    contradicted: Sequence[DayStatement]
    last_days: Mapping[str, str]
    unwatched: Sequence[KnownExtension]
    key_advice: Sequence[str] = field(default_factory=tuple)


def signs(vitals: Vitals) -> list[Sign]:
    """Everything worth saying, the worst first."""
    found = [
        *_processes(vitals),
        *_logins(vitals),
        *_clock(vitals),
        *_disk(vitals),
        *_mailboxes(vitals),
        *_risks(vitals),
        *_calls(vitals),
        *_work(vitals),
        *_statements(vitals),
        *_notes(vitals),
    ]
    return sorted(found, key=lambda sign: (RANK[sign.severity], sign.kind, sign.subject))


def is_well(found: Sequence[Sign]) -> bool:
    """Whether nothing needs a person."""
    return all(sign.severity == NOTE for sign in found)


def _processes(vitals: Vitals) -> Iterator[Sign]:
    seen = vitals.worker_seen_at
    if seen is None or vitals.now - seen > WORKER_PATIENCE:
        since = f" since {_time(seen)}" if seen else ""
        yield Sign(
            PROBLEM,
            "worker",
            "",
            f"The worker has not been at work{since}: nothing is fetched.",
            "Start `faxkeep serve`; its log says why it stopped.",
        )
    door = vitals.door_seen_at
    if vitals.calls_wanted and (door is None or vitals.now - door > DOOR_PATIENCE):
        since = f" since {_time(door)}" if door else ""
        yield Sign(
            PROBLEM,
            "web",
            "",
            f"The web process has not answered{since}: RingCentral's calls are lost.",
            "Start `faxkeep serve`. Faxes are still found by the regular look.",
        )


def _logins(vitals: Vitals) -> Iterator[Sign]:
    for login in vitals.logins:
        if login.refusal:
            yield Sign(
                PROBLEM,
                "login",
                login.name,
                f"Login {login.name} is refused since {_time(login.refused_at)}: {login.refusal}",
                "`faxkeep doctor` says more. Faxes at RingCentral are deleted while nobody may"
                " fetch them.",
            )
        elif login.ends_at and login.ends_at - vitals.now < JWT_WARNING:
            left = login.ends_at - vitals.now
            yield Sign(
                PROBLEM if left < JWT_PROBLEM else WARNING,
                "login-ends",
                login.name,
                f"The JWT of login {login.name} ends {_time(login.ends_at)}.",
                "Create a new one in RingCentral's developer console and put it in its place.",
            )
    for name in vitals.missing_logins:
        yield Sign(
            WARNING,
            "login",
            name,
            f"Login {name} has not been tried yet.",
            "The worker tries it when it starts; `faxkeep login` tries it now.",
        )


def _clock(vitals: Vitals) -> Iterator[Sign]:
    skews = [login.skew_s for login in vitals.logins if login.skew_s is not None]
    skew = max(skews, key=abs, default=0.0)
    if abs(skew) >= SKEW_WARNING:
        ahead = "behind" if skew > 0 else "ahead of"
        yield Sign(
            PROBLEM if abs(skew) >= SKEW_PROBLEM else WARNING,
            "clock",
            "",
            f"This machine's clock is {abs(skew):.0f} s {ahead} RingCentral's.",
            "Have it set by the network (NTP): limits, looks and statements go by it.",
        )


def _disk(vitals: Vitals) -> Iterator[Sign]:
    disk = vitals.disk
    days = disk.free / disk.per_day if disk.per_day > 0 else float("inf")
    is_full = disk.free < 200 * MIB or disk.free < disk.total * 0.01
    is_filling = disk.free < 1024 * MIB or disk.free < disk.total * 0.05 or days < DISK_WARNING_DAYS
    if is_full or is_filling:
        lasts = f", enough for {days:.0f} days" if days < 365 else ""
        yield Sign(
            PROBLEM if is_full else WARNING,
            "disk",
            "",
            f"The disk of the archive has {disk.free / MIB:.0f} MiB left{lasts}.",
            "Make room, or move the data folder to a larger disk. Nothing is lost meanwhile:"
            " what cannot be stored is fetched again.",
        )


def _mailboxes(vitals: Vitals) -> Iterator[Sign]:
    for mailbox in vitals.mailboxes:
        if mailbox.status == "unreachable":
            yield Sign(
                PROBLEM,
                "unreachable",
                mailbox.id,
                f"Mailbox {named(mailbox)} cannot be read: {mailbox.status_reason}",
                "Give it a login of its own, or the administrator's login the permission.",
            )
        elif mailbox.looked_at and vitals.now - mailbox.looked_at > LOOK_PATIENCE:
            yield Sign(
                PROBLEM,
                "not-looked-at",
                mailbox.id,
                f"Mailbox {named(mailbox)} was last looked at {_time(mailbox.looked_at)}.",
                "`faxkeep jobs` says what it waits for.",
            )
        if vitals.silent.get(mailbox.id, 0.0) >= UNUSUAL:
            yield Sign(
                WARNING,
                "silence",
                mailbox.id,
                f"Mailbox {named(mailbox)} has been silent for {vitals.silent[mailbox.id]:.0f}"
                " hours in which it usually receives faxes.",
                "Send it a fax. If none arrives at RingCentral either, its number may be cut off.",
            )


def _risks(vitals: Vitals) -> Iterator[Sign]:
    risky = {risk.mailbox_id: risk for risk in vitals.risks}
    for mailbox in vitals.mailboxes:
        risk = risky.get(mailbox.id)
        if risk is not None:
            yield Sign(
                PROBLEM,
                "at-risk",
                mailbox.id,
                f"RingCentral may delete {risk.faxes} faxes of mailbox {named(mailbox)} before"
                f" they are archived, the first about {_time(risk.first_end)}.",
                "Find out what keeps them from being fetched: `faxkeep jobs`, `faxkeep doctor`.",
            )
        elif vitals.unseen.get(mailbox.id, 0.0) >= 0.5:
            yield Sign(
                PROBLEM,
                "at-risk",
                mailbox.id,
                f"Mailbox {named(mailbox)} may overflow unseen: at its usual traffic"
                f" {vitals.unseen[mailbox.id]:.0%} of its inbox came since the last look.",
                "Find out why it is not looked at: `faxkeep jobs`, `faxkeep doctor`.",
            )


def _calls(vitals: Vitals) -> Iterator[Sign]:
    lasting = [window for window in vitals.windows if window.ended_at is None]
    for window in lasting:
        yield Sign(
            WARNING,
            "blind",
            window.mailbox_id,
            f"RingCentral does not call about mailbox {window.mailbox_id} since"
            f" {_time(window.started_at)}: {window.cause}.",
            "The regular look still finds its faxes; `faxkeep gaps` lists all such times.",
        )


def _work(vitals: Vitals) -> Iterator[Sign]:
    work = vitals.work
    if work.given_up:
        yield Sign(
            PROBLEM,
            "given-up",
            "",
            f"{_many(work.given_up, 'job')} given up.",
            "`faxkeep jobs --given-up` says why; `faxkeep jobs --retry all` tries again.",
        )
    if work.failing:
        yield Sign(
            WARNING,
            "failing",
            "",
            f"{_many(work.failing, 'job')} failed {MANY_ATTEMPTS} times or more.",
            "`faxkeep jobs` says why.",
        )
    if work.refused:
        yield Sign(
            WARNING,
            "refused",
            "",
            f"{_many(work.refused, 'fax')} came as something that is no whole, true document.",
            "`faxkeep faxes --state refused` lists them; they are tried again.",
        )
    if work.lost:
        yield Sign(
            PROBLEM,
            "lost",
            "",
            f"{_many(work.lost, 'fax')} lost in the last {RECENT.days} days.",
            "`faxkeep faxes --state lost` lists them, `faxkeep show` tells the evidence. Another"
            " archiver's copy can be brought in with `faxkeep import`.",
        )


def _statements(vitals: Vitals) -> Iterator[Sign]:
    for statement in vitals.contradicted:
        if vitals.now - statement.at < timedelta(days=30):
            yield Sign(
                PROBLEM,
                "contradicted",
                f"{statement.mailbox_id} {statement.day}",
                f"RingCentral listed faxes of {statement.day} in mailbox {statement.mailbox_id}"
                " that the statement of that day did not contain.",
                "The next revision contains them. Ask RingCentral why they came so late.",
            )
    for mailbox in vitals.mailboxes:
        day = vitals.last_days.get(mailbox.id)
        began = mailbox.added_at or vitals.now
        last = datetime.fromisoformat(f"{day}T00:00+00:00") if day else began
        if vitals.now - last > STATEMENT_PATIENCE + timedelta(days=1):
            yield Sign(
                WARNING,
                "no-statement",
                mailbox.id,
                f"Mailbox {named(mailbox)} has no completeness statement since {last:%Y-%m-%d}.",
                "It must be listed whole for one: `faxkeep jobs` says what that waits for.",
            )


def _notes(vitals: Vitals) -> Iterator[Sign]:
    if vitals.unwatched:
        yield Sign(
            NOTE,
            "unwatched",
            "",
            f"{_many(len(vitals.unwatched), 'extension')} that could hold faxes not watched.",
            "`faxkeep census` names them, and says why.",
        )
    uncalled = [mailbox for mailbox in vitals.mailboxes if mailbox.uncalled_reason]
    if uncalled and vitals.calls_wanted:
        yield Sign(
            NOTE,
            "uncalled",
            "",
            f"RingCentral does not call about {_many(len(uncalled), 'mailbox')}: only looked at.",
            "A login of its own for each of them would change that.",
        )
    for number, advice in enumerate(vitals.key_advice):
        yield Sign(NOTE, "keys", str(number), advice, "`faxkeep keys` lists the keys.")


def named(mailbox: Mailbox) -> str:
    """A mailbox as people know it: by its extension number, else by its id."""
    return mailbox.extension_number or mailbox.id


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "an unknown time"


def _many(count: int, what: str) -> str:
    plural = what + ("es" if what.endswith("x") else "s")
    return f"{count} {what} is" if count == 1 else f"{count} {plural} are"
