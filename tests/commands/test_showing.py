"""`show`, `faxes` and `calls`: who got it, who did not and why, and which calls were made."""

import pytest

from settings import MAIN
from tests.commands.conftest import Lodger
from tests.handlers.test_following import ANN, BEN, finish, send

CAT = "+12025550103"


@pytest.fixture(scope="module")
def sent(lodger: Lodger) -> str:
    """To three: one has it, one was busy, one is still waited for; its calls are known."""
    home = lodger.home
    message_id = send(home, ANN, BEN, CAT)
    home.pass_time(300)
    finish(home, message_id, number=ANN)
    finish(home, message_id, number=BEN, error="LineBusy")
    home.simulator.lose_inbound()
    home.pass_time(60)
    home.house.call_log.gather(MAIN)
    return message_id


def test_each_recipient_is_shown_with_words_and_advice(lodger: Lodger, sent: str) -> None:
    shown = lodger.faxkeep("show", sent).text
    assert f"{BEN}: The recipient's line was busy. Send it again later" in shown
    assert f"{ANN}:" not in shown
    assert f"{CAT}:" not in shown


def test_json_has_reasons_calls_and_raw_records(lodger: Lodger, sent: str) -> None:
    told = lodger.told("show", sent)
    assert [(r["status"], r["reason"]) for r in told["recipients"]] == [
        ("Sent", None),
        ("SendingFailed", "The recipient's line was busy."),
        ("Queued", None),
    ]
    assert [(step["position"], step["status"]) for step in told["steps"]] == [
        (0, "Queued"), (0, "Sent"), (1, "Queued"), (1, "SendingFailed"), (2, "Queued"),
    ]  # fmt: skip
    assert all(step["raw"] for step in told["steps"])
    assert [(call["position"], call["result"]) for call in told["calls"]] == [
        (0, "Sent"),
        (1, "Busy"),
    ]
    assert told["calls"][0]["raw"]


def test_the_calls_are_shown_without_what_only_programs_read(lodger: Lodger, sent: str) -> None:
    shown = lodger.faxkeep("show", sent).text
    _, _, calls = shown.partition("\ncalls\n")
    assert "Line Busy" in calls.partition("\ndocuments\n")[0]
    assert "raw" not in shown


def test_a_list_hides_no_recipient_behind_another(lodger: Lodger, sent: str) -> None:
    (row,) = [row for row in lodger.told("faxes") if row["id"].endswith(sent)]
    assert row["status"] == "1 Sent, 1 SendingFailed, 1 Queued"


def test_pages_are_not_yet_known_until_they_are(lodger: Lodger) -> None:
    queued = send(lodger.home, ANN)
    for command in (("show", queued), ("faxes",)):
        assert "not yet known" in lodger.faxkeep(*command).text
    assert lodger.told("show", queued)["pages"] is None
    lodger.home.simulator.render(queued)
    lodger.home.look()
    assert "not yet known" not in lodger.faxkeep("show", queued).text
    assert lodger.told("show", queued)["pages"] == 1


def test_calls_are_listed_and_those_that_were_missed_on_their_own(
    lodger: Lodger, sent: str
) -> None:
    home = lodger.home
    (missed,) = lodger.told("calls", "--missed")
    assert (missed["direction"], missed["fax_id"]) == ("Inbound", "")
    assert {call["fax_id"] for call in lodger.told("calls")} >= {"", home.id_of(sent)}
    shown = lodger.faxkeep("calls", "--mailbox", home.mailbox.id).text
    assert "The recipient's line was busy." in shown
    assert "The call log says: Fax Not Received." in shown
    assert lodger.told("calls", "--mailbox", "1-1") == []
    assert lodger.faxkeep("calls", "--since", "2030-01-01").text == "No calls.\n"
