"""From what RingCentral does to what is told of it: each outcome once, none of what is history."""

import pytest

from catalog import DeliveryStep, Outcome
from errors import LoginRefused
from simulator import Fault
from simulator.changes import ERRORS
from tests.handlers.household import Household
from tests.handlers.test_sync import message

ANN, BEN, CAT = "+12025550101", "+12025550102", "+12025550103"
DAY = 24 * 3600.0


def outcomes(home: Household) -> list[Outcome]:
    """All that was found so far, in order."""
    with home.house.catalog.reading() as tx:
        return [outcome for _, outcome in tx.outcomes.after(0, 10_000)]


def kinds(home: Household) -> list[str]:
    return [each.kind for each in outcomes(home)]


def send(home: Household, *to: str) -> str:
    """Send from the desktop app, and see it queued."""
    home.pass_time(1)
    message_id = home.simulator.send(list(to or [ANN]), pages=1)
    home.look()
    return message_id


def finish(home: Household, message_id: str, **how: str) -> None:
    home.simulator.finish(message_id, **how)
    home.look()


def test_a_fax_sent_elsewhere_is_followed_to_its_end_and_archived(home: Household) -> None:
    message_id = send(home)
    assert kinds(home) == []
    finish(home, message_id)
    (sent,) = outcomes(home)
    assert (sent.kind, sent.fax_id, sent.number) == ("sent", home.id_of(message_id), ANN)
    home.run("archive")
    assert home.fax(message_id).state == "archived"
    assert kinds(home) == ["sent"]


def test_a_fax_sent_and_finished_between_two_looks_has_one_outcome_each(home: Household) -> None:
    home.pass_time(1)
    message_id = home.simulator.send([ANN, BEN, CAT], pages=1)
    home.simulator.finish(message_id, number=ANN)
    home.simulator.finish(message_id, number=BEN, error="NoAnswer")
    home.look()
    assert kinds(home) == ["sent", "failed"]
    finish(home, message_id, number=CAT, error="SentPartially")
    assert [each.facts["position"] for each in outcomes(home)] == [0, 1, 2]
    assert outcomes(home)[2].facts["group"] == "partial"


def test_a_repetition_tells_nothing_new(home: Household) -> None:
    message_id = send(home)
    finish(home, message_id, error="LineBusy")
    finish(home, message_id, error="LineBusy")
    home.house.listing.compare(home.mailbox.id)
    home.simulator.fault("sync_refused", Fault(count=1))
    home.look()
    assert kinds(home) == ["failed"]


def test_a_late_different_end_is_a_correction(home: Household) -> None:
    message_id = send(home)
    finish(home, message_id)
    home.pass_time(2 * DAY)
    finish(home, message_id, status="DeliveryFailed", error="NoFaxMachine")
    finish(home, message_id, status="Delivered")
    told = [
        (each.kind, each.facts["former_status"], each.facts["status"]) for each in outcomes(home)
    ]
    assert told == [
        ("sent", None, "Sent"),
        ("corrected", "Sent", "DeliveryFailed"),
        ("corrected", "DeliveryFailed", "Delivered"),
    ]


def test_each_of_the_34_reasons_is_told_in_words(home: Household) -> None:
    home.pass_time(1)
    codes = sorted(ERRORS)
    for code in codes:
        home.simulator.finish(home.simulator.send([ANN]), error=code)
    home.look()
    found = {str(each.facts["error_code"]): each for each in outcomes(home)}
    assert sorted(found) == codes
    assert all(each.facts["reason"] and each.facts["advice"] for each in found.values())


def test_a_crash_while_recording_tells_nothing_and_the_next_look_tells_it_once(
    home: Household,
) -> None:
    message_id = send(home)
    home.simulator.finish(message_id)
    home.crash("sync-recorded", home.look)
    assert kinds(home) == []
    home.crash("sync-committed", home.look)
    home.look()
    assert kinds(home) == ["sent"]


def test_whoever_tells_has_a_job_for_it(home: Household) -> None:
    message_id = send(home)
    assert home.jobs("tell") == []
    finish(home, message_id)
    assert len(home.jobs("tell")) == 1


