"""What the journal of events promises, on either database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from catalog import Catalog
from catalog.group_commit import GroupCommit
from catalog.journal import EventJournal, RawEvent

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def journal(database_address: str) -> Iterator[EventJournal]:
    opened = EventJournal.open(database_address)
    yield opened
    opened.close()


def raw(number: int) -> RawEvent:
    return RawEvent(NOW + timedelta(hours=number), "application/json", b"\0\xff body %d" % number)


def test_bodies_come_back_byte_for_byte_and_in_order(journal: EventJournal) -> None:
    journal.append([raw(1), raw(2)])
    journal.append([raw(3)])
    unread = journal.unread(2)
    assert [(event.body, event.state) for event in unread] == [
        (raw(1).body, "new"),
        (raw(2).body, "new"),
    ]
    assert isinstance(unread[0].body, bytes)
    assert unread[0].received_at == raw(1).received_at


def test_what_was_read_is_marked_listed_and_later_forgotten(journal: EventJournal) -> None:
    journal.append([raw(1), raw(2), raw(3), raw(4)])
    first, second, third, fourth = journal.unread(10)
    named = {"uuid": "u", "event": "/restapi", "mailbox_id": "1-2"}
    journal.mark(first.id, "read", "looked at 1-2", now=NOW, **named)
    journal.mark(second.id, "unreadable", "no JSON", now=NOW)
    journal.mark(third.id, "read", "reminder", now=NOW)
    assert journal.unread(10) == [fourth]
    assert [event.id for event in journal.list(unreadable=False, limit=3)] == [
        fourth.id,
        third.id,
        second.id,
    ]
    assert [event.outcome for event in journal.list(unreadable=True, limit=3)] == ["no JSON"]
    assert journal.forget(raw(3).received_at) == 1
    kept = journal.list(unreadable=False, limit=10)
    assert [event.id for event in kept] == [fourth.id, third.id, second.id]
    assert (kept[1].uuid, kept[1].read_at) == (None, NOW)


def test_group_commit_keeps_each_event_of_many_threads_once(journal: EventJournal) -> None:
    group = GroupCommit(journal.append)
    with ThreadPoolExecutor(8) as pool:
        for put in [pool.submit(group.put, raw(number), 30) for number in range(200)]:
            put.result()
    group.close()
    assert sorted(event.body for event in journal.unread(1000)) == sorted(
        raw(number).body for number in range(200)
    )


def test_catalog_and_journal_can_share_a_database(
    journal: EventJournal, database_address: str
) -> None:
    catalog = Catalog.open(database_address)
    with catalog.transaction() as tx:
        if database_address.startswith("postgresql"):
            journal.append([raw(1)])
            assert len(journal.unread(10)) == 1
        assert tx.mailboxes.all() == []
    catalog.close()
