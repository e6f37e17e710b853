"""Whatever is done to an evidence is named, by our own check and by the ZIP's verify.py alike."""

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.evidence import fingerprint, told
from archive.evidence.verifier import SIGNED_AS, main
from archive.key_files import public_key_of, public_pem, read_signing_key
from archive.ledger import canonical, next_line, parse_line
from simulator import Clock, Inbound
from tests.handlers import evidences
from tests.handlers.evidences import checked, evidence, file, names, problems, rezipped, zipped
from tests.handlers.household import Household, opened

Contents = dict[str, bytes]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, page: Inbound) -> Iterator[Household]:
    clock = Clock(lambda: evidences.NOON)
    with opened(tmp_path_factory.mktemp("harm"), page, clock) as made:
        yield made


@pytest.fixture(scope="module")
def good(house: Household) -> bytes:
    """Of a fax to two, with two revisions of its record."""
    return evidence(house, evidences.amended(house))


@pytest.fixture(scope="module")
def key(good: bytes) -> str:
    return fingerprint(public_key_of(file(good, "ledger.pub")))


@pytest.fixture(scope="module")
def contents(good: bytes) -> Contents:
    return {name: file(good, name) for name in names(good)}


def test_what_is_harmed_here_is_good(good: bytes, key: str, contents: Contents) -> None:
    assert checked(good, key).problems == []
    assert checked(good, key).is_known_key
    assert zipped(list(contents.items())) == good


# Each byte


def regions(data: bytes, contents: Contents) -> Iterator[int]:
    """Every byte of the ZIP's own structure and of what is read, and some of the large files."""
    at = 0
    for name, content in contents.items():
        begin = at + 30 + len(name)
        yield from range(at, begin)
        step = 211 if name.startswith(("documents/", "evidence.pdf", "verify.py")) else 11
        step = 1 if name in ("manifest.json", "manifest.sig", "ledger.pub") else step
        yield from range(begin, begin + len(content), step)
        at = begin + len(content)
        yield at - 1
    yield from range(at, len(data))


def test_a_bit_changed_anywhere_is_noticed(good: bytes, contents: Contents) -> None:
    chance, harmed = random.Random(5), bytearray(good)
    unnoticed = []
    for place in regions(good, contents):
        bit = 1 << chance.randrange(8)
        harmed[place] ^= bit
        if not problems(bytes(harmed)):
            unnoticed.append(place)
        harmed[place] ^= bit
    assert unnoticed == []


@pytest.mark.parametrize("name", ["README.txt", "evidence.json", "verify.py", "ledger.jsonl"])
def test_the_file_that_was_changed_is_named(good: bytes, name: str) -> None:
    place = good.index(file(good, name)) + 40
    harmed = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
    assert any(name in each for each in problems(harmed))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_cut_is_noticed(good: bytes, share: float) -> None:
    assert problems(good[: int(len(good) * share)])


def test_its_end_may_not_lack_a_byte_nor_have_one_more(good: bytes) -> None:
    assert problems(good[:-1])
    assert problems(good + b"\0")
    assert problems(b"\0" + good)


# The ZIP


def swap(contents: Contents) -> list[tuple[str, bytes]]:
    entries = list(contents.items())
    entries[0], entries[1] = entries[1], entries[0]
    return entries


