"""Calls: each kept once, joined once, found by fax, by time and by mailbox, on either database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog import CallRow, LogReader, NewFax, Recipient, Transaction

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALL = CallRow(
    account_id="1", id="c1", mailbox_id="1-2", fax_id="1-9", position=0, joined_by="message",
    direction="Outbound", started_at=NOON, seconds=61.5, result="Busy", reason="Line Busy",
    from_number="+12025550100", to_number="+12025550101", raw='{"id":"c1"}', seen_at=NOON,
)  # fmt: skip


def test_a_call_is_kept_as_it_was_told(tx: Transaction) -> None:
    assert tx.call_records.record(CALL)
    assert tx.call_records.get("1", "c1") == CALL
    assert tx.call_records.of("1-9") == [CALL]
    assert tx.call_records.get("2", "c1") is None


def test_the_same_call_once_more_is_no_news(tx: Transaction) -> None:
    tx.call_records.record(CALL)
    assert not tx.call_records.record(replace(CALL, seen_at=NOON + MINUTE))
    assert tx.call_records.of("1-9") == [CALL]


def test_what_a_call_came_to_is_renewed_and_was_first_seen_when_it_was(tx: Transaction) -> None:
    tx.call_records.record(CALL)
    later = replace(CALL, result="Sent", reason="", seconds=90.0, seen_at=NOON + MINUTE)
    assert tx.call_records.record(later)
    assert tx.call_records.of("1-9") == [replace(later, seen_at=NOON)]


@pytest.mark.parametrize(
    "less", [{"fax_id": "", "position": None, "joined_by": ""}, {"position": None}]
)
def test_what_was_joined_stays_so(tx: Transaction, less: dict[str, None]) -> None:
    tx.call_records.record(CALL)
    assert not tx.call_records.record(replace(CALL, **less))  # type: ignore[arg-type]
    assert tx.call_records.of("1-9") == [CALL]


def test_a_call_that_was_not_joined_may_be_later(tx: Transaction) -> None:
    tx.call_records.record(replace(CALL, fax_id="", position=None, joined_by=""))
    assert tx.call_records.record(CALL)
    assert tx.call_records.of("1-9") == [CALL]


def test_the_calls_of_a_fax_come_by_recipient_and_in_order(tx: Transaction) -> None:
    told = [
        replace(CALL, id="d", position=None),
        replace(CALL, id="c", position=1),
        replace(CALL, id="b", started_at=NOON + MINUTE),
        replace(CALL, id="e", started_at=None),
        replace(CALL, id="a"),
    ]
    for call in told:
        tx.call_records.record(call)
    assert [each.id for each in tx.call_records.of("1-9")] == ["a", "b", "e", "c", "d"]


def test_calls_are_listed_newest_first_by_time_and_mailbox(tx: Transaction) -> None:
    for number in range(4):
        mailbox_id = f"1-{number % 2}"
        at = NOON + number * MINUTE
        tx.call_records.record(replace(CALL, id=f"c{number}", mailbox_id=mailbox_id, started_at=at))
    listed = tx.call_records.list
    assert [each.id for each in listed(None, None)] == ["c3", "c2", "c1", "c0"]
    assert [each.id for each in listed(NOON + 2 * MINUTE, None)] == ["c3", "c2"]
    assert [each.id for each in listed(None, "1-1", 1)] == ["c3"]


def sent(tx: Transaction, message_id: str, statuses: list[str], account: str = "1") -> None:
    fax = NewFax(
        account_id=account, mailbox_id=f"{account}-2", message_id=message_id,
        direction="Outbound", message_status=statuses[0], read_status="", availability="Alive",
        created_at=NOON, raw="{}", origin="message-store",
        recipients=tuple(Recipient(number="+1", status=status) for status in statuses),
    )  # fmt: skip
    tx.faxes.record(fax, NOON)


def test_ends_without_a_call_are_awaited(tx: Transaction) -> None:
    sent(tx, "7", ["Sent", "SendingFailed", "Queued"])
    sent(tx, "7", ["Sent"], account="3")
    assert tx.call_records.awaited("1", NOON) == 2
    assert tx.call_records.awaited("1", NOON + MINUTE) == 0
    tx.call_records.record(replace(CALL, fax_id="1-7", position=1))
    assert tx.call_records.awaited("1", NOON) == 1
    tx.call_records.record(replace(CALL, id="c2", fax_id="1-7", position=None))
    assert tx.call_records.awaited("1", NOON) == 0


def test_who_reads_how_much_is_kept(tx: Transaction) -> None:
    assert tx.call_records.readers() == {}
    tx.call_records.note_reader(LogReader("main/1", "company", NOON, NOON))
    tx.call_records.note_reader(LogReader("main/1", "none", NOON + MINUTE))
    assert tx.call_records.readers() == {"main/1": LogReader("main/1", "none", NOON + MINUTE, NOON)}
