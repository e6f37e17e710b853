"""What the catalog promises about logins, and about what RingCentral says there is; on either
database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from catalog import KnownExtension, KnownLogin, KnownNumber, Transaction
from catalog.logins import MAILBOXES_PER_SUBSCRIPTION

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
GOOD = KnownLogin(
    name="clinic/admin",
    account="clinic",
    account_id="1",
    extension_id="2",
    person="Jane Roe",
    scopes="ReadAccounts ReadMessages",
    good_at=NOW,
    ends_at=NOW + timedelta(days=400),
    retention_days=60,
    hipaa=True,
)


def login(tx: Transaction) -> KnownLogin:
    found = tx.logins.get("clinic/admin")
    assert found is not None
    return found


def test_a_good_login_is_kept_as_it_was_told(tx: Transaction) -> None:
    assert tx.logins.get("clinic/admin") is None
    tx.logins.mark_good(GOOD)
    assert login(tx) == GOOD
    bare = KnownLogin("bare/1", "bare", "7", "8", good_at=NOW)
    tx.logins.mark_good(bare)
    assert tx.logins.all() == [bare, GOOD]


def test_a_refusal_in_a_row_tells_since_when_and_keeps_what_was_known(tx: Transaction) -> None:
    tx.logins.mark_good(GOOD)
    tx.logins.mark_refused("clinic/admin", "clinic", "the JWT has ended", LATER)
    tx.logins.mark_refused("clinic/admin", "clinic", "locked", LATER + timedelta(hours=1))
    assert login(tx) == replace(GOOD, refused_at=LATER, refusal="locked")


def test_a_good_answer_ends_the_refusal_and_renews_everything(tx: Transaction) -> None:
    tx.logins.mark_good(GOOD)
    tx.logins.mark_refused("clinic/admin", "clinic", "locked", LATER)
    renewed = replace(
        GOOD, scopes="ReadMessages", good_at=LATER, ends_at=None, retention_days=7, hipaa=False
    )
    tx.logins.mark_good(renewed)
    assert login(tx) == renewed


def test_a_login_may_be_refused_from_the_beginning(tx: Transaction) -> None:
    tx.logins.mark_refused("clinic/admin", "clinic", "no such app", NOW)
    expected = KnownLogin("clinic/admin", "clinic", refused_at=NOW, refusal="no such app")
    assert login(tx) == expected


def test_the_skew_is_the_last_one_told_and_outlives_a_good_answer(tx: Transaction) -> None:
    tx.logins.mark_good(GOOD)
    tx.logins.mark_skew("clinic/admin", -12.25, NOW)
    tx.logins.mark_skew("clinic/admin", 3.5, LATER)
    tx.logins.mark_skew("unknown/1", 3.5, LATER)
    tx.logins.mark_good(GOOD)
    assert login(tx) == replace(GOOD, skew_s=3.5, skew_at=LATER)
    assert tx.logins.get("unknown/1") is None


def test_smaller_subscriptions_stay_small(tx: Transaction) -> None:
    tx.logins.mark_good(GOOD)
    assert login(tx).mailboxes_per_subscription == MAILBOXES_PER_SUBSCRIPTION
    tx.logins.split_subscriptions("clinic/admin", 22)
    tx.logins.mark_good(GOOD)
    assert login(tx).mailboxes_per_subscription == 22
    tx.logins.split_subscriptions("clinic/admin", 0)
    assert login(tx).mailboxes_per_subscription == 1


def test_a_forgotten_login_is_as_if_it_had_never_been(tx: Transaction) -> None:
    tx.logins.mark_good(GOOD)
    tx.logins.split_subscriptions("clinic/admin", 1)
    tx.logins.forget("clinic/admin")
    tx.logins.forget("clinic/admin")
    assert tx.logins.all() == []
    tx.logins.mark_good(GOOD)
    assert login(tx) == GOOD


def extension(number: int, at: datetime = NOW) -> KnownExtension:
    names = ("clinic", "Lab", f"10{number}", "User", "Enabled")
    return KnownExtension("1", str(number), *names, unwatched_reason="", seen_at=at)


def phone(number: str, at: datetime = NOW) -> KnownNumber:
    return KnownNumber("1", number, "clinic", "DirectNumber", "VoiceFax", "2", at)


def test_an_extension_that_is_named_no_more_is_gone_and_listed_last(tx: Transaction) -> None:
    tx.census.record_extensions("clinic", [extension(2), extension(3)])
    renamed = replace(extension(3, LATER), name="Ward", unwatched_reason="it is a group")
    tx.census.record_extensions("clinic", [renamed])
    assert tx.census.extensions() == [renamed, replace(extension(2), gone_at=LATER)]


def test_an_extension_that_comes_back_is_gone_no_more(tx: Transaction) -> None:
    for moment, numbers in ((NOW, (2, 3)), (LATER, (3,)), (LATER + timedelta(hours=1), (2, 3))):
        tx.census.record_extensions("clinic", [extension(n, moment) for n in numbers])
    assert [each.gone_at for each in tx.census.extensions()] == [None, None]


def test_gone_is_since_the_first_census_without_it(tx: Transaction) -> None:
    tx.census.record_extensions("clinic", [extension(2), extension(3)])
    for hours in (1, 2):
        tx.census.record_extensions("clinic", [extension(3, NOW + timedelta(hours=hours))])
    assert [each.gone_at for each in tx.census.extensions()] == [None, LATER]


def test_a_census_that_nobody_may_take_ends_nothing(tx: Transaction) -> None:
    tx.census.record_extensions("clinic", [extension(2)])
    tx.census.record_extensions("clinic", [])
    assert tx.census.extensions() == [extension(2)]


def test_one_account_does_not_end_what_another_has(tx: Transaction) -> None:
    others = replace(extension(2), account="office", account_id="7")
    tx.census.record_extensions("office", [others])
    tx.census.record_numbers("office", [replace(phone("+1202"), account="office")], NOW)
    tx.census.record_extensions("clinic", [extension(3, LATER)])
    tx.census.record_numbers("clinic", [phone("+1303", LATER)], LATER)
    assert [each.gone_at for each in tx.census.extensions()] == [None, None]
    assert [each.gone_at for each in tx.census.numbers()] == [None, None]


def test_a_clock_that_was_set_back_keeps_nothing_alive(tx: Transaction) -> None:
    tx.census.record_extensions("clinic", [extension(2, LATER), extension(3, LATER)])
    tx.census.record_numbers("clinic", [phone("+1202", LATER), phone("+1303", LATER)], LATER)
    tx.census.record_extensions("clinic", [extension(3, NOW)])
    tx.census.record_numbers("clinic", [phone("+1303", NOW)], NOW)
    assert [each.gone_at for each in tx.census.extensions()] == [None, NOW]
    assert [each.gone_at for each in tx.census.numbers()] == [NOW, None]


def test_numbers_come_move_and_go(tx: Transaction) -> None:
    tx.census.record_numbers("clinic", [phone("+1202"), phone("+1303")], NOW)
    moved = replace(phone("+1303", LATER), extension_id="")
    tx.census.record_numbers("clinic", [moved], LATER)
    assert tx.census.numbers() == [replace(phone("+1202"), gone_at=LATER), moved]
    tx.census.record_numbers("clinic", [], LATER + timedelta(hours=1))
    assert [each.gone_at for each in tx.census.numbers()] == [LATER, LATER + timedelta(hours=1)]
