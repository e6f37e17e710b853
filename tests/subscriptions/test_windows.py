"""When RingCentral was not calling about a mailbox, as far as can be told from what was seen."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import BlindWindow, Mailbox, OwnSubscription
from ringcentral_api import Subscription
from subscriptions import (
    Flaw,
    Standing,
    Wanted,
    blindness,
    calls_about,
    covers,
    event_filters,
    mailbox_filters,
    merged,
    refuses,
)
from subscriptions.windows import CAUSE_LENGTH
from tests.subscriptions.conftest import BASE, FILTERS, LIFE, NOW, Make

HOUR = timedelta(hours=1)
MAILBOX = Mailbox("11-42", "11", "42", "", "", called_at=NOW - 5 * HOUR)
OTHER = Mailbox("11-43", "11", "43", "", "", called_at=NOW - 5 * HOUR)
STORE, ARRIVALS = mailbox_filters("42")
REMINDER = FILTERS[-1]


def window(start: float, end: float | None, cause: str = "x") -> BlindWindow:
    """A window from so many hours before NOW to so many."""
    return BlindWindow(
        MAILBOX.id, NOW - start * HOUR, None if end is None else NOW - end * HOUR, cause
    )


def standing(flaw: Flaw | None, make: Make) -> Standing:
    wanted = Wanted(BASE + "secret", FILTERS, LIFE, "verify")
    return Standing(wanted, make(), "Keep: it delivers", flaw)


def blind(
    flaw: Flaw | None, make: Make, mailbox: Mailbox = MAILBOX, *before: OwnSubscription
) -> tuple[float, str] | None:
    """For how many hours RingCentral had not been calling, and why."""
    known = {each.id: each for each in before}
    found = blindness(mailbox, standing(flaw, make), known, NOW)
    if found is None:
        return None
    assert (found.mailbox_id, found.ended_at, found.listed_at) == (mailbox.id, None, None)
    return (NOW - found.started_at) / HOUR, found.cause


def own(ended: float | None, address: str = BASE + "secret") -> OwnSubscription:
    """One of ours that ended so many hours ago."""
    end = None if ended is None else NOW - ended * HOUR
    return OwnSubscription(f"{address} {ended}", "main/1", address, end, NOW)


@pytest.mark.parametrize(
    ("flaw", "expected"),
    [
        (None, None),
        (Flaw("suspended", NOW - 2 * HOUR), (2, "suspended")),
        (Flaw("suspended", NOW - 9 * HOUR), (9, "suspended")),
        (Flaw("suspended", NOW + HOUR), (0, "suspended")),  # by RingCentral's own clock
        (Flaw("there was no subscription"), (5, "there was no subscription")),
        (Flaw("some did not fire", None, (STORE,)), (5, "some did not fire")),
        (Flaw("some did not fire", None, (ARRIVALS, REMINDER)), (5, "some did not fire")),
        (Flaw("some did not fire", None, mailbox_filters("43")), None),
        (Flaw("some did not fire", None, (REMINDER,)), None),
    ],
)
def test_since_when_and_why(
    make: Make, flaw: Flaw | None, expected: tuple[float, str] | None
) -> None:
    assert blind(flaw, make) == expected


def test_a_filter_counts_in_whatever_spelling(make: Make) -> None:
    resolved = STORE.replace("account/~", "account/11")
    assert blind(Flaw("disabled", None, (resolved,)), make) is not None


def test_a_mailbox_that_was_never_called_about_has_no_window(make: Make) -> None:
    new = Mailbox("11-42", "11", "42", "", "")
    assert blind(Flaw("there was no subscription"), make, new) is None


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([], (5, "there was none")),
        ([own(3)], (3, "the subscription had expired")),
        ([own(3), own(2), own(4)], (2, "the subscription had expired")),
        ([own(-1)], (5, "there was none")),  # it vanished before its end
        ([own(None)], (5, "there was none")),
        ([own(3, BASE + "former")], (5, "there was none")),
    ],
)
def test_one_that_vanished_at_its_end_had_expired(
    make: Make, before: list[OwnSubscription], expected: tuple[float, str]
) -> None:
    assert blind(Flaw("there was none"), make, MAILBOX, *before) == expected


def test_ringcentrals_own_word_outweighs_the_end_that_we_knew(make: Make) -> None:
    flaw = Flaw("suspended", NOW - 4 * HOUR)
    assert blind(flaw, make, MAILBOX, own(3)) == (4, "suspended")


@pytest.mark.parametrize(
    ("filters", "covered"),
    [
        (FILTERS, True),
        (event_filters(["41", "42"], LIFE), True),
        ((STORE,), False),
        ((ARRIVALS,), False),
        (event_filters(["43"], LIFE), False),
        ((), False),
    ],
)
def test_a_mailbox_is_covered_by_both_its_filters(filters: list[str], covered: bool) -> None:
    assert covers(filters, MAILBOX) is covered


def test_an_extension_id_that_only_begins_alike_is_another() -> None:
    assert not covers(event_filters(["421"], LIFE), MAILBOX)


@pytest.mark.parametrize(
    ("changes", "called"),
    [({}, True), ({"status": "Blacklisted"}, False), ({"eventFilters": [STORE]}, False)],
)
def test_ringcentral_calls_about_it_while_all_is_active(
    make: Make, changes: dict[str, object], called: bool
) -> None:
    assert calls_about(make(**changes), MAILBOX) is called
    assert not calls_about(make(**changes), OTHER)


def of(make: Make, *disabled: str) -> Subscription:
    return make(disabledFilters=[{"filter": each} for each in disabled])


def test_a_mailbox_with_a_disabled_filter_is_refused(make: Make) -> None:
    assert not refuses(of(make), MAILBOX)
    assert not refuses(of(make, REMINDER), MAILBOX)
    assert not refuses(of(make, *mailbox_filters("43")), MAILBOX)
    assert refuses(of(make, STORE), MAILBOX)
    assert refuses(of(make, ARRIVALS.replace("account/~", "account/11")), MAILBOX)


# Several as one


@pytest.mark.parametrize(
    ("new", "others", "expected"),
    [
        (window(3, 1), [], window(3, 1)),
        (window(3, 1), [window(4, 2)], window(4, 1)),
        (window(4, 1), [window(3, 2)], window(4, 1)),
        (window(3, 2), [window(4, 1)], window(4, 1)),
        (window(3, 2), [window(4, None)], window(4, None)),
        (window(5, None), [window(4, 1)], window(5, None)),
        (window(5, 1), [window(6, 5), window(2, None)], window(6, None)),
    ],
)
def test_what_touches_is_one_window(
    new: BlindWindow, others: list[BlindWindow], expected: BlindWindow
) -> None:
    assert merged(new, others) == expected


def test_every_cause_is_told_once_the_older_first() -> None:
    found = merged(window(3, 1, "c; a"), [window(5, 3, "a; b"), window(4, 3, "b")])
    assert found.cause == "a; b; c"


def test_many_causes_are_cut() -> None:
    found = merged(window(3, 1, "y" * 300), [window(5, 3, "x" * 300)])
    assert found.cause == ("x" * 300 + "; " + "y" * 300)[:CAUSE_LENGTH]


def test_what_was_made_up_for_is_not_when_the_window_grew() -> None:
    old = BlindWindow(MAILBOX.id, NOW - 5 * HOUR, NOW - 3 * HOUR, "a", listed_at=NOW - 2 * HOUR)
    assert merged(window(3, 1), [old]).listed_at is None


HOURS = st.integers(0, 50)
WINDOWS = st.builds(
    lambda start, length: window(start, None if length is None else start - length),
    HOURS,
    st.none() | HOURS,
)


@given(WINDOWS, st.lists(WINDOWS, max_size=4))
def test_the_one_window_holds_all_of_them(new: BlindWindow, others: list[BlindWindow]) -> None:
    found = merged(new, others)
    every = [new, *others]
    assert found.started_at == min(each.started_at for each in every)
    ends = [each.ended_at for each in every]
    assert (found.ended_at is None) == (None in ends)
    assert found.ended_at in ends
