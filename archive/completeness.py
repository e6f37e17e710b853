"""Many statements in one file, with the ledger lines that sign them: checked anywhere, by anybody.

Nothing else is needed than that file and the ledger's public key.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archive.finding import Finding, Kind
from archive.key_files import public_key_of, public_pem_of
from archive.ledger import LedgerLine, canonical, fault, parse_line
from archive.statement import STATES, faults, read_statement, totals_of
from errors import ArchiveError

FORMAT = "faxkeep-completeness/1"
LARGEST = 1024**3
"""Bytes; a larger file is not even read."""
MOST_DAYS = 3660
MOST_NAMED = 1000
"""So many missing statements are named one by one."""


@dataclass(frozen=True)
class StatedDay:
    """One statement as it lies in the archive, and the text of the ledger line that signs it."""

    text: bytes
    line: str


@dataclass
class Checked:
    """What a file states, and everything that is wrong with it.

    `is_complete` and `admitted` are what it says of itself: whether every fax was archived and
    unchanged when it was made, and of which mailboxes and days it has no statement. `ended` are the
    last days of mailboxes that were watched no longer: nothing is said of the days after them.
    """

    first_day: str = ""
    last_day: str = ""
    mailboxes: Sequence[str] = ()
    fingerprint: str = ""
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("listed", *STATES), 0))
    is_complete: bool = False
    admitted: Sequence[tuple[str, str]] = ()
    ended: Mapping[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def digest_of(days: Sequence[StatedDay]) -> str:
    """One hash over all statements, in their order."""
    every = hashlib.sha256()
    for day in days:
        every.update(hashlib.sha256(day.text).digest())
    return every.hexdigest()


def bundle_text(days: Sequence[StatedDay], attestation: str, public_pem: str) -> bytes:
    """The file: statements, their lines, the line that attests them all, and the public key."""
    body = {
        "format": FORMAT,
        "days": [{"statement": day.text.decode("ascii"), "line": day.line} for day in days],
        "attestation": attestation,
        "ledger_key": public_pem,
    }
    return canonical(body).encode("ascii") + b"\n"


def check_bundle(data: bytes, trusted: Ed25519PublicKey | None = None) -> Checked:
    """Check such a file from beginning to end.

    `trusted` is the ledger's public key from elsewhere; without it the file's own is believed, and
    its fingerprint is what a person must compare.

    Raises:
        ArchiveError: it is no such file.
    """
    body = _body(data)
    own_key = _own_key(body)
    checked = Checked(fingerprint=fingerprint(own_key))
    if not _is_as_made(body, data, own_key):
        detail = "it is not written as it was when it was made"
        checked.findings.append(Finding("changed", "statement", "the file", detail))
    if trusted is not None and trusted != own_key:
        checked.findings.append(
            Finding("changed", "key", "ledger_key", "it is not the key that was given")
        )
    _Check(checked, trusted or own_key).run(body)
    return checked


def fingerprint(key: Ed25519PublicKey) -> str:
    """The SHA-256 of a public key's 32 bytes, in hex."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()


