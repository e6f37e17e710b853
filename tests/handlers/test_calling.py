"""RingCentral calls about every mailbox; each time it did not has its start, end and cause."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from accounts import Login
from catalog import BlindWindow, Mailbox, OwnSubscription
from errors import LoginRefused, PermissionMissing, RingCentralError, Unreachable
from handlers.calling import ASK_AGAIN, Calling
from handlers.closings import AWAY, REFUSED
from ringcentral_api import SubscriptionSpec
from settings import MAIN
from simulator import Fault, NewExtension
from subscriptions import Report, mailbox_filters
from subscriptions.filters import EXTENSION_LIST
from tests.handlers.answering import Answerer
from tests.handlers.household import LOGIN, Household

HOUR, DAY = 3600.0, 24 * 3600.0


def keep(home: Household) -> Report:
    report = home.house.calling.keep(LOGIN)
    assert report is not None
    return report


def begin(home: Household) -> str:
    """Have RingCentral call, and forget what was asked for so far; the subscription's id."""
    (standing,) = keep(home).standings
    home.tamper("DELETE FROM jobs")
    return standing.subscription.id


def alive(home: Household) -> list[str]:
    return [each["id"] for each in home.simulator.subscriptions() if not each["expired"]]


def windows(home: Household, mailbox: Mailbox | None = None) -> list[BlindWindow]:
    """The blind windows of a mailbox, by default the login's own; the oldest first."""
    wanted = (mailbox or home.mailbox).id
    with home.house.catalog.reading() as tx:
        found = [each for each in tx.windows.list() if each.mailbox_id == wanted]
    return found[::-1]


def listed(home: Household) -> list[str]:
    """The mailboxes that are to be listed whole, in their order."""
    asked = {job.argument for job in home.jobs("list")}
    return [mailbox.id for mailbox in home.mailboxes if mailbox.id in asked]


def called_at(home: Household) -> list[datetime | None]:
    with home.house.catalog.reading() as tx:
        return [each.called_at for each in tx.mailboxes.all()]


def elsewhere(home: Household) -> Calling:
    """Calling with no public address any more."""
    return replace(home.house.calling, base="")


def spec(home: Household, address: str) -> SubscriptionSpec:
    filters = mailbox_filters(home.mailbox.extension_id)
    return SubscriptionSpec(address, filters, 7 * 24 * 3600, "hush")


def make(home: Household, address: str) -> str:
    """Somebody makes a subscription with our login."""
    return home.house.reach(LOGIN).create_subscription(spec(home, address)).id


# Being called


def test_one_subscription_serves_every_mailbox_of_a_login(called: Household) -> None:
    (standing,) = keep(called).standings
    assert standing.action == "Create: there is none"
    assert alive(called) == [standing.subscription.id]
    wanted = set(standing.wanted.event_filters)
    assert all(wanted >= set(mailbox_filters(each.extension_id)) for each in called.mailboxes)
    assert called_at(called) == [called.clock.now()] * 3
    assert windows(called) == []


def test_a_good_one_is_kept_and_seen_again(called: Household) -> None:
    first = begin(called)
    called.pass_time(HOUR)
    (standing,) = keep(called).standings
    assert (standing.subscription.id, standing.action) == (first, "Keep: it delivers")
    assert called_at(called) == [called.clock.now()] * 3
    assert listed(called) == []


def test_a_mailbox_that_comes_later_is_called_about_as_well(called: Household) -> None:
    first = begin(called)
    account_id = called.mailbox.account_id
    new = called.simulator.add_extension(account_id, NewExtension("Fax line"))
    called.take_census()
    (standing,) = keep(called).standings
    assert (standing.subscription.id, standing.action) == (first, "Renew: it lacks 2 filters")
    assert set(mailbox_filters(str(new["id"]))) <= set(standing.wanted.event_filters)
    assert windows(called) == []


def tells_of_extensions(report: Report) -> list[bool]:
    return [EXTENSION_LIST in each.wanted.event_filters for each in report.standings]


