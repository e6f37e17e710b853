"""The call log is read in batches, kept whole, and joined to the faxes it tells of."""

import json
from datetime import timedelta

import pytest

from catalog import CallRow
from handlers.call_log import HOUR
from handlers.intake import CALLS_AFTER
from settings import MAIN
from simulator import NewExtension
from simulator.state import ALL_SCOPES
from tests.handlers.household import Household
from tests.handlers.test_following import ANN, BEN, finish, kinds, outcomes, send

QUARTER = CALLS_AFTER.total_seconds()


def gather(home: Household) -> int:
    return home.house.call_log.gather(MAIN)


def calls(home: Household, message_id: str) -> list[CallRow]:
    with home.house.catalog.reading() as tx:
        return tx.call_records.of(home.id_of(message_id))


def readings(home: Household) -> int:
    """How often RingCentral was asked for a call log."""
    return len(home.simulator.requests(path="call-log")["records"])


def sent(home: Household, *to: str, **how: str) -> str:
    """A fax that came to its end some time after it was sent."""
    message_id = send(home, *to)
    home.pass_time(300)
    finish(home, message_id, **how)
    return message_id


def test_each_call_is_kept_with_its_time_result_and_raw_record(home: Household) -> None:
    message_id = sent(home, ANN, BEN, error="LineBusy")
    home.pass_time(QUARTER)
    assert gather(home) == 2
    of_ann, of_ben = calls(home, message_id)
    assert (of_ann.position, of_ben.position) == (0, 1)
    assert (of_ann.result, of_ann.reason, of_ann.joined_by) == ("Busy", "Line Busy", "message")
    assert of_ann.to_number == ANN
    assert of_ann.started_at and of_ann.seconds
    assert json.loads(of_ann.raw)["id"] == of_ann.id
    assert gather(home) == 2
    assert len(calls(home, message_id)) == 2


@pytest.mark.parametrize("code", ["LineBusy", "NoAnswer"])
def test_a_call_that_was_tried_again_is_kept_as_well(home: Household, code: str) -> None:
    message_id = send(home)
    home.simulator.dial(message_id, code)
    home.pass_time(600)
    finish(home, message_id)
    gather(home)
    assert [each.reason for each in calls(home, message_id)] == [
        {"LineBusy": "Line Busy", "NoAnswer": "No Answer"}[code],
        "",
    ]


def test_a_call_that_names_no_message_is_joined_by_number_and_time(home: Household) -> None:
    home.simulator.change_settings(omit_call_message=True, format_numbers=True)
    message_id = sent(home, ANN)
    home.pass_time(600)
    home.receive()
    home.look()
    gather(home)
    (call,) = calls(home, message_id)
    assert (call.joined_by, call.position) == ("number and time", 0)
    (received,) = [fax for fax in home.faxes() if fax.direction == "Inbound"]
    assert len(calls(home, received.message_id)) == 1


def test_a_call_that_came_before_its_fax_is_joined_when_it_is_read_again(home: Household) -> None:
    home.pass_time(1)
    message_id = home.simulator.send([BEN, ANN])
    home.pass_time(300)
    home.simulator.finish(message_id, number=ANN)
    gather(home)
    assert [each.position for each in calls(home, message_id)] == [None]
    home.look()
    gather(home)
    assert [each.position for each in calls(home, message_id)] == [1]


def test_a_received_fax_that_failed_is_told_and_only_once(home: Household) -> None:
    home.pass_time(60)
    home.simulator.lose_inbound()
    home.pass_time(60)
    gather(home)
    gather(home)
    (missed,) = outcomes(home)
    assert (missed.kind, missed.direction, missed.fax_id) == ("failed", "Inbound", "")
    assert missed.mailbox_id == home.mailbox.id
    assert "not received" in str(missed.facts["reason"])
    assert missed.number


def test_calls_from_before_our_time_are_told_to_nobody(home: Household) -> None:
    home.restart(lambda: home.tamper("DELETE FROM mailboxes"))
    home.simulator.lose_inbound()
    home.pass_time(60)
    home.take_census()
    gather(home)
    assert kinds(home) == []


def test_what_is_no_mailbox_of_ours_is_not_kept(home: Household) -> None:
    account = home.simulator.accounts()[0]["id"]
    other = home.simulator.add_extension(account, NewExtension())
    home.simulator.receive(home.page, extension=other["id"])
    home.pass_time(60)
    assert gather(home) == 0
    with home.house.catalog.reading() as tx:
        assert tx.call_records.list(None, None) == []


