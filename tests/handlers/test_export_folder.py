"""A folder of ordinary files with an index: named safely, private, each whole or absent."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handlers.export
from archive import utc_text
from catalog import DocumentRow, Fax, FaxQuery
from errors import UserError
from handlers.export import COLUMNS, export_name, harmless_cell
from simulator import Inbound, Party
from tests.handlers.household import Household

MOMENT = datetime(2026, 11, 23, 8, 15, 30, tzinfo=UTC)


def export(home: Household, folder: Path, query: FaxQuery | None = None) -> int:
    query = query or FaxQuery(state="archived")
    return home.house.export.into_folder(home.house.export.faxes(query), folder).documents


def index(folder: Path) -> list[dict[str, str]]:
    with (folder / "index.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_document_is_there_and_in_the_index(home: Household, tmp_path: Path) -> None:
    pdf = home.archive_one()
    (tiff,) = home.simulator.receive(Inbound(pages=1, content_type="image/tiff"))
    home.look()
    home.finish(tiff)
    out = tmp_path / "out"
    assert export(home, out) == 2
    rows = {row["fax"]: row for row in index(out)}
    assert set(rows) == {home.id_of(pdf), home.id_of(tiff)}
    for message_id in (pdf, tiff):
        fax, row = home.fax(message_id), rows[home.id_of(message_id)]
        assert (out / row["file"]).read_bytes() == home.simulator.document(message_id)
        assert tuple(row) == COLUMNS
        assert row["created_at"] == utc_text(fax.created_at)
        assert (row["from"], row["pages"]) == (fax.from_number, "1")
        assert row["sha256"] == home.documents(message_id)[0].sha256
    assert sorted(path.name for path in out.iterdir()) == sorted(
        ["index.csv", *(row["file"] for row in rows.values())]
    )


def test_the_files_are_private(home: Household, tmp_path: Path) -> None:
    home.archive_one()
    out = tmp_path / "deep" / "out"
    export(home, out)
    assert out.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}


def test_exporting_again_gives_the_same_folder(home: Household, tmp_path: Path) -> None:
    home.archive_one()
    export(home, tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    export(home, tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_what_cannot_be_read_is_named_and_all_else_is_there(
    home: Household, tmp_path: Path
) -> None:
    good = home.archive_one()
    bad = home.archive_one()
    folder = home.house.archive.root / (home.fax(bad).folder or "")
    file = folder / "document.pdf.age"
    file.write_bytes(file.read_bytes()[:-20])
    chosen = home.house.export.faxes(FaxQuery())
    exported = home.house.export.into_folder(chosen, tmp_path / "out")
    assert exported.documents == 1
    assert [problem.split(":")[0] for problem in exported.problems] == [home.id_of(bad)]
    assert [row["fax"] for row in index(tmp_path / "out")] == [home.id_of(good)]
    left = [path.name for path in (tmp_path / "out").iterdir()]
    assert not [name for name in left if "partial" in name or bad in name]


def test_more_faxes_than_a_page_are_all_chosen(home: Household) -> None:
    count = 3 * (handlers.export.PAGE // 2)
    for _ in range(6):
        home.receive(count // 6)
        home.pass_time(10)
    home.look()
    assert len(home.house.export.faxes(FaxQuery())) == count
    assert len({fax.id for fax in home.house.export.faxes(FaxQuery())}) == count


def test_only_what_the_query_names_is_exported(home: Household, tmp_path: Path) -> None:
    home.archive_one()
    (wanted,) = home.simulator.receive(Inbound(Party("+18665550199"), pages=1))
    home.look()
    home.finish(wanted)
    query = FaxQuery(state="archived", number="+18665550199")
    assert export(home, tmp_path / "out", query) == 1
    assert [row["fax"] for row in index(tmp_path / "out")] == [home.id_of(wanted)]


def test_a_fax_that_is_not_archived_has_no_document(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    into = io.BytesIO()
    with pytest.raises(UserError, match="it is pending"):
        home.house.export.document(home.fax(message_id), 1, into)
    assert into.getvalue() == b""


@pytest.mark.parametrize("number", [-1, 0, 2])
def test_a_document_that_is_not_there(home: Household, number: int) -> None:
    message_id = home.archive_one()
    with pytest.raises(UserError, match="has 1 document"):
        home.house.export.document(home.fax(message_id), number, io.BytesIO())


# --- names and cells -----------------------------------------------------------------------


def fax(**changed: str | None) -> Fax:
    values: dict[str, object] = dict.fromkeys(Fax.__dataclass_fields__)
    known = {"id": "4-123", "direction": "Inbound", "message_id": "123", "created_at": MOMENT}
    return Fax(**{**values, **known, **changed})  # type: ignore[arg-type]


def document(kind: str = "pdf") -> DocumentRow:
    return DocumentRow(0, "1", "document.pdf.age", "0" * 64, 1, "application/pdf", kind)


@pytest.mark.parametrize(
    ("number", "place", "name"),
    [
        ("+12125550100", 1, "20261123-081530_inbound_+12125550100_123.pdf"),
        ("+12125550100", 2, "20261123-081530_inbound_+12125550100_123-2.pdf"),
        (None, 1, "20261123-081530_inbound_unknown_123.pdf"),
        ("(866) 123-4567", 1, "20261123-081530_inbound_866123-4567_123.pdf"),
        ("../../etc/passwd", 1, "20261123-081530_inbound_etcpasswd_123.pdf"),
        ("...", 1, "20261123-081530_inbound_unknown_123.pdf"),
    ],
)
def test_a_name_sorts_by_time_and_tells_the_number(
    number: str | None, place: int, name: str
) -> None:
    assert export_name(fax(from_number=number), document(), place) == name


@given(st.text() | st.none(), st.text(max_size=8), st.integers(1, 200))
def test_any_number_makes_a_safe_name(number: str | None, kind: str, place: int) -> None:
    name = export_name(fax(from_number=number), document(kind), place)
    assert re.fullmatch(r"[0-9]{8}-[0-9]{6}_inbound_[0-9A-Za-z+.-]+_123(-\d+)?\.[\w+.-]*", name)
    assert len(name.encode()) < 255


@given(st.text())
def test_any_text_makes_a_harmless_cell(text: str) -> None:
    cell = harmless_cell(text)
    assert cell in (text, f"'{text}")
    assert not cell.startswith(("=", "-", "@", "\t", "\r"))
    assert not cell.startswith("+") or re.fullmatch(r"\+[0-9]+( \+?[0-9]+)*", cell)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_any_cells_are_read_back_as_one_row(cells: list[str]) -> None:
    into = io.StringIO(newline="")
    csv.writer(into).writerow([harmless_cell(cell) for cell in cells])
    into.seek(0)
    assert list(csv.reader(into)) == [[harmless_cell(cell) for cell in cells]]


def test_formulas_in_a_number_stay_text_in_the_index(home: Household, tmp_path: Path) -> None:
    home.archive_one()
    home.tamper("UPDATE faxes SET from_number = ?", '=HYPERLINK("http://x")')
    export(home, tmp_path / "out")
    assert index(tmp_path / "out")[0]["from"].startswith("'=")


def broken(faxes: Iterable[Fax]) -> Iterator[Fax]:
    yield from faxes
    raise KeyboardInterrupt


def test_ctrl_c_leaves_no_index_that_looks_complete(home: Household, tmp_path: Path) -> None:
    home.archive_one()
    chosen = home.house.export.faxes(FaxQuery())
    with pytest.raises(KeyboardInterrupt):
        home.house.export.into_folder(broken(chosen), tmp_path / "out")
    assert [path.suffix for path in (tmp_path / "out").iterdir()] == [".pdf"]
