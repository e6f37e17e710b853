"""Checks one evidence ZIP of Faxkeep, every byte of it, with Python and `cryptography` alone.

    python3 verify.py EVIDENCE.zip [--key ledger.pub | --key FINGERPRINT] [--noted LINE:HASH]

Exit code 0: valid. 1: not valid, and what is not is named. 2: wrong use.
This is the file verify.py of each evidence: one file on purpose, and it imports nothing of Faxkeep.
"""

import base64
import hashlib
import hmac
import itertools
import json
import re
import struct
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

FORMAT = "faxkeep-evidence/1"
FACTS_FORMAT = "faxkeep-evidence-facts/1"
SIGNED_AS = b"faxkeep evidence\n"
MOST_ENTRIES = 5000
LARGEST_TEXT = 64 * 1024 * 1024
MOST_TEXT = 4 * LARGEST_TEXT
"""Bytes that are held in memory at once; documents are not."""
_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_NAME = re.compile(
    r"README\.txt|evidence\.(?:pdf|json)|ledger\.(?:jsonl|pub)|verify\.py|manifest\.(?:json|sig)"
    r"|documents/[1-9]\d{0,3}\.(?:pdf|tiff)|records/fax(?:\.[1-9]\d{0,5})?\.json\.age",
    re.ASCII,
)
_EXPLAINED = ("reason_in_words", "started_at_by", "seen_at_by", "recorded")
_FOREVER = ("account", "mailbox", "message", "direction")
_ABOUT = (
    *_FOREVER,
    "from",
    "subject",
    "pages",
    "resolution",
    "message_status",
    "availability",
)
"""What the sealed record tells as well; the first never change."""
_PARTY = ("number", "name", "status", "error_code")
_LINE_FIELDS = {"at", "entry", "hash", "prev", "seq", "signature"}
_SHAPE = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
"""What reading something of another shape raises."""


class NotValid(Exception):
    """It cannot be read any further."""


@dataclass(frozen=True)
class Entry:
    """One file of the ZIP; `data` is kept of small ones only."""

    name: str
    size: int
    sha256: str
    data: bytes


@dataclass
class Checked:
    """What an evidence says, and everything that is wrong with it (nothing: it is valid)."""

    problems: list[str] = field(default_factory=list)
    fingerprint: str = ""
    fax: str = ""
    state: str = ""
    made_at: str = ""
    documents: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    steps: int = 0
    is_recorded: bool = False
    is_known_key: bool = False


def check(file: BinaryIO, trusted: str = "", noted: tuple[int, str] | None = None) -> Checked:
    """Check a ZIP; `trusted` is the fingerprint of the ledger's key as known from elsewhere.

    `noted` is a line of the ledger and the beginning of its hash, noted elsewhere before.
    """
    checked = Checked()
    try:
        entries = _read_zip(file, checked.problems)
        _Check(checked, entries).run(trusted, noted)
    except NotValid as error:
        checked.problems.append(str(error))
    except _SHAPE:
        checked.problems.append("It is not built as the format says.")
    return checked


def fingerprint(key: Ed25519PublicKey) -> str:
    """The SHA-256 of a public key's 32 bytes, in hex."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def read_key(pem: bytes) -> Ed25519PublicKey:
    """An Ed25519 public key in PEM; ValueError when it is none."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("no public key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("no Ed25519 key")
    return key


# --- the ZIP itself: rebuilt, and compared byte for byte ------------------------------------------


def _read_zip(file: BinaryIO, problems: list[str]) -> list[Entry]:
    entries: list[Entry] = []
    central: list[bytes] = []
    place = 0
    head = file.read(_LOCAL.size)
    while head[:4] == b"PK\3\4":
        facts, name = _header(file, head, place)
        entries.append(_content(file, name, facts, problems))
        central.append(_CENTRAL.pack(0x02014B50, 0x314, *facts, 0, 0, 0, 0o100600 << 16, place))
        central[-1] += name.encode()
        place += _LOCAL.size + len(name) + facts[6]
        if len(entries) > MOST_ENTRIES or sum(len(each.data) for each in entries) > MOST_TEXT:
            raise NotValid("It has more or larger files than any evidence.")
        head = file.read(_LOCAL.size)
    directory, count = b"".join(central), len(entries)
    end = _END.pack(0x06054B50, 0, 0, count, count, len(directory), place, 0)
    expected = directory + end
    if head + file.read(max(0, len(expected) + 1 - len(head))) != expected:
        raise NotValid(f"The ZIP is not as it was made: its structure differs from byte {place}.")
    return entries