@pytest.mark.parametrize(("first", "told"), [(LOGIN, True), (f"{MAIN}/0", False)])
def test_only_an_accounts_first_login_hears_of_new_extensions(
    called: Household, first: str, told: bool
) -> None:
    account = called.house.accounts[MAIN]
    logins = (Login(first, "jwt"), *account.logins)
    calling = replace(called.house.calling, accounts={MAIN: replace(account, logins=logins)})
    report = calling.keep(LOGIN)
    assert report is not None
    assert tells_of_extensions(report) == [told]


def test_a_login_that_reads_nothing_needs_no_subscription(called: Household) -> None:
    assert called.house.calling.keep(f"{MAIN}/2") is None
    called.tamper("UPDATE mailboxes SET status = 'gone'")
    assert called.house.calling.keep(LOGIN) is None
    assert alive(called) == []


# Not being called


def expire(home: Household, subscription_id: str) -> None:
    home.simulator.expire_subscription(subscription_id)


def suspend(home: Household, subscription_id: str) -> None:
    home.simulator.blacklist_subscription(subscription_id, "Read timed out")


def remove(home: Household, subscription_id: str) -> None:
    home.house.reach(LOGIN).delete_subscription(subscription_id)


def disable(home: Household, subscription_id: str) -> None:
    home.simulator.disable_filters(subscription_id)


def strip(home: Household, subscription_id: str) -> None:
    api = home.house.reach(LOGIN)
    filters = [f for each in home.mailboxes for f in mailbox_filters(each.extension_id)[:1]]
    api.update_subscription(subscription_id, filters, 7 * 24 * 3600)


def move(home: Household, subscription_id: str) -> None:
    remove(home, subscription_id)
    make(home, f"{home.house.calling.base}former")


LAST_SEEN, AT_ONCE = 0.0, 2 * HOUR


@pytest.mark.parametrize(
    ("mishap", "start", "cause"),
    [
        (suspend, AT_ONCE, "RingCentral had suspended it: Read timed out"),
        (remove, LAST_SEEN, "there was no subscription"),
        (expire, LAST_SEEN, "there was no subscription"),  # long before the end that it had told
        (disable, LAST_SEEN, "RingCentral had disabled filters"),
        (strip, LAST_SEEN, "some of its filters did not fire"),
    ],
)
def test_a_mishap_is_a_window_until_it_is_mended(
    called: Household, mishap: Callable[[Household, str], None], start: float, cause: str
) -> None:
    subscription_id, seen = begin(called), called.clock.now()
    called.pass_time(AT_ONCE)
    mishap(called, subscription_id)
    called.pass_time(HOUR)
    keep(called)
    for mailbox in called.mailboxes:
        (window,) = windows(called, mailbox)
        assert window.started_at == seen + timedelta(seconds=start)
        assert (window.ended_at, window.cause) == (called.clock.now(), cause)
        assert window.listed_at is None
    assert listed(called) == [mailbox.id for mailbox in called.mailboxes]
    assert len(alive(called)) == 1
    called.pass_time(60)
    keep(called)
    assert len(windows(called)) == 1


def test_one_that_simply_ended_was_good_until_its_end(called: Household) -> None:
    seen = called.clock.now()
    begin(called)
    called.pass_time(8 * DAY)
    keep(called)
    (window,) = windows(called)
    assert window.started_at == seen + timedelta(days=7)
    assert (window.ended_at, window.cause) == (called.clock.now(), "the subscription had expired")


def test_one_that_calls_elsewhere_is_a_window(called: Household) -> None:
    subscription_id, seen = begin(called), called.clock.now()
    move(called, subscription_id)
    called.pass_time(HOUR)
    keep(called)
    (window,) = windows(called)
    assert (window.started_at, window.cause) == (seen, "it called an old address")
    assert len(alive(called)) == 1


