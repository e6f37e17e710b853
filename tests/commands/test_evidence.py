"""`faxkeep evidence`: a file for others, private and never over another, and its check anywhere."""

import json
import stat
from pathlib import Path

import pytest

from archive.evidence import fingerprint
from archive.key_files import public_pem_of
from tests.commands.conftest import Lodger
from tests.commands.test_statement import is_one_sentence
from tests.handlers import evidences


@pytest.fixture(scope="module")
def message_id(lodger: Lodger) -> str:
    return lodger.home.archive_one()


@pytest.fixture(scope="module")
def made(lodger: Lodger, message_id: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("made") / "fax.zip"
    assert lodger.faxkeep("evidence", message_id, "-o", file).code == 0
    return file


@pytest.fixture(scope="module")
def key(lodger: Lodger) -> str:
    return fingerprint(lodger.home.house.archive.keys.ledger_public_key())


def test_it_says_where_it_is_and_what_to_tell_its_reader(
    lodger: Lodger, message_id: str, key: str, tmp_path: Path
) -> None:
    file = tmp_path / "fax.zip"
    outcome = lodger.faxkeep("evidence", lodger.home.id_of(message_id), "-o", file)
    assert (outcome.code, outcome.err) == (0, "")
    assert str(file) in outcome.text
    assert key in outcome.text
    assert f"line {lodger.home.ledger()[-1].seq} of the ledger" in outcome.text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    assert evidences.problems(file.read_bytes(), key) == []


def test_json_tells_the_same(lodger: Lodger, message_id: str, key: str, tmp_path: Path) -> None:
    file = tmp_path / "fax.zip"
    told = lodger.told("evidence", message_id, "-o", file, "--note", "for the auditor", "--chain")
    assert (told["file"], told["state"], told["documents"]) == (str(file), "archived", 1)
    assert told["key_sha256"] == key
    assert evidences.facts(file.read_bytes())["note"] == "for the auditor"


def test_it_goes_into_a_pipe(lodger: Lodger, message_id: str, key: str) -> None:
    outcome = lodger.faxkeep("evidence", message_id, "-o", "-")
    assert outcome.code == 0
    assert evidences.problems(outcome.out, key) == []
    assert key in outcome.err


def test_nothing_is_overwritten_unless_told(
    lodger: Lodger, message_id: str, tmp_path: Path
) -> None:
    file = tmp_path / "precious.zip"
    file.write_bytes(b"precious")
    count = len(lodger.home.ledger())
    outcome = lodger.faxkeep("evidence", message_id, "-o", file)
    assert is_one_sentence(outcome, 2)
    assert (file.read_bytes(), len(lodger.home.ledger())) == (b"precious", count)
    assert lodger.faxkeep("evidence", message_id, "-o", file, "--overwrite").code == 0
    assert evidences.problems(file.read_bytes()) == []


def test_a_planted_link_is_not_written_through(
    lodger: Lodger, message_id: str, tmp_path: Path
) -> None:
    (tmp_path / "link.zip").symlink_to(tmp_path / "elsewhere")
    assert lodger.faxkeep("evidence", message_id, "-o", tmp_path / "link.zip").code == 2
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("words", [(), ("999",), ("999", "--note", "x" * 501)], ids=len)
def test_what_makes_no_sense_is_said_in_one_sentence(
    lodger: Lodger, words: tuple[str, ...]
) -> None:
    assert is_one_sentence(lodger.faxkeep("evidence", *words), 2)


def test_a_folder_that_is_not_there_is_said_in_one_sentence(
    lodger: Lodger, message_id: str, missing: Path
) -> None:
    assert is_one_sentence(lodger.faxkeep("evidence", message_id, "-o", missing / "x.zip"), 1)


def test_the_fingerprint_can_be_asked_for_by_itself(lodger: Lodger, key: str) -> None:
    assert lodger.faxkeep("keys").text.endswith(f"The ledger's key has the fingerprint {key}.\n")
    assert key not in lodger.faxkeep("keys", "--json").text


# Checking one


def test_a_good_one_is_valid(lodger: Lodger, made: Path, key: str, tmp_path: Path) -> None:
    pem = tmp_path / "ledger.pub"
    pem.write_bytes(public_pem_of(lodger.home.house.archive.keys.ledger_public_key()))
    for given in (key, key.upper(), pem):
        outcome = lodger.faxkeep("evidence", "--check", made, "--key", given)
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.text.startswith("VALID")
        assert "the key that you gave" in outcome.text


def test_it_says_the_same_as_the_verifier_in_it(lodger: Lodger, made: Path, tmp_path: Path) -> None:
    data = bytearray(made.read_bytes())
    script = evidences.file(bytes(data), "verify.py")
    for harm in (0, 1):
        data[2000] ^= harm
        own = evidences.verify(tmp_path, bytes(data), script=script)
        (tmp_path / "it.zip").write_bytes(data)
        outcome = lodger.faxkeep("evidence", "--check", tmp_path / "it.zip")
        assert outcome.text == own.out
        assert (outcome.code, own.code) == ((0, 0), (5, 1))[harm]


def test_json_tells_what_was_found(lodger: Lodger, made: Path, tmp_path: Path, key: str) -> None:
    told = lodger.told("evidence", "--check", made, "--key", key)
    assert (told["valid"], told["is_known_key"], told["fingerprint"]) == (True, True, key)
    (tmp_path / "cut.zip").write_bytes(made.read_bytes()[:-1])
    outcome = lodger.faxkeep("evidence", "--check", tmp_path / "cut.zip", "--json")
    assert outcome.code == 5
    assert json.loads(outcome.out)["problems"]


@pytest.mark.parametrize("given", ["nothing", "12ab", ""])
def test_a_key_that_is_none_is_said_in_one_sentence(
    lodger: Lodger, made: Path, given: str, missing: Path
) -> None:
    words = ("--key", given or missing)
    assert is_one_sentence(lodger.faxkeep("evidence", "--check", made, *words), 2)


def test_a_noted_line_is_compared(lodger: Lodger, made: Path) -> None:
    line = json.loads(evidences.file(made.read_bytes(), "ledger.jsonl").splitlines()[0])
    good = f"{line['seq']}:{line['hash'][:16]}"
    assert lodger.faxkeep("evidence", "--check", made, "--noted", good).code == 0
    bad = f"{line['seq']}:{'f' * 16}"
    assert lodger.faxkeep("evidence", "--check", made, "--noted", bad).code == 5
