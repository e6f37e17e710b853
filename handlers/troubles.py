"""Decides which troubles of the installation somebody may want to know of. Pure.

Their ids are the same whenever they are found again; their facts are of no fax.
"""

from collections.abc import Sequence
from datetime import datetime

from archive import utc_text
from catalog import Alarm, BlindWindow, KnownLogin, Outcome
from handlers.signs_of_mailboxes import Risk


def blind(windows: Sequence[BlindWindow], at: datetime) -> Outcome:
    """RingCentral does not call, or did not for a while: alike for all these mailboxes."""
    first = min(windows, key=lambda window: (window.started_at, window.mailbox_id))
    alone = first.mailbox_id if len(windows) == 1 else ""
    return Outcome(
        id=f"blind-window:{first.mailbox_id}:{utc_text(first.started_at)}",
        kind="blind-window",
        at=at,
        mailbox_id=alone,
        facts={
            "reason": f"RingCentral was not calling us: {first.cause}.",
            "advice": "The regular look still finds every fax; `faxkeep gaps` lists such times.",
            "count": len(windows),
            "since": utc_text(first.started_at),
            "until": utc_text(first.ended_at) if first.ended_at else None,
        },
    )


def login_failing(login: KnownLogin, at: datetime) -> Outcome:
    """RingCentral refuses a login, since its `refused_at`."""
    since = utc_text(login.refused_at or at)
    return Outcome(
        id=f"login-failing:{login.name}:{since}",
        kind="login-failing",
        at=at,
        facts={
            "login": login.name,
            "reason": f"RingCentral refuses the login: {login.refusal}",
            "advice": "`faxkeep doctor` says more. Faxes at RingCentral are deleted while nobody"
            " may fetch them.",
            "since": since,
        },
    )


def at_risk(alarm: Alarm, risk: Risk | None) -> Outcome:
    """RingCentral may delete faxes of a mailbox before they are archived: such an alarm is new.

    `risk` names them, None where it is feared of faxes that nobody has seen.
    """
    return Outcome(
        id=f"at-risk:{alarm.subject}:{utc_text(alarm.raised_at)}",
        kind="at-risk",
        at=alarm.raised_at,
        mailbox_id=alarm.subject,
        facts={
            "reason": alarm.words,
            "advice": alarm.advice,
            "count": risk.faxes if risk else None,
            "until": utc_text(risk.first_end) if risk else None,
        },
    )
