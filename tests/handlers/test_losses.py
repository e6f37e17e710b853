"""A loss is entered only on RingCentral's own word, once, and with what it is known by."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from archive import utc_text
from catalog import Alarm, Fax, NewFax
from errors import Later, NotFound, PermissionMissing
from handlers.deletion import Inbox, Keeping
from handlers.inboxes import inbox_of
from handlers.losses import DOUBT, UNEXPLAINED, Losses, cause_of, told_evidence
from ringcentral_api import Message, RingCentral
from tests.handlers.household import Household
from tests.handlers.test_intake import contradictions, state_today
from tests.handlers.test_sync import message

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CMN_102 = NotFound("None.", status=404, code="CMN-102", parameter="messageId")
BY_PROXY = NotFound("None.", status=404)


class Word:
    """A RingCentral that has one answer to the question for a message."""

    def __init__(self, answer: Message | Exception) -> None:
        self._answer = answer

    def message(self, extension_id: str, message_id: str) -> Message:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def on_the_word(home: Household, answer: dict[str, Any] | Exception) -> Losses:
    told = answer if isinstance(answer, Exception) else Message.from_json(answer)
    return replace(home.house.losses, reach=lambda login: cast(RingCentral, Word(told)))


def pending(home: Household) -> Fax:
    """A fax that is old enough for a bare "not found" to be believed."""
    message_id = home.receive_one()
    home.look()
    home.pass_time(DOUBT.total_seconds())
    return home.fax(message_id)


def evidence(home: Household, message_id: str) -> dict[str, Any]:
    return told_evidence(home.fax(message_id))


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (CMN_102, {"answer": "404 CMN-102 messageId"}),
        (message(1, availability="Purged"), {"availability": "Purged"}),
    ],
)
def test_ringcentrals_word_makes_a_loss(
    home: Household, answer: dict[str, Any] | Exception, word: dict[str, str]
) -> None:
    fax = pending(home)
    on_the_word(home, answer).settle(fax)
    assert home.fax(fax.message_id).state == "lost"
    told = evidence(home, fax.message_id)
    assert word.items() <= told.items()
    assert fax.first_seen_at <= datetime.fromisoformat(told["asked_at"]) <= home.clock.now()


@pytest.mark.parametrize("answer", [BY_PROXY, message(1), message(1, availability="Deleted")])
def test_anything_else_is_no_loss(home: Household, answer: dict[str, Any] | Exception) -> None:
    fax = pending(home)
    with pytest.raises(Later) as later:
        on_the_word(home, answer).settle(fax)
    assert later.value.retry_after == pytest.approx(DOUBT.total_seconds() / 4, abs=1)
    assert home.fax(fax.message_id).state == "pending"
    assert home.kinds() == []


def test_a_refusal_to_answer_is_no_loss(home: Household) -> None:
    fax = pending(home)
    with pytest.raises(PermissionMissing):
        on_the_word(home, PermissionMissing("No.", status=403, code="CMN-408")).settle(fax)
    assert home.fax(fax.message_id).state == "pending"


def test_a_fax_that_nobody_may_ask_for_is_no_loss(home: Household) -> None:
    fax = pending(home)
    home.tamper("UPDATE mailboxes SET login = ''")
    assert not on_the_word(home, CMN_102).settle_if_gone(fax)
    assert not on_the_word(home, CMN_102).settle_if_gone(replace(fax, mailbox_id="1-2"))
    assert home.fax(fax.message_id).state == "pending"


def test_a_loss_is_found_when_the_document_cannot_be_fetched(home: Household) -> None:
    fax = pending(home)
    home.simulator.hide(fax.message_id, 24 * 3600)
    home.finish(fax.message_id)
    assert home.fax(fax.message_id).state == "lost"
    assert evidence(home, fax.message_id)["answer"] == "404 CMN-102 messageId"


def test_a_young_fax_that_is_only_late_to_show_is_not_lost(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.hide(message_id, 3600)
    with pytest.raises(Later) as later:
        home.finish(message_id)
    assert later.value.retry_after == 60.0
    home.pass_time(3601)
    home.finish(message_id)
    assert home.fax(message_id).state == "archived"
    assert home.kinds() == ["archived"]


def test_the_doubt_ends(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.hide(message_id, 24 * 3600)
    home.pass_time(DOUBT.total_seconds() - 1)
    assert not home.house.losses.settle_if_gone(home.fax(message_id))
    home.pass_time(1)
    assert home.house.losses.settle_if_gone(home.fax(message_id))
    assert home.fax(message_id).state == "lost"


def test_no_doubt_is_left_where_ringcentrals_rules_explain_it(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.receive(3)
    home.look()
    with home.house.catalog.reading() as tx:
        inbox = inbox_of(tx, home.mailbox, home.clock.now())
    full = replace(inbox, keeping=replace(inbox.keeping, inbox_limit=3))
    fax = home.fax(message_id)
    assert cause_of(fax, inbox, gone_mailbox=False) == UNEXPLAINED
    assert cause_of(fax, full, gone_mailbox=False) != UNEXPLAINED


def test_the_evidence_tells_all_that_we_knew(home: Household) -> None:
    message_id = home.receive_one()
    home.pass_time(3600)
    home.look()
    home.house.listing.compare(home.mailbox.id)
    before = home.fax(message_id)
    home.receive(2)
    home.look()
    with home.house.catalog.transaction() as tx:
        at = home.clock.now()
        tx.alarms.raise_all([Alarm("at-risk", home.mailbox.id, at, None, "problem", "w", "a")])
    home.pass_time(2 * 24 * 3600)
    home.simulator.delete(message_id, purge=True)
    home.house.losses.settle(home.fax(message_id))
    told = evidence(home, message_id)
    assert told["newer_received"] == 2
    assert told["age_days"] == 2.04
    assert told["known_since"] == utc_text(before.first_seen_at)
    assert told["last_listed_at"] is not None
    assert told["warned_at"] == utc_text(at)
    assert told["mailbox_looked_at"] is not None
    assert told["cause"] == home.fax(message_id).state_reason
    assert told["availability"] == "Purged"


def test_what_is_not_known_is_not_made_up(home: Household) -> None:
    fax = pending(home)
    home.simulator.delete(fax.message_id, purge=True)
    home.house.losses.settle(fax)
    told = evidence(home, fax.message_id)
    assert (told["last_listed_at"], told["warned_at"]) == (None, None)


def test_the_ledger_tells_of_a_loss_without_number_or_name(home: Household) -> None:
    fax = pending(home)
    assert fax.from_number and fax.from_name
    on_the_word(home, CMN_102).settle(fax)
    (row,) = home.ledger()
    entry = json.loads(row.line)["entry"]
    assert entry.keys() == {
        "kind",
        "fax",
        "mailbox",
        "message",
        "direction",
        "created_at",
        "told_by",
        "found_by",
        "evidence",
    }
    assert (row.kind, entry["fax"], entry["message"]) == ("lost", fax.id, fax.message_id)
    assert entry["evidence"] == evidence(home, fax.message_id)
    assert fax.from_number not in row.line
    assert fax.from_name not in row.line
    assert home.copied() == [row.line]
    assert home.findings() == []


def test_a_loss_is_entered_once(home: Household) -> None:
    fax = pending(home)
    losses = on_the_word(home, CMN_102)
    losses.settle(fax)
    first = home.fax(fax.message_id)
    home.pass_time(60)
    losses.settle(fax)
    assert home.kinds() == ["lost"]
    assert home.fax(fax.message_id) == first


def test_what_is_archived_cannot_be_lost(home: Household) -> None:
    message_id = home.archive_one()
    on_the_word(home, CMN_102).settle_if_gone(home.fax(message_id))
    assert home.fax(message_id).state == "archived"
    assert home.kinds() == ["archived"]


def test_a_fax_that_nobody_knows_cannot_be_lost(home: Household) -> None:
    losses = home.house.losses
    with home.house.catalog.transaction() as tx:
        assert not losses.lose(tx, home.mailbox, home.id_of("7"), {})
    assert home.kinds() == []


def test_only_an_unknown_fax_is_lost_unseen(home: Household) -> None:
    fax = pending(home)

    def lose_unseen(message_id: str) -> bool:
        seen = NewFax(
            fax.account_id, fax.mailbox_id, message_id, "Unknown", "", "", "Purged",
            home.clock.now(), "{}", "call-log",
        )  # fmt: skip
        with home.house.catalog.transaction() as tx:
            return home.house.losses.lose_unseen(tx, home.mailbox, seen, {"call_log": {"id": "1"}})

    assert not lose_unseen(fax.message_id)
    assert lose_unseen("7")
    assert not lose_unseen("7")
    assert home.fax(fax.message_id).state == "pending"
    told = evidence(home, "7")
    assert (told["never_listed"], told["call_log"]) == (True, {"id": "1"})
    assert home.kinds() == ["lost"]


def test_a_loss_that_nobody_had_heard_of_contradicts_its_day(still: Household) -> None:
    state_today(still)
    mailbox, losses = still.mailbox, still.house.losses
    created_at = datetime(2026, 11, 23, 20, tzinfo=UTC)
    seen = NewFax(
        mailbox.account_id,
        mailbox.id,
        "7",
        "Inbound",
        "",
        "",
        "Purged",
        created_at,
        "{}",
        "call-log",
    )
    with still.house.catalog.transaction() as tx:
        losses.lose_unseen(tx, mailbox, seen, {})
    assert contradictions(still) == [("2026-11-23", 1, "7")]


def test_a_fax_that_is_not_lost_has_no_evidence(home: Household) -> None:
    assert told_evidence(pending(home)) == {}


# Why it was lost


def of(direction: str = "Inbound", availability: str = "Alive", age: timedelta = DAY) -> Fax:
    return Fax(
        id="1-9", account_id="1", mailbox_id="1-2", message_id="9", direction=direction,
        message_status="", read_status="", availability=availability, availability_at=NOW,
        created_at=NOW - age, modified_at=None, pages=None, resolution=None, subject=None,
        from_number=None, from_name=None, raw="{}", origin="message-store", state="pending",
        state_reason="", state_at=NOW, folder=None, revision=0, version=0, unrecorded=False,
        first_seen_at=NOW,
    )  # fmt: skip


def inbox(newer: int = 0, **keeping: Any) -> Inbox:
    return Inbox([NOW] * newer, 0.0, Keeping(**keeping), NOW)


@pytest.mark.parametrize(
    ("fax", "known", "cause"),
    [
        (of(), inbox(), "purged"),
        (of(availability="Deleted"), inbox(200), "deleted at RingCentral by somebody"),
        (of(availability="Purged"), inbox(), "purged"),
        (of(), inbox(199), "purged"),
        (of(), inbox(200), "pushed out"),
        (of("Outbound"), inbox(200), "purged"),
        (of("Unknown"), inbox(200), "pushed out"),
        (of("Outbound", age=29 * DAY), inbox(), "purged"),
        (of("Outbound", age=30 * DAY), inbox(), "older than"),
        (of("Outbound", age=30 * DAY), inbox(sent_days=90), "purged"),
        (of(age=400 * DAY), inbox(), "purged"),
        (of(age=30 * DAY), inbox(inbox_days=30), "older than"),
        (of(age=29 * DAY), inbox(inbox_days=30), "purged"),
        (of(age=-DAY), inbox(), "purged"),  # a clock that was set back
    ],
)
def test_the_cause_is_what_ringcentrals_own_rules_explain(
    fax: Fax, known: Inbox, cause: str
) -> None:
    assert cause_of(fax, known, gone_mailbox=False).startswith(cause)


def test_an_extension_that_is_gone_explains_it_first() -> None:
    cause = cause_of(of(availability="Deleted"), inbox(200), gone_mailbox=True)
    assert "with its extension" in cause


def test_a_fax_that_somebody_deleted_is_told_so_when_it_is_purged(home: Household) -> None:
    fax = pending(home)
    home.simulator.delete(fax.message_id)
    home.look()
    home.pass_time(6 * 24 * 3600)
    home.look()
    assert home.fax(fax.message_id).availability == "Purged"
    assert "by somebody" in home.fax(fax.message_id).state_reason


def test_a_fax_that_newer_ones_pushed_out_is_told_so(home: Household) -> None:
    home.simulator.change_account(inbox_limit=200)
    fax = pending(home)
    home.pass_time(1)
    home.receive(200)
    home.look()
    lost = home.fax(fax.message_id)
    assert lost.state == "lost"
    assert lost.state_reason.startswith("pushed out")
    assert evidence(home, fax.message_id)["newer_received"] == 200
    assert evidence(home, fax.message_id)["sync"] == "Purged"


def test_a_sent_fax_that_was_too_old_is_told_so(home: Household) -> None:
    sent = home.simulator.send(["+12025550101"])
    home.simulator.finish(sent)
    home.look()
    home.pass_time(31 * 24 * 3600)
    home.finish(sent)
    assert home.fax(sent).state_reason.startswith("older than RingCentral keeps")


@pytest.mark.parametrize("counted", [False, True])
def test_a_fax_that_went_with_its_extension_is_told_so(office: Household, counted: bool) -> None:
    mailbox = office.mailboxes[-1]
    (message_id,) = office.simulator.receive(office.page, extension=mailbox.extension_id)
    office.house.mailbox_sync.look(mailbox.id)
    office.simulator.remove_extension(mailbox.extension_id)
    if counted:
        office.take_census()
    office.finish(message_id)
    assert office.fax(message_id).state == "lost"
    assert "with its extension" in office.fax(message_id).state_reason


def test_a_fax_still_queued_when_its_extension_is_deleted_is_lost(office: Household) -> None:
    mailbox = office.mailboxes[-1]
    sent = office.simulator.send(["+12025550101"], extension=mailbox.extension_id)
    office.house.mailbox_sync.look(mailbox.id)
    office.simulator.remove_extension(mailbox.extension_id)
    office.take_census()
    office.house.upkeep.sweep()
    assert [job.argument for job in office.jobs("archive")] == [office.id_of(sent)]
    office.finish(sent)
    assert office.fax(sent).state == "lost"
    assert "with its extension" in office.fax(sent).state_reason
