"""What is known of the mailboxes' inboxes, as it is taken from the catalog."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog import Waiting
from handlers.deletion import INBOX_LIMIT, Keeping
from handlers.inboxes import demands_of, inbox_of, inboxes_of
from handlers.timetable import Demand
from tests.handlers.household import LOGIN, Household

MINUTE = timedelta(minutes=1)


def test_an_inbox_is_what_was_received_and_is_still_there_the_oldest_first(
    home: Household,
) -> None:
    now = home.clock.now()
    moments = [now - number * MINUTE for number in (3, 1, 2)]
    home.take_in(*moments)
    home.take_in(now, first=11, direction="Outbound")
    home.take_in(now, first=12, availability="Deleted")
    with home.house.catalog.reading() as tx:
        assert inbox_of(tx, home.mailbox, now).received == sorted(moments)


def test_an_inbox_is_known_as_far_back_as_it_can_matter(home: Household) -> None:
    now = home.clock.now()
    home.take_in(*(now - number * MINUTE for number in range(2 * INBOX_LIMIT + 1)))
    with home.house.catalog.reading() as tx:
        received = inbox_of(tx, home.mailbox, now).received
    assert len(received) == 2 * INBOX_LIMIT
    assert received[-1] == now


def test_traffic_and_keeping_are_those_of_the_mailbox_and_its_login(home: Household) -> None:
    home.simulator.change_account(retention_days=7)
    home.take_census()
    home.tamper("UPDATE mailboxes SET peak_per_hour = 12.5")
    mailbox = home.watched()
    with home.house.catalog.reading() as tx:
        inbox = inbox_of(tx, mailbox, home.clock.now())
        unknown = inbox_of(tx, replace(mailbox, login="former/1"), home.clock.now())
    assert (inbox.per_hour, inbox.keeping) == (12.5, Keeping(sent_days=7, inbox_days=7))
    assert unknown.keeping == Keeping()


@pytest.mark.parametrize("gone", [False, True])
def test_the_inboxes_are_those_of_the_faxes_that_wait(home: Household, gone: bool) -> None:
    now = home.clock.now()
    waiting = [
        Waiting(str(number), mailbox, "Inbound", now)
        for number, mailbox in enumerate([home.mailbox.id, home.mailbox.id, "1-2"])
    ]
    with home.house.catalog.transaction() as tx:
        if gone:
            tx.mailboxes.mark_gone(home.mailbox.id, "the settings name it no more")
        assert inboxes_of(tx, waiting, now).keys() == {home.mailbox.id}
        assert inboxes_of(tx, waiting[2:], now) == {}


@pytest.mark.parametrize(("peak", "demand"), [(0, 2), (1.5, 2), (3, 3)])
def test_a_mailbox_must_be_ready_for_its_busiest_hour_or_the_last_one(
    home: Household, peak: float, demand: float
) -> None:
    now = home.clock.now()
    home.take_in(now - 61 * MINUTE, now - 59 * MINUTE, now)
    with home.house.catalog.reading() as tx:
        mailbox = replace(home.mailbox, peak_per_hour=peak, called_at=now)
        assert demands_of(tx, [mailbox], now) == {mailbox.id: Demand(LOGIN, demand)}


def test_a_mailbox_without_faxes_demands_nothing(home: Household) -> None:
    with home.house.catalog.reading() as tx:
        demands = demands_of(tx, [home.mailbox], home.clock.now())
    assert demands == {home.mailbox.id: Demand(LOGIN, 0, is_called=False)}


def test_a_mailbox_is_called_about_once_ringcentral_would_and_until_it_refuses(
    home: Household,
) -> None:
    now = home.clock.now()
    called = replace(home.mailbox, called_at=now)
    with home.house.catalog.reading() as tx:
        for mailbox, expected in (
            (called, True),
            (replace(called, uncalled_reason="SUB-405"), False),
            (replace(called, called_at=None), False),
        ):
            assert demands_of(tx, [mailbox], now)[mailbox.id].is_called == expected