def _header(file: BinaryIO, head: bytes, place: int) -> tuple[tuple[int, ...], str]:
    """What is told of one entry, in a header of which each byte is as it must be."""
    where = f"The ZIP is not as it was made: the header at byte {place} differs."
    if len(head) != _LOCAL.size:
        raise NotValid("The ZIP was cut short.")
    crc, size, _, length = _LOCAL.unpack(head)[6:10]
    name = file.read(min(length, 64)).decode("ascii", "replace")
    facts = (20, 0, 0, 0, 0x21, crc, size, size, len(name), 0)
    if _LOCAL.pack(0x04034B50, *facts) != head or not _NAME.fullmatch(name):
        raise NotValid(where)
    return facts, name


def _content(file: BinaryIO, name: str, facts: tuple[int, ...], problems: list[str]) -> Entry:
    left, crc, digest, kept = facts[6], 0, hashlib.sha256(), []
    is_small = not name.startswith("documents/") and name != "evidence.pdf"
    if is_small and left > LARGEST_TEXT:
        raise NotValid(f"{name} is larger than any such file.")
    while left:
        block = file.read(min(left, 1024 * 1024))
        if not block:
            raise NotValid("The ZIP was cut short.")
        left, crc = left - len(block), zlib.crc32(block, crc)
        digest.update(block)
        kept += [block] if is_small else []
    if crc != facts[5]:
        problems.append(f"{name} or its checksum in the ZIP was changed.")
    return Entry(name, facts[6], digest.hexdigest(), b"".join(kept))


# --- what stands in it ----------------------------------------------------------------------------


