"""Exported files: private, never written through what lies there, harmless in a spreadsheet."""

from pathlib import Path

import pytest

from handlers.export import harmless_cell, private_file


def test_a_planted_link_is_not_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / ".fax.pdf.partial").symlink_to(victim)
    with private_file(tmp_path / "fax.pdf") as file:
        file.write(b"a fax")
    assert victim.read_bytes() == b"precious"
    assert (tmp_path / "fax.pdf").read_bytes() == b"a fax"
    assert not (tmp_path / "fax.pdf").is_symlink()


def test_a_planted_open_file_is_not_used(tmp_path: Path) -> None:
    planted = tmp_path / ".fax.pdf.partial"
    planted.touch()
    planted.chmod(0o666)
    with private_file(tmp_path / "fax.pdf") as file:
        file.write(b"a fax")
    assert (tmp_path / "fax.pdf").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "+12125550100", "+12125550100 +12125550101", "Received"])
def test_an_ordinary_cell_stays_as_it_is(text: str) -> None:
    assert harmless_cell(text) == text