def test_a_double_is_deleted_and_is_no_window(called: Household) -> None:
    first = begin(called)
    (address,) = {each["deliveryMode"]["address"] for each in called.simulator.subscriptions()}
    double = make(called, address)
    called.pass_time(HOUR)
    report = keep(called)
    (deleted,) = report.deleted
    assert {deleted.subscription_id, *alive(called)} == {first, double}
    assert deleted.reason == "a double"
    assert windows(called) == []


def test_others_are_left_alone(called: Household, answerer: Answerer) -> None:
    begin(called)
    other = make(called, f"{answerer.url}/somebody/else")
    called.pass_time(HOUR)
    assert keep(called).deleted == ()
    assert other in alive(called)


def test_only_the_mailbox_that_lacked_its_filter_has_a_window(called: Household) -> None:
    subscription_id = begin(called)
    lacking = called.mailboxes[1]
    (standing,) = keep(called).standings
    others = [
        each
        for each in standing.wanted.event_filters
        if each not in mailbox_filters(lacking.extension_id)
    ]
    called.house.reach(LOGIN).update_subscription(subscription_id, others, 7 * 24 * 3600)
    called.pass_time(HOUR)
    keep(called)
    assert [len(windows(called, each)) for each in called.mailboxes] == [0, 1, 0]
    assert listed(called) == [lacking.id]


def test_a_window_is_made_up_for_by_the_listing_after_it(called: Household) -> None:
    subscription_id = begin(called)
    suspend(called, subscription_id)
    called.pass_time(HOUR)
    missed = called.receive_one()
    called.house.listing.compare(called.mailbox.id)  # it has not ended yet: this proves nothing
    called.pass_time(HOUR)
    keep(called)
    (window,) = windows(called)
    assert window.listed_at is None
    with called.house.catalog.reading() as tx:
        assert tx.windows.found(window) == 1
    called.pass_time(60)
    called.run("list")
    (window,) = windows(called)
    assert window.listed_at == called.watched().listed_at == called.clock.now()
    assert called.find(missed) is not None


def test_a_mishap_of_days_is_one_window(called: Household) -> None:
    seen = called.clock.now()
    for _ in range(3):
        remove(called, begin(called))
        called.pass_time(DAY)
    keep(called)
    (window,) = windows(called)
    assert (window.started_at, window.ended_at) == (seen, called.clock.now())


# What RingCentral refuses


def test_our_own_old_ones_make_room_at_the_limit(called: Household) -> None:
    suspend(called, begin(called))
    old = [make(called, f"{called.house.calling.base}old{number}") for number in range(2)]
    called.simulator.change_settings(subscription_limit=3)
    report = keep(called)
    assert len(alive(called)) == 1
    assert {each.subscription_id for each in report.deleted} > set(old)
    assert windows(called)[0].ended_at == called.clock.now()


def test_others_at_the_limit_are_for_a_person_to_mend(
    called: Household, answerer: Answerer
) -> None:
    first = begin(called)
    other = make(called, f"{answerer.url}/somebody/else")
    remove(called, first)
    called.simulator.change_settings(subscription_limit=1)
    with pytest.raises(RingCentralError) as refusal:
        keep(called)
    assert refusal.value.code == "SUB-505"
    assert alive(called) == [other]


def test_too_many_filters_are_divided(called: Household) -> None:
    called.simulator.change_settings(max_filters=4)
    report = keep(called)
    addresses = [each.wanted.address for each in report.standings]
    base = addresses[0]
    assert addresses == [base, f"{base}/1", f"{base}/2"]
    assert len(alive(called)) == 3
    assert tells_of_extensions(report) == [True, False, False]
    assert called_at(called) == [called.clock.now()] * 3
    called.pass_time(60)
    assert [each.action for each in keep(called).standings] == ["Keep: it delivers"] * 3


def test_they_are_divided_no_further_than_needed(called: Household) -> None:
    called.simulator.add_extension(called.mailbox.account_id, NewExtension("Fax line"))
    called.take_census()
    called.simulator.change_settings(max_filters=6)
    assert len(keep(called).standings) == 2
    with called.house.catalog.reading() as tx:
        login = tx.logins.get(LOGIN)
    assert login is not None
    assert login.mailboxes_per_subscription == 2


