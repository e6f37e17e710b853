"""A file of statements can be checked by anybody, and whatever was done to it is named."""

import base64
import hashlib
import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import Archive
from archive.completeness import StatedDay, check_bundle, days_between, fingerprint
from archive.key_files import public_pem_of, read_public_key
from archive.ledger import canonical
from archive.statement import totals_of
from errors import ArchiveError
from tests.archive.signing import DAYS, MAILBOX, Signer, rewritten, said


def is_named(data: bytes, key: Ed25519PublicKey | None = None) -> bool:
    """Whether the check says that something is wrong; anything else than words fails the test."""
    try:
        return bool(check_bundle(data, key).findings)
    except ArchiveError:
        return True


# A good file


def test_a_good_file_is_valid(signer: Signer, bundle: bytes) -> None:
    for key in (None, signer.public):
        checked = check_bundle(bundle, key)
        assert said(checked) == []
    assert (checked.first_day, checked.last_day) == (DAYS[0], DAYS[-1])
    assert checked.mailboxes == [MAILBOX]
    assert checked.totals == {"listed": 6, "archived": 3, "pending": 1, "refused": 1, "lost": 1}
    assert (checked.is_complete, checked.admitted) == (True, [])


def test_the_fingerprint_is_of_the_keys_32_bytes(signer: Signer, bundle: bytes) -> None:
    raw = base64.b64decode("".join(signer.pem.splitlines()[1:-1]))[-32:]
    assert check_bundle(bundle).fingerprint == hashlib.sha256(raw).hexdigest()
    assert fingerprint(signer.public) == hashlib.sha256(raw).hexdigest()


def test_a_file_about_nothing_is_valid(signer: Signer) -> None:
    assert said(check_bundle(signer.bundle([], mailboxes=[]))) == []


def test_days_that_the_attestation_itself_lacks_are_no_finding(
    signer: Signer, days: list[StatedDay]
) -> None:
    missing = [[MAILBOX, DAYS[1]]]
    checked = check_bundle(signer.bundle([days[0], days[2]], missing=missing, complete=False))
    assert said(checked) == []
    assert (checked.is_complete, checked.admitted) == (False, [(MAILBOX, DAYS[1])])


@pytest.mark.parametrize("ended", [{MAILBOX: DAYS[1]}, {}, {"400-9": DAYS[0]}, [], None, 7])
def test_only_days_after_the_signed_end_of_a_mailbox_are_excused(
    signer: Signer, days: list[StatedDay], ended: object
) -> None:
    checked = check_bundle(signer.bundle(days[:2], ended=ended))
    excused = isinstance(ended, dict) and MAILBOX in ended
    last = f"missing {MAILBOX} {DAYS[2]}: there is no statement of this day"
    assert said(checked) == ([] if excused else [last])
    first = check_bundle(signer.bundle(days[1:2], ended=ended))
    assert f"missing {MAILBOX} {DAYS[0]}: there is no statement of this day" in said(first)


def test_several_mailboxes_have_their_days_each(signer: Signer, days: list[StatedDay]) -> None:
    others = [signer.day(day, ["archived"], "400-622") for day in DAYS]
    good = signer.bundle([*days, *others], mailboxes=[MAILBOX, "400-622"])
    assert said(check_bundle(good)) == []
    lacking = signer.bundle([*days, *others[:2]], mailboxes=[MAILBOX, "400-622"])
    assert said(check_bundle(lacking)) == [
        f"missing 400-622 {DAYS[2]}: there is no statement of this day"
    ]


def test_an_archives_own_ledger_key_signs(archive: Archive, tmp_path: Path) -> None:
    pem = public_pem_of(archive.keys.ledger_public_key())
    (tmp_path / "ledger.pub").write_bytes(pem)
    assert read_public_key(tmp_path / "ledger.pub") == archive.keys.ledger_public_key()


# What was done to it


def test_any_bit_that_was_flipped_is_named(signer: Signer, bundle: bytes) -> None:
    chance = random.Random(7)
    for place in range(0, len(bundle), 13):
        changed = bytearray(bundle)
        changed[place] ^= 1 << chance.randrange(8)
        assert is_named(bytes(changed), signer.public), place
        assert is_named(bytes(changed)), place


