"""From RingCentral to whoever is told: each outcome once, within seconds, and nobody named."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from standardwebhooks import Webhook as Verifier

from ringcentral_api.failure_reasons import REASONS
from simulator import Inbound, Party, Simulator
from tests.journeys.installation import Installation, installed, wait_until
from tests.notifications.stages import SECRET, HttpServer

SENDER = Party("+12025550147", "Quintessa Oddname")
ANN, BEN = "+12025550101", "+12025550102"
PLAN = """
link = "https://faxes.example/{{fax}}"

[[destination]]
name = "erp"
channel = "webhook"
url = "http://127.0.0.1:{port}/erp"
secret_file = "erp.secret"

[[destination]]
name = "away"
channel = "webhook"
url = "http://127.0.0.1:9/"
secret_file = "erp.secret"

[[destination]]
name = "share"
channel = "folder"
path = "{folder}/share"

[[rule]]
to = ["erp", "away"]

[[rule]]
to = ["share"]
outcomes = ["received"]
"""


@pytest.fixture(scope="module")
def receiver() -> Iterator[HttpServer]:
    with closing(HttpServer()) as running:
        yield running


@pytest.fixture(scope="module")
def telling(
    simulator: Simulator, receiver: HttpServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """`faxkeep serve` that tells a program, a folder, and somebody who never answers."""
    folder = tmp_path_factory.mktemp("telling")
    (folder / "share").mkdir()
    (folder / "erp.secret").write_text(SECRET)
    file = folder / "notifications.toml"
    file.write_text(PLAN.format(port=receiver.port, folder=folder))
    with installed(simulator, folder, webhook=True, FAXKEEP_NOTIFICATIONS=str(file)) as made:
        made.serve()
        yield made


@pytest.fixture(scope="module")
def happened(
    telling: Installation, simulator: Simulator, receiver: HttpServer
) -> list[tuple[str, str]]:
    """What came to pass at RingCentral: each kind with its message id."""
    received = simulator.receive(Inbound(SENDER, 2, "application/pdf"), count=3)
    sent = simulator.send([ANN, BEN], pages=2)
    wait_until(lambda: telling.states(sent) == ["pending"], "the queued fax to be known")
    simulator.finish(sent, number=ANN)
    simulator.finish(sent, number=BEN, error="LineBusy")
    expected = [*(("fax.received", each) for each in received)]
    expected += [("fax.sent", sent), ("fax.failed", sent)]
    wait_until(lambda: len(told(receiver)) >= len(expected), "the notices")
    return expected


def told(receiver: HttpServer) -> list[dict[str, Any]]:
    return [json.loads(body) for _, _, body in receiver.requests]


def facts(receiver: HttpServer) -> Counter[tuple[str, str]]:
    return Counter(
        (each["type"], each["data"]["fax"].partition("-")[2])
        for each in told(receiver)
        if each["type"].startswith("fax.")
    )


def test_each_outcome_is_told_once(
    telling: Installation, receiver: HttpServer, happened: list[tuple[str, str]]
) -> None:
    telling.faxkeep("sync")
    assert facts(receiver) == Counter(happened)


def test_every_notice_is_signed(receiver: HttpServer, happened: list[tuple[str, str]]) -> None:
    for _, headers, body in receiver.requests:
        assert Verifier(SECRET).verify(body, headers)["id"] == headers["webhook-id"]


def test_a_failure_says_why_in_plain_words(
    receiver: HttpServer, happened: list[tuple[str, str]]
) -> None:
    (failed,) = (each["data"] for each in told(receiver) if each["type"] == "fax.failed")
    assert failed["reason"] == "The recipient's line was busy."
    assert failed["group"] == "try later"
    assert "This is about recipient 2 of 2." in failed["text"]
    assert failed["link"] == f"https://faxes.example/{failed['fax']}"


def test_nobody_is_named_anywhere(
    telling: Installation, simulator: Simulator, receiver: HttpServer, happened: list[Any]
) -> None:
    health = requests.get(f"http://127.0.0.1:{telling.port}/healthz", timeout=10).text
    index = (telling.folder / "share" / "index.csv").read_text()
    notices = telling.faxkeep("notices", "--json").text
    bodies = "".join(f"{headers}{body!r}" for _, headers, body in receiver.requests)
    texts = (bodies, health, index, notices, telling.log.read_text())
    extensions = simulator.accounts()[0]["extensions"]
    known = [SENDER.number, SENDER.number[2:], "Quintessa", "Oddname", ANN[2:], BEN[2:]]
    known += [each["phone"][2:] for each in extensions] + [each["name"] for each in extensions]
    assert [each for each in known for text in texts if each in text] == []
    assert [text for text in texts if SECRET in text or SECRET.removeprefix("whsec_") in text] == []


def test_the_documents_are_on_the_share(
    telling: Installation, simulator: Simulator, happened: list[tuple[str, str]]
) -> None:
    received = [message_id for kind, message_id in happened if kind == "fax.received"]
    share = telling.folder / "share"
    wait_until(lambda: len(list(share.rglob("*.pdf"))) == len(received), "the copies")
    copies = {path.stem.rpartition("-")[2]: path.read_bytes() for path in share.rglob("*.pdf")}
    assert copies == {each: simulator.document(each) for each in received}


def test_who_never_answers_is_shown(telling: Installation, happened: list[Any]) -> None:
    rows = {row["destination"]: row for row in telling.told("notices", "destinations")}
    assert rows["erp"]["state"] == "well"
    assert rows["away"]["state"] == "failing"
    assert rows["away"]["waiting"] == len(happened)
    assert {row["state"] for row in telling.told("notices", "--destination", "away")} == {"waiting"}


def test_a_replay_comes_with_the_same_id(
    telling: Installation, receiver: HttpServer, happened: list[Any]
) -> None:
    before = len(receiver.requests)
    (failed,) = telling.told("notices", "--destination", "erp", "--kind", "failed")
    telling.faxkeep("notices", "replay", failed["id"])
    wait_until(lambda: len(receiver.requests) > before, "the replay")
    _, headers, _ = receiver.requests[-1]
    assert headers["webhook-id"] == failed["id"]


def test_each_of_the_codes_is_told_once_in_its_own_words(
    telling: Installation, simulator: Simulator, receiver: HttpServer, happened: list[Any]
) -> None:
    sent = {code: simulator.send([ANN], pages=1) for code in sorted(REASONS)}
    wait_until(lambda: "unknown" not in telling.states(*sent.values()), "the faxes to be known")
    for code, message_id in sent.items():
        simulator.finish(message_id, error=code)

    def failed() -> list[dict[str, Any]]:
        data = [each["data"] for each in told(receiver) if each["type"] == "fax.failed"]
        return [each for each in data if each["fax"].partition("-")[2] in sent.values()]

    wait_until(lambda: len(failed()) >= len(sent), "a notice of each")
    words = {each["fax"].partition("-")[2]: each["reason"] for each in failed()}
    assert words == {message_id: REASONS[code].words for code, message_id in sent.items()}
    assert len(failed()) == len(sent) == 34
    assert [each for each in failed() if not each["advice"]] == []


def test_a_worker_with_wrong_settings_does_not_start(simulator: Simulator, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text('link = 1\n[[rule]]\nto = ["nobody"]\n')
    with installed(simulator, tmp_path, FAXKEEP_NOTIFICATIONS=str(file)) as made:
        for command in ("serve", "work"):
            refused = made.faxkeep(command)
            assert refused.code == 2
            assert "wrong.toml: link must be" in refused.err
            assert "wrong.toml: rule 1: there is no destination 'nobody'" in refused.err
