"""Whatever is changed behind our back, `verify` names it, and nothing else."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator import Simulator
from tests.journeys.installation import Installation, installed


@dataclass(frozen=True)
class Copy:
    """A copy of a data folder to tamper with, and a fax in it."""

    made: Installation
    fax_id: str
    folder: str
    second: str
    """The fax that the ledger's second line tells of."""

    @property
    def archive(self) -> Path:
        return self.made.data / "archive"

    @property
    def ledger(self) -> Path:
        (file,) = (self.archive / "ledger").glob("*.jsonl")
        return file

    def file(self, name: str) -> Path:
        return self.archive / self.folder / name

    def sql(self, statement: str, *values: object) -> None:
        """Change a row as somebody with a database tool would."""
        with sqlite3.connect(self.made.data / "catalog.sqlite3") as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            assert connection.execute(statement, values).rowcount == 1
        connection.close()


@pytest.fixture(scope="module")
def sound(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(simulator, tmp_path_factory.mktemp("sound")) as made:
        simulator.receive(count=3)
        assert made.faxkeep("sync").code == 0
        made.forget()
        yield made


@pytest.fixture
def copy(sound: Installation, simulator: Simulator, tmp_path: Path) -> Iterator[Copy]:
    with installed(simulator, tmp_path) as made:
        shutil.copytree(sound.data, made.data)
        fax = sorted(made.faxes(), key=lambda fax: fax.id)[1]
        second = made.ledger()[1].fax_id or ""
        made.forget()
        yield Copy(made, fax.id, fax.folder or "", second)


def flip_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def edit_ledger(copy: Copy) -> None:
    lines = copy.ledger.read_text().splitlines(keepends=True)
    lines[1] = lines[1].replace('"archived"', '"Archived"', 1)
    copy.ledger.write_text("".join(lines))


def drop_last_line(copy: Copy) -> None:
    lines = copy.ledger.read_text().splitlines(keepends=True)
    copy.ledger.write_text("".join(lines[:-1]))


Tamper = Callable[[Copy], object]
DOCUMENT = "document.pdf.age"
RECORD = "fax.json.age"
TAMPERS: dict[str, tuple[Tamper, list[str]]] = {
    "a byte of a document": (
        lambda copy: flip_byte(copy.file(DOCUMENT)),
        ["changed file {folder}/document.pdf.age"],
    ),
    "a byte of a record": (
        lambda copy: flip_byte(copy.file(RECORD)),
        ["changed file {folder}/fax.json.age"],
    ),
    "a document deleted": (
        lambda copy: copy.file(DOCUMENT).unlink(),
        ["missing file {folder}/document.pdf.age"],
    ),
    "a fax deleted": (
        lambda copy: shutil.rmtree(copy.file("")),
        ["missing file {folder}/document.pdf.age", "missing file {folder}/fax.json.age"],
    ),
    "a file added": (
        lambda copy: copy.file("note.txt").write_text("hello"),
        ["extra file {folder}/note.txt"],
    ),
    "a ledger line edited": (
        edit_ledger,
        ["changed ledger line line 2", "missing ledger line line 2"],
    ),
    "the last ledger line dropped": (drop_last_line, ["missing ledger line line 3"]),
    "a folder in the catalog": (
        lambda copy: copy.sql(
            "UPDATE faxes SET folder = replace(folder, '/inbound-', '/outbound-') WHERE id = ?",
            copy.fax_id,
        ),
        ["changed row faxes {fax}"],
    ),
    "a hash in the catalog": (
        lambda copy: copy.sql(
            "UPDATE documents SET sha256 = ? WHERE fax_id = ?", "0" * 64, copy.fax_id
        ),
        ["changed row documents of {fax}"],
    ),
    "a number in the catalog": (
        lambda copy: copy.sql(
            "UPDATE faxes SET from_number = '+12025550199' WHERE id = ?", copy.fax_id
        ),
        ["changed row faxes {fax}"],
    ),
    "a row deleted": (
        lambda copy: copy.sql("DELETE FROM faxes WHERE id = ?", copy.fax_id),
        ["missing row faxes {fax}"],
    ),
    "a ledger row deleted": (
        lambda copy: copy.sql("DELETE FROM ledger WHERE seq = 2"),
        ["missing row line 2", "extra row faxes {second}"],
    ),
}


def test_an_untouched_copy_is_sound(copy: Copy) -> None:
    outcome = copy.made.faxkeep("verify")
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.parametrize("name", TAMPERS)
def test_verify_names_exactly_that(copy: Copy, name: str) -> None:
    tamper, expected = TAMPERS[name]
    tamper(copy)
    assert copy.made.findings() == [
        each.format(folder=copy.folder, fax=copy.fax_id, second=copy.second) for each in expected
    ]
    assert copy.made.faxkeep("verify").code == 5
