"""`faxkeep gaps`: when RingCentral was not calling, for how long, why, and what came meanwhile."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from catalog import BlindWindow
from tests.commands.conftest import NOON, Lodger

HOUR = timedelta(hours=1)


def note(lodger: Lodger, *windows: BlindWindow) -> None:
    with lodger.home.house.catalog.transaction() as tx:
        for window in windows:
            tx.windows.replace([], window)


@pytest.fixture
def clean(lodger: Lodger) -> Iterator[Lodger]:
    """Without any window before or after."""
    yield lodger
    lodger.home.tamper("DELETE FROM blind_windows")


def window(lodger: Lodger, start: datetime, end: datetime | None, mailbox: str = "") -> BlindWindow:
    return BlindWindow(mailbox or lodger.home.mailbox.id, start, end, "it had expired")


def test_without_any_it_says_so(clean: Lodger) -> None:
    outcome = clean.faxkeep("gaps")
    assert (outcome.code, outcome.text) == (0, "RingCentral was calling all the time.\n")
    assert clean.told("gaps") == []


def test_a_gap_tells_when_why_and_what_came(clean: Lodger) -> None:
    note(clean, window(clean, NOON - HOUR, NOON + HOUR))
    (row,) = clean.told("gaps")
    assert row == {
        "from": "2026-11-23T11:00:00.000Z",
        "to": "2026-11-23T13:00:00.000Z",
        "lasted": "2 h 0 min",
        "mailboxes": clean.home.mailbox.extension_number,
        "faxes": 2,
        "made up for": None,
        "cause": "it had expired",
    }
    assert "2026-11-23 11:00:00  2026-11-23 13:00:00  2 h 0 min" in clean.faxkeep("gaps").text


def test_a_gap_that_lasts_has_no_end(clean: Lodger) -> None:
    note(clean, window(clean, NOON - HOUR, None))
    (row,) = clean.told("gaps")
    assert (row["to"], row["lasted"], row["faxes"], row["made up for"]) == (None, "lasts", 2, None)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(0), "0 min 0 s"),
        (timedelta(seconds=61), "1 min 1 s"),
        (timedelta(hours=49, minutes=5), "49 h 5 min"),
    ],
)
def test_how_long_it_lasted(clean: Lodger, length: timedelta, said: str) -> None:
    note(clean, window(clean, NOON, NOON + length))
    assert [row["lasted"] for row in clean.told("gaps")] == [said]


def test_it_is_made_up_for_when_every_mailbox_was_listed(clean: Lodger) -> None:
    note(clean, window(clean, NOON, NOON + HOUR), window(clean, NOON, NOON + HOUR, "1-2"))
    listed_at = NOON + 2 * HOUR
    with clean.home.house.catalog.transaction() as tx:
        tx.windows.mark_listed("1-2", listed_at)
    assert [row["made up for"] for row in clean.told("gaps")] == [None]
    with clean.home.house.catalog.transaction() as tx:
        tx.windows.mark_listed(clean.home.mailbox.id, listed_at + HOUR)
    assert [row["made up for"] for row in clean.told("gaps")] == ["2026-11-23T15:00:00.000Z"]


def test_mailboxes_of_one_gap_are_one_row_and_others_another(clean: Lodger) -> None:
    others = [f"1-{number}" for number in range(5)]
    with clean.home.house.catalog.transaction() as tx:
        for each in others:
            tx.mailboxes.restore(each, NOON)
    note(clean, *(window(clean, NOON, NOON + HOUR, each) for each in others))
    note(clean, window(clean, NOON - HOUR, NOON + HOUR))
    newest, oldest = clean.told("gaps")
    assert (newest["mailboxes"], newest["from"]) == ("5 of them", "2026-11-23T12:00:00.000Z")
    assert oldest["mailboxes"] == clean.home.mailbox.extension_number
    clean.home.tamper("DELETE FROM mailboxes WHERE account_id = '1'")


def test_only_those_that_ended_since_then(clean: Lodger) -> None:
    note(clean, window(clean, NOON - HOUR, NOON), window(clean, NOON + HOUR, None, "1-2"))
    assert len(clean.told("gaps", "--since", "2026-11-23")) == 2
    assert [row["to"] for row in clean.told("gaps", "--since", "2026-11-24")] == [None]
    assert clean.faxkeep("gaps", "--since", "then").code == 2
