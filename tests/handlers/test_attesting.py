"""What can be said of some days, signed as one; every file is read again, nothing glossed over."""

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.completeness import MOST_DAYS, check_bundle
from catalog import DayStatement
from errors import DocumentRefused, UserError
from handlers.attesting import MOST_MISSING, Attested
from tests.handlers.household import Household
from tests.handlers.test_statements import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    latest,
    list_and_state,
    next_day,
    state,
)

EMPTY = {"listed": 0, "archived": 0, "pending": 0, "refused": 0, "lost": 0}


def attest(
    home: Household, first: str = MONDAY, last: str = MONDAY, mailbox: str | None = None
) -> Attested:
    days = date.fromisoformat(first), date.fromisoformat(last)
    return home.house.attestor.attest(*days, mailbox, lambda done, total: None)


def found(attested: Attested) -> list[tuple[str, str, str]]:
    return [(each.kind, each.what, each.where) for each in attested.findings]


def entry(home: Household) -> dict[str, Any]:
    """The newest line of the ledger."""
    told: dict[str, Any] = json.loads(home.ledger()[-1].line)["entry"]
    return told


def is_valid(home: Household, attested: Attested) -> bool:
    key = home.house.archive.keys.ledger_public_key()
    return check_bundle(attested.bundle, key).findings == []


@pytest.fixture
def monday(still: Household) -> Household:
    """A Monday with two faxes, archived and stated."""
    for _ in range(2):
        still.archive_one()
    next_day(still)
    list_and_state(still)
    return still


def file_of(home: Household, statement: DayStatement) -> Path:
    return home.house.archive.root / statement.file


def test_everything_archived_and_unchanged_is_complete(monday: Household) -> None:
    attested = attest(monday)
    assert attested.is_complete
    assert attested.totals == {**EMPTY, "listed": 2, "archived": 2}
    assert (attested.missing, attested.contradicted, found(attested)) == ([], [], [])
    assert attested.reread == 2 * 2  # document and record of each
    assert is_valid(monday, attested)
    assert monday.findings() == []


def test_it_is_signed_into_the_ledger(monday: Household) -> None:
    attested = attest(monday)
    assert monday.kinds()[-1] == "attested"
    assert attested.line == monday.ledger()[-1].seq
    told = entry(monday)
    assert (told["from"], told["to"], told["mailboxes"]) == (MONDAY, MONDAY, [monday.mailbox.id])
    assert told["totals"] == attested.totals
    assert (told["missing"], told["reread"], told["changed"]) == ([], 4, 0)
    assert told["complete"] is True
    assert monday.copied()[-1] == monday.ledger()[-1].line
    assert json.loads(attested.bundle)["attestation"] == monday.ledger()[-1].line


def test_progress_is_told_day_by_day(monday: Household) -> None:
    next_day(monday)
    list_and_state(monday)
    heard: list[tuple[int, int]] = []
    days = date.fromisoformat(MONDAY), date.fromisoformat(TUESDAY)
    monday.house.attestor.attest(*days, None, lambda done, total: heard.append((done, total)))
    assert heard == [(1, 2), (2, 2)]


def test_a_day_without_a_statement_is_named(monday: Household) -> None:
    attested = attest(monday, "2026-11-22", WEDNESDAY)
    mailbox = monday.mailbox.id
    assert attested.missing == [(mailbox, d) for d in ("2026-11-22", TUESDAY, WEDNESDAY)]
    assert not attested.is_complete
    assert entry(monday)["missing"] == [list(each) for each in attested.missing]
    assert is_valid(monday, attested)


@pytest.mark.parametrize("state", ["pending", "refused", "lost"])
def test_a_fax_in_another_state_is_not_complete(still: Household, state: str) -> None:
    message_id = still.receive_one()
    still.look()
    if state == "refused":
        still.simulator.sicken(message_id, "content_html")
        with pytest.raises(DocumentRefused):
            still.finish(message_id)
    elif state == "lost":
        still.simulator.delete(message_id, purge=True)
        still.look()
    next_day(still)
    list_and_state(still)
    attested = attest(still)
    assert attested.totals == {**EMPTY, "listed": 1, state: 1}
    assert not attested.is_complete
    assert entry(still)["complete"] is False


