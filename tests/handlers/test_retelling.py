"""A catalog made anew knows again what was stated, what was lost, and who had told of it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from catalog import DayStatement
from errors import DocumentRefused
from handlers.losses import DOUBT
from handlers.witness import STILL_COMING
from settings import MAIN
from simulator import Fault
from tests.handlers.household import Household
from tests.handlers.test_attesting import EMPTY, attest
from tests.handlers.test_rebuild import rebuild, rows_of
from tests.handlers.test_statements import (
    MONDAY,
    TUESDAY,
    days,
    latest,
    list_and_state,
    list_whole,
    next_day,
    one_in_each_state,
    state,
)

OF_A_LOSS = (
    "id", "account_id", "mailbox_id", "message_id", "direction", "created_at", "state",
    "state_reason", "state_at", "evidence", "origin", "found_by", "first_seen_at", "folder",
)  # fmt: skip


def losses(home: Household) -> list[dict[str, Any]]:
    """What is known of each lost fax, but for number and name."""
    lost = [asdict(fax) for fax in home.faxes() if fax.state == "lost"]
    return sorted(({name: fax[name] for name in OF_A_LOSS} for fax in lost), key=repr)


def all_revisions(home: Household) -> list[dict[str, Any]]:
    return rows_of(Path(home.house.settings.catalog_address), "day_statements")


def lose_by_the_call_log(home: Household) -> str:
    """A fax that no list ever had, and that was purged before the call log told of it."""
    home.pass_time(300)
    home.simulator.fault("sync_forgets", Fault())
    message_id = home.receive_one()
    home.simulator.delete(message_id, purge=True)
    home.pass_time(STILL_COMING.total_seconds() + 60)
    home.look()
    home.simulator.clear_faults()
    assert home.house.witness.compare(MAIN) == 1
    home.house.books.copy_ledger()
    return message_id


def lose_by_the_list(home: Household) -> str:
    message_id = home.receive_one()
    home.look()
    home.simulator.hide(message_id, 2 * DOUBT.total_seconds())
    home.pass_time(DOUBT.total_seconds())
    list_whole(home)
    assert home.fax(message_id).state == "lost"
    return message_id


@pytest.fixture
def lived(still: Household) -> Household:
    """A Monday with a fax in each state, stated twice as one was contradicted, and a Tuesday."""
    lose_by_the_call_log(still)
    one_in_each_state(still)
    hidden = still.receive_one()
    still.simulator.hide(hidden, 86400)
    next_day(still, 3)
    list_and_state(still)
    next_day(still)
    list_and_state(still)
    assert [each[1] for each in days(still)] == [2, 1]
    return still


def test_every_statement_is_known_again(lived: Household) -> None:
    known = all_revisions(lived)
    assert [row["revision"] for row in known] == [1, 2, 1]
    assert [bool(row["contradiction"]) for row in known] == [True, False, False]
    rebuilt = rebuild(lived)
    assert (rebuilt.statements, rebuilt.unreadable) == (3, [])
    assert all_revisions(lived) == known
    assert lived.findings() == []


def test_every_loss_is_known_again(lived: Household) -> None:
    known = losses(lived)
    assert [fax["found_by"] for fax in known] == ["call-log", "look"]
    assert {fax["origin"] for fax in known} == {"call-log", "message-store"}
    rebuilt = rebuild(lived)
    assert rebuilt.losses == 2
    assert losses(lived) == known


def test_a_loss_knows_again_when_we_first_heard_of_the_fax(still: Household) -> None:
    lose_by_the_list(still)
    known = losses(still)
    rebuild(still)
    assert losses(still) == known


def test_every_archived_fax_knows_again_who_told_of_it(lived: Household) -> None:
    def origins() -> list[tuple[str, str, str]]:
        archived = (fax for fax in lived.faxes() if fax.state == "archived")
        return [(fax.id, fax.origin, fax.found_by) for fax in archived]

    lived.archive_one()
    known = origins()
    rebuild(lived)
    assert origins() == known
    assert {origin for _, origin, _ in known} == {"message-store"}


def test_the_mailbox_is_known_to_be_watched_as_long_as_before(lived: Household) -> None:
    known = lived.watched()
    rebuild(lived)
    assert lived.watched().login == ""  # the next census tells
    assert lived.watched().added_at == known.added_at is not None


def test_a_mailbox_that_never_had_a_fax_is_known_again(still: Household) -> None:
    next_day(still)
    list_and_state(still)
    rebuild(still)
    assert attest(still).is_complete


def test_what_was_pending_contradicts_no_statement_afterwards(lived: Household) -> None:
    known = all_revisions(lived)
    rebuild(lived)
    lived.take_census()
    lived.look()
    assert all_revisions(lived) == known
    assert {fax.state for fax in lived.faxes()} == {"archived", "pending", "refused", "lost"}


def test_no_day_is_stated_anew_for_a_rebuild_alone(lived: Household) -> None:
    known = all_revisions(lived)
    rebuild(lived)
    lived.take_census()
    lived.look()
    assert list_and_state(lived) == 0
    assert all_revisions(lived) == known


def test_pending_faxes_are_archived_after_a_rebuild(lived: Household) -> None:
    pending = [fax.message_id for fax in lived.faxes() if fax.state == "pending"]
    rebuild(lived)
    lived.take_census()
    lived.look()
    lived.run("archive")
    told = {lived.fax(message_id).state for message_id in pending}
    assert told == {"archived", "pending"}  # the latter is still queued
    assert lived.findings() == []


def test_the_same_can_be_attested_of_the_same_days(lived: Household) -> None:
    known = attest(lived, MONDAY, TUESDAY)
    rebuild(lived)
    again = attest(lived, MONDAY, TUESDAY)
    assert again.totals == known.totals != EMPTY
    assert (again.missing, again.findings) == ([], [])


def test_what_was_attested_is_only_a_line(still: Household) -> None:
    next_day(still)
    list_and_state(still)
    attest(still)
    known = still.ledger()
    rebuild(still)
    assert still.ledger() == known
    assert still.kinds() == ["statement", "attested"]


def test_a_loss_that_came_back_stays_archived(still: Household) -> None:
    message_id = lose_by_the_list(still)
    still.pass_time(2 * DOUBT.total_seconds())
    list_whole(still)
    still.finish(message_id)
    known = still.fax(message_id)
    assert still.kinds() == ["lost", "archived"]
    rebuilt = rebuild(still)
    assert (rebuilt.losses, rebuilt.faxes) == (1, 1)
    fax = still.fax(message_id)
    assert (fax.state, fax.evidence, fax.state_at) == ("archived", "", known.state_at)


def test_a_fax_that_was_refused_and_then_lost_is_lost(still: Household) -> None:
    message_id = still.receive_one()
    still.look()
    still.simulator.sicken(message_id, "content_html")
    with pytest.raises(DocumentRefused):
        still.finish(message_id)
    still.pass_time(60)
    still.simulator.delete(message_id, purge=True)
    still.look()
    still.house.books.copy_ledger()
    known = still.fax(message_id)
    rebuild(still)
    fax = still.fax(message_id)
    assert (fax.state, fax.state_reason) == ("lost", known.state_reason)
    assert (fax.state_at, fax.evidence) == (known.state_at, known.evidence)


def test_a_fax_that_came_back_and_was_refused_is_refused(still: Household) -> None:
    message_id = lose_by_the_list(still)
    still.pass_time(2 * DOUBT.total_seconds())
    list_whole(still)
    still.simulator.sicken(message_id, "content_html")
    with pytest.raises(DocumentRefused):
        still.finish(message_id)
    rebuild(still)
    assert still.fax(message_id).state == "refused"


# Statements that are no longer what was signed


def damaged(home: Household, text: bytes | None) -> DayStatement:
    """Monday's newest statement, whose file is now this, or gone."""
    statement = latest(home, MONDAY)
    file = home.house.archive.root / statement.file
    if text is None:
        file.unlink()
    else:
        file.write_bytes(text)
    return statement