@settings(max_examples=120)
@given(st.data())
def test_any_bytes_that_were_changed_are_named(
    signer: Signer, bundle: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(bundle)))
    end = data.draw(st.integers(start, min(len(bundle), start + 8)))
    instead = data.draw(st.binary(max_size=8) | st.sampled_from([b" ", b"\n", b"\\u0041", b"0"]))
    changed = bundle[:start] + instead + bundle[end:]
    assert is_named(changed) == (changed != bundle)


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[:-1],
    "blank": lambda data: data[:-1] + b" ",
    "newline": lambda data: data + b"\n",
    "indented": lambda data: b" " + data,
    "mark": lambda data: b"\xef\xbb\xbf" + data,
    "pretty": lambda data: json.dumps(json.loads(data), indent=1).encode(),
    "twice": lambda data: data.replace(b'"format":', b'"format":"x","format":'),
    "key": lambda data: data.replace(b'KEY-----\\n"', b'KEY-----\\n\\n"'),
    "added": lambda data: data.replace(b'{"attestation"', b'{"added":1,"attestation"'),
    "added below": lambda data: data.replace(b'{"line"', b'{"added":1,"line"'),
    "escape": lambda data: data.replace(b'{"attestation"', b'{"\\u0061ttestation"'),
}


@pytest.mark.parametrize("change", SPELLINGS.values(), ids=SPELLINGS)
def test_another_spelling_is_named(bundle: bytes, change: Callable[[bytes], bytes]) -> None:
    assert change(bundle) != bundle
    assert is_named(change(bundle))


def test_a_statement_left_out_is_named(bundle: bytes) -> None:
    for place in range(3):
        checked = check_bundle(rewritten(bundle, lambda body, n=place: body["days"].pop(n)))
        named = f"missing {MAILBOX} {DAYS[place]}: there is no statement of this day"
        assert named in said(checked)
        assert any("these are not the statements it attests" in each for each in said(checked))


def test_statements_in_another_order_are_named(bundle: bytes) -> None:
    checked = check_bundle(rewritten(bundle, lambda body: body["days"].reverse()))
    assert said(checked) == [
        "changed the attestation: these are not the statements it attests",
    ]


def test_a_statement_that_is_there_twice_is_named(bundle: bytes) -> None:
    checked = check_bundle(rewritten(bundle, lambda body: body["days"].append(body["days"][0])))
    assert f"extra {MAILBOX} {DAYS[0]}: it is there 2 times" in said(checked)


def test_two_lines_that_were_swapped_are_named(bundle: bytes) -> None:
    def swap(body: dict[str, Any]) -> None:
        one, other = body["days"][:2]
        one["line"], other["line"] = other["line"], one["line"]

    found = said(check_bundle(rewritten(bundle, swap)))
    for day in DAYS[:2]:
        assert f"changed {MAILBOX} {day}: its ledger line speaks of another one" in found


@pytest.mark.parametrize("line", ["", "nonsense", "{}", "[]", "[" * 5000, None, 7, "\ud800"])
def test_a_line_that_was_dropped_is_named(bundle: bytes, line: object) -> None:
    checked = check_bundle(rewritten(bundle, lambda body: body["days"][1].update(line=line)))
    assert [each for each in said(checked) if each.startswith(f"unreadable {MAILBOX} {DAYS[1]}")]


@pytest.mark.parametrize("name", ["statement", "line"])
def test_a_day_without_one_of_its_parts_is_named(bundle: bytes, name: str) -> None:
    checked = check_bundle(rewritten(bundle, lambda body: body["days"][1].pop(name)))
    assert "unreadable" in {each.kind for each in checked.findings}


@pytest.mark.parametrize("day", [None, 1, "x", [], {"statement": [1], "line": {}}])
def test_a_day_that_is_none_is_named(bundle: bytes, day: object) -> None:
    def put(body: dict[str, Any]) -> None:
        body["days"][1] = day

    assert "unreadable" in {each.kind for each in check_bundle(rewritten(bundle, put)).findings}


