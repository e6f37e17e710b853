"""`notify` and `notices`: what people ask of notices, on a real installation without a worker."""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from catalog import NoticeQuery, Outcome
from cli import cli
from errors import FaxkeepError
from settings import Settings
from wiring import House

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = """
[[destination]]
name = "keeper"
channel = "command"
argv = ["{python}", "-c", "import sys; open('{folder}/kept', 'a').write(sys.stdin.read())"]

[[destination]]
name = "broken"
channel = "command"
argv = ["/bin/false"]

[[rule]]
to = ["keeper", "broken"]

[[rule]]
to = ["keeper"]
outcomes = ["failed"]
mailboxes = ["400-*"]
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "notifications.toml"
    file.write_text(PLAN.format(python=sys.executable, folder=tmp_path))
    return {"FAXKEEP_DATA": str(tmp_path / "data"), "FAXKEEP_NOTIFICATIONS": str(file)}


Say = Callable[..., tuple[int, str]]


@pytest.fixture
def say(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Say:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def said(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, words)
        told = isinstance(result.exception, FaxkeepError)
        return result.exit_code, str(result.exception) if told else result.output

    return said


@pytest.fixture
def house(environment: dict[str, str]) -> Iterator[House]:
    """Three outcomes, of which one was delivered and one given up."""
    with House(Settings.from_env(environment)) as made:
        with made.catalog.transaction() as tx:
            for number in range(3):
                fax = f"400-{number}"
                tx.outcomes.record(Outcome(f"received:{fax}", "received", NOW, "400-1", fax))
        made.teller.tell()
        with made.catalog.transaction() as tx:
            first, second, *_ = tx.notices.list(NoticeQuery(destination="keeper"))
            tx.notices.note_attempt(first, NOW, 0.5, "")
            tx.notices.settle(first, "delivered", NOW, "")
            tx.notices.settle(second, "given-up", NOW, "the command ended with 1")
        yield made


def listed(say: Say, *words: str) -> list[dict[str, Any]]:
    code, text = say("notices", *words, "--json")
    assert code == 0
    rows: list[dict[str, Any]] = json.loads(text)
    return rows


def test_notify_checks_the_file_and_shows_the_rules(say: Say) -> None:
    code, text = say("notify", "--json")

    assert code == 0
    rules = [(row["destination"], row["outcomes"], row["mailboxes"]) for row in json.loads(text)]
    assert rules == [
        ("keeper", "all", "all"),
        ("keeper", "failed", "400-*"),
        ("broken", "all", "all"),
    ]


def test_notify_tells_every_problem(say: Say, environment: dict[str, str]) -> None:
    Path(environment["FAXKEEP_NOTIFICATIONS"]).write_text("colour = 1\nlink = 2\n")

    code, text = say("notify")

    assert code != 0
    assert "notifications.toml: there is no table or key 'colour'" in text
    assert "notifications.toml: link must be" in text


def test_notify_tries_each_destination(say: Say, tmp_path: Path) -> None:
    code, text = say("notify", "--test", "--json")

    assert code == 1
    assert [(row["destination"], row["result"]) for row in json.loads(text)] == [
        ("keeper", "delivered"),
        ("broken", "failed"),
    ]
    told = json.loads((tmp_path / "kept").read_text())
    assert told["type"] == "faxkeep.test"
    assert told["data"]["subject"] == "A test of Faxkeep's notices"


def test_notify_tries_one(say: Say) -> None:
    assert say("notify", "--test", "keeper")[0] == 0
    assert "no destination 'other'" in say("notify", "--test", "other")[1]


def test_a_test_needs_no_archive_and_leaves_none(say: Say, environment: dict[str, str]) -> None:
    say("notify", "--test", "keeper")

    assert not Path(environment["FAXKEEP_DATA"]).exists()


def test_the_list_is_narrowed(say: Say, house: House) -> None:
    assert len(listed(say)) == 6
    assert len(listed(say, "--destination", "keeper")) == 3
    assert [row["reason"] for row in listed(say, "--state", "given-up")] == [
        "the command ended with 1"
    ]
    assert {row["fax"] for row in listed(say, "--fax", "400-1")} == {"400-1"}
    assert listed(say, "--kind", "failed") == []
    assert len(listed(say, "--limit", "2")) == 2


def test_one_is_shown_with_its_tries(say: Say, house: House) -> None:
    (delivered,) = listed(say, "--state", "delivered")

    code, text = say("notices", "show", delivered["id"], "--json")

    assert code == 0
    assert [each["seconds"] for each in json.loads(text)["attempts"]] == [0.5]
    assert "No such notice" in say("notices", "show", "n_other")[1]


def test_a_replay_has_them_delivered_again(say: Say, house: House) -> None:
    (given_up,) = listed(say, "--state", "given-up")

    assert say("notices", "replay", given_up["id"]) == (0, "1 will be delivered again.\n")
    assert listed(say, "--state", "given-up") == []
    assert json.loads(say("notices", "replay", "--destination", "keeper", "--json")[1]) == [
        {"replayed": 3}
    ]
    assert "Say which" in say("notices", "replay")[1]
    assert "No such notice" in say("notices", "replay", "n_other")[1]


def test_a_pause_is_told_everywhere_and_ends(say: Say, house: House) -> None:
    assert say("notices", "pause", "broken")[0] == 0

    states = {row["destination"]: row["state"] for row in listed(say, "destinations")}
    assert states == {"keeper": "well", "broken": "paused"}
    found = [sign for sign in house.health.signs() if sign.kind == "destination"]
    assert [(sign.severity, sign.subject) for sign in found] == [("warning", "broken")]

    assert say("notices", "resume", "broken") == (0, "3 wait for broken and are sent now.\n")
    states = {row["destination"]: row["state"] for row in listed(say, "destinations")}
    assert states == {"keeper": "well", "broken": "well"}
    assert "no destination 'other'" in say("notices", "pause", "other")[1]


def test_given_up_notices_are_a_sign(house: House) -> None:
    found = {sign.kind for sign in house.health.signs()}

    assert "notices-given-up" not in found  # they were given up long ago
    with house.catalog.transaction() as tx:
        (row,) = tx.notices.list(NoticeQuery(state="given-up"))
        tx.notices.replay([row], house.now())
        again = tx.notices.find(row.id)
        assert again is not None
        tx.notices.settle(again, "given-up", house.now(), "no")
    assert "notices-given-up" in {sign.kind for sign in house.health.signs()}
