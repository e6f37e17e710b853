"""What is no file of statements, or was made to do harm, is told in words and in no time."""

import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.completeness import (
    FORMAT,
    MOST_DAYS,
    MOST_NAMED,
    StatedDay,
    bundle_text,
    check_bundle,
    days_between,
    digest_of,
)
from archive.key_files import read_public_key
from archive.ledger import canonical
from errors import ArchiveError
from tests.archive.signing import DAYS, MAILBOX, Signer, rewritten, said


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"\xff\xfe{}",
        b"not JSON",
        b"[" * 200_000,
        b"[]",
        b"null",
        b"1" * 10_000,
        b'{"format":"faxkeep-completeness/2","days":[]}',
        canonical({"format": FORMAT, "days": {}}).encode(),
        canonical({"format": FORMAT, "days": []}).encode(),
        canonical({"format": FORMAT, "days": [], "ledger_key": "-----BEGIN"}).encode(),
        canonical({"format": FORMAT, "days": [], "ledger_key": "\ud800"}).encode(),
    ],
)
def test_what_is_no_such_file_is_said_in_words(data: bytes) -> None:
    with pytest.raises(ArchiveError):
        check_bundle(data)


def test_a_file_that_was_cut_is_no_such_file(bundle: bytes) -> None:
    for length in range(0, len(bundle) - 1, 101):
        with pytest.raises(ArchiveError):
            check_bundle(bundle[:length])


def curve_key() -> bytes:
    """A key of another kind, and with a curve that nobody knows."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def unknown_curve() -> bytes:
    der = base64.b64decode(b"".join(curve_key().splitlines()[1:-1]))
    der = der.replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030177"))
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(der) + b"\n-----END PUBLIC KEY-----\n"


@pytest.mark.parametrize("pem", [curve_key(), unknown_curve(), b"", b"x"])
def test_a_key_of_another_kind_is_said_in_words(bundle: bytes, tmp_path: Path, pem: bytes) -> None:
    with pytest.raises(ArchiveError):
        check_bundle(rewritten(bundle, lambda body: body.update(ledger_key=pem.decode())))
    (tmp_path / "ledger.pub").write_bytes(pem)
    with pytest.raises(ArchiveError):
        read_public_key(tmp_path / "ledger.pub")


@pytest.mark.parametrize(
    "changes",
    [
        {"from": "2026-11-24", "to": "2026-11-22"},
        {"from": "today"},
        {"to": None},
        {"from": "0001-01-01", "to": "9999-12-31"},
        {"from": "\x1b[2J"},
    ],
)
def test_days_that_make_no_sense_are_named(
    signer: Signer, days: list[StatedDay], changes: dict[str, Any]
) -> None:
    checked = check_bundle(signer.bundle(days, **changes))
    assert said(checked) == ["changed the attestation: its days make no sense"]
    assert (checked.first_day, checked.last_day) == ("", "")


@pytest.mark.parametrize("missing", [7, "ab", [7], [[]], [["x"]], [[1, 2, 3]], [{}]])
def test_missing_days_that_are_none_excuse_nothing(
    signer: Signer, days: list[StatedDay], missing: object
) -> None:
    checked = check_bundle(signer.bundle(days[1:], missing=missing))
    assert said(checked) == [f"missing {MAILBOX} {DAYS[0]}: there is no statement of this day"]


def test_ten_years_make_sense(signer: Signer) -> None:
    changes = {"from": "2016-11-16", "to": "2026-11-23", "mailboxes": []}
    assert len([*days_between(changes["from"], changes["to"])]) == MOST_DAYS
    assert said(check_bundle(signer.bundle([], **changes))) == []


def test_not_more_is_named_than_a_person_reads(signer: Signer) -> None:
    mailboxes = [f"400-{number}" for number in range(MOST_NAMED)]
    checked = check_bundle(signer.bundle([], mailboxes=mailboxes))
    assert len(checked.findings) == MOST_NAMED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, "", MAILBOX, *DAYS]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["sha256", "state", "message", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = ["from", "to", "mailboxes", "missing", "totals", "statements", "kind"]
PARTS = ["mailbox", "day", "revision", "totals", "faxes", "files"]


@settings(max_examples=80)
@given(st.dictionaries(st.sampled_from(NAMES), JSON), st.dictionaries(st.sampled_from(PARTS), JSON))
def test_a_file_made_to_do_harm_is_judged_in_words(
    attested: dict[str, Any], stated: dict[str, Any]
) -> None:
    """Whoever signs with a key of their own may write anything into a line or a statement."""
    signer = Signer(KEY)
    body = {"format": "faxkeep-statement/1", "faxes": [], "totals": {}, "day": DAYS[0]}
    text = canonical({**body, **stated}).encode()
    files = {"files": stated["files"]} if "files" in stated else {}
    line = signer.line({**signer.statement_entry(text), **files})
    days = [StatedDay(text, line)]
    attestation = signer.line(
        {"kind": "attested", "statements": digest_of(days), "mailboxes": [MAILBOX], **attested}
    )
    assert check_bundle(bundle_text(days, attestation, signer.pem)).findings


KEY = Ed25519PrivateKey.generate()