HOSTILE: dict[str, Callable[[Contents], bytes]] = {
    "another order": lambda c: zipped(swap(c)),
    "a file more": lambda c: zipped([*c.items(), ("README.txt", b"another")]),
    "a stranger": lambda c: zipped([("evil.exe", b"MZ"), *c.items()]),
    "a path upwards": lambda c: zipped([("../../etc/passwd", b"x"), *c.items()]),
    "an absolute path": lambda c: zipped([("/etc/passwd", b"x"), *c.items()]),
    "a backslash": lambda c: zipped([("documents\\1.pdf", b"x"), *c.items()]),
    "another document": lambda c: zipped([*c.items(), ("documents/2.pdf", b"%PDF-")]),
    "extra fields": lambda c: zipped(list(c.items()), extra=b"\xff\xff\4\0evil"),
    "packed": lambda c: zipped(list(c.items()), method=8),
    "nothing": lambda c: zipped([]),
    "before the ZIP": lambda c: b"#!/bin/sh\n" + zipped(list(c.items())),
    "after the ZIP": lambda c: zipped(list(c.items())) + b"more",
    "a comment": lambda c: zipped(list(c.items()))[:-2] + b"\4\0evil",
    "a second ZIP": lambda c: zipped(list(c.items())) + zipped(list(c.items())),
    "no ZIP": lambda c: b"%PDF-1.4 something else",
    "empty": lambda c: b"",
    "a bomb": lambda c: zipped([(name, b"\0" * 10_000_000) for name in c], method=8),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_zip_of_another_form_is_not_valid(contents: Contents, what: str) -> None:
    assert problems(HOSTILE[what](contents))


def test_data_between_two_files_is_noticed(good: bytes, contents: Contents) -> None:
    place = 30 + len("README.txt") + len(contents["README.txt"])
    assert problems(good[:place] + b"hidden" + good[place:])


@pytest.mark.parametrize("name", ["evidence.json", "documents/1.pdf", "records/fax.json.age",
                                  "ledger.jsonl", "ledger.pub", "manifest.json", "manifest.sig",
                                  "verify.py", "evidence.pdf", "README.txt"])  # fmt: skip
def test_a_file_that_is_missing_is_named(good: bytes, name: str) -> None:
    said = problems(rezipped(good, lambda c: c.pop(name)))
    assert said
    assert any(name in each or "manifest" in each for each in said)


# What stands in it, changed by somebody who holds a key


def resigned(data: bytes, change: Callable[[Contents], object], key: Ed25519PrivateKey) -> bytes:
    """The same ZIP after a change, with a manifest and signature that fit it."""

    def sign(contents: Contents) -> None:
        change(contents)
        fax = json.loads(contents["manifest.json"])["fax"]
        del contents["manifest.json"], contents["manifest.sig"]
        files = [
            {"name": name, "size": len(each), "sha256": hashlib.sha256(each).hexdigest()}
            for name, each in contents.items()
        ]
        body = {"format": "faxkeep-evidence/1", "fax": fax, "files": files}
        contents["manifest.json"] = canonical(body).encode() + b"\n"
        signature = key.sign(SIGNED_AS + contents["manifest.json"])
        contents["manifest.sig"] = base64.b64encode(signature) + b"\n"

    return rezipped(data, sign)


def with_facts(house: Household, data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """Other facts, entered in the ledger and signed with the house's own key."""
    own = house.house.archive.keys

    def renew(contents: Contents) -> None:
        told = json.loads(contents["evidence.json"])
        change(told)
        contents["evidence.json"] = json.dumps(told, indent=1).encode() + b"\n"
        lines = contents["ledger.jsonl"].decode().splitlines()
        last = parse_line(lines[-1])
        digest = hashlib.sha256(contents["evidence.json"]).hexdigest()
        entry = {**last.entry, "evidence": digest}
        forged = next_line(parse_line(lines[-2]), entry, evidences.NOON, own.sign)
        contents["ledger.jsonl"] = "".join(
            f"{each}\n" for each in [*lines[:-1], forged.text]
        ).encode()

    private = house.house.settings.data / "keys" / "ledger.key"
    return resigned(data, renew, read_signing_key(private.read_bytes()))


def test_a_forgery_with_another_key_has_another_fingerprint(good: bytes, key: str) -> None:
    own = Ed25519PrivateKey.generate()
    forged = resigned(good, lambda c: c.update({"ledger.pub": public_pem(own)}), own)
    assert any("Line" in each for each in problems(forged))
    assert any("another key" in each for each in problems(forged, key))


def test_a_ledger_forged_as_well_is_caught_by_the_known_key(
    house: Household, good: bytes, key: str
) -> None:
    own = Ed25519PrivateKey.generate()

    def forge(contents: Contents) -> None:
        tail, lines = None, []
        for text in contents["ledger.jsonl"].decode().splitlines():
            entry = dict(parse_line(text).entry)
            if entry["kind"] == "disclosed":
                entry["lines"] = [[each.seq, each.hash] for each in lines]
            tail = next_line(tail, entry, evidences.NOON, own.sign)
            lines.append(tail)
        contents["ledger.jsonl"] = "".join(f"{each.text}\n" for each in lines).encode()
        contents["ledger.pub"] = public_pem(own)

    forged = resigned(good, forge, own)
    assert any("another key" in each for each in problems(forged, key))
    assert checked(forged).fingerprint == fingerprint(own.public_key()) != key


FORGED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a step dropped": lambda f: f["steps"].pop(),
    "a step in the middle dropped": lambda f: f["steps"].pop(1),
    "steps in another order": lambda f: f["steps"].reverse(),
    "a step changed": lambda f: f["steps"][0].update(status="Delivered"),
    "a step's time changed": lambda f: f["steps"][0].update(seen_at="2020-01-01T00:00:00.000Z"),
    "a step's raw record changed": lambda f: f["steps"][0]["record"].update(phoneNumber="+1"),
    "a step that was never recorded": lambda f: f["steps"].append(
        {**f["steps"][-1], "step": 9, "recorded": True}
    ),
    "another sender": lambda f: f["about"]["from"].update(number="+19995550100"),
    "another number of pages": lambda f: f["about"].update(pages=99),
    "another recipient": lambda f: f["recipients"][0].update(number="+19995550100"),
    "a recipient dropped": lambda f: f["recipients"].pop(),
    "another end": lambda f: f["recipients"][1].update(status="Sent", error_code=None),
    "another document's hash": lambda f: f["documents"][0].update(sha256="0" * 64),
    "no document": lambda f: f["documents"].clear(),
    "no records": lambda f: f["records"].clear(),
    "a record's key": lambda f: f["records"][0].update(key=f["records"][1]["key"]),
    "a key that is none": lambda f: f["records"][0].update(key="???"),
    "another state": lambda f: f["state"].update({"is": "lost"}),
    "another fax": lambda f: f.update(fax="1-1"),
    "another message": lambda f: f["about"].update(message="1"),
    "another format": lambda f: f.update(format="x"),
    "another shape": lambda f: f.update(steps={"a": 1}),
    "no shape at all": lambda f: f.clear(),
}


@pytest.mark.parametrize("what", FORGED)
def test_even_the_house_cannot_tell_other_than_its_ledger(
    house: Household, good: bytes, what: str
) -> None:
    assert problems(with_facts(house, good, lambda facts: None)) == []
    assert problems(with_facts(house, good, FORGED[what]))


def test_another_loss_than_the_ledgers_is_noticed(house: Household) -> None:
    good = evidence(house, evidences.lost(house))
    assert problems(with_facts(house, good, lambda facts: None)) == []
    forged = with_facts(house, good, lambda facts: facts["loss"].update(availability="Alive"))
    assert any("another loss" in each for each in problems(forged))


def test_a_line_of_the_ledger_left_out_is_noticed(
    house: Household, good: bytes, contents: Contents
) -> None:
    lines = contents["ledger.jsonl"].splitlines(keepends=True)
    for place in range(len(lines)):
        rest = b"".join(lines[:place] + lines[place + 1 :])
        assert problems(rezipped(good, lambda c, rest=rest: c.update({"ledger.jsonl": rest})))


def test_a_document_swapped_for_that_of_another_fax_is_noticed(
    house: Household, good: bytes
) -> None:
    other = evidence(house, house.archive_one())
    swapped = file(other, "documents/1.pdf")
    said = problems(rezipped(good, lambda c: c.update({"documents/1.pdf": swapped})))
    assert any("documents/1.pdf" in each for each in said)


SENSELESS = (b"", b"\xff\xfe", b"[" * 100_000, b"{}", b"[]", b"null", b'{"files": 3}', b"1e999")


@pytest.mark.parametrize("name", ["manifest.json", "evidence.json", "ledger.jsonl", "ledger.pub"])
@pytest.mark.parametrize("content", SENSELESS, ids=range(len(SENSELESS)))
def test_nonsense_is_no_evidence_and_no_crash(good: bytes, name: str, content: bytes) -> None:
    assert problems(rezipped(good, lambda c: c.update({name: content})))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_harm_makes_the_check_stumble(good: bytes, data: st.DataObject) -> None:
    harmed = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(harmed) - 1))
        length = data.draw(st.integers(0, 400))
        harmed[begin : begin + length] = data.draw(st.binary(max_size=400))
    if bytes(harmed) != good:
        assert problems(bytes(harmed))


