"""What RingCentral's documentation leaves open, and what this installation has seen of it. Pure.

Only a real account can answer these; each answer is worth a line to Faxkeep's developers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog import KnownLogin, Mailbox, Observation
from catalog.logins import MAILBOXES_PER_SUBSCRIPTION
from handlers.diagnosis import Diagnosis, note

AREA = "RingCentral"
OPEN = "not seen yet"
NAMED = "handshake with our secret"
UNNAMED = "handshake"


@dataclass(frozen=True)
class Seen:
    """Everything that was noted in passing. `signs` are the journal's, by name."""

    observations: Sequence[Observation]
    signs: Mapping[str, datetime]
    logins: Sequence[KnownLogin]
    mailboxes: Sequence[Mailbox]
    documents: Mapping[str, int]
    repeated_calls: int
    late_calls: int


def answers(seen: Seen) -> Iterator[Diagnosis]:
    """One line for each question."""
    for question, answer in (
        ("does a handshake carry our verification token?", _handshake(seen)),
        ("are calls repeated?", _repeats(seen)),
        ("are calls kept while a subscription is suspended?", _late(seen)),
        ("how many filters may a subscription have?", _filters(seen)),
        ("may an administrator be called about other extensions?", _others(seen)),
        ("how long does a sync token live?", _values(seen, "a sync token was refused")),
        ("do lists name what no sync told?", _counts(seen, "a list named a fax")),
        ("does the call log know faxes that no list had?", _counts(seen, "the call log told")),
        ("which status has a fax that is not rendered yet (MSG-368)?", _codes(seen, "MSG-368")),
        ("which errors of subscriptions come?", _codes(seen, "SUB-")),
        ("does fetching documents need a permission of the user?", _content(seen)),
        ("are there TIFF documents?", _kinds(seen)),
    ):
        yield note(AREA, question, answer)


def _handshake(seen: Seen) -> str:
    if NAMED in seen.signs:
        return f"yes, last {seen.signs[NAMED]:%Y-%m-%d}"
    return f"no, last {seen.signs[UNNAMED]:%Y-%m-%d}" if UNNAMED in seen.signs else OPEN


def _repeats(seen: Seen) -> str:
    return f"yes: {seen.repeated_calls} of the last 30 days" if seen.repeated_calls else OPEN


def _late(seen: Seen) -> str:
    return f"yes: {seen.late_calls} faxes of blind windows" if seen.late_calls else OPEN


def _filters(seen: Seen) -> str:
    fewest = min(
        (login.mailboxes_per_subscription for login in seen.logins),
        default=MAILBOXES_PER_SUBSCRIPTION,
    )
    if fewest < MAILBOXES_PER_SUBSCRIPTION:
        return f"fewer than for {2 * fewest} mailboxes (SUB-508)"
    return OPEN


def _others(seen: Seen) -> str:
    own = {f"{login.account_id}-{login.extension_id}" for login in seen.logins}
    others = [mailbox for mailbox in seen.mailboxes if mailbox.id not in own]
    refused = sum(bool(mailbox.uncalled_reason) for mailbox in others)
    called = sum(
        mailbox.called_at is not None and not mailbox.uncalled_reason for mailbox in others
    )
    return f"yes for {called}, no for {refused}" if called or refused else OPEN


def _content(seen: Seen) -> str:
    refusals = [
        f"{each.value} ({each.times} times)"
        for each in seen.observations
        if "/content/" in each.topic and each.value.startswith("403")
    ]
    if refusals:
        return "refused: " + ", ".join(refusals)
    total = sum(seen.documents.values())
    return f"no: {total} were fetched and none refused" if total else OPEN


def _kinds(seen: Seen) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in seen.documents.items()) or OPEN


def _values(seen: Seen, topic: str) -> str:
    found = [e for e in seen.observations if e.topic.startswith(topic)]
    return ", ".join(f"{each.value} ({each.times} times)" for each in found) or OPEN


def _counts(seen: Seen, topic: str) -> str:
    times = sum(each.times for each in seen.observations if each.topic.startswith(topic))
    return f"yes, {times} times" if times else OPEN


def _codes(seen: Seen, code: str) -> str:
    found = [e for e in seen.observations if code in e.value]
    return ", ".join(f"{each.value} ({each.times} times)" for each in found) or OPEN
