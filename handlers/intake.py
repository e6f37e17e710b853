"""Takes in what RingCentral tells of faxes: a row for each, and a job for what needs work."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import DayStatement, DeliveryStep, Fax, Mailbox, NewFax, Place, Transaction
from handlers.deletion import first_deadline
from handlers.outcomes import ENDS, Course, told_of_steps
from handlers.records import GONE, Told, known_fax, needs_work, new_fax
from ringcentral_api import Message

CALLS_AFTER = timedelta(minutes=15)
"""So long after the end of a sent fax the call log is read, together with that of others."""


@dataclass(frozen=True)
class Looked:
    """What was found: how many faxes were new, and how many known ones had changed."""

    new: int = 0
    changed: int = 0

    def __add__(self, other: "Looked") -> "Looked":
        return Looked(self.new + other.new, self.changed + other.changed)


@dataclass(frozen=True)
class Intake:
    """Everything here happens inside the caller's transaction, with what it was told."""

    now: Callable[[], datetime]

    def take(
        self, tx: Transaction, mailbox: Mailbox, messages: Iterable[Message], told: Told
    ) -> Looked:
        """Record the faxes among the messages, and ask for the work that each needs."""
        looked = Looked()
        for message in messages:
            if message.type == "Fax":
                looked += self._take_one(tx, mailbox, message, told)
        return looked

    def _take_one(self, tx: Transaction, mailbox: Mailbox, message: Message, told: Told) -> Looked:
        fax = new_fax(mailbox, message, told)
        before = tx.faxes.get(fax.id)
        recorded = tx.faxes.record(fax, self.now())
        move_day(tx, before, self.now())
        if recorded.changed and told.origin != "event":
            contradict(tx, fax.id, self.now(), is_new=recorded.new)
        if told.origin == "message-store" and fax.availability not in GONE:
            self._take_back(tx, fax)
        if recorded.steps and fax.direction == "Outbound" and told.origin == "message-store":
            self._tell_ends(tx, mailbox, fax.id, recorded.steps)
        self.request_work(tx, mailbox, fax.id)
        return Looked(new=int(recorded.new), changed=int(recorded.changed and not recorded.new))

    def _tell_ends(
        self, tx: Transaction, mailbox: Mailbox, fax_id: str, fresh: Sequence[DeliveryStep]
    ) -> None:
        course = course_of(tx, fax_id)
        for outcome in told_of_steps(course, fresh, mailbox.added_at):
            tx.outcomes.record(outcome)
        if any(step.status in ENDS for step in fresh):
            account = mailbox.login.partition("/")[0]
            tx.jobs.request("calls", account, self.now() + CALLS_AFTER, self.now())

    def _take_back(self, tx: Transaction, fax: NewFax) -> None:
        """A fax that RingCentral shows is not lost, whatever it answered before."""
        if tx.faxes.mark_found(fax, self.now()):
            topic = "a fax was there again that RingCentral had said it had no more"
            tx.observations.note(topic, fax.mailbox_id, self.now())

    def request_work(self, tx: Transaction, mailbox: Mailbox, fax_id: str) -> bool:
        """Have the fax archived, or its record brought up to date; whether that is needed."""
        fax = tx.faxes.get(fax_id)
        if fax is None or not needs_work(fax):
            return False
        place = Place(mailbox.login, first_deadline(fax.created_at))
        tx.jobs.request("archive", fax_id, self.now(), self.now(), place)
        return True


def contradict(tx: Transaction, fax_id: str, now: datetime, *, is_new: bool = True) -> None:
    """A statement that was made of the fax's day before we had heard of the fax was wrong.

    Its next revision is asked for at once, and tells both. A notification alone contradicts
    nothing: what it says is confirmed by the next look, to which the fax is no longer new.
    """
    fax = tx.faxes.get(fax_id)
    statement = _statement_of(tx, fax) if fax else None
    if fax and statement and (is_new or statement.at < fax.first_seen_at):
        _have_restated(tx, statement, fax.message_id, now)


def move_day(tx: Transaction, before: Fax | None, now: datetime) -> None:
    """Two days are stated anew when a better time is told of a fax, so that one of them names it:
    the day that it was only taken to be of, and its own.
    """
    after = tx.faxes.get(before.id) if before else None
    if not before or not after or before.created_at.date() == after.created_at.date():
        return
    for statement in filter(None, (_statement_of(tx, before), _statement_of(tx, after))):
        _have_restated(tx, statement, before.message_id, now)


def _statement_of(tx: Transaction, fax: Fax) -> DayStatement | None:
    return tx.days.latest(fax.mailbox_id, f"{fax.created_at:%Y-%m-%d}")


def _have_restated(
    tx: Transaction, statement: DayStatement, message_id: str, now: datetime
) -> None:
    known = statement.contradiction.split()
    if message_id not in known:
        tx.days.contradict(statement, " ".join([*known, message_id]))
        tx.jobs.request("state-days", statement.mailbox_id, now, now)


def course_of(tx: Transaction, fax_id: str) -> Course:
    """A fax with all that was seen on its way."""
    return Course(known_fax(tx, fax_id), tx.faxes.recipients(fax_id), tx.faxes.steps(fax_id))
