"""`faxkeep send`, `resend`, `outbox` and `cover-pages`, in processes of their own."""

import hashlib
import json
import os
import pty
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from catalog import Recipient as Told
from catalog import Sending
from commands.handing import exit_code, is_over, lines_of
from commands.sending import recipients, send_time
from errors import UserError
from sending import Recipient
from serving import own_command
from settings import environment_with
from simulator import Fault, Inbound, Simulator
from tests.journeys.installation import Installation, installed, wait_until, without_limits
from tests.sending.forms import filled

LAB = "+12025550111"
NOON = datetime(2026, 11, 25, 12, tzinfo=timezone(timedelta(hours=-5)))
SENT = Sending("s-1", "1-2", "sent", NOON, "cli", "ann", NOON, NOON, message_id="7")


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(seed=4) as running:
        without_limits(running)
        yield running


@pytest.fixture(scope="module")
def made(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A data folder that knows its mailbox; no process is running."""
    with installed(simulator, tmp_path_factory.mktemp("sending")) as made:
        assert made.faxkeep("sync").code == 0
        yield made


@pytest.fixture
def letter(simulator: Simulator, tmp_path: Path) -> Path:
    (message_id,) = simulator.receive(Inbound(pages=2))
    path = tmp_path / "letter.pdf"
    path.write_bytes(simulator.document(message_id))
    return path


def told(made: Installation, *words: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made.faxkeep(*map(str, words), "--json").out)
    return found


def taken(simulator: Simulator) -> list[dict[str, Any]]:
    return [each for each in simulator.truth() if each["direction"] == "Outbound"]


def test_without_a_worker_the_command_sends_itself(
    made: Installation, simulator: Simulator, letter: Path
) -> None:
    words = ("send", "--to", f"{LAB}=Lab", str(letter), "--text", "Hello", "--cover", "classic")
    outcome = made.faxkeep(*words, "--cover-text", "Please call.")
    assert outcome.code == 0, outcome.err
    fax = taken(simulator)[-1]
    assert [each["fileName"] for each in fax["sources"]] == ["text-1.txt", "letter.pdf"]
    assert outcome.text.startswith("RingCentral has it as fax ")
    assert outcome.text.splitlines()[0].endswith(f"-{fax['id']}.")
    assert "letter.pdf" in outcome.err
    (shown,) = json.loads(made.faxkeep("outbox", "list", "--limit", "1", "--json").out)
    assert (shown["state"], shown["message_id"]) == ("sent", fax["id"])
    assert shown["documents"][1]["pages"] == 2


def test_all_problems_are_said_at_once(made: Installation, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    words = ("send", "--to", "12", "--to", LAB, str(empty), "--at", "2020-01-01T00:00")
    outcome = made.faxkeep(*words)
    assert outcome.code == 2
    assert outcome.text == ""
    said = outcome.err.splitlines()
    assert len(said) == 4
    assert said[-1] == "Nothing was sent."
    problems = told(made, *words)["problems"]
    assert [each["field"] for each in problems] == ["to[1]", "documents[1]", "send_at"]


def test_a_dry_run_sends_nothing(made: Installation, simulator: Simulator, letter: Path) -> None:
    before = len(taken(simulator))
    outcome = made.faxkeep("send", "--to", LAB, str(letter), "--cover", "none", "--dry-run")
    assert outcome.code == 0
    assert "pages     2\n" in outcome.text
    assert len(taken(simulator)) == before
    assert told(made, "send", "--to", LAB, letter, "--dry-run")["pages"] == 2


def test_a_form_is_flattened_where_that_is_wanted(
    made: Installation, simulator: Simulator, tmp_path: Path
) -> None:
    form = tmp_path / "form.pdf"
    form.write_bytes(filled())
    outcome = made.faxkeep("send", "--to", LAB, str(form), "--flatten", "--cover", "none")
    assert outcome.code == 0, outcome.err
    assert "--flatten" not in outcome.err
    (source,) = taken(simulator)[-1]["sources"]
    assert source["sha256"] != hashlib.sha256(form.read_bytes()).hexdigest()
    warned = made.faxkeep("send", "--to", LAB, str(form), "--dry-run", "--cover", "none")
    assert "--flatten" in warned.text + warned.err


def test_waiting_tells_how_it_ended_for_each(made: Installation, simulator: Simulator) -> None:
    simulator.change_settings(finish_after=0.5, failure_rate=0.0)
    try:
        good = told(made, "send", "--to", LAB, "--text", "Hello", "--wait")
        assert [each["status"] for each in good["outcomes"]] == ["Sent"]
        simulator.change_settings(failure_rate=1.0)
        bad = made.faxkeep("send", "--to", LAB, "--text", "Hello", "--wait")
    finally:
        simulator.change_settings(finish_after=-1.0, failure_rate=0.0)
    assert bad.code == 1
    assert f"{LAB}: SendingFailed." in bad.text
    assert "faxkeep resend" in bad.text


def test_a_refusal_has_its_reason_and_code(made: Installation, simulator: Simulator) -> None:
    simulator.change_account(scopes=["ReadAccounts", "ReadMessages"])
    try:
        made.house.reach("main/1").log_in_anew()
        outcome = made.faxkeep("send", "--to", LAB, "--text", "Hello")
    finally:
        simulator.change_account(scopes=["ReadAccounts", "ReadMessages", "Faxes"])
        made.house.reach("main/1").log_in_anew()
    assert outcome.code == 4
    assert "may not send faxes" in outcome.text
    assert "Faxes" in outcome.text


def test_what_nobody_knows_has_a_code_of_its_own(made: Installation, simulator: Simulator) -> None:
    """RingCentral shows it before the command gives up."""
    before = len(taken(simulator))
    simulator.fault("cut_after", Fault(count=1, path="/fax"))
    outcome = made.faxkeep("send", "--to", "+12025550199", "--text", "Hello")
    assert outcome.code == 0
    assert len(taken(simulator)) == before + 1


def test_a_later_fax_can_be_cancelled(made: Installation, simulator: Simulator) -> None:
    later = made.faxkeep("send", "--to", LAB, "--text", "Hello", "--at", "2099-01-01T08:00Z")
    assert later.code == 75
    assert "waits until 2099-01-01 08:00 UTC" in later.text
    name = later.text.split()[0]
    assert name in made.faxkeep("outbox", "list", "--state", "waiting").text
    assert made.faxkeep("outbox", "cancel", name).text == f"{name} is cancelled.\n"
    again = made.faxkeep("outbox", "cancel", name)
    assert (again.code, again.err) == (2, "It is cancelled already.\n")
    assert made.faxkeep("outbox", "show", name).text.count(LAB) == 1
    assert told(made, "outbox", "show", name)["state"] == "cancelled"


def test_a_decision_needs_a_doubt_and_one_word(made: Installation) -> None:
    name = told(made, "send", "--to", LAB, "--text", "Hello")["id"]
    for words in ((), ("--again", "--give-up")):
        assert "Say one of" in made.faxkeep("outbox", "decide", name, *words).err
    assert "nothing to decide" in made.faxkeep("outbox", "decide", name, "--again").err
    assert "no such fax" in made.faxkeep("outbox", "show", "s-1").err


def test_a_received_fax_is_sent_on(made: Installation, simulator: Simulator, letter: Path) -> None:
    assert made.faxkeep("sync").code == 0
    received = [e["id"] for e in simulator.truth() if e["direction"] == "Inbound"][-1]
    assert "say to whom" in made.faxkeep("resend", received).err
    outcome = made.faxkeep("resend", received, "--to", LAB)
    assert outcome.code == 0, outcome.err
    assert taken(simulator)[-1]["recipients"][0]["number"] == LAB
    row = made.faxkeep("outbox", "list", "--limit", "1").text
    assert f"of {received}" in row


def test_cover_pages_are_listed_and_named(made: Installation) -> None:
    pages = {each["number"]: each["name"] for each in json.loads(_pages(made))}
    assert pages[0] == "None"
    unknown = made.faxkeep("send", "--to", LAB, "--text", "Hello", "--cover", "Baroque")
    assert unknown.code == 2
    assert pages[5] in unknown.err


def _pages(made: Installation) -> bytes:
    return made.faxkeep("cover-pages", "--json").out


def test_whoever_sits_at_a_terminal_is_asked(made: Installation, simulator: Simulator) -> None:
    before = len(taken(simulator))
    for answer, count in ((b"n\n", 0), (b"y\n", 1)):
        _at_terminal(made, answer, "send", "--to", LAB, "--text", "Hello")
        assert len(taken(simulator)) == before + count


def _at_terminal(made: Installation, answer: bytes, *words: str) -> None:
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            own_command(*words),
            env=environment_with(made.environment),
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as child:
            os.write(ours, answer)
            _, shown = child.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    assert b"Send it?" in shown


def test_a_running_worker_sends_it_and_looks_how_it_ends(
    made: Installation, simulator: Simulator
) -> None:
    simulator.change_settings(finish_after=0.5)
    worker = made.work()
    try:
        outcome = made.faxkeep("send", "--to", LAB, "--text", "Hello", "--wait")
        assert outcome.code == 0
        assert outcome.text.startswith("RingCentral has it")
        assert f"{LAB}: Sent." in outcome.text
        fax_id = taken(simulator)[-1]["id"]
        wait_until(lambda: made.are_archived(fax_id), "the sent fax to be archived")
    finally:
        made.end(worker)
        simulator.change_settings(finish_after=-1.0)


def test_a_rebuilt_catalog_takes_back_what_waits(simulator: Simulator, tmp_path: Path) -> None:
    with installed(simulator, tmp_path) as other:
        assert other.faxkeep("sync").code == 0
        later = told(other, "send", "--to", LAB, "--text", "Hello", "--at", "2099-01-01T08:00Z")
        other.forget()
        rebuilt = other.faxkeep("rebuild")
        assert rebuilt.code == 0, rebuilt.err
        assert "1 faxes of the outbox were put back" in rebuilt.text
        found = told(other, "outbox", "show", later["id"])
        assert (found["state"], found["to"]) == ("waiting", later["to"])
        assert found["documents"] == later["documents"]
        assert other.faxkeep("sync").code == 0
        assert other.faxkeep("outbox", "cancel", later["id"]).code == 0


# Decided without any process


def test_a_recipient_may_have_a_name() -> None:
    assert recipients([f"{LAB}=Dr. Who = me", " 12 "]) == (
        Recipient(LAB, "Dr. Who = me"),
        Recipient("12"),
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("13:05", NOON.replace(hour=13, minute=5)),
        ("11:59", NOON + timedelta(hours=23, minutes=59)),
        ("12:00", NOON + timedelta(days=1)),
        ("2026-12-01T08:30", datetime(2026, 12, 1, 8, 30, tzinfo=NOON.tzinfo)),
        ("2026-12-01 08:30", datetime(2026, 12, 1, 8, 30, tzinfo=NOON.tzinfo)),
        ("2026-12-01T08:30Z", datetime(2026, 12, 1, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_a_local_one(text: str, moment: datetime) -> None:
    assert send_time(text, NOON) == moment


@pytest.mark.parametrize("text", ["", "soon", "25:00", "8.30"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="--at"):
        send_time(text, NOON)


@pytest.mark.parametrize(
    ("state", "served", "code"),
    [
        ("sent", True, 0),
        ("waiting", True, 0),
        ("waiting", False, 75),
        ("sending", True, 8),
        ("unsure", False, 8),
        ("refused", False, 4),
        ("expired", False, 1),
    ],
)
def test_each_end_has_its_code(state: str, served: bool, code: int) -> None:
    sending = Sending("s-1", "1-2", state, NOON, "cli", "ann", NOON, NOON)
    assert exit_code(sending, [], is_served=served) == code
    assert lines_of(sending, [], is_served=served)


def test_a_failure_for_anybody_is_one() -> None:
    ended = [Told(status="Sent"), Told(status="SendingFailed", error_code="LineBusy")]
    assert exit_code(SENT, ended, is_served=True) == 1
    assert exit_code(SENT, ended[:1], is_served=True) == 0
    assert is_over(ended)
    assert not is_over([*ended, Told(status="Queued")])
    assert not is_over([])
