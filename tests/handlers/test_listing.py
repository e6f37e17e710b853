"""A full listing against the catalog: what it names comes in, what it leaves out is asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Any, cast

import pytest

from catalog import Mailbox
from errors import DocumentRefused, NotFound, PermissionMissing, Unreachable
from handlers.listing import DOUBT_PAUSE, FEW, FullListing
from ringcentral_api import Message, MessageQuery, RingCentral
from simulator import Fault
from tests.handlers.household import Household
from tests.handlers.test_sync import message

DAY = 24 * 3600.0
UNTOLD = "a list named a fax that no sync had told"


class Pages:
    """A RingCentral whose list has these pages, and which breaks off where one is an error."""

    def __init__(self, *pages: Sequence[Any] | Exception) -> None:
        self._pages = pages
        self.queries: list[MessageQuery] = []

    def message_pages(self, extension_id: str, query: MessageQuery) -> Iterator[list[Message]]:
        self.queries.append(query)
        for page in self._pages:
            if isinstance(page, Exception):
                raise page
            yield list(map(Message.from_json, page))


def of_pages(home: Household, *pages: Sequence[Any] | Exception) -> tuple[FullListing, Pages]:
    api = Pages(*pages)
    return replace(home.house.listing, reach=lambda login: cast(RingCentral, api)), api


def compare(home: Household) -> tuple[int, int]:
    """List the mailbox whole; how many faxes were new, and how many had changed."""
    looked = home.house.listing.compare(home.mailbox.id)
    return looked.new, looked.changed


def observed(home: Household) -> dict[str, int]:
    """What was noted about RingCentral's behaviour, and how often."""
    with home.house.catalog.reading() as tx:
        return {each.topic: each.times for each in tx.observations.all()}


def asked_for(home: Household, message_id: str) -> int:
    """How often RingCentral was asked for this very message."""
    asked = home.simulator.requests(path=f"/message-store/{message_id}")["records"]
    return sum(each["path"].endswith(message_id) for each in asked)


def test_a_list_names_a_fax_that_no_sync_told(home: Household) -> None:
    home.look()
    home.simulator.fault("sync_forgets", Fault(count=1))
    message_id = home.receive_one()
    home.pass_time(120)
    home.look()
    home.pass_time(60)
    assert home.look() == (0, 0)
    assert compare(home) == (1, 0)
    fax = home.fax(message_id)
    assert (fax.state, fax.origin, fax.found_by) == ("pending", "message-store", "listing")
    assert [job.argument for job in home.jobs("archive")] == [fax.id]
    assert observed(home) == {UNTOLD: 1}


def test_a_fax_that_came_after_the_last_look_is_not_held_against_the_sync(
    home: Household,
) -> None:
    home.look()
    home.pass_time(60)
    home.receive()
    assert compare(home) == (1, 0)
    assert observed(home) == {}


def test_a_fax_that_came_just_before_the_last_look_is_not_either(home: Household) -> None:
    home.look()
    home.simulator.fault("sync_forgets", Fault(count=1))
    home.receive()
    home.pass_time(30)
    home.look()
    assert compare(home) == (1, 0)
    assert observed(home) == {}


def test_a_fax_is_held_against_the_sync_once(home: Household) -> None:
    home.look()
    home.simulator.fault("sync_forgets", Fault(count=1))
    home.receive()
    home.pass_time(120)
    home.look()
    compare(home)
    home.pass_time(60)
    home.receive()
    compare(home)
    assert observed(home) == {UNTOLD: 1}


def test_a_list_before_the_first_look_says_nothing_of_the_sync(home: Household) -> None:
    home.receive(2)
    assert compare(home) == (2, 0)
    assert observed(home) == {}


def test_a_second_list_finds_nothing_new(home: Household) -> None:
    home.receive(2)
    compare(home)
    assert compare(home) == (0, 0)
    assert home.look() == (0, 0)


def test_a_list_tells_of_a_change_that_no_sync_told(home: Household) -> None:
    sent = home.simulator.send(["+12025550101"])
    home.look()
    home.simulator.finish(sent)
    assert compare(home) == (0, 1)
    assert home.fax(sent).message_status == "Sent"
    assert len(home.jobs("archive")) == 1