class _Check:
    def __init__(self, checked: Checked, entries: Sequence[Entry]) -> None:
        self._checked = checked
        self._entries = entries
        self._by_name = {entry.name: entry for entry in entries}
        if len(self._by_name) != len(entries):
            raise NotValid("A file is in it twice.")

    def run(self, trusted: str, noted: tuple[int, str] | None) -> None:
        key = self._key(trusted)
        self._manifest(key)
        facts = self._json("evidence.json")
        if facts["format"] != FACTS_FORMAT or not isinstance(facts["fax"], str):
            self._say("evidence.json is of another format.")
        lines = self._ledger(key, facts)
        self._told(facts, lines)
        own = self._disclosed(facts, lines)
        self._documents(facts, own)
        self._records(facts, own)
        self._steps(facts["steps"])
        self._noted(lines, noted)

    def _say(self, problem: str) -> None:
        self._checked.problems.append(problem)

    def _text(self, name: str) -> bytes:
        if name not in self._by_name:
            raise NotValid(f"{name} is missing.")
        return self._by_name[name].data

    def _json(self, name: str) -> dict[str, Any]:
        try:
            value = json.loads(self._text(name))
        except (ValueError, RecursionError):
            raise NotValid(f"{name} is not JSON.") from None
        if not isinstance(value, dict):
            raise NotValid(f"{name} is no JSON object.")
        return value

    def _key(self, trusted: str) -> Ed25519PublicKey:
        try:
            key = read_key(self._text("ledger.pub"))
        except ValueError:
            raise NotValid("ledger.pub is no Ed25519 key.") from None
        own = self._checked.fingerprint = fingerprint(key)
        self._checked.is_known_key = bool(trusted) and own == trusted
        if trusted and own != trusted:
            self._say(f"It is signed with another key ({own}) than the one you gave ({trusted}).")
        return key

    def _manifest(self, key: Ed25519PublicKey) -> None:
        text, signature = self._text("manifest.json"), self._text("manifest.sig")
        if not _is_signed(key, signature.removesuffix(b"\n"), SIGNED_AS + text):
            self._say("The signature in manifest.sig does not fit manifest.json and ledger.pub.")
        if not signature.endswith(b"\n"):
            self._say("manifest.sig is not as it was made.")
        manifest = self._json("manifest.json")
        if _canonical(manifest) + b"\n" != text or manifest["format"] != FORMAT:
            self._say("manifest.json is not as it was made.")
        if manifest["fax"] != self._json("evidence.json")["fax"]:
            self._say("manifest.json speaks of another fax than evidence.json.")
        told = [(each["name"], each["size"], each["sha256"]) for each in manifest["files"]]
        found = [(each.name, each.size, each.sha256) for each in self._entries]
        if [each.name for each in self._entries[-2:]] != ["manifest.json", "manifest.sig"]:
            self._say("The manifest does not stand at the end.")
        self._compare(told, found[:-2])

    def _compare(self, told: list[tuple[Any, ...]], found: list[tuple[Any, ...]]) -> None:
        if told == found:
            return
        signed, here = {each[0]: each for each in told}, {each[0]: each for each in found}
        for name in [*signed, *(each for each in here if each not in signed)]:
            if name not in here:
                self._say(f"{name} is missing.")
            elif name not in signed:
                self._say(f"{name} was added: it is not signed.")
            elif signed[name] != here[name]:
                self._say(f"{name} was changed: it is not the file that was signed.")
        if sorted(map(str, told)) == sorted(map(str, found)):
            self._say("The files stand in another order.")

    def _told(self, facts: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> None:
        checked = self._checked
        checked.fax, checked.state = facts["fax"], str(facts["state"]["is"])
        checked.made_at, checked.steps = str(facts["made_at"]), len(facts["steps"])
        checked.is_recorded = facts["recorded"] is True
        checked.documents = [str(each["sha256"]) for each in facts["documents"]]
        checked.lines = [line["seq"] for line in lines]

    def _ledger(self, key: Ed25519PublicKey, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
        text = self._text("ledger.jsonl").decode("ascii", "replace")
        if not text.endswith("\n"):
            raise NotValid("ledger.jsonl was cut short.")
        lines = [_line(each) for each in text[:-1].split("\n")]
        for line, raw in zip(lines, text[:-1].split("\n"), strict=True):
            if fault := _line_fault(line, raw, key):
                self._say(f"Line {line['seq']} of the ledger {fault}.")
        for before, line in itertools.pairwise(lines):
            if line["seq"] <= before["seq"] or line["at"] < before["at"]:
                self._say(f"Line {line['seq']} of the ledger stands in the wrong place.")
            elif line["seq"] == before["seq"] + 1 and line["prev"] != before["hash"]:
                self._say(f"Line {line['seq']} of the ledger does not continue the one before.")
            elif line["seq"] > before["seq"] + 1 and facts["chain"]:
                self._say(f"The ledger's chain has a gap before line {line['seq']}.")
        return lines

    def _disclosed(
        self, facts: Mapping[str, Any], lines: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """The lines that speak of this fax, which the last line has to name, every one."""
        last, entry = lines[-1], lines[-1]["entry"]
        own = [each for each in lines[:-1] if each["entry"].get("fax") == facts["fax"]]
        own = [each for each in own if each["entry"]["kind"] != "disclosed"]
        if (entry["kind"], entry["fax"]) != ("disclosed", facts["fax"]):
            self._say("The last line of the ledger does not tell of this evidence.")
        elif entry["evidence"] != self._by_name["evidence.json"].sha256:
            self._say(f"evidence.json is not the one that line {last['seq']} of the ledger signs.")
        elif entry["lines"] != [[each["seq"], each["hash"]] for each in own]:
            self._say("A line of the ledger about this fax is missing, added or changed.")
        if not facts["chain"] and len(own) + 1 != len(lines):
            self._say("The ledger's lines speak of another fax.")
        return own

    def _documents(self, facts: Mapping[str, Any], own: Sequence[dict[str, Any]]) -> None:
        archived = [each["entry"] for each in own if each["entry"]["kind"] == "archived"]
        signed = archived[-1]["documents"] if archived else []
        here = [each for each in self._entries if each.name.startswith("documents/")]
        told = facts["documents"]
        if [each.name for each in here] != [each["file"] for each in told]:
            self._say("The documents are not those that evidence.json tells of.")
        for one, entry, line in zip(told, here, signed, strict=False):
            if len({(each["sha256"], each["size"]) for each in (one, vars(entry), line)}) != 1:
                self._say(f"{entry.name} is not the document that the ledger says was archived.")
        lost = [each["entry"]["evidence"] for each in own if each["entry"]["kind"] == "lost"]
        if facts["state"]["is"] == "lost" and lost[-1:] != [facts["loss"]]:
            self._say("The ledger tells of another loss, or of none.")
        if len(told) != len(signed) or bool(archived) != (facts["state"]["is"] == "archived"):
            self._say("The ledger tells of other documents.")

    def _records(self, facts: Mapping[str, Any], own: Sequence[dict[str, Any]]) -> None:
        """Open each sealed record that a line names, and find in it what evidence.json tells."""
        kinds = [each["entry"]["kind"] for each in own]
        begin = len(kinds) - 1 - kinds[::-1].index("archived") if "archived" in kinds else len(own)
        naming = [each for each in own[begin:] if each["entry"]["kind"] in ("archived", "amended")]
        told = facts["records"]
        if [each["line"] for each in told] != [each["seq"] for each in naming]:
            self._say("The records are not those that the ledger tells of.")
        record: dict[str, Any] = {"steps": [], "calls": []}
        for one, line in zip(told, naming, strict=False):
            before, record = record, self._opened(one, line["entry"], facts["fax"])
            if [each for each in before["steps"] if each not in record["steps"]]:
                self._say(f"{one['file']} lacks a step that an earlier record has.")
        if naming:
            self._agree(facts, record)

    def _agree(self, facts: Mapping[str, Any], record: Mapping[str, Any]) -> None:
        """Compare the facts with the latest sealed record."""
        if record["steps"] != [_plain(each) for each in facts["steps"] if each["recorded"]]:
            self._say("The steps in evidence.json are not those of the sealed record.")
        here, calls = facts["calls"], record.get("calls", [])
        lacking = {each["call"] for each in calls} - {each["call"] for each in here}
        if lacking or [each for each in here if each["recorded"] and _plain(each) not in calls]:
            self._say("The calls in evidence.json are not those of the sealed record.")
        names = _ABOUT if facts["recorded"] else _FOREVER
        if [name for name in names if facts["about"][name] != record[name]]:
            self._say("What evidence.json tells of the fax is not what the sealed record tells.")
        parties = [[each[name] for name in _PARTY] for each in facts["recipients"]]
        if facts["recorded"] and parties != [
            [each[name] for name in _PARTY] for each in record["recipients"]
        ]:
            self._say("The recipients in evidence.json are not those of the sealed record.")

    def _opened(self, one: Mapping[str, Any], entry: Mapping[str, Any], fax: str) -> dict[str, Any]:
        name = str(one["file"])
        sealed = self._text(name)
        named = {each["name"]: each["sha256"] for each in entry["files"]}
        if named.get(name.removeprefix("records/")) != hashlib.sha256(sealed).hexdigest():
            self._say(f"{name} is not the record that line {one['line']} of the ledger names.")
        try:
            key = base64.b64decode(one["key"], validate=True)
            record: dict[str, Any] = json.loads(_open_age(sealed, key))
        except (InvalidTag, ValueError):
            raise NotValid(f"{name} does not open with its key.") from None
        if (record["fax"], record["revision"]) != (fax, one["revision"]):
            self._say(f"{name} is the record of another fax or revision.")
        return record

    def _steps(self, steps: Sequence[Mapping[str, Any]]) -> None:
        last: dict[int, int] = {}
        for step in steps:
            if step["step"] != last.get(step["position"], 0) + 1:
                self._say(f"A step of recipient {step['position'] + 1} is missing or misplaced.")
            last[step["position"]] = step["step"]

    def _noted(self, lines: Sequence[Mapping[str, Any]], noted: tuple[int, str] | None) -> None:
        if noted is None:
            return
        found = [each["hash"] for each in lines if each["seq"] == noted[0]]
        if not found:
            self._say(f"Line {noted[0]} is not among the ledger's lines here: nothing to compare.")
        elif not found[0].startswith(noted[1]):
            self._say(f"Line {noted[0]} of the ledger is not the one that was noted.")


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    """A step or call as the sealed record tells it, without the words that explain it."""
    return {name: each for name, each in told.items() if name not in _EXPLAINED}


def _line(text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        raise NotValid("A line of ledger.jsonl is not JSON.") from None
    if not isinstance(line, dict) or set(line) != _LINE_FIELDS or type(line["seq"]) is not int:
        raise NotValid("A line of ledger.jsonl has other fields than a ledger's line.")
    if not isinstance(line["entry"], dict) or not isinstance(line["at"], str):
        raise NotValid("A line of ledger.jsonl has a field of another type.")
    return line


def _line_fault(line: Mapping[str, Any], raw: str, key: Ed25519PublicKey) -> str:
    if _canonical(line) != raw.encode():
        return "differs from its canonical text"
    body = {name: line[name] for name in ("at", "entry", "prev", "seq")}
    digest = hashlib.sha256(_canonical(body)).digest()
    if digest.hex() != line["hash"]:
        return "does not match its hash"
    return "" if _is_signed(key, str(line["signature"]).encode(), digest) else "is not signed"


def _is_signed(key: Ed25519PublicKey, text: bytes, data: bytes) -> bool:
    try:
        raw = base64.b64decode(text, validate=True)
        key.verify(raw, data)
    except (ValueError, InvalidSignature):
        return False
    return base64.b64encode(raw) == text  # Base64 has spare bits: only one spelling counts


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 of 32 bytes, RFC 5869."""
    found = hmac.digest(salt or bytes(32), key, "sha256")
    return hmac.digest(found, info + b"\1", "sha256")


def _open_age(sealed: bytes, key: bytes) -> bytes:
    """Open an age file (age-encryption.org/v1) with the key of this one file; ValueError if not."""
    end = sealed.index(b"\n---") + 4
    mac, _, body = sealed[end + 1 :].partition(b"\n")
    expected = hmac.digest(_hkdf(key, b"", b"header"), sealed[:end], "sha256")
    if base64.b64encode(expected).rstrip(b"=") != mac:
        raise ValueError("another key")
    payload = ChaCha20Poly1305(_hkdf(key, body[:16], b"payload"))
    chunks = [body[start : start + 65552] for start in range(16, len(body), 65552)]
    plain = [
        payload.decrypt(
            number.to_bytes(11, "big") + bytes([number == len(chunks) - 1]), chunk, None
        )
        for number, chunk in enumerate(chunks)
    ]
    return b"".join(plain)


# --- for people -----------------------------------------------------------------------------------


def told(checked: Checked) -> str:
    """What was found, in lines for a person; nothing in it can steer a terminal."""
    if checked.problems:
        lines = ["NOT VALID:", *(f"- {each}" for each in checked.problems)]
    else:
        lines = [f"VALID: the evidence of fax {checked.fax}, made at {checked.made_at}.", ""]
        lines += _meaning(checked)
    return "\n".join("".join(c if c.isprintable() else "?" for c in line) for line in lines)


def _meaning(checked: Checked) -> list[str]:
    numbers = ", ".join(map(str, checked.lines[:-1])) or "none"
    said = ["Every byte of this file is as it was when it was signed."]
    if checked.documents:
        said.append("The documents are those that the ledger says were archived; SHA-256:")
        said += [f"  {each}" for each in checked.documents]
    elif checked.state == "archived":
        said.append("It holds no document: RingCentral gave none of this fax.")
    else:
        said.append(f"It holds no document: this fax is {checked.state}.")
    said.append(f"Lines of the ledger about this fax: {numbers}. Delivery steps: {checked.steps}.")
    said.append(f"This evidence was entered as line {checked.lines[-1]}.")
    if not checked.is_recorded:
        said.append("Not all of it stood in the ledger when it was made: the rest hangs on")
        said.append("the signature of this file alone.")
    if checked.is_known_key:
        said.append("It is signed with the key that you gave.")
    else:
        said.append(f"It is signed with the key whose SHA-256 is {checked.fingerprint}.")
        said.append("Compare that with the fingerprint you were told by another way: anybody can")
        said.append("sign a forgery with a key of their own.")
    said.append(
        "It shows what Faxkeep recorded; whether RingCentral told the truth it cannot show."
    )
    return said


def trusted_fingerprint(text: str) -> str:
    """The fingerprint that was given, or that of the key file that was named.

    OSError or ValueError when it is neither.
    """
    if re.fullmatch(r"[0-9a-fA-F]{64}", text):
        return text.lower()
    with open(text, "rb") as file:  # noqa: PTH123 - one import less
        return fingerprint(read_key(file.read(65536)))


def _noted_line(text: str) -> tuple[int, str]:
    """`22:9f86d081884c7d65` as (22, "9f86d081884c7d65"); ValueError for fewer than 16 digits."""
    number, _, digits = text.partition(":")
    if not re.fullmatch(r"[0-9a-fA-F]{16,64}", digits):
        raise ValueError("--noted takes a line and 16 hex digits of its hash at least")
    return int(number), digits.lower()


def _options(words: Sequence[str]) -> dict[str, str]:
    given = {"--key": "", "--noted": "", "": ""}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name = word if word in ("--key", "--noted") else ""
        if given[name] or (name and not rest) or (not name and word.startswith("-")):
            raise ValueError(word)
        given[name] = rest.pop(0) if name else word
    if not given[""]:
        raise ValueError("no file")
    return given


def main(words: Sequence[str]) -> int:
    """Check the file that the words name, tell what was found, return the exit code."""
    try:
        given = _options(words)
        noted = _noted_line(given["--noted"]) if given["--noted"] else None
        trusted = trusted_fingerprint(given["--key"]) if given["--key"] else ""
        with open(given[""], "rb") as file:  # noqa: PTH123 - one import less
            checked = check(file, trusted, noted)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{__doc__}\nNot understood: {error}\n")
        return 2
    sys.stdout.write(told(checked) + "\n")
    return 1 if checked.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
