"""The ledger's rules: how a line is made, read and checked, as functions of values."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archive.address import utc_text
from archive.finding import Finding
from errors import ArchiveError

FIRST_PREV = "0" * 64
"""The `prev` of the very first line."""

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes with the newline; a longer line could not be read back."""

_FIELDS = {"seq", "at", "entry", "prev", "hash", "signature"}


@dataclass(frozen=True)
class LedgerLine:
    """One line of the ledger; `text` is the whole line as kept, without its newline."""

    seq: int
    at: str
    entry: Mapping[str, object]
    prev: str
    hash: str
    text: str


def canonical(value: Mapping[str, object]) -> str:
    """Write JSON in its one form: sorted keys, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def next_line(
    tail: LedgerLine | None,
    entry: Mapping[str, object],
    at: datetime,
    sign: Callable[[bytes], bytes],
) -> LedgerLine:
    """Make the line that follows `tail`; its time is never earlier than the tail's.

    A clock set back must not put a later line into an earlier month's file. ArchiveError when the
    entry is too long.
    """
    moment = utc_text(at) if tail is None else max(utc_text(at), tail.at)
    body: dict[str, object] = {
        "seq": 1 if tail is None else tail.seq + 1,
        "at": moment,
        "entry": entry,
        "prev": FIRST_PREV if tail is None else tail.hash,
    }
    digest = hashlib.sha256(canonical(body).encode()).digest()
    signature = base64.b64encode(sign(digest)).decode()
    text = canonical({**body, "hash": digest.hex(), "signature": signature})
    if len(text) >= LONGEST_LINE:
        raise ArchiveError("an entry is too long for a line of the ledger")
    return parse_line(text)


def parse_line(text: str) -> LedgerLine:
    """Read a line without judging its signature; ArchiveError when it is not a ledger line."""
    fields = _fields(text)
    seq, at, entry = fields["seq"], fields["at"], fields["entry"]
    prev, digest = fields["prev"], fields["hash"]
    if type(seq) is not int or not isinstance(at, str) or not isinstance(entry, dict):
        raise ArchiveError("a ledger line has a field of the wrong type")
    if not isinstance(prev, str) or not isinstance(digest, str):
        raise ArchiveError("a ledger line has a field of the wrong type")
    return LedgerLine(seq, at, entry, prev, digest, text)


def _fields(text: str) -> dict[str, object]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise ArchiveError("a ledger line is not JSON") from None
    if not isinstance(fields, dict) or set(fields) != _FIELDS:
        raise ArchiveError("a ledger line does not have its six fields")
    return fields


def fault(line: LedgerLine, public_key: Ed25519PublicKey) -> str:
    """Say what is wrong with a line by itself; "" when hash and signature are good."""
    try:
        fields = _fields(line.text)
        if parse_line(line.text) != line or canonical(fields) != line.text:
            return "the line differs from its canonical text"
    except (ArchiveError, ValueError):
        return "the line cannot be read"
    body = {name: fields[name] for name in ("seq", "at", "entry", "prev")}
    digest = hashlib.sha256(canonical(body).encode()).digest()
    if digest.hex() != line.hash:
        return "the content does not match its hash"
    return _signature_fault(fields["signature"], digest, public_key)


def _signature_fault(signature: object, digest: bytes, public_key: Ed25519PublicKey) -> str:
    try:
        raw = base64.b64decode(str(signature), validate=True)
        public_key.verify(raw, digest)
    except (binascii.Error, ValueError, InvalidSignature):
        return "the signature is not good"
    # Base64 has spare bits in its last character: only the one true spelling counts.
    return "" if base64.b64encode(raw).decode() == signature else "the signature is not good"


def check_chain(lines: Iterable[LedgerLine], public_key: Ed25519PublicKey) -> Iterator[Finding]:
    """Find every gap, doubled, changed, unsigned or unchained line; each finding names its seq."""
    for item in walk_chain(lines, public_key):
        if isinstance(item, Finding):
            yield item


def walk_chain(
    items: Iterable[LedgerLine | Finding], public_key: Ed25519PublicKey
) -> Iterator[LedgerLine | Finding]:
    """Yield what is wrong, and in between every truly signed line that moves forward."""
    before: LedgerLine | None = None
    broken = 0
    for item in items:
        wrong = None if isinstance(item, Finding) else fault(item, public_key)
        if isinstance(item, Finding) or wrong:
            broken += 1
            yield item if isinstance(item, Finding) else _changed(item.seq, str(wrong))
            continue
        yield from _place(before, item, broken)
        if before is None or item.seq > before.seq:
            before, broken = item, 0
            yield item


def _place(before: LedgerLine | None, line: LedgerLine, broken: int) -> Iterator[Finding]:
    """Compare a line with the last good one, `broken` lines before it."""
    expected = 1 if before is None else before.seq + 1
    if line.seq < expected:
        yield Finding("extra", "ledger line", f"line {line.seq}", "it stands after a later line")
    elif line.seq > expected + broken:
        gap = f"line {expected}" if line.seq == expected + 1 else f"lines {expected}-{line.seq - 1}"
        yield Finding("missing", "ledger line", gap, "the ledger has a gap here")
    elif line.seq < expected + broken:
        yield Finding("extra", "ledger line", f"line {line.seq}", "bad lines stand before it")
    elif not broken and line.prev != (FIRST_PREV if before is None else before.hash):
        yield _changed(line.seq, "it does not continue the line before it")


def _changed(seq: int, detail: str) -> Finding:
    return Finding("changed", "ledger line", f"line {seq}", detail)