def test_a_contradicted_day_is_not_complete_until_it_is_stated_anew(monday: Household) -> None:
    late = monday.archive_one()
    monday.tamper(
        "UPDATE faxes SET created_at = '2026-11-23T20:00:00.000Z' WHERE message_id = ?", late
    )
    monday.tamper("UPDATE day_statements SET contradiction = ?", late)
    attested = attest(monday)
    assert [each.day for each in attested.contradicted] == [MONDAY]
    assert not attested.is_complete
    assert entry(monday)["complete"] is False
    state(monday)
    attested = attest(monday)
    assert (attested.contradicted, attested.totals["archived"]) == ([], 3)
    assert attested.is_complete


# What is not as it was


def flip(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def test_a_file_that_changed_is_named(monday: Household) -> None:
    folder = monday.faxes()[0].folder or ""
    flip(monday.house.archive.root / folder / "document.pdf.age")
    attested = attest(monday)
    assert found(attested) == [("changed", "file", f"{folder}/document.pdf.age")]
    assert not attested.is_complete
    assert entry(monday)["changed"] == 1


def test_a_file_that_is_gone_is_named(monday: Household) -> None:
    folder = monday.faxes()[0].folder or ""
    (monday.house.archive.root / folder / "fax.json.age").unlink()
    assert found(attest(monday)) == [("missing", "file", f"{folder}/fax.json.age")]


def test_a_link_is_no_file(monday: Household, tmp_path: Path) -> None:
    folder = monday.faxes()[0].folder or ""
    path = monday.house.archive.root / folder / "fax.json.age"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert found(attest(monday)) == [("missing", "file", f"{folder}/fax.json.age")]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"{}\n",
        b'{"format":"faxkeep-statement/1","faxes":[{}],"totals":{}}',
    ],
)
def test_a_statement_that_changed_is_named_and_its_day_is_missing(
    monday: Household, text: bytes
) -> None:
    statement = latest(monday, MONDAY)
    file_of(monday, statement).write_bytes(text)
    attested = attest(monday)
    assert found(attested) == [("changed", "statement", statement.file)]
    assert attested.missing == [(monday.mailbox.id, MONDAY)]
    assert attested.totals["listed"] == 0
    assert not attested.is_complete
    assert is_valid(monday, attested)


def test_a_statement_that_is_gone_is_named_and_its_day_is_missing(monday: Household) -> None:
    statement = latest(monday, MONDAY)
    file_of(monday, statement).unlink()
    attested = attest(monday)
    assert found(attested) == [("missing", "statement", statement.file)]
    assert attested.missing == [(monday.mailbox.id, MONDAY)]
    assert is_valid(monday, attested)


def test_a_statement_changed_together_with_its_row_is_still_named(monday: Household) -> None:
    statement = latest(monday, MONDAY)
    text = file_of(monday, statement).read_bytes().replace(b'"listed":2', b'"listed":1')
    file_of(monday, statement).write_bytes(text)
    monday.tamper("UPDATE day_statements SET sha256 = ?", hashlib.sha256(text).hexdigest())
    assert found(attest(monday)) == [("changed", "statement", statement.file)]


@pytest.mark.parametrize("column", ["file = '../../etc/passwd'", "seq = 999", "seq = 1"])
def test_a_row_that_leads_elsewhere_is_named(monday: Household, column: str) -> None:
    monday.tamper(f"UPDATE day_statements SET {column}")  # noqa: S608
    attested = attest(monday)
    assert [each.what for each in attested.findings] == ["statement"]
    assert not attested.is_complete


@pytest.mark.parametrize("change", ["replace(line, 'files', 'fills')", "'x'", "substr(line, 2)"])
def test_a_line_that_is_no_longer_as_signed_counts_for_nothing(
    monday: Household, change: str
) -> None:
    monday.tamper(f"UPDATE ledger SET line = {change} WHERE seq = 1")  # noqa: S608
    assert found(attest(monday)) == [("missing", "ledger line", "line 1")]
    monday.tamper(f"UPDATE ledger SET line = {change} WHERE kind = 'statement'")  # noqa: S608
    assert found(attest(monday)) == [("changed", "statement", latest(monday, MONDAY).file)]


@pytest.mark.parametrize("seq", [1, 2])
def test_a_line_that_a_statement_needs_and_that_is_gone_is_named(
    monday: Household, seq: int
) -> None:
    monday.tamper("DELETE FROM ledger WHERE seq = ?", seq)
    attested = attest(monday)
    assert found(attested) == [("missing", "ledger line", f"line {seq}")]
    assert not attested.is_complete


# Which mailboxes, which days


def state_all(home: Household) -> None:
    for mailbox in home.mailboxes:
        home.house.listing.compare(mailbox.id)
        home.house.statements.bring_up_to_date(mailbox.id)


