"""What the catalog promises about blind windows and our own subscriptions, on either database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog import BlindWindow, NewFax, OwnSubscription, Transaction

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def window(start: float, end: float | None, mailbox_id: str = "1-2") -> BlindWindow:
    return BlindWindow(mailbox_id, after(start), None if end is None else after(end), "expired")


def note(tx: Transaction, *windows: BlindWindow) -> None:
    for each in windows:
        tx.windows.replace([], each)


def test_they_are_listed_the_newest_first(tx: Transaction) -> None:
    note(tx, window(0, 5), window(20, None), window(10, 15, "1-3"))
    assert tx.windows.list() == [window(20, None), window(10, 15, "1-3"), window(0, 5)]


def test_those_that_ended_long_ago_can_be_left_out(tx: Transaction) -> None:
    note(tx, window(0, 5), window(10, 15), window(2, None, "1-3"))
    assert tx.windows.list(since=after(6)) == [window(10, 15), window(2, None, "1-3")]
    assert tx.windows.list(since=after(60)) == [window(2, None, "1-3")]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (window(6, 9), []),
        (window(5, 6), [window(0, 5)]),
        (window(-9, 0), [window(0, 5)]),
        (window(1, 2), [window(0, 5)]),
        (window(-9, 99), [window(0, 5), window(10, 15), window(20, None)]),
        (window(12, None), [window(10, 15), window(20, None)]),
        (window(99, None), [window(20, None)]),
        (window(99, 100), [window(20, None)]),
        (window(-9, -5), []),
        (window(1, 2, "1-3"), []),
    ],
)
def test_what_touches_it_overlaps(
    tx: Transaction, asked: BlindWindow, found: list[BlindWindow]
) -> None:
    note(tx, window(20, None), window(10, 15), window(0, 5))
    assert tx.windows.overlapping(asked) == found


def test_one_takes_the_place_of_those_that_it_covers(tx: Transaction) -> None:
    note(tx, window(0, 5), window(10, None), window(10, None, "1-3"))
    tx.windows.replace([window(0, 5), window(10, None)], window(0, None))
    assert tx.windows.list() == [window(10, None, "1-3"), window(0, None)]
    assert tx.windows.open_of("1-2") == window(0, None)


def test_the_open_one_ends_once(tx: Transaction) -> None:
    note(tx, window(0, None), window(0, None, "1-3"))
    assert tx.windows.end("1-2", after(7))
    assert not tx.windows.end("1-2", after(9))
    assert tx.windows.open_of("1-2") is None
    assert tx.windows.list() == [window(0, 7), window(0, None, "1-3")]


def test_no_window_ends_before_it_began(tx: Transaction) -> None:
    note(tx, window(0, None))
    assert tx.windows.end("1-2", after(-1))
    assert tx.windows.list() == [window(0, 0)]


def test_a_listing_makes_up_for_what_had_ended_when_it_began(tx: Transaction) -> None:
    note(tx, window(0, 5), window(6, 10), window(11, 12), window(13, None), window(0, 1, "1-3"))
    assert tx.windows.mark_listed("1-2", after(10)) == 2
    listed = {each.started_at: each.listed_at for each in tx.windows.list()}
    assert listed[after(0)] is None  # of the other mailbox, which has the same beginning
    assert listed[after(6)] == after(10)
    assert listed[after(11)] is None
    assert tx.windows.mark_listed("1-2", after(20)) == 1
    assert tx.windows.mark_listed("1-2", after(30)) == 0


def test_faxes_that_were_created_in_it_are_counted(tx: Transaction) -> None:
    for number in range(10):
        fax = NewFax(
            account_id="1",
            mailbox_id="1-2" if number % 3 else "1-3",
            message_id=str(number),
            direction="Inbound",
            message_status="Received",
            read_status="Unread",
            availability="Alive",
            created_at=after(number),
            raw="{}",
            origin="message-store",
        )
        tx.faxes.record(fax, NOW)
    assert tx.windows.found(window(1, 4)) == 2  # the 1st and the 2nd; the 4th is its end
    assert tx.windows.found(window(1, None)) == 6
    assert tx.windows.found(window(1, None, "1-3")) == 3


def test_our_subscriptions_are_known_by_login(tx: Transaction) -> None:
    first = OwnSubscription("a", "main/1", "https://x/1", after(60), NOW)
    second = OwnSubscription("b", "main/2", "https://x/2", None, NOW)
    for each in (first, second):
        tx.windows.remember(each)
    assert tx.windows.own("main/1") == {"a": first}
    renewed = replace(first, address="https://x/3", expires_at=after(90), seen_at=after(1))
    tx.windows.remember(renewed)
    assert tx.windows.own("main/1") == {"a": renewed}
    tx.windows.forget("a")
    assert tx.windows.own("main/1") == {}
    assert tx.windows.own("main/2") == {"b": second}


def test_a_subscription_belongs_to_the_login_that_listed_it_last(tx: Transaction) -> None:
    tx.windows.remember(OwnSubscription("a", "main/1", "https://x/1", None, NOW))
    renamed = OwnSubscription("a", "main/admin", "https://x/1", None, after(1))
    tx.windows.remember(renamed)
    assert tx.windows.own("main/1") == {}
    assert tx.windows.own("main/admin") == {"a": renamed}