def test_every_page_counts(home: Household) -> None:
    listing, api = of_pages(home, [message(1), message(2)], [message(3)], [])
    looked = listing.compare(home.mailbox.id)
    assert (looked.new, looked.changed) == (3, 0)
    assert home.watched().listed_count == 3
    (query,) = api.queries
    assert query.availability == ("Alive", "Deleted")


def test_a_fax_named_on_two_pages_is_one(home: Household) -> None:
    listing, _ = of_pages(home, [message(1)], [message(1), message(2)])
    assert listing.compare(home.mailbox.id).new == 2
    assert len(home.faxes()) == 2


def test_messages_that_are_no_faxes_are_left_out(home: Household) -> None:
    listing, _ = of_pages(home, [{**message(1), "type": "SMS"}])
    assert listing.compare(home.mailbox.id).new == 0
    assert home.faxes() == []


def test_a_list_that_breaks_off_counts_for_nothing_but_what_it_named(home: Household) -> None:
    home.receive()
    home.look()
    listing, _ = of_pages(home, [message(1)], Unreachable("Away."))
    with pytest.raises(Unreachable):
        listing.compare(home.mailbox.id)
    assert home.watched().listed_at is None
    assert home.find("1") is not None
    assert {fax.state for fax in home.faxes()} == {"pending"}


def test_the_listing_is_noted_on_mailbox_and_faxes(home: Household) -> None:
    (message_id,) = home.receive()
    home.pass_time(60)
    before = home.clock.now()
    compare(home)
    mailbox = home.watched()
    assert mailbox.listed_at is not None
    assert before <= mailbox.listed_at <= home.clock.now()
    assert mailbox.listed_from_at is not None
    assert mailbox.listed_from_at.date() == (mailbox.listed_at - timedelta(days=90)).date()
    assert mailbox.listed_from_at.time() == time()
    assert mailbox.listed_count == 1
    assert home.fax(message_id).listed_at == mailbox.listed_at
    assert [job.argument for job in home.jobs("state-days")] == [mailbox.id]


def test_the_busiest_hour_of_the_last_weeks_is_noted(home: Household) -> None:
    home.receive(2)
    home.pass_time(DAY)
    home.receive()
    compare(home)
    assert home.watched().peak_per_hour == 2.0
    home.pass_time(27.5 * DAY)
    compare(home)
    assert home.watched().peak_per_hour == 1.0


