"""Nothing is missing, changed or extra without verification saying so."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive, LedgerLine, VerifyOptions, parse_line, verify

OCTOBER = datetime(2026, 10, 2, 12, 0, tzinfo=UTC)
ALL = VerifyOptions()
FOLDER = "2026/11/23/400-621/inbound-1"


@pytest.fixture
def kept(archive: Archive, keeper, draw):
    """Three faxes in two months, one amended, one refusal aside."""
    keeper.keep(draw.pdf(), "1")
    keeper.keep(draw.tiff(), "2")
    keeper.keep(draw.pdf(), "3", OCTOBER)
    file = archive.amend(FOLDER, 2, {"status": "x"}, archive.read_record(FOLDER)["documents"])
    about = {"kind": "amended", "fax": "400-1", "folder": FOLDER, "revision": 2}
    keeper.write(about | {"files": [vars(file)]})
    with keeper.spool(b"<html>") as spool:
        aside = archive.set_aside(keeper.address("4"), "not-a-document", "", spool, OCTOBER)
    files = [vars(file) for file in aside.files]
    entry = {"kind": "aside", "fax": "400-4", "folder": aside.folder, "reason": "x"}
    keeper.write(entry | {"files": files})
    return keeper


def found(
    archive: Archive, rows: Iterable[LedgerLine], options: VerifyOptions = ALL
) -> list[tuple[str, str, str]]:
    again = Archive.open(archive.root, archive.root.parent / "keys")
    return [(f.kind, f.what, f.where) for f in verify(again, iter(rows), options)]


def flip(path: Path, place: int = -1) -> None:
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)


def test_a_good_archive_has_no_findings(kept) -> None:
    heard: list[tuple[int, int]] = []
    options = VerifyOptions(progress=lambda done, total: heard.append((done, total)))
    assert found(kept.archive, kept.rows, options) == []
    assert heard == [(number, 5) for number in range(1, 6)]


@pytest.mark.parametrize(
    "name", ["document.pdf.age", "fax.json.age", "fax.2.json.age"]
)  # fmt: skip
def test_every_file_is_compared(kept, name: str) -> None:
    path = kept.archive.root / FOLDER / name
    flip(path)
    assert found(kept.archive, kept.rows) == [("changed", "file", f"{FOLDER}/{name}")]
    path.write_bytes(path.read_bytes()[:-1])
    assert found(kept.archive, kept.rows) == [("changed", "file", f"{FOLDER}/{name}")]
    path.unlink()
    assert found(kept.archive, kept.rows) == [("missing", "file", f"{FOLDER}/{name}")]


def test_files_no_line_names_are_extra(kept, draw) -> None:
    root = kept.archive.root
    (root / FOLDER / "note.txt").write_text("x")
    (root / "aside/stray").write_text("x")
    left = kept.publish(draw.pdf(), "99").folder
    assert sorted(found(kept.archive, kept.rows)) == sorted(
        ("extra", "file", name)
        for name in (
            f"{FOLDER}/note.txt",
            "aside/stray",
            f"{left}/document.pdf.age",
            f"{left}/fax.json.age",
        )
    )


def test_the_ledger_file_is_compared_with_the_rows(kept) -> None:
    path = kept.archive.root / "ledger/2026-11.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:3]))
    assert found(kept.archive, kept.rows) == [
        ("missing", "ledger line", "line 4"),
        ("missing", "ledger line", "line 5"),
    ]
    path.write_text("".join(lines[:1] + lines[2:]))
    assert found(kept.archive, kept.rows) == [
        ("missing", "ledger line", "line 2"),
        ("missing", "ledger line", "line 2"),
    ]
    path.write_text("".join(lines))
    assert found(kept.archive, kept.rows[:2] + kept.rows[3:]) == [("missing", "row", "line 3")]
    assert found(kept.archive, kept.rows[:4]) == [("missing", "row", "line 5")]
    path.unlink()
    assert len(found(kept.archive, kept.rows)) == 5


def test_a_changed_line_or_row_is_told_apart(kept) -> None:
    path = kept.archive.root / "ledger/2026-11.jsonl"
    whole = path.read_text()
    path.write_text(whole.replace("400-2", "400-9"))
    assert ("changed", "ledger line", "line 2") in found(kept.archive, kept.rows)
    path.write_text(whole)
    row = parse_line(kept.rows[1].text.replace("400-2", "400-9"))
    rows = [kept.rows[0], row, *kept.rows[2:]]
    assert found(kept.archive, rows) == [("changed", "row", "line 2"), ("missing", "row", "line 2")]
    path.write_text(whole + "torn")
    assert ("unreadable", "ledger line", "2026-11.jsonl:6") in found(kept.archive, kept.rows)


def test_a_document_that_is_not_what_the_ledger_says(archive: Archive, keeper, draw) -> None:
    published = keeper.publish(draw.pdf(), "1")
    wrong = [{"name": "document.pdf.age", "sha256": "0" * 64, "size": 5, "pages": 1}]
    files = [vars(file) for file in published.files]
    keeper.write({"kind": "archived", "folder": FOLDER, "files": files, "documents": wrong})
    assert found(archive, keeper.rows) == [("changed", "file", f"{FOLDER}/document.pdf.age")]


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "archived"},
        {"kind": "archived", "folder": "../../etc", "files": []},
        {
            "kind": "archived",
            "folder": FOLDER,
            "files": [{"name": "../x", "size": 1, "sha256": ""}],
        },
        {"kind": "archived", "folder": FOLDER, "files": 7},
    ],
)
def test_a_signed_line_that_makes_no_sense(archive: Archive, keeper, entry) -> None:
    keeper.write(entry)
    assert found(archive, keeper.rows) == [("unreadable", "ledger line", "line 1")]


def test_kinds_of_a_later_day_are_let_be(archive: Archive, keeper) -> None:
    keeper.write({"kind": "checkpoint"})
    assert found(archive, keeper.rows) == []


def test_months_without_their_key_are_named_once(kept) -> None:
    month = kept.archive.root / "keys/months/2026-11"
    flip(month / "identity.age")
    assert found(kept.archive, kept.rows)[0] == ("missing", "key", "2026-11")
    for path in month.iterdir():
        path.unlink()
    month.rmdir()
    keys = [finding for finding in found(kept.archive, kept.rows) if finding[1] == "key"]
    assert set(keys) == {("missing", "key", "2026-11")}


def test_a_foreign_recipient_is_found(kept) -> None:
    months = kept.archive.root / "keys/months"
    (months / "2026-11/recipient.txt").write_bytes((months / "2026-10/recipient.txt").read_bytes())
    assert found(kept.archive, kept.rows) == [("changed", "key", "2026-11")]


def test_without_the_archive_key_ciphertext_is_still_compared(kept) -> None:
    keys = kept.archive.root.parent / "keys"
    (keys / "archive.key").unlink()
    (keys / "recovery.key").unlink()
    note = ("note", "key", "archive.key")
    assert found(kept.archive, kept.rows) == [note]
    flip(kept.archive.root / FOLDER / "document.pdf.age")
    changed = ("changed", "file", f"{FOLDER}/document.pdf.age")
    assert found(kept.archive, kept.rows) == [note, changed]


def test_without_the_ledger_key_no_line_is_believed(kept) -> None:
    path = kept.archive.root / "keys/ledger.pub"
    path.write_text("x")
    again = verify(kept.archive, kept.rows, VerifyOptions())
    assert [finding.what for finding in again] == ["key"]


def test_a_sample_opens_a_share_but_at_least_one(archive: Archive, keeper, draw) -> None:
    for number in range(40):
        published = keeper.keep(draw.tiff(1), str(number))
        flip(archive.root / published.folder / "document.tiff.age")
    few = [found(archive, keeper.rows, VerifyOptions(0.25, seed)) for seed in range(3)]
    assert all(2 <= len(findings) <= 20 for findings in few)
    assert len({tuple(findings) for findings in few}) == 3
    assert len(found(archive, keeper.rows, VerifyOptions(0.0))) == 1
    assert len(found(archive, keeper.rows)) == 40


def test_a_fax_archived_meanwhile_is_no_finding(kept, draw) -> None:
    def rows():
        yield from kept.rows[:2]
        earlier = list(kept.rows[2:])
        kept.keep(draw.pdf(), "77")
        yield from earlier

    assert found(kept.archive, rows()) == []


def test_a_ledger_signed_anew_is_not_believed(kept, tmp_path: Path) -> None:
    forger = Archive.open(tmp_path / "forged", tmp_path / "forged keys")
    public = "keys/ledger.pub"
    (kept.archive.root / public).write_bytes((forger.root / public).read_bytes())
    tail, lines = None, []
    for row in kept.rows[1:]:
        tail = forger.next_line(tail, row.entry, OCTOBER)
        lines.append(tail)
    for month in (kept.archive.root / "ledger").iterdir():
        month.unlink()
    kept.archive.ledger.append(lines)
    assert found(kept.archive, lines) == [("missing", "key", "ledger.pub")]
