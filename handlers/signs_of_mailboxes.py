"""What can be wrong with a mailbox: whether it is read, called about, silent, stated. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import BlindWindow, DayStatement, KnownExtension, Mailbox
from handlers.rhythm import UNUSUAL
from handlers.sign import NOTE, PROBLEM, WARNING, Sign, many, when

LOOK_PATIENCE = timedelta(minutes=30)
"""So much later than it should be a look may be."""
UNSEEN_PROBLEM = 0.5
STUCK_WARNINGS = 2
"""A fax that is stuck for four times its patience is a problem."""
STATEMENT_PATIENCE = timedelta(days=4)
"""After the beginning of the last day that was stated; a day ends before it can be."""
CONTRADICTION_LASTS = timedelta(days=30)


@dataclass(frozen=True)
class Risk:
    """Faxes of one mailbox that RingCentral may delete before they are archived."""

    mailbox_id: str
    faxes: int
    first_end: datetime


@dataclass(frozen=True)
class Stuck:
    """Faxes of one mailbox that should have come to an end: how many, and how late the latest is.

    `words` is that of the one that is latest, see `handlers.patience`.
    """

    mailbox_id: str
    faxes: int
    since: datetime
    words: int


def reach_signs(
    mailboxes: Sequence[Mailbox], spacing: Mapping[str, timedelta], now: datetime
) -> Iterator[Sign]:
    """Mailboxes that cannot be read, or are not. `spacing` is the time between two looks."""
    for mailbox in mailboxes:
        seen = mailbox.looked_at or mailbox.added_at
        patience = LOOK_PATIENCE + spacing.get(mailbox.id, timedelta())
        if mailbox.status == "unreachable":
            yield Sign(
                PROBLEM,
                "unreachable",
                mailbox.id,
                f"Mailbox {named(mailbox)} cannot be read: {mailbox.status_reason}",
                "Give it a login of its own, or the administrator's login the permission.",
            )
        elif seen and now - seen > patience:
            last = "was last looked at" if mailbox.looked_at else "was never looked at since"
            yield Sign(
                PROBLEM,
                "not-looked-at",
                mailbox.id,
                f"Mailbox {named(mailbox)} {last} {when(seen)}.",
                "`faxkeep jobs` says what it waits for.",
            )


def silence_signs(mailboxes: Sequence[Mailbox], silent: Mapping[str, float]) -> Iterator[Sign]:
    """Mailboxes that are unusually silent. `silent` are the busy hours without a fax."""
    for mailbox in mailboxes:
        hours = silent.get(mailbox.id, 0.0)
        if hours >= UNUSUAL:
            yield Sign(
                WARNING,
                "silence",
                mailbox.id,
                f"Mailbox {named(mailbox)} has been silent for {hours:.0f} hours in which it"
                " usually receives faxes.",
                "Send it a fax. If none arrives at RingCentral either, its number may be cut off.",
            )


def risk_signs(
    mailboxes: Sequence[Mailbox], risks: Sequence[Risk], unseen: Mapping[str, float]
) -> Iterator[Sign]:
    """Faxes that RingCentral may delete first. `unseen` are shares of inboxes since the look."""
    risky = {risk.mailbox_id: risk for risk in risks}
    for mailbox in mailboxes:
        risk, share = risky.get(mailbox.id), unseen.get(mailbox.id, 0.0)
        if risk is not None:
            yield Sign(
                PROBLEM,
                "at-risk",
                mailbox.id,
                f"RingCentral may delete {many(risk.faxes, 'fax', 'faxes')} of mailbox"
                f" {named(mailbox)}, not archived yet, from about {when(risk.first_end)} on.",
                "Find out what keeps them from being fetched: `faxkeep jobs`, `faxkeep doctor`.",
            )
        elif share >= UNSEEN_PROBLEM:
            yield Sign(
                PROBLEM,
                "at-risk",
                mailbox.id,
                f"Mailbox {named(mailbox)} may overflow unseen: at its usual traffic"
                f" {share:.0%} of its inbox came since the last look.",
                "Find out why it is not looked at: `faxkeep jobs`, `faxkeep doctor`.",
            )


def stuck_signs(mailboxes: Sequence[Mailbox], found: Sequence[Stuck]) -> Iterator[Sign]:
    """Sent faxes that should have come to an end."""
    known = {mailbox.id: mailbox for mailbox in mailboxes}
    for stuck in found:
        if stuck.mailbox_id in known:
            yield Sign(
                PROBLEM if stuck.words > STUCK_WARNINGS else WARNING,
                "stuck",
                stuck.mailbox_id,
                f"RingCentral has not finished sending {many(stuck.faxes, 'fax', 'faxes')} of"
                f" mailbox {named(known[stuck.mailbox_id])} in the time that their pages take;"
                f" the oldest is of {when(stuck.since)}.",
                "Look them up in RingCentral's app. Before sending one again, ask the recipient"
                " whether it arrived.",
            )


def call_signs(mailboxes: Sequence[Mailbox], windows: Sequence[BlindWindow]) -> Iterator[Sign]:
    """Mailboxes that RingCentral should call about, and does not. `windows` are those that last."""
    known = {mailbox.id: mailbox for mailbox in mailboxes}
    by_cause: dict[str, list[BlindWindow]] = {}
    for window in windows:
        if window.mailbox_id in known:
            by_cause.setdefault(window.cause, []).append(window)
    for cause, lasting in by_cause.items():
        since = min(window.started_at for window in lasting)
        names = [named(known[window.mailbox_id]) for window in lasting]
        whom = f"mailbox {names[0]}" if len(names) == 1 else f"{len(names)} mailboxes"
        yield Sign(
            WARNING,
            "blind",
            cause,
            f"RingCentral does not call about {whom} since {when(since)}: {cause}.",
            "The regular look still finds their faxes; `faxkeep gaps` lists all such times.",
        )
    uncalled = sum(bool(mailbox.uncalled_reason) for mailbox in mailboxes)
    if uncalled:
        yield Sign(
            NOTE,
            "uncalled",
            "",
            f"RingCentral does not call about {many(uncalled, 'mailbox', 'mailboxes')}, which"
            " we only look at.",
            "A login of its own for each of them would change that.",
        )


def statement_signs(
    mailboxes: Sequence[Mailbox], last_days: Mapping[str, str], now: datetime
) -> Iterator[Sign]:
    """Mailboxes whose completeness was not stated for some days. `last_days` are the last."""
    for mailbox in mailboxes:
        day = last_days.get(mailbox.id)
        began = mailbox.added_at or now
        last = datetime.fromisoformat(f"{day}T00:00+00:00") if day else began
        if now - last > STATEMENT_PATIENCE:
            yield Sign(
                WARNING,
                "no-statement",
                mailbox.id,
                f"Mailbox {named(mailbox)} has no completeness statement since {last:%Y-%m-%d}.",
                "It must be listed whole for one: `faxkeep jobs` says what that waits for.",
            )


def contradiction_signs(contradicted: Sequence[DayStatement], now: datetime) -> Iterator[Sign]:
    """Statements that turned out to be wrong; several revisions of one day are one."""
    recent = {
        f"{each.mailbox_id} {each.day}": each
        for each in contradicted
        if now - each.at < CONTRADICTION_LASTS
    }
    for subject, statement in recent.items():
        yield Sign(
            PROBLEM,
            "contradicted",
            subject,
            f"RingCentral listed faxes of {statement.day} in mailbox {statement.mailbox_id}"
            " that the statement of that day did not contain.",
            "The next revision contains them. Ask RingCentral why they came so late.",
        )


def unwatched_signs(unwatched: Sequence[KnownExtension]) -> Iterator[Sign]:
    """Extensions that could hold faxes, and that nobody watches."""
    if unwatched:
        one, several = "extension that could hold faxes is", "extensions that could hold faxes are"
        yield Sign(
            NOTE,
            "unwatched",
            "",
            f"{many(len(unwatched), one, several)} not watched.",
            "`faxkeep census` names them, and says why.",
        )


def named(mailbox: Mailbox) -> str:
    """A mailbox as people know it: by its extension number, else by its id."""
    return mailbox.extension_number or mailbox.id
