"""Statements on disk: published once, read back only by their own path, and known to `verify`."""

import hashlib
import stat
from pathlib import Path

import pytest

from archive import AlreadyPublished, Archive, StoredFile, VerifyOptions, verify
from archive.statement import LONGEST, Place
from errors import ArchiveError

TEXT = b'{"a":1}\n'
PLACE = Place("400-621", "2026-11-23", 1)
FILE = "statements/2026/11/23/400-621.json"


@pytest.fixture
def stated(archive: Archive, keeper):
    """Two statements with their ledger lines: a day's first revision and its second."""
    for revision in (1, 2):
        place = Place("400-621", "2026-11-23", revision)
        file = archive.statements.keep(place, TEXT)
        entry = {"kind": "statement", "folder": place.folder, "files": [vars(file)]}
        keeper.write(entry)
    return keeper


def found(archive: Archive, rows) -> list[tuple[str, str, str]]:
    again = Archive.open(archive.root, archive.root.parent / "keys")
    return [(f.kind, f.what, f.where) for f in verify(again, iter(rows), VerifyOptions())]


def test_a_statement_lies_as_it_was_written(archive: Archive) -> None:
    file = archive.statements.keep(PLACE, TEXT)
    assert file == StoredFile("400-621.json", len(TEXT), hashlib.sha256(TEXT).hexdigest())
    assert (archive.root / FILE).read_bytes() == TEXT
    assert archive.statements.read(FILE) == TEXT
    assert stat.S_IMODE((archive.root / FILE).stat().st_mode) == 0o600
    assert list((archive.root / "staging").iterdir()) == []


def test_a_place_is_taken_once(archive: Archive) -> None:
    archive.statements.keep(PLACE, TEXT)
    with pytest.raises(AlreadyPublished):
        archive.statements.keep(PLACE, b"{}\n")
    assert archive.statements.read(FILE) == TEXT
    assert list((archive.root / "staging").iterdir()) == []


def test_a_place_can_be_cleared_for_another(archive: Archive) -> None:
    archive.statements.keep(PLACE, TEXT)
    archive.statements.displace(PLACE)
    archive.statements.keep(PLACE, b"{}\n")
    assert archive.statements.read(FILE) == b"{}\n"


@pytest.mark.parametrize(
    "file",
    [
        "",
        "400-621.json",
        "statements/2026/11/23/../../../../keys/ledger.pub",
        "../statements/2026/11/23/400-621.json",
        "/statements/2026/11/23/400-621.json",
        "statements/2026/11/23/400-621.txt",
        "2026/11/23/400-621/inbound-1/fax.json.age",
        "keys/ledger.pub",
    ],
)
def test_nothing_else_is_read_as_one(archive: Archive, file: str) -> None:
    with pytest.raises(ValueError, match="not the file of a statement"):
        archive.statements.read(file)


def test_one_that_is_not_there_is_said_so(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="missing"):
        archive.statements.read(FILE)


def test_a_link_a_folder_or_a_giant_is_no_statement(archive: Archive, tmp_path: Path) -> None:
    archive.statements.keep(PLACE, TEXT)
    path = archive.root / FILE
    path.unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(TEXT)
    path.symlink_to(elsewhere)
    with pytest.raises(ArchiveError):
        archive.statements.read(FILE)
    path.unlink()
    path.mkdir()
    with pytest.raises(ArchiveError):
        archive.statements.read(FILE)
    path.rmdir()
    with path.open("wb") as giant:
        giant.truncate(LONGEST + 1)
    with pytest.raises(ArchiveError):
        archive.statements.read(FILE)


def test_statements_that_are_as_made_are_no_finding(stated) -> None:
    assert found(stated.archive, stated.rows) == []


def test_a_changed_statement_is_named(stated) -> None:
    path = stated.archive.root / FILE
    path.write_bytes(TEXT.replace(b"1", b"2"))
    assert found(stated.archive, stated.rows) == [("changed", "file", FILE)]
    path.write_bytes(TEXT + b"\n")
    assert found(stated.archive, stated.rows) == [("changed", "file", FILE)]


def test_a_missing_statement_is_named(stated) -> None:
    (stated.archive.root / FILE).unlink()
    assert found(stated.archive, stated.rows) == [("missing", "file", FILE)]


@pytest.mark.parametrize("name", ["400-622.json", "400-621.3.json", "deeper/x.json"])
def test_a_statement_that_no_line_signs_is_named(stated, name: str) -> None:
    extra = stated.archive.root / "statements/2026/11/23" / name
    extra.parent.mkdir(exist_ok=True)
    extra.write_bytes(TEXT)
    where = f"statements/2026/11/23/{name}"
    assert found(stated.archive, stated.rows) == [("extra", "file", where)]


def test_two_that_were_swapped_are_named(archive: Archive, keeper) -> None:
    for day in ("2026-11-22", "2026-11-23"):
        place = Place("400-621", day, 1)
        file = archive.statements.keep(place, b'{"day":"%s"}\n' % day.encode())
        keeper.write({"kind": "statement", "folder": place.folder, "files": [vars(file)]})
    one, other = (archive.root / f"statements/2026/11/{day}/400-621.json" for day in ("22", "23"))
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert [each[0] for each in found(archive, keeper.rows)] == ["changed", "changed"]
