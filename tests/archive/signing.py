"""Statements, and a ledger that signs them, as a file of them needs them."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from archive.completeness import Checked, StatedDay, bundle_text, digest_of
from archive.key_files import public_pem_of
from archive.ledger import LedgerLine, canonical, next_line
from archive.statement import statement_text, totals_of

DAYS = ("2026-11-22", "2026-11-23", "2026-11-24")
MAILBOX = "400-621"
AT = datetime(2026, 11, 25, tzinfo=UTC)


def fax(message: str = "1", state: str = "archived", **changes: Any) -> dict[str, Any]:
    """A fax that is stated as it should be, but for the changes."""
    beside: dict[str, dict[str, Any]] = {
        "archived": {"folder": "2026/11/23/400-621/inbound-1", "documents": ["ab"], "line": 3},
        "pending": {"reason": "it is still to be fetched"},
        "refused": {"reason": "not-a-document"},
        "lost": {"reason": "purged", "evidence": {"cause": "purged"}},
    }
    about = {"message": message, "state": state, "created_at": f"{DAYS[1]}T12:00:00.000Z"}
    return {**about, **beside.get(state, {}), **changes}


class Signer:
    """A ledger: signs statements, and an attestation of them all."""

    def __init__(self, key: Ed25519PrivateKey | None = None) -> None:
        self.key = key or Ed25519PrivateKey.generate()
        self.tail: LedgerLine | None = None

    @property
    def public(self) -> Ed25519PublicKey:
        return self.key.public_key()

    @property
    def pem(self) -> str:
        return public_pem_of(self.public).decode()

    def line(self, entry: dict[str, Any]) -> str:
        self.tail = next_line(self.tail, entry, AT, self.key.sign)
        return self.tail.text

    def day(self, day: str, states: Sequence[str] = (), mailbox: str = MAILBOX) -> StatedDay:
        faxes = [
            fax(f"{day[-2:]}{number}", state, created_at=f"{day}T12:00:00.000Z")
            for number, state in enumerate(states)
        ]
        text = statement_text({"mailbox": mailbox, "day": day, "revision": 1}, faxes)
        return StatedDay(text, self.line(self.statement_entry(text)))

    def statement_entry(self, text: bytes) -> dict[str, Any]:
        body = json.loads(text)
        named = {name: body.get(name) for name in ("mailbox", "day", "revision", "totals")}
        file = {"name": "x", "size": len(text), "sha256": hashlib.sha256(text).hexdigest()}
        return {"kind": "statement", "folder": "x", "files": [file], **named}

    def attestation(self, days: Sequence[StatedDay], **changes: Any) -> str:
        every = [each for day in days for each in json.loads(day.text)["faxes"]]
        entry = {
            "kind": "attested",
            "from": DAYS[0],
            "to": DAYS[-1],
            "mailboxes": [MAILBOX],
            "statements": digest_of(days),
            "totals": totals_of(every),
            "missing": [],
            "complete": True,
        }
        return self.line({**entry, **changes})

    def bundle(self, days: Sequence[StatedDay], **changes: Any) -> bytes:
        return bundle_text(days, self.attestation(days, **changes), self.pem)


def said(checked: Checked) -> list[str]:
    return [f"{each.kind} {each.where}: {each.detail}" for each in checked.findings]


def rewritten(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The same file with a change, written as the format has it."""
    body = json.loads(data)
    change(body)
    return canonical(body).encode() + b"\n"
