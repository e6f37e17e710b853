"""Whoever changes the ledger is found out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import Finding, LedgerFile, LedgerLine, check_chain, parse_line
from archive.ledger import FIRST_PREV, LONGEST_LINE, canonical, fault, next_line
from errors import ArchiveError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
START = datetime(2026, 11, 30, 23, 59, 58, tzinfo=UTC)


def chain(length: int, step: timedelta = timedelta(seconds=1)) -> list[LedgerLine]:
    lines: list[LedgerLine] = []
    for number in range(length):
        entry = {"kind": "archived", "fax": f"1-{number}", "note": "größe"}
        tail = lines[-1] if lines else None
        lines.append(next_line(tail, entry, START + number * step, KEY.sign))
    return lines


def findings(lines: list[LedgerLine]) -> list[tuple[str, str]]:
    return [(finding.kind, finding.where) for finding in check_chain(lines, KEY.public_key())]


def test_a_line_is_canonical_json_and_chained() -> None:
    first, second = chain(2)
    assert (first.seq, first.prev, first.at) == (1, FIRST_PREV, "2026-11-30T23:59:58.000Z")
    assert (second.seq, second.prev) == (2, first.hash)
    assert first.text.isascii()
    assert " " not in first.text
    assert parse_line(first.text) == first
    assert findings([first, second]) == []


def test_time_never_goes_back() -> None:
    first, second = chain(2, step=timedelta(days=-40))
    assert second.at == first.at


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_any_changed_byte_is_found(place: int, value: int) -> None:
    line = chain(3)[1]
    raw = bytearray(line.text.encode())
    place %= len(raw)
    if raw[place] == value:
        return
    raw[place] = value
    try:
        changed = parse_line(raw.decode("ascii"))
    except (ArchiveError, UnicodeDecodeError):
        return
    assert fault(changed, KEY.public_key()) != ""


def test_a_row_whose_columns_differ_from_its_text_is_found() -> None:
    line = chain(1)[0]
    other = LedgerLine(line.seq, line.at, {"kind": "else"}, line.prev, line.hash, line.text)
    assert findings([other]) == [("changed", "line 1")]


def test_gaps_doubles_and_forks_are_named() -> None:
    lines = chain(6)
    assert findings(lines[:1] + lines[3:]) == [("missing", "lines 2-3")]
    assert findings([*lines[:2], *lines[1:]]) == [("extra", "line 2")]
    stranger = next_line(lines[0], {"kind": "else"}, START, KEY.sign)
    assert findings([lines[0], stranger, *lines[2:]]) == [("changed", "line 3")]
    forged = next_line(lines[0], {"kind": "x"}, START, Ed25519PrivateKey.generate().sign)
    assert findings([lines[0], forged, *lines[2:]]) == [("changed", "line 2")]


def test_the_file_keeps_lines_by_month_and_only_once(tmp_path: Path) -> None:
    ledger, lines = LedgerFile(tmp_path), chain(5)
    assert ledger.tail() is None
    ledger.append(lines[:3])
    ledger.append(lines[1:])
    ledger.append(lines)
    assert list(ledger.read()) == lines
    assert ledger.tail() == lines[-1]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["2026-11.jsonl", "2026-12.jsonl"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_line_that_does_not_follow_is_refused(tmp_path: Path) -> None:
    ledger, lines = LedgerFile(tmp_path), chain(4)
    ledger.append(lines[:2])
    other = next_line(lines[0], {"kind": "else"}, START, KEY.sign)
    for wrong in ([lines[3]], [other], [next_line(other, {}, START, KEY.sign)]):
        with pytest.raises(ArchiveError):
            ledger.append(wrong)
    assert list(ledger.read()) == lines[:2]


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(1, 2000))
def test_a_torn_line_is_cut_and_written_again(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    ledger, lines = LedgerFile(folder), chain(5)
    ledger.append(lines)
    december = folder / "2026-12.jsonl"
    whole = december.read_bytes()
    december.write_bytes(whole[: max(0, len(whole) - cut)])
    tail = ledger.tail()
    assert tail in lines
    ledger.append(lines)
    assert december.read_bytes() == whole
    assert list(ledger.read()) == lines


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    other, (line,) = tmp_path / "jwt", chain(1)
    other.write_bytes(b"without an end of line")
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger/2026-11.jsonl").symlink_to(other)
    with pytest.raises(ArchiveError, match="link"):
        LedgerFile(tmp_path / "ledger").append([line])
    assert other.read_bytes() == b"without an end of line"


def test_unreadable_text_comes_as_a_finding(tmp_path: Path) -> None:
    ledger, lines = LedgerFile(tmp_path), chain(2)
    ledger.append(lines)
    path = tmp_path / "2026-11.jsonl"
    path.write_bytes(b"\xff\n{}\n[1]\n" + path.read_bytes() + b"torn")
    read = list(ledger.read())
    assert [item for item in read if isinstance(item, LedgerLine)] == lines
    found = [item.where for item in read if isinstance(item, Finding)]
    assert found == [f"2026-11.jsonl:{number}" for number in (1, 2, 3, 6)]


def test_nan_is_no_json() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})


def test_no_line_is_made_that_could_not_be_read_back() -> None:
    with pytest.raises(ArchiveError):
        next_line(None, {"kind": "archived", "id": "9" * LONGEST_LINE}, START, KEY.sign)