def test_history_is_told_to_nobody(home: Household) -> None:
    home.restart(lambda: home.tamper("DELETE FROM mailboxes"))
    home.receive()
    home.simulator.finish(home.simulator.send([ANN]))
    on_its_way = home.simulator.send([BEN])
    home.pass_time(60)
    home.take_census()
    home.look()
    home.house.listing.compare(home.mailbox.id)
    home.run("archive")
    home.run("archive")
    assert {fax.state for fax in home.faxes()} == {"archived", "pending"}
    assert kinds(home) == []
    finish(home, on_its_way)
    assert kinds(home) == ["sent"]


def test_a_received_fax_is_told_once_it_is_in_the_archive(home: Household) -> None:
    home.pass_time(1)
    message_id = home.receive_one()
    home.look()
    assert kinds(home) == []
    home.crash("before-commit", lambda: home.finish(message_id))
    assert kinds(home) == []
    home.finish(message_id)
    (got,) = outcomes(home)
    assert (got.id, got.kind) == (f"received:{home.id_of(message_id)}", "received")
    assert got.number == home.fax(message_id).from_number
    assert got.facts["pages"] == 1
    home.simulator.mark(message_id, "Read")
    home.simulator.delete(message_id)
    home.look()
    home.finish(message_id)
    assert kinds(home) == ["received"]


def test_a_loss_is_told_each_time_and_a_return_makes_it_a_received_one(home: Household) -> None:
    home.pass_time(1)
    message_id = home.receive_one()
    home.look()
    home.simulator.hide(message_id, DAY)
    home.pass_time(DAY / 2)
    home.house.listing.compare(home.mailbox.id)
    home.pass_time(DAY)
    home.house.listing.compare(home.mailbox.id)
    home.run("archive")
    assert [each.id.rpartition("-")[2] for each in outcomes(home)] == [
        f"{message_id}:1",
        message_id,
    ]
    assert kinds(home) == ["lost", "received"]


def test_an_event_alone_ends_nothing_it_is_the_look_that_tells(home: Household) -> None:
    home.pass_time(1)
    home.notify(
        {**message(7, "2030-01-01T00:00:00.000Z"), "direction": "Outbound", "messageStatus": "Sent"}
    )
    home.house.event_reader.read_new()
    assert kinds(home) == []


def test_a_status_of_later_years_is_a_step_with_its_record_and_no_outcome(home: Household) -> None:
    message_id = send(home)
    home.simulator.step(message_id, "Teleported", error="NoBeam")
    home.look()
    steps = steps_of(home, message_id)
    assert [step.status for step in steps] == ["Queued", "Teleported"]
    assert '"messageStatus":"Teleported"' in steps[1].raw
    assert kinds(home) == []
    finish(home, message_id)
    assert kinds(home) == ["sent"]


def steps_of(home: Household, message_id: str) -> list[DeliveryStep]:
    with home.house.catalog.reading() as tx:
        return tx.faxes.steps(home.id_of(message_id))


def test_a_login_that_fails_is_told_once(home: Household) -> None:
    before = home.watched().login
    home.simulator.new_credentials(home.mailbox.extension_id)
    home.tamper("DELETE FROM api_tokens")
    for _ in range(2):
        with pytest.raises(LoginRefused, match="refuses"):
            home.take_census()
        home.pass_time(60)
    (failing,) = outcomes(home)
    assert (failing.kind, failing.facts["login"]) == ("login-failing", before)


def test_recipients_that_come_in_another_order_each_time_are_told_apart(home: Household) -> None:
    home.simulator.change_settings(shuffle_recipients=True)
    numbers = [f"+1202555011{n}" for n in range(8)]
    message_id = send(home, *numbers)
    for place, number in enumerate(numbers):
        finish(home, message_id, number=number, error="LineBusy" if place % 2 else "")
    told = {each.number: each.kind for each in outcomes(home)}
    assert len(outcomes(home)) == 8
    assert told == {n: "failed" if place % 2 else "sent" for place, n in enumerate(numbers)}
    assert all(
        len([s for s in steps_of(home, message_id) if s.position == p]) == 2 for p in range(8)
    )


def test_recipients_without_a_status_of_their_own_are_told_as_one(home: Household) -> None:
    home.simulator.change_settings(omit_recipient_status=True)
    message_id = send(home, ANN, BEN)
    finish(home, message_id, number=ANN)
    assert kinds(home) == []
    finish(home, message_id, number=BEN, error="LineBusy")
    (whole,) = outcomes(home)
    assert (whole.kind, whole.number, whole.facts["recipients"]) == ("failed", "", 2)
    assert whole.facts["reason"] == "RingCentral gave no reason."