@pytest.mark.parametrize("text", [None, b"", b"nonsense", b"{}\n"])
def test_a_damaged_statement_is_named_and_its_place_stays_taken(
    lived: Household, text: bytes | None
) -> None:
    statement = damaged(lived, text)
    rebuilt = rebuild(lived)
    assert [problem.split(":")[0] for problem in rebuilt.unreadable] == [statement.file]
    assert rebuilt.statements == 2
    again = latest(lived, MONDAY)
    assert (again.revision, again.seq, again.sha256) == (2, statement.seq, statement.sha256)
    assert (again.listed, again.lost) == (statement.listed, statement.lost)
    kind = "missing" if text is None else "changed"
    assert [each.kind for each in attest(lived).findings] == [kind]


def test_a_damaged_statement_is_made_anew_beside_it(lived: Household) -> None:
    statement = damaged(lived, b"nonsense")
    rebuild(lived)
    lived.take_census()
    lived.look()
    lived.tamper("UPDATE faxes SET state_at = ?", "2026-11-25T12:00:00.000Z")
    list_whole(lived)
    assert state(lived) == 1
    assert latest(lived, MONDAY).revision == 3
    file = lived.house.archive.root / statement.file
    assert file.read_bytes() == b"nonsense"  # evidence, for whoever asks
    assert lived.findings() == [f"changed file {statement.file}"]


def test_a_statement_that_nobody_signed_is_not_taken_over(lived: Household) -> None:
    folder = lived.house.archive.root / "statements/2026/11/20"
    folder.mkdir(parents=True)
    source = lived.house.archive.root / latest(lived, MONDAY).file
    (folder / source.name).write_bytes(source.read_bytes())
    rebuild(lived)
    assert [each[0] for each in days(lived)] == [MONDAY, TUESDAY]


def test_a_line_that_nobody_signed_is_not_retold(still: Household) -> None:
    message_id = lose_by_the_list(still)
    (file,) = (still.house.archive.root / "ledger").glob("*.jsonl")
    forged = json.loads(file.read_text().splitlines()[0])
    forged["entry"]["message"] = "666"
    forged["entry"]["fax"] = still.id_of("666")
    forged["seq"] += 1
    canonical = json.dumps(forged, sort_keys=True, separators=(",", ":"))
    file.write_text(f"{file.read_text()}{canonical}\n")
    assert rebuild(still).losses == 1
    assert [fax.message_id for fax in still.faxes()] == [message_id]
