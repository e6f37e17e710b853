"""What the catalog promises about completeness statements, on either database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog import Catalog, DayStatement, NewFax, Transaction
from errors import CatalogError

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
FIRST = DayStatement(
    mailbox_id="1-2",
    day="2026-02-28",
    revision=1,
    at=NOW,
    listed_at=NOW - timedelta(minutes=1),
    file="statements/2026/02/28/1-2.1.json",
    sha256="ab" * 32,
    content="cd" * 32,
    listed=6,
    archived=3,
    pending=1,
    refused=1,
    lost=1,
    seq=17,
)
SECOND = replace(FIRST, revision=2, at=NOW + timedelta(hours=1), archived=4, pending=0, seq=18)


def add(tx: Transaction, *statements: DayStatement) -> None:
    for each in statements:
        tx.days.add(each)


def test_the_newest_revision_speaks_for_the_day(tx: Transaction) -> None:
    assert tx.days.latest("1-2", "2026-02-28") is None
    add(tx, SECOND, FIRST)
    assert tx.days.latest("1-2", "2026-02-28") == SECOND
    assert tx.days.latest("1-2", "2026-02-27") is None
    assert tx.days.latest("1-3", "2026-02-28") is None


def test_a_tenth_revision_is_newer_than_the_ninth(tx: Transaction) -> None:
    add(tx, *(replace(FIRST, revision=number) for number in range(1, 11)))
    latest = tx.days.latest("1-2", "2026-02-28")
    assert latest is not None
    assert latest.revision == 10


def test_no_revision_is_made_twice(shared_catalog: Catalog) -> None:
    with pytest.raises(CatalogError), shared_catalog.transaction() as tx:
        add(tx, FIRST, replace(FIRST, sha256="ef" * 32))
    with shared_catalog.reading() as tx:
        assert tx.days.latest("1-2", "2026-02-28") is None


def test_days_are_told_in_order_each_with_its_newest_revision(tx: Transaction) -> None:
    leap = replace(FIRST, day="2028-02-29")
    march = replace(FIRST, day="2026-03-01")
    other = replace(FIRST, mailbox_id="1-1")
    add(tx, march, SECOND, other, FIRST, leap)
    assert tx.days.between("2026-02-28", "2026-03-01") == [other, SECOND, march]
    assert tx.days.between("2028-02-29", "2028-02-29") == [leap]
    assert tx.days.between("2026-03-02", "2028-02-28") == []


def test_the_last_day_is_that_of_the_mailbox(tx: Transaction) -> None:
    assert tx.days.last_day("1-2") is None
    add(tx, SECOND, replace(FIRST, day="2026-02-01"), replace(FIRST, mailbox_id="1-3"))
    add(tx, replace(FIRST, mailbox_id="1-3", day="2026-03-09"), FIRST)
    assert tx.days.last_day("1-2") == SECOND


def test_a_contradiction_stays_with_the_revision_that_it_concerns(tx: Transaction) -> None:
    add(tx, FIRST, SECOND, replace(FIRST, mailbox_id="1-3"))
    tx.days.contradict(FIRST, "4711 4712")
    assert tx.days.contradicted() == [replace(FIRST, contradiction="4711 4712")]
    assert tx.days.latest("1-2", "2026-02-28") == SECOND
    tx.days.contradict(SECOND, "4713")
    assert [each.contradiction for each in tx.days.contradicted()] == ["4713", "4711 4712"]


def fax(message_id: str, created_at: str, mailbox_id: str = "1-2") -> NewFax:
    return NewFax(
        account_id="1",
        mailbox_id=mailbox_id,
        message_id=message_id,
        direction="Inbound",
        message_status="Received",
        read_status="Unread",
        availability="Alive",
        created_at=datetime.fromisoformat(created_at),
        raw="{}",
        origin="message-store",
    )


def test_days_of_change_are_those_on_which_the_changed_faxes_were_created(tx: Transaction) -> None:
    for message_id, created_at in (
        ("1", "2026-02-28T23:59:59.999+00:00"),
        ("2", "2026-02-28T19:00:00-05:00"),  # a new day has begun in UTC
        ("3", "2028-02-29T00:00:00+00:00"),
        ("4", "2028-02-29T10:00:00+00:00"),
    ):
        tx.faxes.record(fax(message_id, created_at), NOW)
    tx.faxes.record(fax("5", "2026-01-01T00:00:00Z", "1-3"), NOW)
    days = ["2026-02-28", "2026-03-01", "2028-02-29"]
    assert tx.days.days_of_change("1-2", None) == days
    assert tx.days.days_of_change("1-2", NOW) == days
    later = NOW + timedelta(hours=1)
    add(tx, FIRST, replace(FIRST, day="2026-03-01"), replace(FIRST, mailbox_id="1-3", day=days[2]))
    assert tx.days.days_of_change("1-2", later) == ["2028-02-29"]  # never stated
    add(tx, replace(FIRST, day="2028-02-29"))
    assert tx.days.days_of_change("1-2", later) == []
    tx.faxes.mark_archived("1-2", "folder", later)
    assert tx.days.days_of_change("1-2", later) == ["2026-03-01"]
