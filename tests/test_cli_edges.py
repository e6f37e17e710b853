"""Where the command line could end in a traceback, hide a failure, or print no JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from settings import environment_with
from simulator import Inbound, Limit, Simulator
from tests.journeys import commands
from tests.journeys.commands import Outcome


@dataclass(frozen=True)
class Prepared:
    """A data folder with one archived fax in it, and what settings it has."""

    environment: dict[str, str]
    message_id: str

    def faxkeep(self, *words: str, **changed: str) -> Outcome:
        return commands.run(environment_with({**self.environment, **changed}), *words)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(seed=22) as running:
        for group in running.limits():
            running.limit(group, Limit(100_000))
        yield running


@pytest.fixture(scope="module")
def prepared(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    (message_id,) = simulator.receive(Inbound(pages=1))
    data = str(tmp_path_factory.mktemp("edges") / "data")
    made = Prepared({**simulator.env, "FAXKEEP_DATA": data}, message_id)
    assert made.faxkeep("sync").text == "archived 1\n"
    return made


def is_plain(outcome: Outcome, code: int) -> bool:
    """Whether it ended with this code and one sentence."""
    return outcome.code == code and outcome.err.count("\n") == 1 and "Error:" not in outcome.err


@pytest.mark.parametrize("words", [("keys", "--rotate"), ("jobs", "--retry", "all")], ids=" ".join)
def test_json_is_json_also_when_something_is_done(
    prepared: Prepared, words: tuple[str, ...]
) -> None:
    outcome = prepared.faxkeep(*words, "--json")
    assert outcome.code == 0
    assert isinstance(json.loads(outcome.out), list)


@pytest.mark.parametrize(("command", "code"), [("faxes", 2), ("keys", 2), ("work", 1)])
def test_a_data_folder_that_cannot_be(
    prepared: Prepared, tmp_path: Path, command: str, code: int
) -> None:
    file = tmp_path / "file"
    file.touch()
    assert is_plain(prepared.faxkeep(command, FAXKEEP_DATA=str(file / "data")), code)


@pytest.mark.parametrize(
    "words", [("faxes",), ("verify",), ("keys",), ("jobs",), ("events",), ("rebuild",)]
)
def test_a_command_that_looks_makes_nothing_where_nothing_is(
    prepared: Prepared, tmp_path: Path, words: tuple[str, ...]
) -> None:
    nowhere = tmp_path / "typo"
    outcome = prepared.faxkeep(*words, FAXKEEP_DATA=str(nowhere))
    assert is_plain(outcome, 2)
    assert not nowhere.exists()


def test_a_folder_that_cannot_be_exported_to(prepared: Prepared, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert is_plain(prepared.faxkeep("export", "--to", str(file / "out")), 1)


def test_a_file_that_cannot_be_written(prepared: Prepared, tmp_path: Path) -> None:
    target = str(tmp_path / "nowhere" / "fax.pdf")
    assert is_plain(prepared.faxkeep("open", prepared.message_id, "-o", target), 1)


def test_a_database_that_is_none(prepared: Prepared, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "catalog.sqlite3").write_bytes(b"not a database at all" * 100)
    assert is_plain(prepared.faxkeep("faxes", FAXKEEP_DATA=str(data)), 7)


def test_a_full_pipe_that_is_closed_is_no_traceback(prepared: Prepared) -> None:
    assert "Traceback" not in prepared.faxkeep("open", prepared.message_id).err


@pytest.mark.parametrize("command", ["sync", "login"])
def test_a_refused_login_is_told_and_has_its_code(
    prepared: Prepared, tmp_path: Path, command: str
) -> None:
    data = str(tmp_path / "data")
    outcome = prepared.faxkeep(command, RC_USER_JWT="a.b.c", FAXKEEP_DATA=data)
    assert is_plain(outcome, 4)


def test_a_sync_that_could_not_look_does_not_say_that_all_is_well(
    prepared: Prepared, simulator: Simulator, tmp_path: Path
) -> None:
    simulator.change_account(scopes=["ReadAccounts"])
    outcome = prepared.faxkeep("sync", FAXKEEP_DATA=str(tmp_path / "data"))
    simulator.change_account(scopes=["ReadAccounts", "ReadMessages", "SubscriptionWebhook"])
    assert outcome.code != 0
    assert "permission" in outcome.err
