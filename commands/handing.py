"""What a person sees while a fax is handed over, until RingCentral has it or it has ended."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import click

from catalog import Place, Recipient, Sending
from commands.opening import EXIT_NOT_WELL
from errors import Later, RingCentralError, Unsure
from handlers.outbox import Whole
from printing import cell, show_json
from ringcentral_api import failure_reason
from wiring import House

HAND_OVER_PATIENCE = timedelta(seconds=20)
"""So long a person waits for a running worker to hand a fax over before the prompt comes back."""
LOOK_SPACING = timedelta(seconds=20)
WATCH_SECONDS = 0.5
UNDER_WAY = ("waiting", "sending")
GOOD = ("Sent", "Delivered")
EXIT_CODES = {
    "sent": 0,
    "waiting": Later.exit_code,
    "sending": Unsure.exit_code,
    "unsure": Unsure.exit_code,
    "refused": RingCentralError.exit_code,
    "cancelled": EXIT_NOT_WELL,
    "expired": EXIT_NOT_WELL,
}


@dataclass(frozen=True)
class Delivery:
    """One fax of the outbox on its way. `say` tells a person what goes on."""

    house: House
    sending_id: str
    say: Callable[[str], None]

    def whole(self) -> Whole:
        found = self.house.outbox.find(self.sending_id)
        assert found is not None
        return found

    @property
    def sending(self) -> Sending:
        return self.whole().sending

    def hand_over(self) -> bool:
        """Have it given to RingCentral, here or by the worker; whether a worker runs."""
        if not self.house.try_to_be_the_worker():
            self._watch_worker()
            return True
        if self.sending.due_at <= self.house.now():
            self.say("Giving it to RingCentral ...")
            self.house.drain("send")
        return False

    def _watch_worker(self) -> None:
        if self.sending.due_at > self.house.now():
            return
        self.say("The worker gives it to RingCentral ...")
        until = self.house.now() + HAND_OVER_PATIENCE
        while self.sending.state in UNDER_WAY and self.house.now() < until:
            self.house.surrounding.wait(WATCH_SECONDS)

    def follow(self, *, is_served: bool) -> Sequence[Recipient]:
        """Wait until RingCentral has told how it ended for every recipient."""
        self.say("Waiting for RingCentral to tell how it ends; Ctrl-C does not stop the fax ...")
        look_at = self.house.now() + LOOK_SPACING
        while not is_over(found := self.recipients()):
            self.house.surrounding.wait(WATCH_SECONDS)
            if self.house.now() >= look_at:
                self._look(is_served=is_served)
                look_at = self.house.now() + LOOK_SPACING
        return found

    def recipients(self) -> Sequence[Recipient]:
        """As RingCentral last told of them."""
        fax_id = self.sending.fax_id
        with self.house.catalog.reading() as tx:
            return tx.faxes.recipients(fax_id) if fax_id else []

    def _look(self, *, is_served: bool) -> None:
        mailbox_id, now = self.sending.mailbox_id, self.house.now()
        if not is_served:
            self.house.mailbox_sync.look(mailbox_id)
            return
        with self.house.catalog.transaction() as tx:
            mailbox = tx.mailboxes.get(mailbox_id)
            place = Place(mailbox.login if mailbox else "", now)
            tx.jobs.request("look", mailbox_id, now, now, place)


def deliver(house: House, made: Sending, *, wait: bool, as_json: bool) -> None:
    """Hand a fax over, tell what became of it, and end with the exit code for that."""
    quiet = as_json or not sys.stderr.isatty()
    say = (lambda _: None) if quiet else (lambda words: click.echo(words, err=True))
    delivery = Delivery(house, made.id, say)
    is_served = delivery.hand_over()
    followed = wait and delivery.sending.state == "sent"
    told = delivery.follow(is_served=is_served) if followed else delivery.recipients()
    whole = delivery.whole()
    if as_json:
        show_json(told_whole(whole) | {"outcomes": [_outcome(each) for each in told]})
    else:
        for line in lines_of(whole.sending, told, is_served=is_served):
            click.echo(line)
    sys.exit(exit_code(whole.sending, told if followed else [], is_served=is_served))


def is_over(recipients: Sequence[Recipient]) -> bool:
    """Whether RingCentral has told how it ended for each of them."""
    return bool(recipients) and all(each.status not in (None, "", "Queued") for each in recipients)


def exit_code(sending: Sending, ended: Sequence[Recipient], *, is_served: bool) -> int:
    """The code of what was reached; what a worker will do by itself is no failure."""
    if sending.state == "waiting" and is_served:
        return 0
    if any(each.status not in GOOD for each in ended):
        return EXIT_NOT_WELL
    return EXIT_CODES[sending.state]


def lines_of(sending: Sending, told: Sequence[Recipient], *, is_served: bool) -> list[str]:
    """What a person is told in the end."""
    state = sending.state
    if state == "sent":
        return [f"RingCentral has it as fax {sending.fax_id}.", *_ends(sending, told)]
    why = f" {sending.reason}" if sending.reason else ""
    if state == "waiting":
        when = f" until {sending.due_at:%Y-%m-%d %H:%M} UTC" if sending.send_at else ""
        lines = [f"{sending.id} waits{when}.{why} `faxkeep outbox cancel {sending.id}` stops it."]
        serve = "No worker runs: it is not sent before `faxkeep serve` or `faxkeep send` runs."
        return lines if is_served else [*lines, serve]
    if state == "sending":
        return [f"{sending.id} is being sent.{why} `faxkeep outbox show {sending.id}` tells more."]
    return [f"{sending.id} is {state}.{why}", *filter(None, [sending.advice])]


def _ends(sending: Sending, told: Sequence[Recipient]) -> list[str]:
    """How it ended for each, as far as that is known, and what to do next."""
    ended = [each for each in told if each.status not in (None, "", "Queued")]
    if not ended:
        return [f"`faxkeep show {sending.fax_id}` tells what becomes of it."]
    lines = [_line_of(each) for each in ended]
    if any(each.status not in GOOD for each in ended):
        again = f"`faxkeep resend {sending.fax_id}` sends it again to whom it did not reach."
        return [*lines, again]
    return lines


def told_whole(whole: Whole) -> dict[str, Any]:
    """A sending as JSON."""
    return {
        **asdict(whole.sending),
        "fax": whole.sending.fax_id,
        "to": [asdict(each) for each in whole.to],
        "documents": [asdict(each) for each in whole.documents],
    }


def _line_of(recipient: Recipient) -> str:
    who = cell(" ".join(filter(None, (recipient.number, recipient.name))))
    told = _outcome(recipient)
    return " ".join(filter(None, (f"{who}: {recipient.status}.", told["reason"], told["advice"])))


def _outcome(recipient: Recipient) -> dict[str, Any]:
    reason = failure_reason(recipient.error_code) if recipient.error_code else None
    return {
        "number": recipient.number,
        "status": recipient.status,
        "error_code": recipient.error_code,
        "reason": reason.words if reason else "",
        "advice": reason.advice if reason else "",
    }