# The verifier as its reader has it


def test_it_runs_alone_and_tells_what_it_means(tmp_path: Path, good: bytes, key: str) -> None:
    verdict = evidences.verify(tmp_path, good, "--key", key)
    assert (verdict.code, verdict.err) == (0, "")
    assert verdict.out.startswith("VALID: the evidence of fax")
    assert "signed with the key that you gave" in verdict.out


def test_it_takes_a_key_file_and_a_noted_line(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "ledger.pub").write_bytes(file(good, "ledger.pub"))
    line = json.loads(file(good, "ledger.jsonl").splitlines()[0])
    noted = f"{line['seq']}:{line['hash'][:16]}"
    words = ("--key", "ledger.pub", "--noted", noted)
    assert evidences.verify(tmp_path, good, *words).code == 0
    wrong = f"{line['seq']}:{'0' * 16}"
    assert evidences.verify(tmp_path, good, "--noted", wrong).code == 1


def test_without_a_key_it_tells_what_to_compare(tmp_path: Path, good: bytes, key: str) -> None:
    verdict = evidences.verify(tmp_path, good)
    assert verdict.code == 0
    assert key in verdict.out
    assert "Compare" in verdict.out


def test_another_key_is_not_valid(tmp_path: Path, good: bytes) -> None:
    verdict = evidences.verify(tmp_path, good, "--key", "0" * 64)
    assert verdict.code == 1
    assert verdict.out.startswith("NOT VALID")


