"""The command line: what it prints, how it ends, and that it says what is wrong in one sentence."""

import csv
import io
import json
import os
import pty
import select
import socket
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import cli
from settings import environment_with
from simulator import Fault, Inbound, Party, Simulator
from tests.journeys import commands
from tests.journeys.commands import Outcome
from tests.journeys.installation import Installation, installed, wait_until, without_limits

ESCAPE = "\x1b]0;owned\x07\x1b[2J"
NOBODY = Party("+12025550166", f"Mallory{ESCAPE}")
COMMANDS = sorted(cli.cli.commands)
ALONE = (
    "evidence",
    "backfill",
    "doctor",
    "import",
    "resend",
    "send",
    "show",
    "statement",
    "status",
    "subscribe",
)
"""What tells an object, or more than its listing."""
LISTINGS = (
    ("faxes",),
    ("calls",),
    ("events",),
    ("events", "--unreadable"),
    ("jobs",),
    ("jobs", "--given-up"),
    ("keys",),
    ("verify",),
    ("login",),
    ("login", "--check"),
    ("census",),
    ("cover-pages",),
    ("gaps",),
    ("notify",),
    ("notices",),
)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(seed=21) as running:
        without_limits(running)
        yield running


@pytest.fixture(scope="module")
def prepared(
    simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A data folder with a few faxes in it; no process is running."""
    with installed(simulator, tmp_path_factory.mktemp("cli")) as made:
        for content_type in ("application/pdf", "image/tiff"):
            simulator.receive(Inbound(NOBODY, 2, content_type))
        sent = simulator.send(["+12025550101", "+12025550102"])
        simulator.finish(sent, error="LineBusy")
        assert made.faxkeep("sync").text == "archived 3\n"
        yield made


@pytest.fixture
def fax(prepared: Installation) -> str:
    return next(fax.message_id for fax in prepared.faxes() if fax.direction == "Inbound")


def is_one_sentence(outcome: Outcome, code: int) -> bool:
    """Whether a command ended with this code, and said why without a traceback."""
    return outcome.code == code and outcome.err.count("\n") == 1 and outcome.err.endswith(".\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(prepared: Installation, command: str) -> None:
    outcome = prepared.faxkeep(command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.text.startswith(f"Usage: faxkeep {command}")
    told = cli.cli.commands[command].help
    assert told and told.splitlines()[0][:30] in outcome.text


def test_help_lists_every_command(prepared: Installation) -> None:
    told = prepared.faxkeep("--help").text
    assert all(f"\n  {command} " in told for command in COMMANDS)
    assert "Exit codes" in told


@pytest.mark.parametrize("words", LISTINGS, ids=" ".join)
def test_every_listing_can_be_json(prepared: Installation, words: tuple[str, ...]) -> None:
    assert isinstance(prepared.told(*words), list)
    assert prepared.faxkeep(*words).text.strip()


def test_json_is_there_wherever_there_is_a_listing() -> None:
    able = {
        name
        for name, command in cli.cli.commands.items()
        if any("--json" in parameter.opts for parameter in command.params)
    }
    assert able == {words[0] for words in LISTINGS} | set(ALONE)


def test_show_tells_everything(prepared: Installation, fax: str) -> None:
    told = prepared.told("show", fax)
    assert told["message_id"] == fax
    assert {"recipients", "steps", "documents", "asides"} <= told.keys()
    assert told["documents"][0]["sha256"] in prepared.faxkeep("show", fax).text


def test_faxes_can_be_chosen(prepared: Installation) -> None:
    def count(*words: str) -> int:
        return len(prepared.told("faxes", *words))

    assert count() == 3
    assert count("--direction", "outbound") == 1
    assert count("--number", "+12025550102") == 1
    assert count("--state", "pending") == 0
    assert count("--limit", "2") == 2
    assert count("--since", "2001-01-01") == 3
    assert count("--until", "2001-01-01") == 0


def test_a_senders_name_cannot_steer_the_terminal(prepared: Installation, fax: str) -> None:
    for outcome in (prepared.faxkeep("faxes"), prepared.faxkeep("show", fax)):
        assert outcome.code == 0
        assert not any(byte < 32 and byte != 10 for byte in outcome.out)
    assert b"Mallory" in prepared.faxkeep("show", fax).out
    assert prepared.told("show", fax)["from_name"] == NOBODY.name


def test_open_writes_to_a_private_file(
    prepared: Installation, simulator: Simulator, fax: str, tmp_path: Path
) -> None:
    target = tmp_path / "fax.pdf"
    assert prepared.faxkeep("open", fax, "--output", str(target)).code == 0
    assert target.read_bytes() == simulator.document(fax)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_open_refuses_a_terminal(prepared: Installation, fax: str) -> None:
    ours, theirs = pty.openpty()
    try:
        environment = environment_with(prepared.environment)
        outcome = commands.run(environment, "open", fax, out=os.ttyname(theirs))
        shown, _, _ = select.select([ours], [], [], 0)
    finally:
        os.close(ours)
        os.close(theirs)
    assert is_one_sentence(outcome, 2)
    assert shown == []


def test_export_writes_files_and_an_index(
    prepared: Installation, simulator: Simulator, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    outcome = prepared.faxkeep("export", "--to", str(folder))
    assert outcome.text == f"3 documents of 3 faxes are in {folder}.\n"
    rows = list(csv.DictReader(io.StringIO((folder / "index.csv").read_text())))
    assert {row["file"] for row in rows} | {"index.csv"} == {each.name for each in folder.iterdir()}
    for row in rows:
        assert (folder / row["file"]).read_bytes() == simulator.document(row["fax"].split("-")[1])
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_jobs_are_tried_again_on_demand(prepared: Installation, simulator: Simulator) -> None:
    now = datetime.now(UTC)
    with prepared.house.catalog.transaction() as tx:
        tx.jobs.request("archive", "1-2", now, now)
        job = tx.jobs.claim("archive", "1-2", "somebody", now, now)
        assert job is not None
        tx.jobs.give_up(job, "it was hopeless", now)
    (listed,) = prepared.told("jobs", "--given-up")
    assert (listed["argument"], listed["reason"]) == ("1-2", "it was hopeless")
    assert prepared.faxkeep("jobs", "--retry", "1-3").text == "0 will be tried again.\n"
    assert prepared.faxkeep("jobs", "--retry", "1-2").text == "1 will be tried again.\n"
    assert prepared.told("jobs", "--given-up") == []


def test_verify_takes_a_sample(prepared: Installation) -> None:
    for sample in ("50%", "0.5", "100%"):
        assert prepared.faxkeep("verify", "--sample", sample).code == 0


@pytest.mark.parametrize("sample", ["0", "-5%", "101%", "all", "nan"])
def test_a_bad_sample_is_refused(prepared: Installation, sample: str) -> None:
    assert is_one_sentence(prepared.faxkeep("verify", f"--sample={sample}"), 2)


@pytest.mark.parametrize("command", ["show", "open"])
def test_an_unknown_fax_is_named_as_such(prepared: Installation, command: str) -> None:
    assert is_one_sentence(prepared.faxkeep(command, "12345"), 2)


def test_a_document_that_a_fax_has_not(prepared: Installation, fax: str) -> None:
    assert is_one_sentence(prepared.faxkeep("open", fax, "--document", "2"), 2)


@pytest.mark.parametrize("command", ["serve", "web", "work", "login", "sync"])
def test_missing_settings_are_named_all_at_once(tmp_path: Path, command: str) -> None:
    outcome = commands.run(environment_with({"FAXKEEP_DATA": str(tmp_path / "data")}), command)
    assert outcome.code == 2
    names = [line.split()[0] for line in outcome.err.splitlines()]
    assert names == ["RC_APP_CLIENT_ID", "RC_APP_CLIENT_SECRET", "RC_USER_JWT"]


def test_wrong_settings_are_named_all_at_once(prepared: Installation) -> None:
    wrong = {"FAXKEEP_PORT": "port", "FAXKEEP_POLL_SECONDS": "1", "FAXKEEP_LOG": "LOUD"}
    outcome = commands.run(environment_with({**prepared.environment, **wrong}), "faxes")
    assert outcome.code == 2
    assert {line.split()[0] for line in outcome.err.splitlines()} == wrong.keys()


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_taken_port_is_told(prepared: Installation, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment = {**prepared.environment, "FAXKEEP_PORT": str(taken.getsockname()[1])}
        outcome = commands.run(environment_with(environment), command)
    assert outcome.code == 2
    assert outcome.err.startswith(f"Port {environment['FAXKEEP_PORT']}")
    assert "Traceback" not in outcome.err


def test_subscribe_needs_a_public_address(prepared: Installation) -> None:
    assert is_one_sentence(prepared.faxkeep("subscribe"), 2)


@pytest.mark.parametrize(
    "words", [["nonsense"], ["faxes", "--nonsense"], ["export"], ["faxes", "--limit", "0"]]
)
def test_wrong_use_is_explained(prepared: Installation, words: list[str]) -> None:
    outcome = prepared.faxkeep(*words)
    assert outcome.code == 2
    assert outcome.err.startswith("Usage: faxkeep")


def test_refused_credentials_are_told(prepared: Installation, tmp_path: Path) -> None:
    changed = {"RC_USER_JWT": "a.wrong.jwt", "FAXKEEP_DATA": str(tmp_path / "data")}
    outcome = commands.run(environment_with({**prepared.environment, **changed}), "login")
    assert outcome.code == 4
    assert "Traceback" not in outcome.err
    assert "a.wrong.jwt" not in outcome.err


def test_without_the_archive_key_nothing_can_be_read(
    prepared: Installation, fax: str, tmp_path: Path
) -> None:
    keys = prepared.data / "keys"
    away = {name: tmp_path / name for name in ("archive.key", "recovery.key")}
    for name, place in away.items():
        (keys / name).rename(place)
    try:
        outcome = prepared.faxkeep("open", fax)
        assert outcome.code == 5
        assert outcome.err.count("\n") == 1
        assert outcome.out == b""
        assert prepared.faxkeep("verify").code == 0
        assert [each["kind"] for each in prepared.told("verify")] == ["note"]
    finally:
        for name, place in away.items():
            place.rename(keys / name)


def test_a_second_worker_is_refused(prepared: Installation, simulator: Simulator) -> None:
    worker = prepared.work()
    simulator.fault("slow", Fault(count=1))
    (message_id,) = simulator.receive()
    prepared.faxkeep("sync")
    wait_until(lambda: prepared.are_archived(message_id), "the worker to run")
    for command in ("work", "rebuild"):
        assert is_one_sentence(prepared.faxkeep(command), 2)
    assert prepared.faxkeep("sync").text == "The running worker has been asked to look now.\n"
    prepared.end(worker)


def test_json_of_show_is_one_object(prepared: Installation, fax: str) -> None:
    assert isinstance(json.loads(prepared.faxkeep("show", fax, "--json").out), dict)
