"""Decides what came to pass that somebody may want to know, from what was and what is. Pure.

Each outcome has an id that is the same whenever it is found again, and facts that name nobody:
no number, no name, no subject, no other text of a fax.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive import utc_text
from catalog import DeliveryStep, Fax, Mailbox, Outcome, Recipient
from ringcentral_api import CallRecord, failure_reason, reason_of_call

FAILURES = ("SendingFailed", "DeliveryFailed")
ENDS = ("Sent", "Delivered", *FAILURES)
"""How a sent fax can end for a recipient. Any other word, known or not, is a step on the way."""


@dataclass(frozen=True)
class Course:
    """One sent fax, its recipients, and every step that was seen, by recipient and in order."""

    fax: Fax
    recipients: Sequence[Recipient]
    steps: Sequence[DeliveryStep]


@dataclass(frozen=True)
class End:
    """The `number`th end of a fax for one recipient (from 1), and the end that it replaces."""

    step: DeliveryStep
    number: int
    before: DeliveryStep | None


def ends(steps: Sequence[DeliveryStep], position: int) -> Iterator[End]:
    """Every end of one recipient in order; the same end once more is none."""
    before: DeliveryStep | None = None
    number = 0
    for step in steps:
        if step.position != position or step.status not in ENDS:
            continue
        if before is None or (step.status, step.error_code) != (before.status, before.error_code):
            number += 1
            yield End(step, number, before)
            before = step


def told_of_steps(
    course: Course, fresh: Sequence[DeliveryStep], since: datetime | None
) -> list[Outcome]:
    """What the fresh steps among the others tell: one outcome for each recipient's new end.

    `since` is when the mailbox began to be watched. The end of a fax from before is told only if
    the fax had been seen on its way.
    """
    new = {(step.position, step.step) for step in fresh}
    positions = sorted({step.position for step in fresh})
    return [
        _ended(course, end)
        for position in positions
        for end in ends(course.steps, position)
        if (position, end.step.step) in new and (is_watched(course.fax, since) or end.step.step > 1)
    ]


def is_watched(fax: Fax, since: datetime | None) -> bool:
    """Whether a fax came after its mailbox began to be watched; whatever else is history."""
    return since is not None and fax.created_at >= since and fax.origin != "import"


def received(fax: Fax, pages: int | None, at: datetime) -> Outcome:
    """A received fax is in the archive."""
    return Outcome(
        id=f"received:{fax.id}",
        kind="received",
        at=at,
        mailbox_id=fax.mailbox_id,
        fax_id=fax.id,
        direction=fax.direction,
        number=fax.from_number or "",
        facts={"status": "Received", "pages": fax.pages or pages},
    )


def lost(fax: Fax, number: int, cause: str, at: datetime) -> Outcome:
    """RingCentral has a fax no more; for the `number`th time, if it had come back."""
    return Outcome(
        id=f"lost:{fax.id}:{number}",
        kind="lost",
        at=at,
        mailbox_id=fax.mailbox_id,
        fax_id=fax.id,
        direction=fax.direction if fax.direction != "Unknown" else "",
        number=_other_party(fax),
        facts={
            "reason": f"The fax was {cause}.",
            "advice": "`faxkeep show` tells the evidence. Another archiver's copy can be brought in"
            " with `faxkeep import`.",
            "pages": fax.pages,
        },
    )


def stuck(course: Course, number: int, since: datetime, at: datetime) -> list[Outcome]:
    """A sent fax still has no end, for the `number`th time: one for each recipient it waits for."""
    fax = course.fax
    return [
        _of_recipient(
            course,
            position,
            Outcome(
                id=f"stuck:{fax.id}:{position}:{number}",
                kind="stuck",
                at=at,
                facts={
                    "status": status,
                    "reason": "RingCentral has not finished sending it.",
                    "advice": "Look the fax up in RingCentral's app. Before sending it again, ask"
                    " the recipient whether it arrived.",
                    "since": utc_text(since),
                },
            ),
        )
        for position, status in open_positions(course)
    ]


def open_positions(course: Course) -> list[tuple[int, str]]:
    """The recipients for which a fax has no end yet, each with its status as far as it is known."""
    last = {step.position: step.status for step in course.steps}
    told = last or {0: course.fax.message_status}
    return [
        (place, status if status in ("Queued", "") else "other")
        for place, status in sorted(told.items())
        if status not in ENDS
    ]


def not_received(mailbox: Mailbox, call: CallRecord, at: datetime) -> Outcome:
    """Somebody called to send a fax, and none arrived: only the call log tells of it."""
    reason = reason_of_call(call.result, call.reason)
    return Outcome(
        id=f"failed-call:{mailbox.account_id}:{call.id}",
        kind="failed",
        at=at,
        mailbox_id=mailbox.id,
        direction="Inbound",
        number=call.sender,
        facts={
            "status": "NotReceived",
            "error_code": reason.code,
            "reason": f"A fax to this mailbox was not received. {reason.words}",
            "advice": "Ask the sender to send it again; `faxkeep calls --missed` tells who called.",
            "group": reason.group,
            "since": utc_text(call.started_at) if call.started_at else None,
            "seconds": round(call.seconds) if call.seconds is not None else None,
        },
    )


def _ended(course: Course, end: End) -> Outcome:
    step, fax = end.step, course.fax
    kind = "corrected" if end.before else ("failed" if step.status in FAILURES else "sent")
    return _of_recipient(
        course,
        step.position,
        Outcome(
            id=f"{kind}:{fax.id}:{step.position}:{end.number}",
            kind=kind,
            at=step.seen_at,
            facts={
                "status": step.status,
                "former_status": end.before.status if end.before else None,
                **_why(step),
                "pages": fax.pages,
            },
        ),
    )


def _why(step: DeliveryStep) -> dict[str, str]:
    if step.status not in FAILURES:
        return {}
    reason = failure_reason(step.error_code)
    return {
        "error_code": reason.code,
        "reason": reason.words,
        "advice": reason.advice,
        "group": reason.group,
    }


def _of_recipient(course: Course, position: int, outcome: Outcome) -> Outcome:
    """The outcome, with whose it is: of all together where RingCentral tells not of each."""
    fax, recipients = course.fax, course.recipients
    of_each = len(recipients) == 1 or any(each.status for each in recipients)
    known = recipients[position] if of_each and position < len(recipients) else None
    return replace(
        outcome,
        mailbox_id=fax.mailbox_id,
        fax_id=fax.id,
        direction=fax.direction,
        number=(known.number or "") if known else "",
        facts={**outcome.facts, "position": position, "recipients": len(recipients)},
    )


def _other_party(fax: Fax) -> str:
    return (fax.from_number or "") if fax.direction != "Outbound" else ""
