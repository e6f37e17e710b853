"""Many statements in one file, with the ledger lines that sign them: checked anywhere, by anybody.

Nothing else is needed than that file and the ledger's public key.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archive.finding import Finding
from archive.ledger import LedgerLine, canonical, fault, parse_line
from archive.statement import STATES, faults, read_statement
from errors import ArchiveError

FORMAT = "faxkeep-completeness/1"
LARGEST = 1024**3


@dataclass(frozen=True)
class StatedDay:
    """One statement as it lies in the archive, and the text of the ledger line that signs it."""

    text: bytes
    line: str


@dataclass
class Checked:
    """What a file states, and everything that is wrong with it."""

    first_day: str = ""
    last_day: str = ""
    mailboxes: Sequence[str] = ()
    fingerprint: str = ""
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("listed", *STATES), 0))
    attested: Mapping[str, Any] = field(default_factory=dict)
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
    own_key = _key(str(body.get("ledger_key")))
    checked = Checked(fingerprint=fingerprint(own_key))
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
        days = [self._stated(entry) for entry in body["days"]]
        for day in days:
            self._day(day)
        attested = self._line(str(body.get("attestation")), "attested", "the attestation")
        if attested is not None:
            self._checked.attested = attested.entry
            self._attested(attested, days)

    def _say(self, kind: Any, where: str, detail: str) -> None:
        self._checked.findings.append(Finding(kind, "statement", where, detail))

    def _stated(self, entry: object) -> StatedDay:
        told = entry if isinstance(entry, dict) else {}
        text = str(told.get("statement", ""))
        return StatedDay(text.encode("utf-8", "replace"), str(told.get("line", "")))

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
        for name in self._checked.totals:
            self._checked.totals[name] += int(body["totals"].get(name) or 0)

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
        entry = line.entry
        digest = hashlib.sha256(day.text).hexdigest()
        files = entry.get("files")
        named = [each.get("sha256") for each in files] if isinstance(files, list) else []
        if named != [digest]:
            self._say("changed", place, "it is not the statement that its ledger line signs")
        if [entry.get(name) for name in ("mailbox", "day", "revision", "totals")] != [
            body.get(name) for name in ("mailbox", "day", "revision", "totals")
        ]:
            self._say("changed", place, "its ledger line speaks of another one")

    def _attested(self, line: LedgerLine, days: Sequence[StatedDay]) -> None:
        entry, checked = line.entry, self._checked
        checked.first_day, checked.last_day = str(entry.get("from")), str(entry.get("to"))
        mailboxes = entry.get("mailboxes")
        checked.mailboxes = [str(each) for each in mailboxes] if isinstance(mailboxes, list) else []
        if entry.get("statements") != digest_of(days):
            self._say("changed", "the attestation", "these are not the statements it attests")
        if entry.get("totals") != checked.totals:
            self._say("changed", "the attestation", "its totals are not those of the statements")
        self._whole(entry.get("missing"))

    def _whole(self, admitted: object) -> None:
        """Each mailbox has each day once, but for those that the attestation itself lacks."""
        expected = {
            (mailbox, day)
            for mailbox in self._checked.mailboxes
            for day in days_between(self._checked.first_day, self._checked.last_day)
        }
        known = {tuple(each) for each in admitted} if isinstance(admitted, list) else set()
        for mailbox, day in sorted(expected - self._seen.keys() - known):
            self._say("missing", f"{mailbox} {day}", "there is no statement of this day")
        for mailbox, day in sorted(self._seen.keys() - expected):
            self._say("extra", f"{mailbox} {day}", "the attestation does not speak of it")
        for (mailbox, day), times in sorted(self._seen.items()):
            if times > 1:
                self._say("extra", f"{mailbox} {day}", f"it is there {times} times")


def days_between(first: str, last: str) -> Iterator[str]:
    """Each day from the first to the last, both included; none when they are not days."""
    try:
        day, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)


def _body(data: bytes) -> dict[str, Any]:
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        raise ArchiveError("the file is not JSON") from None
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise ArchiveError(f"the file is not of the format {FORMAT}")
    if not isinstance(body.get("days"), list):
        raise ArchiveError("the file has no list of days")
    return body


def _key(pem: str) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except ValueError:
        raise ArchiveError("the file holds no public key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ArchiveError("the file's public key is not an Ed25519 key")
    return key
