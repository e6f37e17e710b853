"""The census: who the logins are, what there is, who watches it, and why others are not watched."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, cast

import pytest

from accounts import ALL, OWN, Account, Login
from catalog import BlindWindow, KnownExtension, KnownLogin, KnownNumber, Mailbox
from errors import LoginRefused, NotFound, PermissionMissing, RateLimited, Unreachable
from handlers.census import CensusTaker
from ringcentral_api import Extension, RingCentral
from ringcentral_api.directory import LARGEST_PAGE
from settings import MAIN
from simulator import Fault, NewAccount, NewExtension
from tests.handlers.household import LOGIN, Household

SECOND = f"{MAIN}/2"
REFUSED = PermissionMissing("No.", status=403, code="CMN-408")


class Liar:
    """A RingCentral that leaves extensions out of its list, and refuses what it is told to."""

    def __init__(
        self, api: RingCentral, leaves_out: Sequence[str], refuses: Mapping[str, Exception]
    ) -> None:
        self._api = api
        self._leaves_out = leaves_out
        self._refuses = refuses

    def extensions(self) -> list[Extension]:
        if "extensions" in self._refuses:
            raise self._refuses["extensions"]
        return [each for each in self._api.extensions() if each.id not in self._leaves_out]

    def __getattr__(self, name: str) -> Any:
        return self._refuse if name in self._refuses else getattr(self._api, name)

    def _refuse(self, *_: object) -> NoReturn:
        (error,) = self._refuses.values()
        raise error


def census_of(
    home: Household,
    *words: str,
    leaves_out: Sequence[str] = (),
    refuses: Mapping[str, Exception] | None = None,
) -> CensusTaker:
    """The census as it would be with these mailboxes, by a RingCentral that may lie."""
    house = home.house
    account = replace(house.accounts[MAIN], mailboxes=words)

    def reach(login: str) -> RingCentral:
        return cast(RingCentral, Liar(house.reach(login), leaves_out, refuses or {}))

    return replace(house.census, accounts={MAIN: account}, reach=reach)


def take(home: Household, *words: str, **lies: Any) -> list[str]:
    """Count; the extension ids of the mailboxes that are watched."""
    return [each.extension_id for each in census_of(home, *words, **lies).take(MAIN)]


def log_in_as(home: Household, *extension_ids: str, mailboxes: Sequence[str] = (ALL,)) -> None:
    """Live with one login for each of these users, in this order."""
    jwts = [home.simulator.env_for(each)["RC_USER_JWT"] for each in extension_ids]
    logins = tuple(Login(f"{MAIN}/{number}", jwt) for number, jwt in enumerate(jwts, 1))
    account = replace(home.house.accounts[MAIN], logins=logins, mailboxes=tuple(mailboxes))
    home.restart(accounts=(account,))


def residents(home: Household) -> list[str]:
    return [each["id"] for each in home.simulator.accounts()[0]["extensions"]]


def known(home: Household) -> dict[str, Mailbox]:
    """Every mailbox of the catalog, by its extension id."""
    with home.house.catalog.reading() as tx:
        return {each.extension_id: each for each in tx.mailboxes.all()}


def readers(home: Household) -> dict[str, str]:
    """Who reads each mailbox that is watched."""
    return {each.extension_id: each.login for each in known(home).values() if is_there(each)}


def is_there(mailbox: Mailbox) -> bool:
    return mailbox.status == "watched"


def extensions(home: Household) -> dict[str, KnownExtension]:
    with home.house.catalog.reading() as tx:
        return {each.extension_id: each for each in tx.census.extensions()}


def numbers(home: Household) -> dict[str, KnownNumber]:
    with home.house.catalog.reading() as tx:
        return {each.number: each for each in tx.census.numbers()}


def login(home: Household, name: str = LOGIN) -> KnownLogin:
    with home.house.catalog.reading() as tx:
        found = tx.logins.get(name)
    assert found is not None
    return found


def paths(home: Household) -> list[str]:
    return [each["path"] for each in home.simulator.requests()["records"]]


def is_recent(home: Household, moment: datetime | None) -> bool:
    return moment is not None and timedelta() <= home.clock.now() - moment < timedelta(seconds=9)


# Our own mailbox


def test_our_own_mailbox_is_found_and_named(home: Household) -> None:
    own = home.simulator.accounts()[0]["extensions"][0]
    mailbox = home.watched()
    assert (mailbox.extension_id, mailbox.login) == (own["id"], LOGIN)
    assert (mailbox.name, mailbox.extension_number) == (own["name"], own["number"])


def test_without_all_nobody_asks_for_the_lists(home: Household) -> None:
    home.simulator.forget()
    home.take_census()
    assert [each.split("/")[-1] for each in paths(home)] == ["~", "message-store-configuration"]


def test_finding_a_mailbox_again_changes_nothing_of_it(home: Household) -> None:
    home.look()
    before = home.watched()
    home.pass_time(60)
    home.take_census()
    assert home.watched() == before


def test_the_mailboxes_of_the_settings_are_watched(home: Household) -> None:
    first, second, _ = residents(home)
    assert take(home, OWN, second) == [first, second]
    assert readers(home) == {first: LOGIN, second: LOGIN}


def test_a_new_mailbox_is_looked_at_and_listed_at_once(home: Household) -> None:
    home.tamper("DELETE FROM jobs")
    home.rings.rung.clear()
    _, second, _ = residents(home)
    take(home, OWN, second)
    for name in ("look", "list"):
        (job,) = home.jobs(name)
        assert (job.argument, job.lane) == (known(home)[second].id, LOGIN)
        assert (name, LOGIN, 0.0) in home.rings.rung


def test_counting_again_asks_for_no_look(home: Household) -> None:
    home.tamper("DELETE FROM jobs")
    home.take_census()
    assert (home.jobs("look"), home.jobs("list")) == ([], [])


def test_the_census_is_asked_for_again_in_an_hour(home: Household) -> None:
    home.tamper("DELETE FROM jobs")
    home.house.runner.hint("census", MAIN)
    (job,) = home.jobs("census")
    assert job.argument == MAIN
    assert is_recent(home, job.due_at - timedelta(hours=1))


def test_each_login_that_works_is_asked_to_have_ringcentral_call(home: Household) -> None:
    first, second, third = residents(home)
    log_in_as(home, first, second, third)
    home.tamper("DELETE FROM jobs")
    home.simulator.change_extension(second, status="Disabled")
    home.take_census()
    assert {job.argument for job in home.jobs("subscribe")} == {f"{MAIN}/1", f"{MAIN}/3"}


def test_an_account_that_is_not_in_the_settings_is_not_counted(home: Household) -> None:
    home.simulator.forget()
    assert home.house.census.take("another") == []
    assert paths(home) == []


# All mailboxes


def test_every_page_of_extensions_is_read(home: Household) -> None:
    for _ in range(LARGEST_PAGE):
        home.simulator.add_extension("", NewExtension(type="IvrMenu"))
    last = home.simulator.add_extension("", NewExtension())["id"]
    found = take(home, ALL)
    assert last in found
    assert len(found) == 4
    assert len(extensions(home)) == 3 + LARGEST_PAGE + 1


def test_a_new_extension_is_taken_in(home: Household) -> None:
    take(home, ALL)
    new = home.simulator.add_extension("", NewExtension(name="Kit Webb", type="FaxUser"))
    assert new["id"] in take(home, ALL)
    mailbox = known(home)[new["id"]]
    assert (mailbox.name, mailbox.extension_number) == ("Kit Webb", new["number"])
    assert mailbox.id in {job.argument for job in home.jobs("look")}


def test_a_renamed_extension_is_renamed(home: Household) -> None:
    _, second, _ = residents(home)
    take(home, ALL)
    home.simulator.change_extension(second, name="Renamed")
    take(home, ALL)
    assert (known(home)[second].name, extensions(home)[second].name) == ("Renamed", "Renamed")


def test_a_disabled_extension_stays_watched(home: Household) -> None:
    _, second, _ = residents(home)
    take(home, ALL)
    home.simulator.change_extension(second, status="Disabled")
    assert second in take(home, ALL)
    assert (extensions(home)[second].status, known(home)[second].status) == ("Disabled", "watched")


def test_an_extension_that_is_not_watched_has_its_reason(home: Household) -> None:
    menu = home.simulator.add_extension("", NewExtension(type="IvrMenu"))["id"]
    take(home, ALL)
    assert menu not in known(home)
    assert "IvrMenu holds no faxes" in extensions(home)[menu].unwatched_reason
    assert extensions(home)[home.mailbox.extension_id].unwatched_reason == ""


def test_a_deleted_extension_is_gone_and_its_faxes_stay(home: Household) -> None:
    _, second, _ = residents(home)
    take(home, ALL)
    (message_id,) = home.simulator.receive(home.page, extension=second)
    home.house.mailbox_sync.look(known(home)[second].id)
    home.finish(message_id)
    home.pass_time(60)
    home.simulator.remove_extension(second)
    assert second not in take(home, ALL)
    mailbox = known(home)[second]
    assert (mailbox.status, mailbox.status_reason) == (
        "gone",
        "RingCentral has this extension no more",
    )
    assert is_recent(home, extensions(home)[second].gone_at)
    assert home.fax(message_id).state == "archived"


def test_a_deleted_extension_that_never_had_a_fax_is_forgotten(home: Household) -> None:
    _, second, _ = residents(home)
    take(home, ALL)
    home.simulator.remove_extension(second)
    take(home, ALL)
    assert second not in known(home)


def test_a_deleted_extension_stays_gone_whatever_was_still_to_be_done(home: Household) -> None:
    second = with_a_fax_in_the_second(home)
    home.simulator.remove_extension(second)
    take(home, ALL)
    for name in ("look", "list"):
        home.pass_time(24 * 3600)
        home.run(name)
    assert known(home)[second].status == "gone"
    assert {job.argument for job in home.jobs("look")} == set()


def with_a_fax_in_the_second(home: Household) -> str:
    """Watch all; the second extension has a fax that is not archived yet."""
    _, second, _ = residents(home)
    take(home, ALL)
    home.simulator.receive(home.page, extension=second)
    home.house.mailbox_sync.look(known(home)[second].id)
    return second


def test_a_fax_that_was_not_fetched_is_lost_with_its_extension(home: Household) -> None:
    second = with_a_fax_in_the_second(home)
    home.simulator.remove_extension(second)
    take(home, ALL)
    assert "deleted at RingCentral with its extension" in reason_of_the_loss(home)


def test_a_mailbox_that_is_only_not_wanted_was_not_deleted(home: Household) -> None:
    with_a_fax_in_the_second(home)
    take(home, OWN)
    home.simulator.delete(home.faxes()[0].message_id, purge=True)
    assert "purged at RingCentral" in reason_of_the_loss(home)


def reason_of_the_loss(home: Household) -> str:
    """Try to fetch the one fax; why it is lost."""
    home.finish(home.faxes()[0].message_id)
    (fax,) = home.faxes()
    assert fax.state == "lost"
    return fax.state_reason


def test_an_extension_that_comes_back_is_watched_again(home: Household) -> None:
    second = with_a_fax_in_the_second(home)
    take(home, OWN)
    assert known(home)[second].status == "gone"
    home.tamper("DELETE FROM jobs")
    take(home, ALL)
    mailbox = known(home)[second]
    assert (mailbox.status, mailbox.status_reason) == ("watched", "")
    assert mailbox.id in {job.argument for job in home.jobs("list")}


# Lists that lie


def test_an_extension_that_a_list_leaves_out_is_not_believed_to_be_gone(home: Household) -> None:
    second = with_a_fax_in_the_second(home)
    take(home, ALL, leaves_out=[second])
    assert known(home)[second].status == "watched"


def test_an_empty_list_changes_nothing(home: Household) -> None:
    take(home, ALL)
    before = readers(home), extensions(home)
    take(home, ALL, leaves_out=residents(home))
    assert (readers(home), extensions(home)) == before


@pytest.mark.parametrize("answer", [NotFound("A proxy's page.", status=404), REFUSED])
def test_only_ringcentrals_own_word_says_that_an_extension_is_gone(
    home: Household, answer: Exception
) -> None:
    second = with_a_fax_in_the_second(home)
    take(home, ALL, leaves_out=[second], refuses={"extension": answer})
    assert known(home)[second].status == "watched"


# What nobody may know


def test_without_the_permission_to_list_each_logins_own_is_watched(home: Household) -> None:
    first, second, _ = residents(home)
    log_in_as(home, first, second)
    assert take(home, ALL, refuses={"extensions": REFUSED}) == [first, second]
    assert extensions(home) == {}


def test_the_permission_to_list_that_was_lost_ends_nothing(home: Household) -> None:
    take(home, ALL)
    before = readers(home)
    take(home, ALL, refuses={"extensions": REFUSED})
    assert readers(home) == before
    assert all(each.gone_at is None for each in extensions(home).values())


def test_without_the_permission_for_numbers_the_extensions_are_known(home: Household) -> None:
    take(home, ALL, refuses={"phone_numbers": REFUSED})
    assert len(extensions(home)) == 3
    assert numbers(home) == {}


def test_how_long_the_account_keeps_faxes_is_known_where_it_may_be(home: Household) -> None:
    home.simulator.change_account(retention_days=45, hipaa=True)
    home.take_census()
    assert (login(home).retention_days, login(home).hipaa) == (45, True)


def test_what_was_known_of_the_keeping_outlives_the_permission(home: Household) -> None:
    home.simulator.change_account(retention_days=7)
    home.take_census()
    take(home, OWN, refuses={"retention_days": REFUSED})
    assert login(home).retention_days == 7


# Several logins


def test_each_login_reads_its_own_and_the_administrator_the_rest(home: Household) -> None:
    first, second, third = residents(home)
    log_in_as(home, second, first)
    home.take_census()
    assert readers(home) == {first: SECOND, second: LOGIN, third: SECOND}


def test_the_administrator_lists_also_when_another_is_named_first(home: Household) -> None:
    first, second, _ = residents(home)
    log_in_as(home, second, first)
    home.simulator.forget()
    home.take_census()
    asked_by = {
        each["extension_id"]
        for each in home.simulator.requests(path="/extension")["records"]
        if each["path"].endswith("/extension")
    }
    assert asked_by == {first}


def test_what_a_login_is_and_may_do_is_known(home: Household) -> None:
    first, _, _ = residents(home)
    end = datetime(2027, 1, 1, tzinfo=UTC)
    home.simulator.change_extension(first, jwt_expires=end.isoformat())
    log_in_as(home, first)
    home.take_census()
    found = login(home)
    assert (found.account, found.extension_id, found.ends_at) == (MAIN, first, end)
    assert is_recent(home, found.good_at)
    assert {"ReadMessages", "ReadAccounts"} <= set(found.scopes.split())


def test_a_refused_login_does_not_stop_the_others(home: Household) -> None:
    first, second, third = residents(home)
    log_in_as(home, first, second)
    home.simulator.change_extension(second, status="Disabled")
    home.take_census()
    assert set(readers(home)) == {first, second, third}
    assert login(home).refusal == ""
    assert "disabled" in login(home, SECOND).refusal
    assert is_recent(home, login(home, SECOND).refused_at)


@pytest.mark.parametrize("words", [(ALL,), (OWN,)])
@pytest.mark.parametrize("may_list", [True, False])
def test_the_mailbox_of_a_refused_login_goes_on_by_the_administrators(
    home: Household, words: Sequence[str], may_list: bool
) -> None:
    first, second, _ = residents(home)
    log_in_as(home, first, second, mailboxes=words)
    home.take_census()
    assert readers(home)[second] == SECOND
    home.simulator.change_extension(second, status="Disabled")
    take(home, *words, refuses={} if may_list else {"extensions": REFUSED})
    assert readers(home)[second] == LOGIN


def test_a_mailbox_that_is_named_is_not_that_of_a_refused_login(home: Household) -> None:
    first, second, _ = residents(home)
    log_in_as(home, first, second, mailboxes=[OWN])
    home.take_census()
    home.simulator.change_extension(second, status="Disabled")
    assert take(home, first) == [first]


def test_a_refusal_is_over_when_the_login_works_again(home: Household) -> None:
    first, second, _ = residents(home)
    log_in_as(home, first, second)
    home.simulator.change_extension(second, status="Disabled")
    home.take_census()
    home.simulator.change_extension(second, status="Enabled")
    home.pass_time(3600)
    home.take_census()
    assert (login(home, SECOND).refusal, login(home, SECOND).refused_at) == ("", None)
    assert readers(home)[second] == SECOND


def test_a_lasting_refusal_keeps_its_beginning(home: Household) -> None:
    first, second, _ = residents(home)
    log_in_as(home, first, second)
    home.simulator.change_extension(second, status="Disabled")
    home.take_census()
    began = login(home, SECOND).refused_at
    home.pass_time(3600)
    home.take_census()
    assert login(home, SECOND).refused_at == began


def test_when_every_login_is_refused_that_is_told_and_nothing_else_changes(
    home: Household,
) -> None:
    before = home.watched()
    home.simulator.change_account(scopes=["ReadMessages"])
    with pytest.raises(PermissionMissing, match="ReadAccounts"):
        home.take_census()
    assert "ReadAccounts" in login(home).refusal
    assert home.watched() == before


def test_a_wrong_secret_is_a_refusal(home: Household) -> None:
    home.simulator.new_credentials()
    with pytest.raises(LoginRefused):
        home.take_census()
    assert is_recent(home, login(home).refused_at)


def test_a_ringcentral_that_asks_to_wait_is_asked_again_later(home: Household) -> None:
    home.simulator.fault("throttled", Fault(seconds=60, path="/extension/"))
    with pytest.raises(RateLimited):
        home.take_census()
    assert login(home).refusal == ""


def test_a_ringcentral_that_cannot_be_reached_refuses_nobody(home: Household) -> None:
    before = login(home)
    with pytest.raises(Unreachable):
        take(home, OWN, refuses={"who_am_i": Unreachable("Away.")})
    assert login(home) == before


def test_a_login_that_left_the_settings_is_forgotten(home: Household) -> None:
    first, second, _ = residents(home)
    log_in_as(home, first, second)
    home.take_census()
    log_in_as(home, first)
    home.take_census()
    with home.house.catalog.reading() as tx:
        assert [each.name for each in tx.logins.all()] == [LOGIN]
    assert readers(home)[second] == LOGIN


def test_a_mailbox_that_moves_to_another_login_takes_its_work_along(home: Household) -> None:
    first, second, _ = residents(home)
    log_in_as(home, first)
    home.take_census()
    (message_id,) = home.simulator.receive(home.page, extension=second)
    home.house.mailbox_sync.look(known(home)[second].id)
    home.receive()
    home.look()
    log_in_as(home, first, second)
    home.take_census()
    lanes = {job.argument: job.lane for job in home.jobs("archive")}
    assert lanes.pop(home.id_of(message_id)) == SECOND
    assert set(lanes.values()) == {LOGIN}
    looks = {job.argument: job.lane for job in home.jobs("look")}
    assert looks[known(home)[second].id] == SECOND


@pytest.mark.parametrize("name", ["look", "list"])
def test_a_login_that_is_refused_meanwhile_has_its_account_counted_at_once(
    home: Household, name: str
) -> None:
    home.simulator.new_credentials()
    home.tamper("DELETE FROM jobs WHERE name = 'census'")
    home.run(name)
    (job,) = home.jobs("census")
    assert job.argument == MAIN
    assert is_recent(home, job.due_at)


# Numbers


def test_every_number_that_takes_faxes_is_known_with_where_it_leads(home: Household) -> None:
    first, *_ = residents(home)
    main, direct = home.simulator.accounts()[0]["numbers"][:2]
    spare = home.simulator.add_number("", "CompanyFaxNumber", "FaxOnly")
    voice = home.simulator.add_number("", "CompanyNumber", "VoiceOnly")
    take(home, ALL)
    found = numbers(home)
    assert found[direct["phoneNumber"]].extension_id == first
    assert found[main["phoneNumber"]].extension_id == ""
    fax_number = found[spare["phoneNumber"]]
    assert (fax_number.usage, fax_number.kind) == ("CompanyFaxNumber", "FaxOnly")
    assert voice["phoneNumber"] not in found


def test_a_number_that_is_no_longer_there_is_gone(home: Household) -> None:
    *_, third = residents(home)
    (direct,) = (
        each["phoneNumber"]
        for each in home.simulator.accounts()[0]["numbers"]
        if each["extension"] == third
    )
    take(home, ALL)
    home.pass_time(60)
    home.simulator.remove_extension(third)
    take(home, ALL)
    gone = {each.number for each in numbers(home).values() if each.gone_at}
    assert gone == {direct}


# What is watched no more


def test_a_mailbox_that_the_settings_name_no_more_is_forgotten_unless_it_had_faxes(
    home: Household,
) -> None:
    first, second, _ = residents(home)
    home.archive_one()
    take(home, first, second)
    assert take(home, second) == [second]
    assert {each.extension_id: each.status for each in known(home).values()} == {
        first: "gone",
        second: "watched",
    }
    take(home, first)
    assert readers(home) == {first: LOGIN}
    assert second not in known(home)


def test_an_account_switched_from_all_to_its_own_counts_no_longer(home: Household) -> None:
    second = with_a_fax_in_the_second(home)
    take(home, OWN)
    assert list(readers(home)) == [home.mailbox.extension_id]
    gone = known(home)
    assert gone.keys() == {home.mailbox.extension_id, second}
    assert (gone[second].status, gone[second].status_reason) == (
        "gone",
        "the settings name it no more",
    )
    assert (extensions(home), numbers(home)) == ({}, {})


def test_a_mailbox_that_is_watched_no_more_has_no_open_blind_window(home: Household) -> None:
    second = with_a_fax_in_the_second(home)
    window = BlindWindow(known(home)[second].id, home.clock.now(), None, "some cause")
    with home.house.catalog.transaction() as tx:
        tx.windows.replace([], window)
    home.pass_time(60)
    take(home, OWN)
    with home.house.catalog.reading() as tx:
        (window,) = tx.windows.list()
    assert is_recent(home, window.ended_at)


def test_the_mailboxes_of_an_account_that_left_the_settings_are_watched_no_more(
    home: Household,
) -> None:
    home.archive_one()
    left = home.mailbox.extension_id
    take(home, ALL)
    other = home.simulator.add_account(NewAccount(extensions=[NewExtension()]))
    home.restart(accounts=(account_of(other, "other"),))
    home.house.census.take("other")
    assert list(readers(home).values()) == ["other/1"]
    assert known(home)[left].status_reason == (
        "no login of the settings reaches its account any more"
    )
    assert {each.account for each in extensions(home).values()} == set()


def account_of(told: Mapping[str, Any], name: str) -> Account:
    """An account of the settings with one login, that of the first user."""
    env = told["extensions"][0]["env"]
    return Account(
        name=name,
        client_id=env["RC_APP_CLIENT_ID"],
        client_secret=env["RC_APP_CLIENT_SECRET"],
        logins=(Login(f"{name}/1", env["RC_USER_JWT"]),),
        server_url=env["RC_SERVER_URL"],
        media_url=env["RC_MEDIA_URL"],
    )


def test_an_account_that_got_another_name_keeps_its_mailboxes(home: Household) -> None:
    home.archive_one()
    before = home.watched()
    home.restart(accounts=(account_of(home.simulator.accounts()[0], "renamed"),))
    home.house.census.take("renamed")
    assert known(home) == {before.extension_id: replace(before, login="renamed/1")}


def test_a_mailbox_that_no_login_has_read_yet_is_left_to_its_own_account(home: Household) -> None:
    home.tamper("UPDATE mailboxes SET login = ''")
    other = account_of(home.simulator.add_account(NewAccount(extensions=[NewExtension()])), "other")
    home.restart(accounts=(home.house.accounts[MAIN], other))
    home.house.census.take("other")
    assert known(home)[home.mailbox.extension_id].status == "watched"


def test_two_accounts_of_the_settings_do_not_end_each_others_mailboxes(home: Household) -> None:
    first, second, _ = residents(home)
    jwt = home.simulator.env_for(second)["RC_USER_JWT"]
    main = home.house.accounts[MAIN]
    other = replace(main, name="other", logins=(Login("other/1", jwt),))
    home.restart(accounts=(main, other))
    for name in (MAIN, "other", MAIN):
        home.house.census.take(name)
    assert readers(home) == {first: LOGIN, second: "other/1"}


def test_a_login_of_another_ringcentral_account_is_refused(home: Household) -> None:
    first, second, _ = residents(home)
    other = home.simulator.add_account(NewAccount("Other", [NewExtension(admin=True)]))
    log_in_as(home, first, second)
    stranger = other["extensions"][0]["env"]["RC_USER_JWT"]
    settings = home.house.accounts[MAIN]
    logins = (settings.logins[0], Login(SECOND, stranger))

    class Foreign:
        """The client of the second login, which is of the other account."""

        def who_am_i(self) -> object:
            return replace(home.house.reach(LOGIN).who_am_i(), account_id=other["id"])

    def reach(login: str) -> RingCentral:
        return cast(RingCentral, Foreign()) if login == SECOND else home.house.reach(LOGIN)

    accounts = {MAIN: replace(settings, logins=logins)}
    replace(home.house.census, accounts=accounts, reach=reach).take(MAIN)
    assert "another RingCentral account" in login(home, SECOND).refusal
    assert {each.account_id for each in home.house.census.take(MAIN)} == {home.mailbox.account_id}