@pytest.fixture
def two(called: Household) -> Household:
    """Three mailboxes whose Monday is stated."""
    next_day(called)
    state_all(called)
    return called


def test_all_mailboxes_or_the_one_that_was_chosen(two: Household) -> None:
    assert len(attest(two).mailboxes) == 3
    chosen = two.mailboxes[1].id
    attested = attest(two, mailbox=chosen)
    assert attested.mailboxes == [chosen]
    assert attested.is_complete
    assert is_valid(two, attested)


def test_a_mailbox_that_nobody_knows_is_said_so(two: Household) -> None:
    with pytest.raises(UserError, match="No such mailbox"):
        attest(two, mailbox="1-2")
    assert "attested" not in two.kinds()


def test_a_mailbox_that_came_later_is_not_expected(two: Household) -> None:
    two.tamper(
        "UPDATE mailboxes SET added_at = '2026-11-24T08:00:00.000Z' WHERE id = ?", ids(two)[0]
    )
    two.tamper("DELETE FROM day_statements WHERE mailbox_id = ?", ids(two)[0])
    assert attest(two).mailboxes == ids(two)[1:]
    assert attest(two).is_complete
    assert len(attest(two, MONDAY, TUESDAY).mailboxes) == 3


def ids(home: Household) -> list[str]:
    return sorted(mailbox.id for mailbox in home.mailboxes)


def test_a_day_of_its_history_counts_where_it_is_stated(monday: Household) -> None:
    monday.tamper("UPDATE mailboxes SET added_at = '2026-11-24T08:00:00.000Z'")
    assert attest(monday).is_complete


def test_a_mailbox_that_is_gone_is_expected_no_longer(two: Household) -> None:
    gone = ids(two)[0]
    two.house.mailbox_sync.look(gone)
    two.tamper("UPDATE mailboxes SET status = 'gone' WHERE id = ?", gone)
    next_day(two)
    next_day(two)
    state_all(two)
    assert attest(two, WEDNESDAY, WEDNESDAY).mailboxes == ids(two)[1:]
    assert attest(two, WEDNESDAY, WEDNESDAY).is_complete
    assert attest(two, MONDAY, MONDAY).mailboxes == ids(two)
    assert attest(two, TUESDAY, TUESDAY).missing == []  # its last one
    over = attest(two, MONDAY, WEDNESDAY)
    assert over.ended == {gone: TUESDAY}
    assert over.missing == []
    assert check_bundle(over.bundle).findings == []


def test_of_a_mailbox_that_had_ended_before_nothing_is_attested(two: Household) -> None:
    gone = ids(two)[0]
    two.house.mailbox_sync.look(gone)
    two.tamper("UPDATE mailboxes SET status = 'gone' WHERE id = ?", gone)
    with pytest.raises(UserError, match="No mailbox was watched"):
        attest(two, WEDNESDAY, WEDNESDAY, gone)
    assert "attested" not in two.kinds()


@pytest.mark.parametrize(
    ("first", "last"), [("2026-10-01", "2026-10-31"), ("2025-01-01", "2025-01-01")]
)
def test_days_on_which_nobody_was_watched_cannot_be_attested(
    monday: Household, first: str, last: str
) -> None:
    with pytest.raises(UserError, match="No mailbox was watched"):
        attest(monday, first, last)
    assert "attested" not in monday.kinds()


def test_an_installation_without_mailboxes_attests_nothing(still: Household) -> None:
    still.tamper("DELETE FROM mailboxes")
    with pytest.raises(UserError, match="No mailbox was watched"):
        attest(still)


def test_the_first_day_does_not_come_after_the_last(monday: Household) -> None:
    with pytest.raises(UserError, match="first day"):
        attest(monday, TUESDAY, MONDAY)


def test_ten_years_are_the_most(monday: Household) -> None:
    last = date.fromisoformat(MONDAY)
    first = last - timedelta(days=MOST_DAYS)
    with pytest.raises(UserError, match="Ten years"):
        attest(monday, first.isoformat(), MONDAY)
    assert not attest(monday, (first + timedelta(days=1)).isoformat(), MONDAY).is_complete


def test_more_missing_days_than_a_line_can_name_are_refused(monday: Household) -> None:
    with monday.house.catalog.transaction() as tx:
        for number in range(MOST_MISSING // MOST_DAYS + 1):
            tx.mailboxes.restore(f"1-{number}", monday.clock.now() - timedelta(days=1))
    with pytest.raises(UserError, match="choose fewer days"):
        attest(monday, "2016-11-16", MONDAY)
    assert "attested" not in monday.kinds()
