"""Which login reads which mailbox, and why some extensions are watched by nobody."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import ALL, OWN
from handlers.ways import HOLDS_FAXES, IN_USE, Way, Ways, ways
from ringcentral_api import Extension, Identity

ADMIN = Identity("1", "101", "Ada", "11", is_administrator=True)
DESK = Identity("1", "102", "Ben", "12")
BOTH = {"main/admin": ADMIN, "main/desk": DESK}


def extension(
    extension_id: str, name: str = "", kind: str = "User", status: str = "Enabled"
) -> Extension:
    return Extension(extension_id, f"x{extension_id}", name, kind, status)


def readers(found: Ways) -> dict[str, str]:
    return {way.extension_id: way.login for way in found.watched}


def test_each_logins_own_mailbox_is_watched_and_named_by_itself() -> None:
    found = ways([OWN], BOTH, [])
    assert found.watched == (
        Way("101", "main/admin", "Ada", "11"),
        Way("102", "main/desk", "Ben", "12"),
    )
    assert found.left_out == {}


def test_all_that_holds_faxes_is_watched_by_its_own_login_or_the_administrators() -> None:
    found = ways([ALL], BOTH, [extension(each) for each in ("101", "102", "103")])
    assert readers(found) == {"101": "main/admin", "102": "main/desk", "103": "main/admin"}


def test_name_and_number_are_those_of_the_list_where_there_is_one() -> None:
    (way,) = ways([ALL], {"main/admin": ADMIN}, [extension("101", "Renamed")]).watched
    assert (way.name, way.number) == ("Renamed", "x101")


def test_a_named_mailbox_is_read_by_the_administrator_unseen_in_any_list() -> None:
    assert ways(["400"], BOTH, []).watched == (Way("400", "main/admin"),)


def test_a_named_mailbox_is_read_by_its_own_login_where_it_has_one() -> None:
    assert ways(["102"], BOTH, []).watched == (Way("102", "main/desk", "Ben", "12"),)


@pytest.mark.parametrize("words", [[ALL], [ALL, OWN], [OWN]])
def test_where_nobody_may_list_them_all_is_every_logins_own(words: Sequence[str]) -> None:
    assert readers(ways(words, BOTH, [])) == {"101": "main/admin", "102": "main/desk"}


def test_a_mailbox_named_beside_all_does_not_replace_the_logins_own() -> None:
    assert set(readers(ways([ALL, "400"], BOTH, []))) == {"101", "102", "400"}


def test_a_list_that_lacks_the_logins_own_extension_does_not_drop_it() -> None:
    assert set(readers(ways([ALL], BOTH, [extension("101")]))) == {"101", "102"}


def test_a_mailbox_named_twice_is_watched_once() -> None:
    found = ways([OWN, ALL, "101", "101"], {"main/admin": ADMIN}, [extension("101")])
    assert readers(found) == {"101": "main/admin"}


def test_of_two_logins_of_one_user_the_first_reads() -> None:
    logins = {"main/1": ADMIN, "main/2": ADMIN}
    assert readers(ways([OWN], logins, [])) == {"101": "main/1"}


def test_without_a_login_that_works_nothing_is_watched_or_left_out() -> None:
    assert ways([ALL], {}, [extension("101")]) == Ways((), {})


@pytest.mark.parametrize("kind", sorted(HOLDS_FAXES))
@pytest.mark.parametrize("status", sorted(IN_USE))
def test_every_kind_that_holds_faxes_is_watched_while_it_is_in_use(kind: str, status: str) -> None:
    found = ways([ALL], {"main/admin": ADMIN}, [extension("103", kind=kind, status=status)])
    assert "103" in readers(found)
    assert found.left_out == {}


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [
        (extension("103", kind="IvrMenu"), "an extension of the type IvrMenu holds no faxes"),
        (extension("103", kind="Unknown"), "an extension of the type Unknown holds no faxes"),
        (extension("103", status="NotActivated"), "it is not in use yet (NotActivated)"),
        (extension("103", status="Unassigned"), "it is not in use yet (Unassigned)"),
    ],
)
def test_an_extension_without_faxes_is_left_out_with_its_reason(
    left_out: Extension, reason: str
) -> None:
    found = ways([ALL], {"main/admin": ADMIN}, [extension("101"), left_out])
    assert readers(found) == {"101": "main/admin"}
    assert found.left_out == {"103": reason}


@pytest.mark.parametrize("words", [[ALL, "103"], ["103"]])
def test_one_that_is_named_is_watched_whatever_it_is(words: Sequence[str]) -> None:
    odd = extension("103", kind="IvrMenu", status="Unassigned")
    found = ways(words, {"main/admin": ADMIN}, [odd])
    assert "103" in readers(found)
    assert found.left_out == {}


def test_a_logins_own_extension_is_watched_whatever_it_is() -> None:
    odd = extension("101", kind="SharedLinesGroup", status="NotActivated")
    found = ways([ALL], {"main/admin": ADMIN}, [odd])
    assert (readers(found), found.left_out) == ({"101": "main/admin"}, {})


def test_what_the_settings_do_not_name_is_left_out_with_that_reason() -> None:
    found = ways(["102"], BOTH, [extension(each) for each in ("101", "102", "103")])
    reason = "it is not among the mailboxes that the settings name"
    assert readers(found) == {"102": "main/desk"}
    assert found.left_out == {"101": reason, "103": reason}


IDS = st.sampled_from(["101", "102", "103", "104", "105"])
WORDS = st.lists(st.one_of(st.just(OWN), st.just(ALL), IDS), min_size=1, max_size=4)
EXTENSIONS = st.lists(
    st.builds(
        Extension,
        id=IDS,
        number=st.just(""),
        name=st.just(""),
        kind=st.sampled_from(["User", "IvrMenu", "Department"]),
        status=st.sampled_from(["Enabled", "NotActivated"]),
    ),
    unique_by=lambda each: each.id,
)
LOGINS = st.dictionaries(
    st.sampled_from(["main/1", "main/2", "main/3"]),
    st.builds(Identity, st.just("1"), IDS, st.none(), st.none()),
    min_size=1,
)


@given(words=WORDS, logins=LOGINS, extensions=EXTENSIONS)
def test_every_extension_is_either_watched_once_or_left_out_with_a_reason(
    words: list[str], logins: dict[str, Identity], extensions: list[Extension]
) -> None:
    found = ways(words, logins, extensions)
    watched = [way.extension_id for way in found.watched]
    assert len(set(watched)) == len(watched)
    assert not set(watched) & found.left_out.keys()
    assert {each.id for each in extensions} <= {*watched, *found.left_out}
    assert all(found.left_out.values())


@given(words=WORDS, logins=LOGINS, extensions=EXTENSIONS)
def test_whoever_has_a_login_is_read_by_it_and_all_others_by_the_first(
    words: list[str], logins: dict[str, Identity], extensions: list[Extension]
) -> None:
    own = {identity.extension_id for identity in logins.values()}
    for way in ways(words, logins, extensions).watched:
        if way.extension_id in own:
            assert logins[way.login].extension_id == way.extension_id
        else:
            assert way.login == next(iter(logins))