def test_filters_that_are_refused_even_alone_are_for_a_person_to_mend(called: Household) -> None:
    called.simulator.change_settings(max_filters=2)
    with pytest.raises(RingCentralError) as refusal:
        keep(called)
    assert refusal.value.code == "SUB-508"
    assert called_at(called) == [None] * 3


@pytest.mark.parametrize("rule", ["refuse", "disable"])
def test_where_others_are_refused_the_own_mailbox_is_still_called_about(
    called: Household, rule: str
) -> None:
    called.simulator.change_account(other_extensions=rule)
    keep(called)
    assert called_at(called) == [called.clock.now(), None, None]
    with called.house.catalog.reading() as tx:
        others = tx.mailboxes.all()[1:]
    assert all(each.uncalled_reason for each in others)
    assert [each.uncalled_until for each in others] == [called.clock.now() + ASK_AGAIN] * 2
    (standing,) = keep(called).standings
    assert mailbox_filters(called.mailboxes[1].extension_id)[0] not in standing.wanted.event_filters


def test_what_was_refused_is_asked_for_again_in_a_day(called: Household) -> None:
    called.simulator.change_account(other_extensions="refuse")
    keep(called)
    called.simulator.change_account(other_extensions="allow")
    called.pass_time(DAY - 60)
    keep(called)
    assert called_at(called)[1:] == [None, None]
    called.pass_time(60)
    keep(called)
    assert called_at(called) == [called.clock.now()] * 3


@pytest.mark.parametrize("rule", ["refuse", "disable"])
def test_a_mailbox_that_is_refused_from_now_on_is_looked_at_instead(
    called: Household, rule: str
) -> None:
    subscription_id = begin(called)
    called.simulator.change_account(other_extensions=rule)
    suspend(called, subscription_id)
    called.pass_time(2 * HOUR)
    keep(called)
    for mailbox in called.mailboxes:
        assert all(each.ended_at is not None for each in windows(called, mailbox))
    with called.house.catalog.reading() as tx:
        assert [bool(each.uncalled_reason) for each in tx.mailboxes.all()] == [False, True, True]


def test_own_filters_that_are_disabled_are_a_window_until_a_new_one_is_whole(
    called: Household,
) -> None:
    subscription_id, seen = begin(called), called.clock.now()
    own = mailbox_filters(called.mailbox.extension_id)[0]
    (filters,) = [each["eventFilters"] for each in called.simulator.subscriptions()]
    resolved = [f for f in filters if f.endswith(own.partition("/extension/")[2])]
    called.simulator.disable_filters(subscription_id, resolved)
    called.pass_time(60)
    keep(called)  # it is new: another would be no better
    (window,) = windows(called)
    assert (window.started_at, window.ended_at) == (seen, None)
    assert window.cause == "some of its filters did not fire"
    called.pass_time(HOUR)
    keep(called)
    (window,) = windows(called)
    assert (window.started_at, window.ended_at) == (seen, called.clock.now())
    assert listed(called) == [called.mailbox.id]


def test_a_missing_permission_is_for_a_person_to_mend(called: Household) -> None:
    called.simulator.change_account(scopes=["ReadMessages", "ReadAccounts"])
    called.simulator.revoke_tokens()
    called.tamper("DELETE FROM api_tokens")
    with pytest.raises(PermissionMissing):
        keep(called)
    assert called_at(called) == [None] * 3


def outage(home: Household, answerer: Answerer) -> None:
    home.simulator.fault("outage", Fault())


def no_handshake(home: Household, answerer: Answerer) -> None:
    (subscription_id,) = alive(home)
    home.simulator.blacklist_subscription(subscription_id)
    answerer.status = 500


def refused_login(home: Household, answerer: Answerer) -> None:
    home.simulator.new_credentials()
    home.tamper("DELETE FROM api_tokens")


def mend(home: Household, answerer: Answerer) -> None:
    home.simulator.clear_faults()
    answerer.status = 200