def test_a_fax_that_is_not_listed_is_asked_for_before_it_is_called_lost(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.pass_time(60)
    home.simulator.fault("list_empty", Fault(count=1))
    compare(home)
    fax = home.fax(message_id)
    assert (fax.state, fax.unlisted_at) == ("pending", None)
    assert asked_for(home, message_id) == 1
    assert home.watched().listed_count == 0
    home.finish(message_id)
    assert home.fax(message_id).state == "archived"


@pytest.mark.parametrize("state", ["pending", "refused"])
def test_a_fax_that_is_gone_is_lost(home: Household, state: str) -> None:
    message_id = home.receive_one()
    home.look()
    if state == "refused":
        home.simulator.sicken(message_id, "content_html")
        with pytest.raises(DocumentRefused):
            home.finish(message_id)
    assert home.fax(message_id).state == state
    home.simulator.delete(message_id, purge=True)
    home.pass_time(60)
    compare(home)
    assert home.fax(message_id).state == "lost"
    assert home.kinds()[-1] == "lost"


def test_a_lost_fax_is_not_asked_for_again(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.delete(message_id, purge=True)
    home.pass_time(60)
    compare(home)
    asked = asked_for(home, message_id)
    home.pass_time(60)
    compare(home)
    assert asked_for(home, message_id) == asked
    assert home.kinds() == ["lost"]


def test_a_fax_that_only_was_deleted_is_still_listed(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.delete(message_id)
    home.pass_time(60)
    assert compare(home) == (0, 1)
    assert home.fax(message_id).availability == "Deleted"
    assert asked_for(home, message_id) == 0


def test_a_fax_that_came_while_the_list_was_made_is_not_missed_in_it(home: Household) -> None:
    listing, _ = of_pages(home, [])
    early = home.clock.now()
    home.pass_time(60)
    home.receive()
    home.look()
    replace(listing, now=lambda: early).compare(home.mailbox.id)
    assert {fax.state for fax in home.faxes()} == {"pending"}


def test_an_archived_fax_that_is_no_longer_listed_is_only_noted(home: Household) -> None:
    message_id = home.archive_one()
    home.pass_time(60)
    home.simulator.hide(message_id, 120)
    compare(home)
    fax = home.fax(message_id)
    assert (fax.state, fax.unlisted_at) == ("archived", home.watched().listed_at)
    assert asked_for(home, message_id) == 0
    home.pass_time(180)
    compare(home)
    assert home.fax(message_id).unlisted_at is None


def test_a_mailbox_that_is_suddenly_empty_is_listed_once_more_before_it_is_believed(
    home: Household,
) -> None:
    home.receive(FEW)
    home.look()
    home.pass_time(60)
    compare(home)
    before = home.watched()
    home.tamper("DELETE FROM jobs")
    home.pass_time(60)
    home.simulator.fault("list_empty", Fault(count=1))
    compare(home)
    assert home.watched() == before
    (again,) = home.jobs("list")
    assert again.due_at - home.clock.now() > DOUBT_PAUSE - timedelta(seconds=10)
    assert home.jobs("state-days") == []
    home.pass_time(DOUBT_PAUSE.total_seconds())
    compare(home)
    assert home.watched().listed_count == FEW
    assert {fax.state for fax in home.faxes()} == {"pending"}


def test_a_mailbox_that_is_empty_twice_is_believed(home: Household) -> None:
    ids = home.receive(FEW)
    home.look()
    for message_id in ids[:2]:
        home.finish(message_id)
    home.pass_time(60)
    compare(home)
    for message_id in ids:
        home.simulator.delete(message_id, purge=True)
    home.pass_time(60)
    compare(home)
    assert home.watched().listed_count == FEW
    assert {home.fax(each).state for each in ids[2:]} == {"lost"}  # asked for one by one
    home.pass_time(DOUBT_PAUSE.total_seconds())
    compare(home)
    assert home.watched().listed_count == 0
    assert all(home.fax(each).unlisted_at for each in ids[:2])


@pytest.mark.parametrize(
    ("before", "now", "doubtful"),
    [(10, 0, True), (9, 0, False), (40, 21, False), (40, 20, True), (19, 9, True), (19, 10, False)],
)
def test_how_much_is_too_much_at_once(
    home: Household, before: int, now: int, doubtful: bool
) -> None:
    everything = [message(number) for number in range(before)]
    first, _ = of_pages(home, everything)
    at = home.clock.now()
    replace(first, now=lambda: at).compare(home.mailbox.id)
    home.tamper("UPDATE faxes SET state = 'archived'")
    home.pass_time(60)
    second, _ = of_pages(home, everything[:now])
    second.compare(home.mailbox.id)
    assert (home.watched().listed_at == at) is doubtful
    unlisted = [fax for fax in home.faxes() if fax.unlisted_at]
    assert len(unlisted) == (0 if doubtful else before - now)


def test_a_mailbox_that_emptied_with_the_years_is_believed_at_once(home: Household) -> None:
    home.receive(FEW)
    compare(home)
    home.pass_time(91 * DAY)
    home.simulator.fault("list_empty", Fault(count=1))
    compare(home)
    assert home.watched().listed_count == 0


def test_a_mailbox_that_may_not_be_read_is_told_to_be_unreachable(home: Household) -> None:
    listing, _ = of_pages(home, PermissionMissing("No permission.", status=403, code="CMN-408"))
    with pytest.raises(PermissionMissing):
        listing.compare(home.mailbox.id)
    mailbox = home.watched()
    assert (mailbox.status, mailbox.status_reason) == ("unreachable", "No permission.")
    home.look()
    assert home.watched().status == "watched"


def test_a_mailbox_that_is_gone_is_not_listed(home: Household) -> None:
    home.receive()
    home.look()
    with home.house.catalog.transaction() as tx:
        tx.mailboxes.mark_gone(home.mailbox.id, "RingCentral has this extension no more")
    listing, api = of_pages(home, NotFound("None.", status=404, code="CMN-102"))
    assert listing.compare(home.mailbox.id).new == 0
    assert api.queries == []
    assert home.watched().status == "gone"


@pytest.mark.parametrize("known", [False, True])
def test_a_mailbox_that_nobody_reads_is_not_listed(home: Household, known: bool) -> None:
    if known:
        with home.house.catalog.transaction() as tx:
            tx.mailboxes.watch(Mailbox("1-2", "1", "2", "", ""), home.clock.now())
    listing, api = of_pages(home, [message(1)])
    assert listing.compare("1-2").new == 0
    assert api.queries == []