class _Check:
    def __init__(self, checked: Checked, key: Ed25519PublicKey) -> None:
        self._checked = checked
        self._key = key
        self._seen: dict[tuple[str, str], int] = {}

    def run(self, body: Mapping[str, Any]) -> None:
        days = _stated_days(body)
        for day in days:
            self._day(day)
        attested = self._line(str(body.get("attestation")), "attested", "the attestation")
        if attested is not None:
            self._attested(attested, days)

    def _say(self, kind: Kind, where: str, detail: str) -> None:
        self._checked.findings.append(Finding(kind, "statement", where, detail))

    def _day(self, day: StatedDay) -> None:
        try:
            body = read_statement(day.text)
        except ArchiveError as error:
            self._say("unreadable", "a statement", str(error))
            return
        place = f"{body.get('mailbox')} {body.get('day')}"
        key = str(body.get("mailbox")), str(body.get("day"))
        self._seen[key] = self._seen.get(key, 0) + 1
        for wrong in faults(body):
            self._say("changed", place, wrong)
        line = self._line(day.line, "statement", place)
        if line is not None:
            self._signed(line, day, body, place)
        for name, count in totals_of(body["faxes"]).items():
            self._checked.totals[name] += count

    def _line(self, text: str, kind: str, place: str) -> LedgerLine | None:
        try:
            line = parse_line(text)
        except ArchiveError as error:
            self._say("unreadable", place, f"its ledger line: {error}")
            return None
        if wrong := fault(line, self._key):
            self._say("changed", place, f"its ledger line: {wrong}")
            return None
        if line.entry.get("kind") != kind:
            self._say("changed", place, f"its ledger line is none of the kind {kind}")
            return None
        return line

    def _signed(
        self, line: LedgerLine, day: StatedDay, body: Mapping[str, Any], place: str
    ) -> None:
        entry, digest = line.entry, hashlib.sha256(day.text).hexdigest()
        files = [each for each in _list(entry.get("files")) if isinstance(each, dict)]
        if [file.get("sha256") for file in files] != [digest]:
            self._say("changed", place, "it is not the statement that its ledger line signs")
        if [entry.get(name) for name in ("mailbox", "day", "revision", "totals")] != [
            body.get(name) for name in ("mailbox", "day", "revision", "totals")
        ]:
            self._say("changed", place, "its ledger line speaks of another one")

    def _attested(self, line: LedgerLine, days: Sequence[StatedDay]) -> None:
        entry, checked = line.entry, self._checked
        checked.mailboxes = _texts(entry.get("mailboxes"))
        checked.is_complete = entry.get("complete") is True
        if entry.get("statements") != digest_of(days):
            self._say("changed", "the attestation", "these are not the statements it attests")
        if entry.get("totals") != checked.totals:
            self._say("changed", "the attestation", "its totals are not those of the statements")
        attested = list(islice(days_between(entry.get("from"), entry.get("to")), MOST_DAYS + 1))
        if not attested or len(attested) > MOST_DAYS:
            self._say("changed", "the attestation", "its days make no sense")
            return
        checked.first_day, checked.last_day = attested[0], attested[-1]
        pairs = map(_texts, _list(entry.get("missing")))
        checked.admitted = [(each[0], each[1]) for each in pairs if len(each) == 2]
        ended = entry.get("ended")
        ends, watched = ended if isinstance(ended, dict) else {}, set(checked.mailboxes)
        checked.ended = {name: str(day) for name, day in ends.items() if name in watched}
        self._whole(attested)

    def _whole(self, days: Sequence[str]) -> None:
        """Each mailbox has each day once until its end, but for those the attestation lacks."""
        mailboxes, known = sorted(self._checked.mailboxes), set(self._checked.admitted)
        every = (
            (mailbox, day)
            for mailbox in mailboxes
            for day in days
            if day <= self._checked.ended.get(mailbox, day)
        )
        missing = (each for each in every if each not in self._seen and each not in known)
        for mailbox, day in islice(missing, MOST_NAMED):
            self._say("missing", f"{mailbox} {day}", "there is no statement of this day")
        watched, attested = set(mailboxes), set(days)
        for (mailbox, day), times in sorted(self._seen.items()):
            if mailbox not in watched or day not in attested:
                self._say("extra", f"{mailbox} {day}", "the attestation does not speak of it")
            if times > 1:
                self._say("extra", f"{mailbox} {day}", f"it is there {times} times")


def days_between(first: object, last: object) -> Iterator[str]:
    """Each day from the first to the last, both included; none when they are not days."""
    try:
        begin, end = date.fromisoformat(str(first)), date.fromisoformat(str(last))
    except ValueError:
        return
    for day in range(begin.toordinal(), end.toordinal() + 1):
        yield date.fromordinal(day).isoformat()


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [str(each) for each in _list(value)]


def _stated_days(body: Mapping[str, Any]) -> list[StatedDay]:
    told = [entry if isinstance(entry, dict) else {} for entry in body["days"]]
    return [
        StatedDay(
            str(entry.get("statement", "")).encode("utf-8", "replace"), str(entry.get("line", ""))
        )
        for entry in told
    ]


def _is_as_made(body: Mapping[str, Any], data: bytes, key: Ed25519PublicKey) -> bool:
    """Whether every byte stands where `bundle_text` puts it, and none is added."""
    pem = public_pem_of(key).decode()
    try:
        return bundle_text(_stated_days(body), str(body.get("attestation")), pem) == data
    except ValueError:
        return False


def _body(data: bytes) -> dict[str, Any]:
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        raise ArchiveError("The file is not JSON.") from None
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise ArchiveError(f"The file is not of the format {FORMAT}.")
    if not isinstance(body.get("days"), list):
        raise ArchiveError("The file has no list of days.")
    return body


def _own_key(body: Mapping[str, object]) -> Ed25519PublicKey:
    try:
        return public_key_of(str(body.get("ledger_key")).encode("utf-8", "replace"))
    except ArchiveError:
        raise ArchiveError("The file holds no public key of a ledger.") from None
