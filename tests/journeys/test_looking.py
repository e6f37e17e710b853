"""Looking at a mailbox: tokens refused, more faxes than one answer holds, ids and numbers."""

from simulator import Inbound, Party, Simulator
from tests.journeys.installation import Installation, wait_until

MORE_THAN_ONE_ANSWER = 260


def test_a_refused_sync_token_leads_to_a_full_sync(
    working: Installation, simulator: Simulator
) -> None:
    (before,) = simulator.receive(Inbound(pages=1))
    working.faxkeep("sync")
    wait_until(lambda: working.are_archived(before), "the first fax")
    simulator.fault("sync_refused")
    (after,) = simulator.receive(Inbound(pages=1))
    working.faxkeep("sync")
    wait_until(lambda: working.are_archived(after), "the fax after the refusal")
    simulator.clear_faults()
    answers = simulator.requests(path="message-sync")["records"]
    refused = next(n for n, answer in enumerate(answers) if answer["code"] == "MSG-333")
    assert "syncType=FSync" in answers[refused + 1]["query"]


def test_ids_may_be_text_and_numbers_formatted(working: Installation, simulator: Simulator) -> None:
    simulator.change_settings(id_style="string", format_numbers=True)
    sender = Party("+18665550123", "A Sender")
    ids = simulator.receive(Inbound(sender=sender, pages=1), count=8)
    working.faxkeep("sync")
    wait_until(lambda: working.are_archived(*ids), "faxes with ids as text")
    simulator.change_settings(id_style="number", format_numbers=False)
    assert len({fax.id for fax in working.faxes()}) == len(simulator.truth())
    assert working.lies() == []


def test_more_faxes_than_one_answer_holds(working: Installation, simulator: Simulator) -> None:
    document = simulator.document(simulator.truth()[0]["id"])
    kind = simulator.truth()[0]["document"]["contentType"]
    simulator.change_account(inbox_limit=10_000)
    same = Inbound(pages=1, content_type=kind, document=document)
    simulator.receive(same, count=MORE_THAN_ONE_ANSWER)
    working.faxkeep("sync")
    working.wait_for_all()
    assert len(working.faxes("archived")) == len(simulator.truth())
    assert working.findings() == []
