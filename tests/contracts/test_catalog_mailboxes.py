"""What the catalog promises about mailboxes: who reads them, whether they can be reached, and how
far they were looked at; on either database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog import Listing, Mailbox, NewFax, Transaction

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
BOX = Mailbox("1-2", "1", "2", "Front desk", "101", login="main/1")


@pytest.fixture(autouse=True)
def watched(tx: Transaction) -> None:
    tx.mailboxes.watch(BOX, NOW)


def box(tx: Transaction, mailbox_id: str = "1-2") -> Mailbox:
    found = tx.mailboxes.get(mailbox_id)
    assert found is not None
    return found


def present(tx: Transaction) -> list[str]:
    return [each.id for each in tx.mailboxes.present()]


def receive(tx: Transaction, mailbox_id: str) -> None:
    fax = NewFax(
        account_id="1",
        mailbox_id=mailbox_id,
        message_id="9",
        direction="Inbound",
        message_status="Received",
        read_status="Unread",
        availability="Alive",
        created_at=NOW,
        raw="{}",
        origin="message-store",
    )
    tx.faxes.record(fax, NOW)


def test_a_new_one_is_watched_and_nothing_has_happened_to_it(tx: Transaction) -> None:
    assert box(tx) == replace(BOX, added_at=NOW)


def test_another_login_may_take_it_over(tx: Transaction) -> None:
    tx.mailboxes.save_sync_token("1-2", "token", NOW)
    tx.mailboxes.watch(replace(BOX, login="main/2", name="Lab", extension_number="102"), LATER)
    expected = replace(
        BOX,
        login="main/2",
        name="Lab",
        extension_number="102",
        sync_token="token",
        synced_at=NOW,
        added_at=NOW,
    )
    assert box(tx) == expected


def test_present_are_those_that_somebody_reads(tx: Transaction) -> None:
    for number, login in ((3, "main/1"), (4, ""), (5, "main/1"), (6, "main/1")):
        tx.mailboxes.watch(Mailbox(f"1-{number}", "1", str(number), "", "", login=login), LATER)
    tx.mailboxes.mark_gone("1-5", "deleted")
    tx.mailboxes.mark_unreachable("1-6", "not allowed")
    assert present(tx) == ["1-2", "1-3", "1-6"]
    assert len(tx.mailboxes.all()) == 5


def test_an_unreachable_one_is_noted_once_and_over_when_it_was_looked_at(tx: Transaction) -> None:
    assert tx.mailboxes.mark_unreachable("1-2", "the first reason")
    assert not tx.mailboxes.mark_unreachable("1-2", "another reason")
    assert (box(tx).status, box(tx).status_reason) == ("unreachable", "the first reason")
    tx.mailboxes.watch(BOX, LATER)
    assert box(tx).status == "unreachable"
    tx.mailboxes.mark_looked("1-2", LATER)
    assert box(tx) == replace(BOX, added_at=NOW, looked_at=LATER)


def test_one_that_is_gone_stays_gone_until_it_is_watched_again(tx: Transaction) -> None:
    assert tx.mailboxes.mark_gone("1-2", "deleted")
    assert not tx.mailboxes.mark_gone("1-2", "another reason")
    tx.mailboxes.mark_looked("1-2", LATER)
    assert (box(tx).status, box(tx).status_reason) == ("gone", "deleted")
    tx.mailboxes.watch(BOX, LATER)
    assert (box(tx).status, box(tx).status_reason) == ("watched", "")


def test_a_last_look_in_vain_does_not_bring_back_one_that_is_gone(tx: Transaction) -> None:
    tx.mailboxes.mark_gone("1-2", "deleted")
    assert not tx.mailboxes.mark_unreachable("1-2", "no such extension")
    assert (box(tx).status, box(tx).status_reason) == ("gone", "deleted")


def test_an_unreachable_one_may_turn_out_to_be_gone(tx: Transaction) -> None:
    tx.mailboxes.mark_unreachable("1-2", "not allowed")
    assert tx.mailboxes.mark_gone("1-2", "deleted")
    assert (box(tx).status, box(tx).status_reason) == ("gone", "deleted")


def test_only_one_without_any_fax_is_forgotten(tx: Transaction) -> None:
    tx.mailboxes.watch(Mailbox("1-3", "1", "3", "", "", login="main/1"), NOW)
    receive(tx, "1-3")
    assert tx.mailboxes.forget_if_empty("1-2")
    assert not tx.mailboxes.forget_if_empty("1-3")
    assert not tx.mailboxes.forget_if_empty("1-99")
    assert [each.id for each in tx.mailboxes.all()] == ["1-3"]


def test_being_called_ends_the_time_without_calls(tx: Transaction) -> None:
    tx.mailboxes.mark_uncalled("1-2", "refused", LATER)
    assert (box(tx).uncalled_reason, box(tx).uncalled_until) == ("refused", LATER)
    assert box(tx).called_at is None
    tx.mailboxes.mark_called("1-2", LATER)
    assert box(tx) == replace(BOX, added_at=NOW, called_at=LATER)


def test_a_listing_is_noted_with_the_height_of_the_traffic(tx: Transaction) -> None:
    from_at = NOW - timedelta(days=90)
    tx.mailboxes.mark_listed("1-2", Listing(NOW, from_at, 7), 2.5)
    tx.mailboxes.mark_listed("1-2", Listing(LATER, from_at, 0), 0.0)
    found = box(tx)
    assert (found.listed_at, found.listed_from_at, found.listed_count) == (LATER, from_at, 0)
    assert found.peak_per_hour == 0.0


def test_what_happens_to_one_happens_to_no_other(tx: Transaction) -> None:
    other = Mailbox("1-3", "1", "3", "", "", login="main/1")
    tx.mailboxes.watch(other, NOW)
    tx.mailboxes.mark_listed("1-2", Listing(NOW, NOW, 7), 2.5)
    tx.mailboxes.mark_called("1-2", NOW)
    tx.mailboxes.mark_looked("1-2", NOW)
    tx.mailboxes.save_sync_token("1-2", "token", NOW)
    tx.mailboxes.mark_uncalled("1-2", "refused", LATER)
    tx.mailboxes.mark_unreachable("1-2", "not allowed")
    assert box(tx, "1-3") == replace(other, added_at=NOW)


def test_marking_one_that_nobody_watches_is_harmless(tx: Transaction) -> None:
    tx.mailboxes.mark_looked("1-9", NOW)
    assert not tx.mailboxes.mark_gone("1-9", "deleted")
    assert tx.mailboxes.get("1-9") is None
