"""Sent faxes: archived once they are no longer queued, with what became of each recipient."""

import pytest

from simulator import Simulator
from tests.journeys.installation import Installation, wait_until

ANN, BEN = "+12025550101", "+12025550102"


@pytest.fixture(scope="module")
def sent(working: Installation, simulator: Simulator) -> str:
    """A fax to two recipients, one of whom cannot be reached; archived."""
    message_id = simulator.send([ANN, BEN], pages=2)
    working.faxkeep("sync")
    wait_until(lambda: working.states(message_id) == ["pending"], "the queued fax to be known")
    simulator.finish(message_id, number=ANN)
    working.faxkeep("sync")
    wait_until(lambda: outcomes(working, message_id)[0] == (ANN, "Sent", None), "one to be sent")
    assert working.states(message_id) == ["pending"]
    simulator.finish(message_id, number=BEN, error="LineBusy")
    working.faxkeep("sync")
    wait_until(working.has_all, "the fax to be archived")
    return message_id


def outcomes(made: Installation, message_id: str) -> list[tuple[str | None, ...]]:
    return [(to.number, to.status, to.error_code) for to in made.recipients(message_id)]


def test_each_recipient_has_an_outcome(working: Installation, sent: str) -> None:
    assert outcomes(working, sent) == [
        (ANN, "Sent", None),
        (BEN, "SendingFailed", "LineBusy"),
    ]


def test_the_steps_tell_how_it_came_to_that(working: Installation, sent: str) -> None:
    steps = working.told("show", sent)["steps"]
    assert [(step["position"], step["status"]) for step in steps] == [
        (0, "Queued"),
        (0, "Sent"),
        (1, "Queued"),
        (1, "SendingFailed"),
    ]


def test_the_document_is_archived(working: Installation, simulator: Simulator, sent: str) -> None:
    assert working.faxkeep("open", sent).out == simulator.document(sent)


def test_a_later_outcome_amends_the_record(
    working: Installation, simulator: Simulator, sent: str
) -> None:
    before = working.known(sent)
    simulator.finish(sent, number=ANN, status="Delivered")
    working.faxkeep("sync")
    wait_until(lambda: working.known(sent).revision > before.revision, "the amendment")
    after = working.known(sent)
    record = f"fax.{after.revision}.json.age"
    assert (working.data / "archive" / (after.folder or "") / record).exists()
    assert outcomes(working, sent)[0] == (ANN, "Delivered", None)
    assert working.house.archive.read_record(after.folder or "")["revision"] == after.revision


def test_each_end_was_told_once_to_whoever_may_want_to_know(
    working: Installation, sent: str
) -> None:
    fax = working.known(sent)
    with working.house.catalog.reading() as tx:
        outcomes = tx.outcomes.of_fax(fax.id)
    told = [(each.kind, each.facts["position"], each.number) for each in outcomes]
    assert told == [("sent", 0, ANN), ("failed", 1, BEN), ("corrected", 0, ANN)]


def test_a_fax_without_a_document_is_archived_with_its_failure(
    working: Installation, simulator: Simulator
) -> None:
    message_id = simulator.send([BEN])
    simulator.finish(message_id, error="NoAnswer")
    working.faxkeep("sync")
    wait_until(lambda: working.are_archived(message_id), "the failed fax")
    assert outcomes(working, message_id) == [(BEN, "SendingFailed", "NoAnswer")]


def test_verify_finds_all_well(working: Installation, sent: str) -> None:
    assert working.findings() == []
    assert working.writes() == []