MISUSED = ((), ("--key",), ("--key", "none"), ("x", "y"), ("x", "--noted", "7:12"), ("-x",))


@pytest.mark.parametrize("words", MISUSED, ids=" ".join)
def test_wrong_use_is_told_as_such(words: tuple[str, ...]) -> None:
    assert main(words) == 2


@pytest.mark.parametrize("what", ["another order", "packed", "after the ZIP", "a stranger"])
def test_both_agree_on_harm(tmp_path: Path, good: bytes, contents: Contents, what: str) -> None:
    harmed = HOSTILE[what](contents)
    verdict = evidences.verify(tmp_path, harmed, script=file(good, "verify.py"))
    assert verdict.code == 1
    assert verdict.out.splitlines()[1:] == [f"- {each}" for each in problems(harmed)]


def test_both_agree_on_changed_bits(tmp_path: Path, good: bytes) -> None:
    script, chance = file(good, "verify.py"), random.Random(11)
    for _ in range(6):
        place = chance.randrange(len(good))
        harmed = good[:place] + bytes([good[place] ^ 4]) + good[place + 1 :]
        verdict = evidences.verify(tmp_path, harmed, script=script)
        assert verdict.code == 1
        assert verdict.out.splitlines()[1:] == [f"- {each}" for each in problems(harmed)]


def test_a_name_cannot_steer_the_terminal(house: Household, good: bytes) -> None:
    forged = with_facts(house, good, lambda facts: facts.update(fax="\x1b]0;owned\x07"))
    assert "\x1b" not in told(checked(forged))
