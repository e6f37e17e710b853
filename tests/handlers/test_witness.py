"""The call log as a second witness: what it knows and no list had is fetched, or is a loss."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from catalog import Mailbox
from errors import LoginRefused, NotFound
from handlers.call_log import LOOK_BACK, OVERLAP
from handlers.losses import told_evidence
from handlers.witness import AGAIN, STILL_COMING, CallLogWitness
from ringcentral_api import CallQuery, CallRecord, Message, RingCentral
from settings import MAIN
from simulator import Fault
from simulator.state import ALL_SCOPES
from tests.handlers.household import LOGIN, Household
from tests.handlers.test_listing import observed
from tests.handlers.test_sync import message

UNLISTED = "the call log told of a fax that no list had"
HOUR = 3600.0


def compare(home: Household) -> int:
    return home.house.witness.compare(MAIN)


def receive_untold(home: Household, extension: str = "") -> str:
    """A fax arrives that no sync will ever tell of; its call ended some time ago."""
    home.pass_time(300)  # its call begins when the mailbox is already watched
    home.look()
    home.simulator.fault("sync_forgets", Fault())
    (message_id,) = home.simulator.receive(home.page, extension=extension)
    home.pass_time(60)
    home.look()
    home.pass_time(STILL_COMING.total_seconds())
    home.simulator.clear_faults()
    home.look()
    assert home.find(message_id) is None
    return message_id


def test_a_fax_that_is_still_there_is_fetched(home: Household) -> None:
    message_id = receive_untold(home)
    assert compare(home) == 1
    fax = home.fax(message_id)
    assert (fax.state, fax.origin, fax.found_by) == ("pending", "message-store", "call-log")
    home.run("archive")
    assert home.plain(message_id) == home.simulator.document(message_id)
    assert observed(home) == {UNLISTED: 1}
    assert compare(home) == 0


def test_a_fax_that_was_deleted_meanwhile_is_fetched_as_well(home: Household) -> None:
    message_id = receive_untold(home)
    home.simulator.delete(message_id)
    home.simulator.fault("sync_forgets", Fault())
    assert compare(home) == 1
    home.run("archive")
    assert home.fax(message_id).state == "archived"


def purge(home: Household, message_id: str) -> None:
    home.simulator.delete(message_id, purge=True)


def hide(home: Household, message_id: str) -> None:
    home.simulator.hide(message_id, HOUR)


@pytest.mark.parametrize(
    ("away", "word"),
    [(purge, {"availability": "Purged"}), (hide, {"answer": "404 CMN-102 messageId"})],
)
def test_a_fax_that_is_gone_is_a_loss_with_its_call_as_evidence(
    home: Household, away: Callable[[Household, str], None], word: dict[str, str]
) -> None:
    message_id = receive_untold(home)
    away(home, message_id)
    assert compare(home) == 1
    fax = home.fax(message_id)
    assert (fax.state, fax.origin, fax.direction) == ("lost", "call-log", "Inbound")
    told = told_evidence(fax)
    assert word.items() <= told.items()
    assert told["never_listed"] is True
    call = cast(dict[str, object], told["call_log"])
    assert call.keys() == {"call", "result", "started_at", "seconds"}
    assert call["result"] == "Received"
    (row,) = home.ledger()
    assert row.kind == "lost"
    assert fax.from_number and fax.from_number not in row.line
    assert json.loads(row.line)["entry"]["evidence"] == told
    assert compare(home) == 0
    assert home.kinds() == ["lost"]


def test_a_fax_lost_by_the_call_log_is_fetched_when_it_is_listed_after_all(
    home: Household,
) -> None:
    message_id = receive_untold(home)
    hide(home, message_id)
    compare(home)
    home.pass_time(HOUR)
    home.house.listing.compare(home.mailbox.id)
    home.run("archive")
    fax = home.fax(message_id)
    assert (fax.state, fax.origin, fax.evidence) == ("archived", "message-store", "")


def test_what_the_lists_had_is_no_news(home: Household) -> None:
    home.archive_one()
    home.receive()
    home.look()
    home.pass_time(STILL_COMING.total_seconds() + 60)
    assert compare(home) == 0
    assert observed(home) == {}


def test_a_call_that_ended_just_now_is_left_for_the_next_time(home: Household) -> None:
    home.receive()
    assert compare(home) == 0
    home.pass_time(STILL_COMING.total_seconds())
    assert compare(home) == 1


def test_each_call_is_compared_at_least_once(home: Household) -> None:
    message_id = receive_untold(home)
    assert LOOK_BACK > AGAIN + STILL_COMING
    home.pass_time(AGAIN.total_seconds())
    assert compare(home) == 1
    assert home.find(message_id) is not None


def test_calls_that_left_no_fax_are_none(home: Household) -> None:
    home.simulator.lose_inbound()
    home.simulator.change_settings(omit_call_message=True)
    receive_untold(home)
    assert compare(home) == 0
    assert home.faxes() == []


def test_calls_of_extensions_that_are_not_watched_are_left_out(home: Household) -> None:
    others = home.simulator.accounts()[0]["extensions"][1:]
    receive_untold(home, extension=others[0]["id"])
    assert compare(home) == 0
    assert home.faxes() == []


def test_every_mailbox_of_the_account_is_compared(office: Household) -> None:
    last = office.mailboxes[-1]
    message_id = receive_untold(office, extension=last.extension_id)
    assert compare(office) == 1
    assert office.fax(message_id).mailbox_id == last.id


def test_a_fax_that_was_sent_counts_as_well(home: Household) -> None:
    home.look()
    home.simulator.fault("sync_forgets", Fault())
    sent = home.simulator.send(["+12025550101"])
    home.simulator.finish(sent)
    home.pass_time(STILL_COMING.total_seconds() + 60)
    home.look()
    assert compare(home) == 1
    assert home.fax(sent).direction == "Outbound"


def test_it_is_asked_again_in_a_day(home: Household) -> None:
    home.tamper("DELETE FROM jobs")
    before = home.clock.now()
    compare(home)
    (job,) = home.jobs("witness")
    assert job.argument == MAIN
    assert before + AGAIN <= job.due_at <= home.clock.now() + AGAIN


def test_without_the_permission_there_is_one_witness_only(home: Household) -> None:
    receive_untold(home)
    home.simulator.change_account(scopes=sorted(ALL_SCOPES - {"ReadCallLog"}))
    home.simulator.revoke_tokens()
    home.tamper("DELETE FROM api_tokens")
    assert compare(home) == 0
    assert home.faxes() == []
    assert len(home.jobs("witness")) == 1


def test_who_may_not_read_the_companys_call_log_reads_its_own(office: Household) -> None:
    own, other = office.mailboxes[:2]
    office.simulator.change_extension(own.extension_id, admin=False)
    message_id = receive_untold(office, extension=own.extension_id)
    office.simulator.receive(office.page, extension=other.extension_id)
    office.pass_time(STILL_COMING.total_seconds() + 60)
    assert compare(office) == 1
    assert office.find(message_id) is not None


# What no simulated RingCentral does


CALL = CallRecord(
    id="c1", message_id="7", extension_id="", direction="", started_at=None, seconds=None,
    result="", reason="", sender="", target="",
)  # fmt: skip


class Log:
    """A RingCentral with these calls, and one answer to the question for a message."""

    def __init__(self, answer: Message | Exception, *calls: CallRecord) -> None:
        self._answer = answer
        self._calls = calls
        self.queries: list[CallQuery] = []

    def calls(self, query: CallQuery) -> Iterator[CallRecord]:
        self.queries.append(query)
        yield from self._calls

    def message(self, extension_id: str, message_id: str) -> Message:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def of_log(home: Household, log: Log) -> CallLogWitness:
    api = cast(RingCentral, log)
    losses = replace(home.house.losses, reach=lambda login: api)
    call_log = replace(home.house.call_log, reach=lambda login: api)
    witness = home.house.witness
    return replace(witness, reach=lambda login: api, losses=losses, call_log=call_log)


def own(home: Household) -> CallRecord:
    return replace(CALL, extension_id=home.mailbox.extension_id)


@pytest.mark.parametrize(
    "answer",
    [
        NotFound("None.", status=404),
        Message.from_json({**message(7), "type": "SMS"}),
    ],
    ids=["a proxy's 404", "no fax"],
)
def test_a_word_that_says_nothing_of_the_fax_is_no_loss(
    home: Household, answer: Message | Exception
) -> None:
    assert of_log(home, Log(answer, own(home))).compare(MAIN) == 1
    assert home.faxes() == []
    assert home.kinds() == []


def test_a_call_that_tells_little_is_enough_for_a_loss(home: Household) -> None:
    gone = NotFound("None.", status=404, code="CMN-102")
    of_log(home, Log(gone, own(home))).compare(MAIN)
    (fax,) = home.faxes()
    assert (fax.state, fax.direction, fax.from_number) == ("lost", "Unknown", None)
    assert fax.created_at <= home.clock.now()


@pytest.mark.parametrize(("minutes", "losses"), [(-1, 0), (1, 1)])
def test_a_fax_that_was_gone_before_the_mailbox_was_watched_is_no_loss(
    home: Household, minutes: int, losses: int
) -> None:
    gone = NotFound("None.", status=404, code="CMN-102")
    added_at = home.watched().added_at
    assert added_at is not None
    call = replace(own(home), started_at=added_at + timedelta(minutes=minutes))
    home.pass_time(STILL_COMING.total_seconds() + 60)
    of_log(home, Log(gone, call)).compare(MAIN)
    assert len(home.faxes()) == losses
    assert home.kinds() == ["lost"] * losses


def test_the_calls_of_two_days_are_asked_for(home: Household) -> None:
    log = Log(NotFound("None."))
    at = datetime(2026, 11, 23, tzinfo=UTC)
    witness = of_log(home, log)
    replace(witness, call_log=replace(witness.call_log, now=lambda: at)).compare(MAIN)
    assert log.queries == [CallQuery(at - LOOK_BACK - OVERLAP, at)]


def of_time(witness: CallLogWitness, moment: datetime) -> CallLogWitness:
    """The same witness at another time."""
    call_log = replace(witness.call_log, now=lambda: moment)
    return replace(witness, call_log=call_log, now=lambda: moment)


@pytest.mark.parametrize(("days", "back"), [(0.5, 2), (1, 2), (10, 11), (400, 90)])
def test_days_on_which_nobody_compared_are_made_up_for(
    home: Household, days: float, back: int
) -> None:
    log, at = Log(NotFound("None.")), datetime(2026, 11, 23, tzinfo=UTC)
    for moment in (at - timedelta(days=days), at):
        of_time(of_log(home, log), moment).compare(MAIN)
    assert log.queries[-1].date_from == at - timedelta(days=back)


def test_a_time_that_did_not_come_to_its_end_does_not_count(home: Household) -> None:
    log, at = Log(NotFound("None.")), datetime(2026, 11, 23, tzinfo=UTC)
    of_time(of_log(home, log), at - timedelta(days=9)).compare(MAIN)
    broken = of_log(home, Log(LoginRefused("No."), own(home)))
    with pytest.raises(LoginRefused):
        of_time(broken, at - timedelta(days=5)).compare(MAIN)
    of_time(of_log(home, log), at).compare(MAIN)
    assert log.queries[-1].date_from == at - timedelta(days=10)


def test_an_account_that_the_settings_name_no_more_is_not_asked_about(home: Household) -> None:
    log = Log(NotFound("None."))
    assert of_log(home, log).compare("former") == 0
    assert log.queries == []
    assert [job.argument for job in home.jobs("witness")] == []


def test_the_same_extension_id_in_another_account_is_another_mailbox(home: Household) -> None:
    twin = Mailbox(
        f"1-{home.mailbox.extension_id}", "1", home.mailbox.extension_id, "", "", login="other/1"
    )
    with home.house.catalog.transaction() as tx:
        tx.mailboxes.watch(twin, home.clock.now() + timedelta(days=1))
    of_log(home, Log(Message.from_json(message(7)), own(home))).compare(MAIN)
    assert [fax.mailbox_id for fax in home.faxes()] == [home.mailbox.id]


def test_a_login_that_is_refused_does_not_silence_the_others(home: Household) -> None:
    refused = LoginRefused("No longer.", status=401)
    with home.house.catalog.transaction() as tx:
        tx.logins.mark_refused("main/0", MAIN, "No longer.", home.clock.now())
    log = Log(Message.from_json(message(7)), own(home))

    def reach(login: str) -> RingCentral:
        if login != LOGIN:
            raise refused
        return cast(RingCentral, log)

    witness = of_log(home, log)
    call_log = replace(witness.call_log, reach=reach)
    assert replace(witness, reach=reach, call_log=call_log).compare(MAIN) == 1
    assert len(home.faxes()) == 1
