"""`faxkeep statement`: one sentence about some days, a file for others, and its check anywhere."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from archive.completeness import LARGEST, check_bundle
from archive.key_files import public_pem_of
from commands.proving import endings
from settings import environment_with
from tests.archive.signing import DAYS, MAILBOX, Signer, rewritten
from tests.commands.conftest import Lodger
from tests.handlers.test_statements import MONDAY, TUESDAY, WEDNESDAY
from tests.journeys import commands
from tests.journeys.commands import Outcome

BOTH = ("--from", MONDAY, "--to", TUESDAY)
MORE = ("--from", MONDAY, "--to", WEDNESDAY)


def is_one_sentence(outcome: Outcome, code: int) -> bool:
    return outcome.code == code and outcome.err.count("\n") == 1 and outcome.err.endswith(".\n")


@pytest.fixture(scope="module")
def key(lodger: Lodger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger's public key, from a place of its own."""
    file = tmp_path_factory.mktemp("key") / "ledger.pub"
    file.write_bytes(public_pem_of(lodger.home.house.archive.keys.ledger_public_key()))
    return file


@pytest.fixture(scope="module")
def bundle(lodger: Lodger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete file of both days."""
    file = tmp_path_factory.mktemp("bundle") / "days.json"
    assert lodger.faxkeep("statement", *BOTH, "-o", file).code == 0
    return file


# Making one


def test_all_archived_is_one_sentence(lodger: Lodger) -> None:
    outcome = lodger.faxkeep("statement", *BOTH)
    assert (outcome.code, outcome.err) == (0, "")
    said, signed = outcome.text.splitlines()
    assert said.startswith("Every fax that RingCentral listed in 1 mailboxes between 2026-11-23")
    assert "2 in all, and none of their 4 files has changed." in said
    assert signed == f"Signed as line {lodger.home.ledger()[-1].seq} of the ledger."


def test_json_tells_the_same(lodger: Lodger) -> None:
    told = lodger.told("statement", *BOTH, "--mailbox", lodger.home.mailbox.id)
    assert (told["complete"], told["from"], told["to"]) == (True, MONDAY, TUESDAY)
    assert (told["listed"], told["archived"], told["files_reread"]) == (2, 2, 4)
    assert (told["days_without_statement"], told["changed"], told["contradicted"]) == ([], [], [])


def test_a_day_without_a_statement_is_named_and_told_by_the_exit_code(lodger: Lodger) -> None:
    outcome = lodger.faxkeep("statement", *MORE)
    assert (outcome.code, outcome.err) == (5, "")
    said, missing, _ = outcome.text.splitlines()
    assert said.startswith("Of 2 faxes between")
    assert "1 days without a statement, 0 files changed or missing." in said
    assert missing == f"no statement: mailbox {lodger.home.mailbox.id}, {WEDNESDAY}"
    assert lodger.told("statement", *MORE)["complete"] is False


def test_the_file_is_private_and_whole(lodger: Lodger, tmp_path: Path) -> None:
    file = tmp_path / "november.json"
    assert lodger.faxkeep("statement", *BOTH, "-o", file).code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    key = lodger.home.house.archive.keys.ledger_public_key()
    assert check_bundle(file.read_bytes(), key).findings == []


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--from", MONDAY),
        ("--to", MONDAY),
        ("--from", TUESDAY, "--to", MONDAY),
        ("--from", "2000-01-01", "--to", MONDAY),
        (*BOTH, "--mailbox", "1-2"),
        ("--from", "2026-01-01", "--to", "2026-01-31"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_said_in_one_sentence(
    lodger: Lodger, words: tuple[str, ...]
) -> None:
    count = len(lodger.home.ledger())
    assert is_one_sentence(lodger.faxkeep("statement", *words), 2)
    assert len(lodger.home.ledger()) == count


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "23.11.2026", "2026-11-23T12:00"])
def test_a_day_is_written_in_one_way(lodger: Lodger, day: str) -> None:
    outcome = lodger.faxkeep("statement", "--from", day, "--to", MONDAY)
    assert outcome.code == 2
    assert "--from" in outcome.err


def test_a_file_that_cannot_be_written_is_said_in_one_sentence(
    lodger: Lodger, missing: Path
) -> None:
    assert is_one_sentence(lodger.faxkeep("statement", *BOTH, "-o", missing / "x.json"), 1)


# Checking one


def check(lodger: Lodger, *words: object) -> Outcome:
    return lodger.faxkeep("statement", "--check", *words)


def test_a_good_file_is_valid(lodger: Lodger, bundle: Path, key: Path) -> None:
    outcome = check(lodger, bundle, "--key", key)
    assert (outcome.code, outcome.err) == (0, "")
    (said,) = outcome.text.splitlines()
    assert said == (
        "Valid: 2026-11-23 to 2026-11-24, 1 mailboxes, 2 faxes listed, 2 archived, 0 pending,"
        " 0 refused, 0 lost."
    )


def test_without_a_key_it_tells_what_to_compare(lodger: Lodger, bundle: Path) -> None:
    outcome = check(lodger, bundle)
    assert outcome.code == 0
    fingerprint = check_bundle(bundle.read_bytes()).fingerprint
    assert f"Its key's SHA-256 is {fingerprint}" in outcome.text


def test_nothing_else_is_needed_than_file_and_key(bundle: Path, key: Path, missing: Path) -> None:
    bare = environment_with({"FAXKEEP_DATA": str(missing)})
    outcome = commands.run(bare, "statement", "--check", str(bundle), "--key", str(key), "--json")
    told = json.loads(outcome.out)
    assert (outcome.code, told["valid"], told["complete"], told["findings"]) == (0, True, True, [])
    assert told["archived"] == 2
    assert not missing.exists()


def test_a_valid_file_that_is_not_complete_says_so(
    lodger: Lodger, key: Path, tmp_path: Path
) -> None:
    file = tmp_path / "more.json"
    assert lodger.faxkeep("statement", *MORE, "-o", file).code == 5
    outcome = check(lodger, file, "--key", key)
    assert outcome.code == 0
    valid, rest, missing = outcome.text.splitlines()
    assert valid.startswith("Valid")
    assert rest.startswith("Not complete")
    assert missing == f"no statement: mailbox {lodger.home.mailbox.id}, {WEDNESDAY}"
    told = json.loads(check(lodger, file, "--json").out)
    assert (told["valid"], told["complete"]) == (True, False)
    assert told["days_without_statement"] == [[lodger.home.mailbox.id, WEDNESDAY]]


def test_the_end_of_a_mailbox_is_told_by_a_file_that_spans_it(
    lodger: Lodger, tmp_path: Path
) -> None:
    signer, file = Signer(), tmp_path / "ended.json"
    days = [signer.day(day) for day in DAYS[:2]]
    file.write_bytes(signer.bundle(days, ended={MAILBOX: DAYS[1]}))
    assert f"watched no longer: mailbox {MAILBOX}, after {DAYS[1]}" in check(lodger, file).text
    assert json.loads(check(lodger, file, "--json").out)["ended"] == {MAILBOX: DAYS[1]}


def test_only_an_end_within_the_days_is_told() -> None:
    ended = {"400-1": TUESDAY, "400-2": WEDNESDAY}
    assert endings(ended, WEDNESDAY) == [f"watched no longer: mailbox 400-1, after {TUESDAY}"]


def changed(bundle: Path, tmp_path: Path, data: bytes) -> Path:
    file = tmp_path / "changed.json"
    file.write_bytes(data)
    assert data != bundle.read_bytes()
    return file


def drop_a_day(body: dict[str, Any]) -> None:
    del body["days"][0]


def test_a_file_that_was_changed_is_told_by_the_exit_code(
    lodger: Lodger, bundle: Path, tmp_path: Path
) -> None:
    file = changed(bundle, tmp_path, rewritten(bundle.read_bytes(), drop_a_day))
    outcome = check(lodger, file)
    assert (outcome.code, outcome.err) == (5, "")
    assert f"{lodger.home.mailbox.id} {MONDAY}" in outcome.text
    told = json.loads(check(lodger, file, "--json").out)
    assert told["valid"] is False
    assert {each["kind"] for each in told["findings"]} == {"missing", "changed"}


def test_another_ledgers_key_is_named(lodger: Lodger, bundle: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pub"
    other.write_text(Signer().pem)
    outcome = check(lodger, bundle, "--key", other)
    assert outcome.code == 5
    assert "it is not the key that was given" in outcome.text


@pytest.mark.parametrize("data", [b"", b"not JSON", b"[1]", b"\xff\xfe\0", b"[" * 100_000])
def test_what_is_no_such_file_is_said_in_one_sentence(
    lodger: Lodger, bundle: Path, tmp_path: Path, data: bytes
) -> None:
    assert is_one_sentence(check(lodger, changed(bundle, tmp_path, data)), 5)


def test_a_file_that_was_cut_is_said_in_one_sentence(
    lodger: Lodger, bundle: Path, tmp_path: Path
) -> None:
    data = bundle.read_bytes()
    assert is_one_sentence(check(lodger, changed(bundle, tmp_path, data[: len(data) // 2])), 5)


def test_a_giant_is_not_even_read(lodger: Lodger, tmp_path: Path) -> None:
    file = tmp_path / "giant.json"
    with file.open("wb") as giant:
        giant.truncate(LARGEST + 1)
    outcome = check(lodger, file)
    assert is_one_sentence(outcome, 5)
    assert "larger" in outcome.err


@pytest.mark.parametrize("pem", ["", "no key\n"])
def test_a_key_that_is_none_is_said_in_one_sentence(
    lodger: Lodger, bundle: Path, tmp_path: Path, pem: str
) -> None:
    other = tmp_path / "other.pub"
    other.write_text(pem)
    assert is_one_sentence(check(lodger, bundle, "--key", other), 2)


def test_a_file_that_is_not_there_is_wrong_use(lodger: Lodger, missing: Path, bundle: Path) -> None:
    assert check(lodger, missing).code == 2
    assert check(lodger, bundle, "--key", missing).code == 2


def test_a_file_cannot_steer_the_terminal(lodger: Lodger, tmp_path: Path) -> None:
    signer, escape = Signer(), "\x1b]0;owned\x07"
    missing = [[escape, day] for day in DAYS]
    harmful = signer.bundle([], mailboxes=[escape], missing=missing, complete=False)
    file = tmp_path / "harmful.json"
    file.write_bytes(harmful)
    outcome = check(lodger, file)
    assert (outcome.code, outcome.text.count("no statement")) == (0, len(DAYS))
    assert "\x1b" not in outcome.text + outcome.err