@pytest.mark.parametrize("attestation", ["", "x", None, 7])
def test_an_attestation_that_is_gone_is_named(bundle: bytes, attestation: object) -> None:
    checked = check_bundle(rewritten(bundle, lambda body: body.update(attestation=attestation)))
    assert ("unreadable", "the attestation") in {(e.kind, e.where) for e in checked.findings}


def test_a_statements_line_is_no_attestation_and_the_other_way(bundle: bytes) -> None:
    def swap(body: dict[str, Any]) -> None:
        day = body["days"][0]
        day["line"], body["attestation"] = body["attestation"], day["line"]

    found = said(check_bundle(rewritten(bundle, swap)))
    assert "changed the attestation: its ledger line is none of the kind attested" in found
    assert any("none of the kind statement" in each for each in found)


def test_a_statement_that_says_something_else_is_named(bundle: bytes) -> None:
    def tell_less(body: dict[str, Any]) -> None:
        stated = json.loads(body["days"][2]["statement"])
        stated["faxes"] = [each for each in stated["faxes"] if each["state"] != "lost"]
        stated["totals"] = totals_of(stated["faxes"])
        body["days"][2]["statement"] = canonical(stated) + "\n"

    found = said(check_bundle(rewritten(bundle, tell_less)))
    assert (
        f"changed {MAILBOX} {DAYS[2]}: it is not the statement that its ledger line signs" in found
    )
    assert "changed the attestation: its totals are not those of the statements" in found


def test_another_ledgers_file_is_named_by_the_key_that_is_believed(
    signer: Signer, bundle: bytes
) -> None:
    stranger = Signer()
    forged = stranger.bundle([stranger.day(day) for day in DAYS])
    assert said(check_bundle(forged)) == []  # only the key tells whose it is
    found = check_bundle(forged, signer.public).findings
    assert found[0].what == "key"
    assert len(found) == 1 + len(DAYS) + 1
    assert check_bundle(forged).fingerprint != check_bundle(bundle).fingerprint


def test_a_foreign_statement_in_a_good_file_is_named(signer: Signer, days: list[StatedDay]) -> None:
    foreign = Signer().day(DAYS[1])
    found = said(check_bundle(signer.bundle([days[0], foreign, days[2]])))
    assert found == [f"changed {MAILBOX} {DAYS[1]}: its ledger line: the signature is not good"]


def test_another_key_in_the_file_fits_no_line(bundle: bytes) -> None:
    checked = check_bundle(rewritten(bundle, lambda body: body.update(ledger_key=Signer().pem)))
    assert len(checked.findings) == len(DAYS) + 1


def test_a_day_or_mailbox_that_was_not_attested_is_named(
    signer: Signer, days: list[StatedDay]
) -> None:
    found = said(check_bundle(signer.bundle(days, to=DAYS[1])))
    assert found == [f"extra {MAILBOX} {DAYS[2]}: the attestation does not speak of it"]
    found = said(check_bundle(signer.bundle(days, mailboxes=[])))
    assert len(found) == 3


# Days


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-11-23", "2026-11-23", 1),
        ("2024-02-28", "2024-03-01", 3),
        ("2026-12-31", "2027-01-01", 2),
        ("9999-12-30", "9999-12-31", 2),
        ("2026-11-24", "2026-11-23", 0),
        ("", "2026-11-23", 0),
        (None, None, 0),
        ("2026-02-30", "2026-03-01", 0),
    ],
)
def test_days_between(first: object, last: object, count: int) -> None:
    found = list(days_between(first, last))
    assert len(found) == count
    assert found == sorted(set(found))


@given(st.dates(), st.integers(0, 40))
def test_no_day_is_left_out(first: Any, more: int) -> None:
    last = first + timedelta(days=min(more, (type(first).max - first).days))
    found = list(days_between(first.isoformat(), last.isoformat()))
    assert len(found) == (last - first).days + 1
    assert (found[0], found[-1]) == (first.isoformat(), last.isoformat())