@pytest.mark.parametrize(
    ("trouble", "error", "cause"),
    [
        (outage, Unreachable, AWAY),
        (no_handshake, RingCentralError, f"{REFUSED} (SUB-522)"),
        (refused_login, LoginRefused, f"{REFUSED} (OAU-153)"),
    ],
)
def test_while_we_cannot_make_sure_of_it_a_window_lasts(
    called: Household,
    answerer: Answerer,
    trouble: Callable[[Household, Answerer], None],
    error: type[Exception],
    cause: str,
) -> None:
    begin(called)
    seen = called.clock.now()
    trouble(called, answerer)
    for seconds, noted in ((120, 0), (60, 1), (HOUR, 1)):
        called.pass_time(seconds)
        with pytest.raises(error):
            keep(called)
        assert len(windows(called)) == noted
    (window,) = windows(called)
    assert (window.started_at, window.ended_at, window.cause) == (seen, None, cause)
    assert listed(called) == []


@pytest.mark.parametrize("trouble", [outage, no_handshake])
def test_it_ends_as_soon_as_ringcentral_calls_again(
    called: Household, answerer: Answerer, trouble: Callable[[Household, Answerer], None]
) -> None:
    begin(called)
    seen = called.clock.now()
    trouble(called, answerer)
    called.pass_time(HOUR)
    with pytest.raises(RingCentralError):
        keep(called)
    mend(called, answerer)
    called.pass_time(60)
    keep(called)
    for mailbox in called.mailboxes:
        (window,) = windows(called, mailbox)
        assert (window.started_at, window.ended_at) == (seen, called.clock.now())
    assert listed(called) == [mailbox.id for mailbox in called.mailboxes]


# Calls that nobody wants


def test_without_a_public_address_ours_are_removed(called: Household, answerer: Answerer) -> None:
    begin(called)
    other = make(called, f"{answerer.url}/somebody/else")
    assert elsewhere(called).keep(LOGIN) is None
    assert alive(called) == [other]
    asked = called.simulator.requests(path="/subscription")["total"]
    assert elsewhere(called).keep(LOGIN) is None
    assert called.simulator.requests(path="/subscription")["total"] == asked


def test_an_account_that_wants_no_calls_has_ours_removed(called: Household) -> None:
    begin(called)
    quiet = {MAIN: replace(called.house.accounts[MAIN], webhook=False)}
    assert replace(called.house.calling, accounts=quiet).keep(LOGIN) is None
    assert alive(called) == []


def test_a_login_that_the_settings_name_no_more_is_not_asked_for(called: Household) -> None:
    former = OwnSubscription("x", "former/1", "https://former.example/", None, called.clock.now())
    with called.house.catalog.transaction() as tx:
        tx.windows.remember(former)
    assert called.house.calling.keep("former/1") is None


def test_all_of_ours_can_be_removed(called: Household) -> None:
    subscription_id = begin(called)
    assert called.house.calling.remove(LOGIN) == (subscription_id,)
    assert alive(called) == []
    assert called.house.calling.remove(LOGIN) == ()
    with called.house.catalog.reading() as tx:
        assert tx.windows.own(LOGIN) == {}


def test_being_called_again_after_a_time_without_is_a_window(called: Household) -> None:
    begin(called)
    elsewhere(called).keep(LOGIN)
    seen = called.clock.now()
    called.pass_time(DAY)
    keep(called)
    (window,) = windows(called)
    assert (window.started_at, window.ended_at) == (seen, called.clock.now())


def test_a_second_trouble_within_a_window_is_told_with_the_first(
    called: Household, answerer: Answerer
) -> None:
    begin(called)
    outage(called, answerer)
    called.pass_time(HOUR)
    with pytest.raises(Unreachable):
        keep(called)
    mend(called, answerer)
    suspend(called, alive(called)[0])
    called.pass_time(60)
    keep(called)
    (window,) = windows(called)
    assert window.cause == f"{AWAY}; RingCentral had suspended it: Read timed out"
