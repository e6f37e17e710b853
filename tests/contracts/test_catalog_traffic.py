"""What the catalog promises about counting faxes: what urgency and health are decided from; on
either database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from catalog import DocumentRow, Mailbox, NewFax, Transaction, Waiting

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
RECEIVED = NewFax(
    account_id="1",
    mailbox_id="1-2",
    message_id="9",
    direction="Inbound",
    message_status="Received",
    read_status="Unread",
    availability="Alive",
    created_at=NOW,
    raw="{}",
    origin="message-store",
)
SENT = replace(RECEIVED, direction="Outbound", message_status="Sent")
HOUR = timedelta(hours=1)


def record(tx: Transaction, number: int, at: datetime, like: NewFax = RECEIVED) -> str:
    fax = replace(like, message_id=str(number), created_at=at)
    tx.faxes.record(fax, NOW)
    return fax.id


def test_hours_are_those_of_utc(tx: Transaction) -> None:
    for number, text in enumerate(
        (
            "2026-02-28T23:59:59.999+00:00",
            "2026-03-01T00:00:00+00:00",
            "2026-02-28T20:30:00-04:00",
            "2028-02-29T08:15:00+00:00",
            "2026-01-01T00:00:00+00:00",
        )
    ):
        record(tx, number, datetime.fromisoformat(text))
    record(tx, 7, NOW, SENT)
    record(tx, 8, NOW, replace(RECEIVED, mailbox_id="1-3"))
    since = datetime(2026, 2, 1, tzinfo=UTC)
    assert tx.traffic.received_by_hour("1-2", since) == {
        "2026-02-28T23": 1,
        "2026-03-01T00": 2,
        "2028-02-29T08": 1,
    }
    assert tx.traffic.received_by_hour("1-4", since) == {}


def test_received_since_counts_each_mailbox(tx: Transaction) -> None:
    record(tx, 1, NOW)
    record(tx, 2, NOW - HOUR)
    record(tx, 3, NOW - 2 * HOUR)
    record(tx, 4, NOW, SENT)
    record(tx, 5, NOW, replace(RECEIVED, mailbox_id="1-3"))
    assert tx.traffic.received_since(NOW - HOUR) == {"1-2": 2, "1-3": 1}
    assert tx.traffic.received_since(NOW + HOUR) == {}


def test_the_last_received_is_told_for_each_mailbox_that_ever_received(tx: Transaction) -> None:
    for mailbox_id in ("1-2", "1-3", "1-4"):
        tx.mailboxes.watch(Mailbox(mailbox_id, "1", mailbox_id[2:], "", ""), NOW)
    record(tx, 1, NOW)
    record(tx, 2, NOW - HOUR)
    record(tx, 3, NOW + HOUR, SENT)
    record(tx, 4, NOW - HOUR, replace(RECEIVED, mailbox_id="1-3"))
    record(tx, 5, NOW, replace(SENT, mailbox_id="1-4"))
    assert tx.traffic.last_received() == {"1-2": NOW, "1-3": NOW - HOUR}


def test_the_inbox_is_what_ringcentral_still_has_of_what_was_received(tx: Transaction) -> None:
    ids = [record(tx, number, NOW + number * HOUR) for number in range(7)]
    record(tx, 10, NOW, SENT)
    record(tx, 11, NOW, replace(RECEIVED, mailbox_id="1-3"))
    tx.faxes.set_availability(ids[0], "Deleted", NOW)
    tx.faxes.set_availability(ids[1], "Purged", NOW)
    tx.faxes.mark_lost(ids[2], "purged", NOW)
    tx.faxes.mark_archived(ids[3], "folder", NOW)
    tx.faxes.mark_unlisted([ids[3]], NOW)
    tx.faxes.mark_archived(ids[4], "folder", NOW)
    assert tx.traffic.inbox("1-2", 10) == [NOW + number * HOUR for number in (6, 5, 4)]
    assert tx.traffic.inbox("1-2", 2) == [NOW + number * HOUR for number in (6, 5)]
    assert tx.traffic.inbox("1-2", 0) == []


def test_waiting_is_what_can_be_fetched_the_oldest_first(tx: Transaction) -> None:
    ids = [record(tx, number, NOW - number * HOUR) for number in range(6)]
    record(tx, 10, NOW - 9 * HOUR, replace(SENT, message_status="Queued"))
    sent = record(tx, 11, NOW - 8 * HOUR, SENT)
    tx.faxes.mark_archived(ids[0], "folder", NOW)
    tx.faxes.mark_lost(ids[1], "purged", NOW)
    tx.faxes.set_availability(ids[2], "Purged", NOW)
    tx.faxes.set_availability(ids[3], "Deleted", NOW)
    tx.faxes.mark_refused(ids[4], "html", NOW)
    expected = [Waiting(sent, "1-2", "Outbound", NOW - 8 * HOUR)]
    expected += [Waiting(ids[n], "1-2", "Inbound", NOW - n * HOUR) for n in (5, 4, 3)]
    assert tx.traffic.waiting(10) == expected
    assert tx.traffic.waiting(2) == expected[:2]


def test_refused_and_lost_are_counted_while_they_are_so(tx: Transaction) -> None:
    ids = [record(tx, number, NOW) for number in range(5)]
    tx.faxes.mark_refused(ids[0], "html", NOW)
    tx.faxes.mark_refused(ids[1], "html", NOW - HOUR)
    tx.faxes.mark_refused(ids[2], "html", NOW)
    tx.faxes.mark_lost(ids[3], "purged", NOW + HOUR)
    assert tx.traffic.states_since(NOW) == {"refused": 2, "lost": 1}
    tx.faxes.mark_archived(ids[0], "folder", NOW)
    assert tx.traffic.states_since(NOW) == {"refused": 1, "lost": 1}
    assert tx.traffic.states_since(NOW + HOUR) == {"lost": 1}


def test_the_bytes_of_new_archived_faxes_are_added_up(tx: Transaction) -> None:
    assert tx.traffic.archived_bytes(NOW - HOUR) == 0
    first = DocumentRow(0, "9", "document.pdf", "ab" * 32, 2**40, "application/pdf", "pdf", 1)
    second = replace(first, position=1, size=7)
    for number, at in enumerate((NOW, NOW - HOUR, NOW - HOUR, NOW - 2 * HOUR)):
        fax_id = record(tx, number, at)
        tx.documents.add(fax_id, [first, second])
        if number != 1:
            tx.faxes.mark_archived(fax_id, "folder", NOW)
    assert tx.traffic.archived_bytes(NOW - HOUR) == 2 * (2**40 + 7)
