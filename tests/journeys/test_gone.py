"""Faxes that RingCentral no longer has: lost, if we never had them; kept, if we did."""

from functools import partial

from simulator import Fault, Inbound, Simulator
from tests.journeys.installation import Installation, wait_until


def test_purged_before_it_was_fetched_is_lost(working: Installation, simulator: Simulator) -> None:
    (message_id,) = simulator.receive(Inbound(pages=1))
    simulator.sicken(message_id, "content_html", Fault(tries=1000))
    working.faxkeep("sync")
    wait_until(lambda: working.states(message_id) == ["refused"], "the refusal")
    simulator.delete(message_id, purge=True)
    working.faxkeep("sync")
    wait_until(lambda: working.states(message_id) == ["lost"], "the loss")
    (listed,) = working.told("faxes", "--state", "lost")
    assert "purged at RingCentral" in listed["state"]


def test_deleted_is_not_lost_and_still_fetched(working: Installation, simulator: Simulator) -> None:
    (message_id,) = simulator.receive(Inbound(pages=1))
    simulator.sicken(message_id, "content_html", Fault(tries=1))
    working.faxkeep("sync")
    wait_until(lambda: working.fax(message_id), "the fax to be known")
    simulator.delete(message_id)
    wait_until(lambda: working.are_archived(message_id), "the deleted fax")


def test_purged_after_it_was_archived_is_kept(working: Installation, simulator: Simulator) -> None:
    (message_id,) = simulator.receive(Inbound(pages=1))
    held = simulator.document(message_id)
    working.faxkeep("sync")
    wait_until(lambda: working.are_archived(message_id), "the fax")
    for availability in ("Deleted", "Purged"):
        simulator.delete(message_id)
        working.faxkeep("sync")
        wait_until(lambda: not working.known(message_id).unrecorded, "the amendment")
        wait_until(partial(has_availability, working, message_id, availability), availability)
    assert working.faxkeep("open", message_id).out == held
    wait_until(lambda: not working.known(message_id).unrecorded, "the amendment")
    assert working.findings() == []


def has_availability(made: Installation, message_id: str, availability: str) -> bool:
    return made.known(message_id).availability == availability
