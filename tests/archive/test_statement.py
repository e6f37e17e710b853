"""A statement names each fax once, in one state, and its totals are those of its faxes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.statement import (
    FORMAT,
    STATES,
    Place,
    content_of,
    faults,
    is_statement_folder,
    read_statement,
    statement_text,
    totals_of,
)
from errors import ArchiveError
from tests.archive.signing import DAYS, fax

DAY = DAYS[1]
BODY = {"mailbox": "400-621", "day": DAY, "revision": 1}


def stated(*faxes: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**read_statement(statement_text(BODY, faxes)), **changes}


@pytest.mark.parametrize(
    ("day", "revision", "path"),
    [
        (DAY, 1, "statements/2026/11/23/400-621.json"),
        (DAY, 2, "statements/2026/11/23/400-621.2.json"),
        ("2024-02-29", 10, "statements/2024/02/29/400-621.10.json"),
    ],
)
def test_where_a_statement_lies(day: str, revision: int, path: str) -> None:
    place = Place("400-621", day, revision)
    assert f"{place.folder}/{place.name}" == path
    assert is_statement_folder(place.folder)


@pytest.mark.parametrize(
    ("mailbox", "day", "revision"),
    [
        ("400-621", "2025-02-29", 1),
        ("400-621", "20261123", 1),
        ("400-621", "2026-11-23T00:00", 1),
        ("400-621", "today", 1),
        ("400-621", DAY, 0),
        ("../../etc", DAY, 1),
        ("400.2", DAY, 1),
        ("400-621\n", DAY, 1),
        ("", DAY, 1),
        ("4" * 129, DAY, 1),
    ],
)
def test_an_odd_place_is_refused(mailbox: str, day: str, revision: int) -> None:
    with pytest.raises(ValueError, match=r"not a mailbox|a day|isoformat|day is out of range"):
        Place(mailbox, day, revision)


@pytest.mark.parametrize(
    "folder",
    ["", "statements", "statements/2026/11", "statements/2026/11/23/x", "2026/11/23/4/inbound-1",
     "statements/../11/23", "/statements/2026/11/23", "statements/2026/11/23\n"],
)  # fmt: skip
def test_other_folders_hold_no_statements(folder: str) -> None:
    assert not is_statement_folder(folder)


FAXES = st.lists(st.sampled_from(STATES), max_size=20).map(
    lambda states: [fax(str(number), state) for number, state in enumerate(states)]
)


@given(FAXES)
def test_the_totals_add_up(faxes: list[dict[str, Any]]) -> None:
    totals = totals_of(faxes)
    assert totals["listed"] == len(faxes) == sum(totals[state] for state in STATES)
    body = read_statement(statement_text(BODY, faxes))
    assert body["totals"] == totals
    assert list(faults(body)) == []


@given(FAXES, FAXES)
def test_equal_faxes_have_equal_content_and_others_another(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    assert (content_of(one) == content_of(other)) == (one == other)


def test_a_statement_is_canonical_json_on_one_line() -> None:
    text = statement_text({**BODY, "note": "Zoë"}, [fax()])
    body = json.loads(text)
    assert body["format"] == FORMAT
    assert text == json.dumps(body, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert text.isascii()


def test_a_day_without_faxes_is_stated_as_such() -> None:
    body = stated()
    assert body["faxes"] == []
    assert set(body["totals"].values()) == {0}
    assert list(faults(body)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (statement_text(BODY, [fax()])[:-20], "not JSON"),
        (b"[]", "format"),
        (b"null", "format"),
        (b'{"format": "faxkeep-statement/2", "faxes": [], "totals": {}}', "format"),
        (b'{"format": "faxkeep-statement/1", "totals": {}}', "list of faxes"),
        (b'{"format": "faxkeep-statement/1", "faxes": {}, "totals": {}}', "list of faxes"),
        (b'{"format": "faxkeep-statement/1", "faxes": [1], "totals": {}}', "list of faxes"),
        (b'{"format": "faxkeep-statement/1", "faxes": [], "totals": []}', "totals"),
    ],
)
def test_what_is_no_statement_is_said_so(text: bytes, said: str) -> None:
    with pytest.raises(ArchiveError, match=said):
        read_statement(text)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (stated(fax(), totals={}), "its totals are not those of its faxes"),
        (stated(fax(), totals=totals_of([])), "its totals are not those of its faxes"),
        (stated(fax("1"), fax("1", "lost")), "it names message 1 2 times"),
        (stated(fax(state="deleted")), "it is in no known state"),
        (stated(fax(state="")), "it is in no known state"),
        (stated(fax(created_at="2026-11-24T00:00:00.000Z")), "it is of another day"),
        (stated(fax(created_at="")), "it is of another day"),
        (stated(fax(), day="2026-11-22"), "it is of another day"),
        (stated(fax(folder="")), "archived, but without folder and ledger line"),
        (stated(fax(line=None)), "archived, but without folder and ledger line"),
        (stated(fax(line="3")), "archived, but without folder and ledger line"),
        (stated(fax(state="refused", reason="")), "refused, but without a reason"),
        (stated(fax(state="lost", reason="")), "lost, but without evidence"),
        (stated(fax(state="lost", evidence={})), "lost, but without evidence"),
    ],
)
def test_what_does_not_add_up_is_named(body: dict[str, Any], said: str) -> None:
    assert any(fault.endswith(said) for fault in faults(body))


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["message", "state", "created_at", "folder", "line", "evidence"]),
            st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()),
        )
    ),
    st.dictionaries(st.sampled_from(["listed", *STATES]), st.none() | st.integers() | st.text()),
)
def test_any_nonsense_is_judged(faxes: list[dict[str, Any]], totals: dict[str, Any]) -> None:
    found = list(faults({"day": DAY, "faxes": faxes, "totals": totals}))
    assert found or totals == totals_of(faxes)
