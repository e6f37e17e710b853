"""Which fax a call was for: by RingCentral's own word, else by number and time. Pure.

A wrong join would be false evidence: where two faxes could be meant, none is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import CallRow, Mailbox, Recipient
from handlers.outcomes import ENDS, Course
from handlers.records import compact, fax_id_of
from ringcentral_api import CallRecord

SLACK = timedelta(minutes=2)
"""RingCentral's own clocks may differ by so much between a message and its call."""
FILED = timedelta(minutes=5)
"""So soon after its call a received fax is in the message store."""
LONGEST = timedelta(days=3)
"""A sent fax that has no end yet is dialled for so long."""
FEWEST_DIGITS = 7
NO_FAILURE = ("Received", "Fax on Demand", "In Progress", "")
"""Results of calls to us that do not mean that a fax did not arrive."""


@dataclass(frozen=True)
class Join:
    """The fax that a call was for, which of its recipients, and how that is known."""

    fax_id: str = ""
    position: int | None = None
    by: str = ""


def by_message(call: CallRecord, mailbox: Mailbox, recipients: Sequence[Recipient]) -> Join:
    """RingCentral names the message; no fax where it names none."""
    if not call.message_id:
        return Join()
    return Join(fax_id_of(mailbox, call.message_id), _position(call, recipients), "message")


def by_number_and_time(call: CallRecord, courses: Sequence[Course]) -> Join:
    """The only fax of these that had this number at the other end while the call was made."""
    found = {fax_id: position for course in courses for fax_id, position in _fits(call, course)}
    times = sum(len(list(_fits(call, course))) for course in courses)
    if times != 1:
        return Join()
    ((fax_id, position),) = found.items()
    return Join(fax_id, position, "number and time")


def span(call: CallRecord) -> tuple[datetime, datetime] | None:
    """When a fax can have been created that this call was for."""
    if call.started_at is None:
        return None
    if call.direction == "Outbound":
        return call.started_at - LONGEST, call.started_at + SLACK
    return call.started_at - SLACK, _ended(call, call.started_at) + FILED


def same_number(one: str | None, other: str | None) -> bool:
    """Whether two spellings are of one number: `(866)123-4567` and `+18661234567` are."""
    digits = ["".join(c for c in each or "" if c in "0123456789") for each in (one, other)]
    short, long = sorted(digits, key=len)
    return short == long != "" or (len(short) >= FEWEST_DIGITS and long.endswith(short))


def row_of(call: CallRecord, mailbox: Mailbox, join: Join, now: datetime) -> CallRow:
    """The catalog's row of a call."""
    return CallRow(
        account_id=mailbox.account_id,
        id=call.id,
        mailbox_id=mailbox.id,
        fax_id=join.fax_id,
        position=join.position,
        joined_by=join.by,
        direction=call.direction,
        started_at=call.started_at,
        seconds=call.seconds,
        result=call.result,
        reason=call.reason,
        from_number=call.sender,
        to_number=call.target,
        raw=compact(call.raw),
        seen_at=now,
    )


def is_missed(call: CallRecord) -> bool:
    """Whether somebody called to send a fax, and none came of it."""
    return call.direction == "Inbound" and not call.message_id and call.result not in NO_FAILURE


def is_missed_row(call: CallRow) -> bool:
    """The same of a call that was kept."""
    return call.direction == "Inbound" and not call.fax_id and call.result not in NO_FAILURE


def _fits(call: CallRecord, course: Course) -> Iterator[tuple[str, int | None]]:
    fax, window = course.fax, span(call)
    if window is None or fax.direction != call.direction:
        return
    if not window[0] <= fax.created_at <= window[1]:
        return
    if call.direction == "Inbound":
        if same_number(fax.from_number, call.sender):
            yield fax.id, 0
        return
    for position, recipient in enumerate(course.recipients):
        if same_number(recipient.number, call.target) and _was_open(call, course, position):
            yield fax.id, position


def _was_open(call: CallRecord, course: Course, position: int) -> bool:
    """Whether the fax had no end yet for a recipient when the call began."""
    ends = [s.seen_at for s in course.steps if s.position == position and s.status in ENDS]
    return call.started_at is not None and (not ends or call.started_at <= min(ends))


def _position(call: CallRecord, recipients: Sequence[Recipient]) -> int | None:
    if call.direction != "Outbound" or len(recipients) == 1:
        return 0
    fitting = [
        place for place, each in enumerate(recipients) if same_number(each.number, call.target)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _ended(call: CallRecord, started: datetime) -> datetime:
    return started + timedelta(seconds=min(call.seconds or 0.0, LONGEST.total_seconds()))
