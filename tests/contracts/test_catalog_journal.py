"""What the journal of events promises, on either database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog import Catalog
from catalog.group_commit import GroupCommit
from catalog.journal import DOOR, WORKER, Closing, EventJournal, RawEvent

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


def test_an_event_tells_whose_secret_it_knew(journal: EventJournal) -> None:
    journal.append([replace(raw(1), account="clinic"), raw(2)])
    assert [event.account for event in journal.unread(10)] == ["clinic", ""]
    assert [event.account for event in journal.list(unreadable=False, limit=10)] == ["", "clinic"]


def test_the_last_arrival_is_the_newest_whatever_became_of_it(journal: EventJournal) -> None:
    assert journal.last_arrival() is None
    journal.append([raw(3), raw(1)])
    assert journal.last_arrival() == raw(3).received_at
    newest = journal.unread(1)[0]
    journal.mark(newest.id, "unreadable", "no JSON", now=NOW)
    assert journal.last_arrival() == raw(3).received_at


def test_signs_are_the_last_of_their_kind(journal: EventJournal) -> None:
    assert journal.signs() == {}
    journal.note_sign(WORKER, NOW)
    journal.note_sign("handshake", NOW)
    journal.note_sign(WORKER, minutes(1))
    assert journal.signs() == {WORKER: minutes(1), "handshake": NOW}


def test_the_first_opening_ends_no_closing(journal: EventJournal) -> None:
    journal.note_sign(WORKER, NOW - timedelta(days=1))
    journal.open_door(NOW)
    assert journal.signs()[DOOR] == NOW
    assert journal.closings(NOW - timedelta(days=9)) == []


def test_the_door_was_closed_from_its_last_sign_to_its_opening(journal: EventJournal) -> None:
    journal.open_door(NOW)
    journal.note_sign(DOOR, minutes(10))
    journal.open_door(minutes(15))
    journal.open_door(minutes(20))
    first, second = Closing(minutes(10), minutes(15)), Closing(minutes(15), minutes(20))
    assert journal.closings(NOW) == [first, second]
    assert journal.closings(minutes(15)) == [second]
    assert journal.closings(minutes(20)) == []
    assert journal.signs()[DOOR] == minutes(20)


def test_a_clock_that_was_set_back_makes_no_closing(journal: EventJournal) -> None:
    journal.open_door(minutes(10))
    journal.open_door(NOW)
    assert journal.closings(NOW - timedelta(days=9)) == []
    assert journal.signs()[DOOR] == NOW


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)
