"""`faxkeep export --from --to`: registers beside the documents that it always exported."""

import csv
import io
import json
import stat
from pathlib import Path

import pytest

from handlers.register_rows import COLUMNS
from tests.commands.conftest import Lodger
from tests.commands.test_statement import is_one_sentence
from tests.handlers.test_statements import MONDAY, TUESDAY

BOTH = ("--from", MONDAY, "--to", TUESDAY)


def test_both_forms_at_once(lodger: Lodger, tmp_path: Path) -> None:
    files = tmp_path / "days.csv", tmp_path / "days.json"
    outcome = lodger.faxkeep("export", *BOTH, "-o", files[0], "-o", files[1])
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.text.splitlines() == [f"2 rows are in {file}." for file in files]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    told = json.loads(files[1].read_text())
    rows = list(csv.DictReader(io.StringIO(files[0].read_text(), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == [row["id"] for row in told]


def test_a_register_into_a_pipe_is_csv(lodger: Lodger) -> None:
    outcome = lodger.faxkeep("export", *BOTH)
    assert outcome.code == 0
    assert outcome.text.startswith("id,creationTime,direction")
    assert outcome.text.count("\n") == 3


def test_filters_narrow_it(lodger: Lodger) -> None:
    assert lodger.faxkeep("export", *BOTH, "--direction", "Outbound").text.count("\n") == 1


def test_documents_go_into_a_folder_as_before(lodger: Lodger, tmp_path: Path) -> None:
    outcome = lodger.faxkeep("export", "--to", tmp_path / "out")
    assert outcome.code == 0
    assert (tmp_path / "out" / "index.csv").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--from", TUESDAY, "--to", MONDAY),
        ("--from", MONDAY, "--to", "a folder"),
        (*BOTH, "--since", MONDAY),
        (*BOTH, "-o", "register.xlsx"),
        ("--to", "a folder", "-o", "register.csv"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_said_in_one_sentence(
    lodger: Lodger, words: tuple[str, ...]
) -> None:
    assert is_one_sentence(lodger.faxkeep("export", *words), 2)