def test_the_end_of_a_sent_fax_has_the_log_read_a_quarter_of_an_hour_later(
    home: Household,
) -> None:
    home.tamper("DELETE FROM jobs")
    for _ in range(2):
        sent(home)
    (job,) = home.jobs("calls")
    waits = job.due_at - home.clock.now()
    assert timedelta() < waits <= CALLS_AFTER
    assert readings(home) == 0


def test_a_batch_is_one_call_however_many_faxes(home: Household) -> None:
    for _ in range(20):
        home.simulator.finish(home.simulator.send([ANN]))
    home.look()
    home.pass_time(QUARTER)
    assert gather(home) == 20
    assert readings(home) == 1


def test_while_a_call_is_awaited_the_log_is_read_again_soon(home: Household) -> None:
    home.simulator.change_settings(call_log_lag=2 * QUARTER)
    message_id = sent(home)
    home.tamper("DELETE FROM jobs")
    home.pass_time(QUARTER)
    gather(home)
    (job,) = home.jobs("calls")
    assert job.due_at - home.clock.now() <= CALLS_AFTER
    home.pass_time(QUARTER + 60)
    home.tamper("DELETE FROM jobs")
    gather(home)
    assert len(calls(home, message_id)) == 1
    (job,) = home.jobs("calls")
    assert job.due_at - home.clock.now() > CALLS_AFTER
    assert job.due_at - home.clock.now() <= HOUR


def test_after_a_week_offline_nothing_is_left_out(home: Household) -> None:
    gather(home)
    message_id = sent(home)
    home.pass_time(7 * 24 * 3600.0)
    gather(home)
    assert len(calls(home, message_id)) == 1


def without_permission(home: Household) -> None:
    home.simulator.change_account(scopes=sorted(ALL_SCOPES - {"ReadCallLog"}))
    home.simulator.revoke_tokens()
    home.tamper("DELETE FROM api_tokens")


def test_who_may_not_read_it_is_asked_again_only_after_a_day(home: Household) -> None:
    without_permission(home)
    sent(home)
    for _ in range(3):
        assert gather(home) == 0
        home.pass_time(QUARTER)
    asked = readings(home)
    assert asked == 2
    home.tamper("DELETE FROM jobs")
    gather(home)
    (job,) = home.jobs("calls")
    assert job.due_at - home.clock.now() > CALLS_AFTER
    home.simulator.change_account(scopes=sorted(ALL_SCOPES))
    home.simulator.revoke_tokens()
    home.tamper("DELETE FROM api_tokens")
    home.pass_time(24 * 3600.0)
    assert gather(home) == 1
    assert readings(home) == asked + 1


def test_who_may_read_only_its_own_is_not_asked_for_the_companys_each_time(
    home: Household,
) -> None:
    home.simulator.change_extension(home.mailbox.extension_id, admin=False)
    sent(home)
    for _ in range(3):
        assert gather(home) == 1
        home.pass_time(QUARTER)
    assert readings(home) == 4


def test_an_account_that_the_settings_name_no_more_is_not_read(home: Household) -> None:
    assert home.house.call_log.gather("former") == 0
    assert readings(home) == 0


def test_the_witness_and_the_batches_share_one_reading(home: Household) -> None:
    message_id = sent(home)
    home.house.witness.compare(MAIN)
    assert len(calls(home, message_id)) == 1
    assert readings(home) == 1


def test_the_calls_of_a_sent_fax_are_in_its_record_and_survive_a_rebuild(
    home: Household,
) -> None:
    message_id = sent(home, error="NoAnswer")
    home.run("archive")
    gather(home)
    home.run("archive")
    (told,) = home.record(message_id)["calls"]
    (call,) = calls(home, message_id)
    assert (told["call"], told["result"], told["position"]) == (call.id, "No Answer", 0)
    assert told["record"]["id"] == call.id
    assert home.findings() == []
    home.house.rebuild(lambda folders: folders)
    home.restart()
    assert calls(home, message_id) == [call]
    revision = home.fax(message_id).revision
    gather(home)
    assert home.fax(message_id).revision == revision
    assert not home.fax(message_id).unrecorded
