"""What a notice says to a person: one subject and a few short sentences for each kind. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from notifications.notice import Notice


@dataclass(frozen=True)
class Words:
    """`subject` is one line; `lines` are sentences, the most important first."""

    subject: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def words(notice: Notice) -> Words:
    """What is said of it."""
    subject = _SUBJECTS[notice.kind](notice)
    lines = [f"{subject}.", *_SAID[notice.kind](notice), *_references(notice)]
    return Words(subject, tuple(lines))


def _received(notice: Notice) -> Iterator[str]:
    yield _pages(notice)


def _sent(notice: Notice) -> Iterator[str]:
    yield from _recipient(notice)
    yield _pages(notice)


def _failed(notice: Notice) -> Iterator[str]:
    yield from _recipient(notice)
    yield _fact(notice, "reason") or "RingCentral gave no reason that is known here."
    if code := _fact(notice, "error_code"):
        yield f"RingCentral's code for it: {code}."
    if advice := _fact(notice, "advice"):
        yield advice


def _corrected(notice: Notice) -> Iterator[str]:
    yield "An earlier notice of this fax no longer holds."
    yield from _recipient(notice)
    if status := _fact(notice, "status"):
        before = _fact(notice, "former_status")
        yield f"Its status is now {status}" + (f"; it was {before}." if before else ".")
    for name in ("reason", "advice"):
        if told := _fact(notice, name):
            yield told


def _stuck(notice: Notice) -> Iterator[str]:
    yield from _recipient(notice)
    if since := _when(notice, "since"):
        yield f"RingCentral has not finished sending it since {since}."
    yield "Before sending it again, ask the recipient whether it arrived."


def _at_risk(notice: Notice) -> Iterator[str]:
    if count := notice.facts.get("count"):
        yield f"Faxes that wait: {count}."
    if until := _when(notice, "until"):
        yield f"The first may be deleted {until}."
    yield "`faxkeep status` says what to do."


def _lost(notice: Notice) -> Iterator[str]:
    yield "It was gone at RingCentral before it could be fetched."
    yield "Ask the sender to send it again. `faxkeep show` tells the evidence."


def _blind(notice: Notice) -> Iterator[str]:
    since, until = _when(notice, "since"), _when(notice, "until")
    if since:
        yield f"It was so from {since} to {until}." if until else f"This is so since {since}."
    yield "No fax is lost: they are found by the regular look, some minutes later."
    yield "`faxkeep doctor` says what to do."


def _login(notice: Notice) -> Iterator[str]:
    if login := _fact(notice, "login"):
        yield f"It is the login {login}."
    if since := _when(notice, "since"):
        yield f"This is so since {since}."
    yield "Faxes are not fetched until this is mended. `faxkeep doctor` says what to do."


def _test(_: Notice) -> Iterator[str]:
    yield "If you can read this, notices of faxes will reach you here."


_SUBJECTS: Mapping[str, Callable[[Notice], str]] = {
    "received": lambda notice: f"A fax came in{_for(notice)}",
    "sent": lambda notice: f"A fax{_from(notice)} was delivered",
    "failed": lambda notice: (
        f"A fax{_for(notice)} was not received"
        if notice.direction == "Inbound"
        else f"A fax{_from(notice)} could not be delivered"
    ),
    "corrected": lambda notice: f"A correction for a fax{_from(notice)}",
    "stuck": lambda notice: f"A fax{_from(notice)} waits longer than usual",
    "at-risk": lambda notice: f"RingCentral may soon delete faxes{_of(notice)} unarchived",
    "lost": lambda notice: f"A fax{_of(notice)} was lost",
    "blind-window": lambda notice: (
        f"RingCentral {'did' if notice.facts.get('until') else 'does'} not call about new faxes"
        f"{_of(notice)}"
    ),
    "login-failing": lambda _: "RingCentral refuses a login of Faxkeep",
    "test": lambda _: "A test of Faxkeep's notices",
}
_SAID: Mapping[str, Callable[[Notice], Iterator[str]]] = {
    "received": _received,
    "sent": _sent,
    "failed": _failed,
    "corrected": _corrected,
    "stuck": _stuck,
    "at-risk": _at_risk,
    "lost": _lost,
    "blind-window": _blind,
    "login-failing": _login,
    "test": _test,
}


def _mailbox(notice: Notice) -> str:
    return notice.mailbox_name or (f"mailbox {notice.mailbox}" if notice.mailbox else "")


def _for(notice: Notice) -> str:
    return f" for {_mailbox(notice)}" if _mailbox(notice) else ""


def _from(notice: Notice) -> str:
    return f" from {_mailbox(notice)}" if _mailbox(notice) else ""


def _of(notice: Notice) -> str:
    return f" of {_mailbox(notice)}" if _mailbox(notice) else ""


def _pages(notice: Notice) -> str:
    pages = notice.facts.get("pages")
    if not isinstance(pages, int) or pages < 1:
        return "Its number of pages is not yet known."
    return "It has one page." if pages == 1 else f"It has {pages} pages."


def _recipient(notice: Notice) -> Iterator[str]:
    """Which of several, counted from 1; positions count from 0."""
    position, recipients = notice.facts.get("position"), notice.facts.get("recipients")
    if isinstance(position, int) and isinstance(recipients, int) and recipients > 1:
        yield f"This is about recipient {position + 1} of {recipients}."


def _references(notice: Notice) -> Iterator[str]:
    if notice.number:
        yield f"Number: {notice.number}"
    if notice.fax:
        yield f"Fax: {notice.fax}"
    if notice.link:
        yield notice.link


def _fact(notice: Notice, name: str) -> str:
    value = notice.facts.get(name)
    return value if isinstance(value, str) else ""


def _when(notice: Notice, name: str) -> str:
    text = _fact(notice, name)
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M} UTC" if text else ""
