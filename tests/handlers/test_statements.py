"""Each settled day is stated once the mailbox was listed after it, and anew when it changed."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.statement import faults, read_statement
from catalog import BlindWindow, DayStatement, Listing, NewFax, Place, Transaction
from errors import DocumentRefused
from ringcentral_api import Message
from simulator import Fault
from tests.handlers.household import Crash, Household
from tests.handlers.test_sync import Told, answer, message
from tests.handlers.test_sync import told as told_by

HOUR, DAY = 3600.0, 24 * 3600.0
MONDAY, TUESDAY, WEDNESDAY = "2026-11-23", "2026-11-24", "2026-11-25"


def list_whole(home: Household) -> None:
    home.house.listing.compare(home.mailbox.id)


def state(home: Household) -> int:
    """Make what statements are due; how many."""
    return home.house.statements.bring_up_to_date(home.mailbox.id)


def list_and_state(home: Household) -> int:
    list_whole(home)
    return state(home)


def next_day(home: Household, hour: int = 12) -> None:
    """Let time pass to this hour (UTC) of the next day."""
    now = home.clock.now()
    morrow = (now + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    home.pass_time((morrow - now).total_seconds())


def take(home: Household, told: Sequence[dict[str, Any]]) -> None:
    """Have these messages told by a look."""
    told_by(home, Told(answer(*told))).look(home.mailbox.id)


def stated(home: Household, first: str = "", last: str = "~") -> list[DayStatement]:
    """The newest revision of each day."""
    with home.house.catalog.reading() as tx:
        return tx.days.between(first, last)


def days(home: Household) -> list[tuple[str, int, int]]:
    """Each day with the number of its newest revision and of its faxes."""
    return [(each.day, each.revision, each.listed) for each in stated(home)]


def latest(home: Household, day: str) -> DayStatement:
    (found,) = stated(home, day, day)
    return found


def body(home: Household, day: str) -> dict[str, Any]:
    """What the newest statement of a day says."""
    return read_statement(home.house.archive.statements.read(latest(home, day).file))


def states(home: Household, day: str) -> list[str]:
    return [fax["state"] for fax in body(home, day)["faxes"]]


# When


def test_a_day_is_stated_when_it_has_settled_and_the_mailbox_was_listed_after_it(
    still: Household,
) -> None:
    still.archive_one()
    assert list_and_state(still) == 0
    next_day(still, 0)
    assert list_and_state(still) == 0
    still.pass_time(HOUR - 1)
    assert list_and_state(still) == 0
    still.pass_time(1)
    assert state(still) == 0  # nobody has listed it since
    assert list_and_state(still) == 1
    assert days(still) == [(MONDAY, 1, 1)]


def test_a_mailbox_that_was_never_listed_has_no_statement(still: Household) -> None:
    still.archive_one()
    next_day(still)
    assert state(still) == 0


def test_a_mailbox_that_nobody_knows_has_no_statement(still: Household) -> None:
    assert still.house.statements.bring_up_to_date("1-2") == 0


def test_each_day_has_one_also_without_faxes(still: Household) -> None:
    for _ in range(3):
        next_day(still)
    assert list_and_state(still) == 3
    assert days(still) == [(MONDAY, 1, 0), (TUESDAY, 1, 0), (WEDNESDAY, 1, 0)]
    assert body(still, TUESDAY)["faxes"] == []
    assert list_and_state(still) == 0


def test_a_leap_day_is_a_day(still: Household) -> None:
    still.tamper("UPDATE mailboxes SET added_at = '2028-02-28T12:00:00.000Z'")
    listing = Listing(datetime(2028, 3, 2, 3, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC), 0)
    with still.house.catalog.transaction() as tx:
        tx.mailboxes.mark_listed(still.mailbox.id, listing, 0.0)
    state(still)
    assert [each.day for each in stated(still)] == ["2028-02-28", "2028-02-29", "2028-03-01"]


def test_the_first_day_is_that_on_which_the_mailbox_was_first_watched(still: Household) -> None:
    still.pass_time(11 * HOUR)
    still.receive()
    next_day(still)
    list_and_state(still)
    assert [each.day for each in stated(still)] == [MONDAY]
    assert body(still, MONDAY)["watched_since"] == "2026-11-23T12:00:00.000Z"


def test_a_mailbox_that_is_gone_is_stated_until_its_last_look(still: Household) -> None:
    still.archive_one()
    next_day(still)
    list_and_state(still)
    message_id = still.archive_one()
    still.look()
    extension = still.mailbox.extension_id
    with still.house.catalog.transaction() as tx:
        tx.mailboxes.mark_gone(still.mailbox.id, "RingCentral has this extension no more")
    for _ in range(3):
        next_day(still)
        state(still)
    assert days(still) == [(MONDAY, 1, 1), (TUESDAY, 1, 1)]
    last = body(still, TUESDAY)
    assert last["gone"] == "RingCentral has this extension no more"
    assert [fax["message"] for fax in last["faxes"]] == [message_id]
    assert extension in last["mailbox"]
    assert "gone" not in body(still, MONDAY)


def test_days_before_that_are_stated_where_they_have_faxes(still: Household) -> None:
    still.archive_one()
    still.pass_time(2 * DAY)
    still.archive_one()
    still.pass_time(3 * DAY)
    still.tamper("UPDATE mailboxes SET added_at = '2026-11-28T12:00:00.000Z'")
    assert list_and_state(still) == 2
    next_day(still)
    assert list_and_state(still) == 1
    assert days(still) == [(MONDAY, 1, 1), (WEDNESDAY, 1, 1), ("2026-11-28", 1, 0)]


def test_a_crash_among_the_days_before_that_leaves_none_of_them_out(still: Household) -> None:
    still.archive_one()
    still.pass_time(2 * DAY)
    still.archive_one()
    still.pass_time(3 * DAY)
    still.tamper("UPDATE mailboxes SET added_at = '2026-11-28T12:00:00.000Z'")
    list_whole(still)
    passed: list[str] = []

    def die_at_the_second(step: str) -> None:
        passed.append(step)
        if len(passed) == 2:
            raise Crash(step)

    with pytest.raises(Crash):
        replace(still.house.statements, failpoint=die_at_the_second).bring_up_to_date(
            still.mailbox.id
        )
    assert days(still) == [(MONDAY, 1, 1)]
    state(still)
    assert days(still) == [(MONDAY, 1, 1), (WEDNESDAY, 1, 1)]


def test_a_day_that_no_listing_reached_back_to_is_not_stated(still: Household) -> None:
    next_day(still)
    list_and_state(still)
    still.pass_time(100 * DAY)  # off for longer than a list reaches back
    list_and_state(still)
    found = [each.day for each in stated(still)]
    reached = still.watched().listed_from_at
    assert reached is not None
    assert found[0] == MONDAY
    assert found[1] == f"{reached:%Y-%m-%d}" > TUESDAY
    assert len(found) == 91


def test_the_first_day_of_a_list_is_stated_whole(still: Household) -> None:
    next_day(still, 6)
    still.receive()
    still.pass_time(12 * HOUR)
    still.receive()
    still.pass_time(89 * DAY + 18 * HOUR)  # to noon, ninety days later
    list_and_state(still)
    assert days(still)[0] == (TUESDAY, 1, 2)


def test_a_fax_of_a_day_before_every_listing_is_not_stated(still: Household) -> None:
    take(still, [message(1, "2026-08-01T12:00:00.000Z"), message(2, "2026-10-01T12:00:00.000Z")])
    list_and_state(still)
    assert days(still) == [("2026-10-01", 1, 1)]


def test_a_fax_before_midnight_is_of_the_day_before_it(still: Household) -> None:
    take(
        still,
        [
            message(1, "2026-11-23T23:59:59.999Z"),
            message(2, "2026-11-24T00:00:00.000Z"),
            message(3, "2026-11-24T23:59:59.999Z"),
        ],
    )
    next_day(still)
    next_day(still)
    list_and_state(still)
    assert days(still) == [(MONDAY, 1, 1), (TUESDAY, 1, 2)]
    assert [each["message"] for each in body(still, TUESDAY)["faxes"]] == ["2", "3"]


def test_a_time_zone_of_somebody_else_moves_no_fax(still: Household) -> None:
    take(still, [message(1, "2026-11-24T00:30:00.000+0100")])
    next_day(still)
    list_and_state(still)
    assert days(still) == [(MONDAY, 1, 1)]


def test_a_fax_of_tomorrow_waits_for_its_day(still: Household) -> None:
    take(still, [message(1, "2026-11-30T08:00:00.000Z")])
    next_day(still)
    list_and_state(still)
    assert days(still) == [(MONDAY, 1, 0)]


def test_other_mailboxes_are_other_statements(still: Household) -> None:
    others = replace(still.mailbox, id="1-2", account_id="1", extension_id="2")
    with still.house.catalog.transaction() as tx:
        tx.mailboxes.watch(others, still.clock.now())
    still.receive()
    next_day(still)
    list_and_state(still)
    with still.house.catalog.transaction() as tx:
        at = still.clock.now()
        tx.mailboxes.mark_listed("1-2", Listing(at, at - timedelta(days=9), 0), 0.0)
    still.house.statements.bring_up_to_date("1-2")
    told = {each.mailbox_id: each.listed for each in stated(still)}
    assert told == {"1-2": 0, still.mailbox.id: 1}


# What it says


def one_in_each_state(home: Household) -> dict[str, str]:
    """A fax in each state, and one that is queued, by the state."""
    archived = home.archive_one()
    pending, refused, lost = home.receive(3)
    queued = home.simulator.send(["+12025550101"])
    home.look()
    home.simulator.sicken(refused, "content_html", Fault(tries=9))
    with pytest.raises(DocumentRefused):
        home.finish(refused)
    home.simulator.delete(lost, purge=True)
    home.look()
    return {
        "archived": archived, "pending": pending, "refused": refused, "lost": lost,
        "queued": queued,
    }  # fmt: skip


def test_each_fax_is_told_in_one_state_with_what_belongs_to_it(still: Household) -> None:
    by_state = one_in_each_state(still)
    next_day(still)
    list_and_state(still)
    told = {fax["message"]: fax for fax in body(still, MONDAY)["faxes"]}
    assert len(told) == 5
    archived = told[by_state["archived"]]
    fax = still.fax(by_state["archived"])
    (document,) = still.documents(fax.message_id)
    (line,) = [row.seq for row in still.ledger() if row.kind == "archived"]
    assert (archived["folder"], archived["line"]) == (fax.folder, line)
    assert archived["documents"] == [document.sha256]
    assert told[by_state["pending"]]["reason"] == "it is still to be fetched"
    assert told[by_state["queued"]]["reason"] == "it is still queued"
    assert told[by_state["refused"]]["reason"] == "not-a-document"
    assert told[by_state["lost"]]["evidence"] == json.loads(still.fax(by_state["lost"]).evidence)
    assert {fax["told_by"] for fax in told.values()} == {"message-store"}
    assert list(faults(body(still, MONDAY))) == []


def test_the_totals_of_a_day_are_those_of_its_faxes(still: Household) -> None:
    one_in_each_state(still)
    next_day(still)
    list_and_state(still)
    row = latest(still, MONDAY)
    assert (row.listed, row.archived, row.pending, row.refused, row.lost) == (5, 1, 2, 1, 1)
    assert body(still, MONDAY)["totals"] == {
        "listed": 5, "archived": 1, "pending": 2, "refused": 1, "lost": 1,
    }  # fmt: skip


def test_a_statement_names_nobody(still: Household) -> None:
    one_in_each_state(still)
    next_day(still)
    list_and_state(still)
    text = still.house.archive.statements.read(latest(still, MONDAY).file).decode()
    for fax in still.faxes():
        for secret in (fax.from_number, fax.from_name):
            assert secret is None or secret not in text
    assert "+12025550101" not in text


def test_a_statement_tells_what_it_is_founded_on(still: Household) -> None:
    next_day(still)
    list_and_state(still)
    told, mailbox = body(still, MONDAY), still.watched()
    assert told["listed_at"] == "2026-11-24T12:00:00.000Z"
    assert told["listed_from"] == "2026-08-26T00:00:00.000Z"
    assert (told["mailbox"], told["day"], told["revision"]) == (mailbox.id, MONDAY, 1)
    assert latest(still, MONDAY).listed_at == mailbox.listed_at


def test_a_statement_tells_the_blind_windows_of_its_day(still: Household) -> None:
    def window(start: str, end: str | None, cause: str, mailbox: str = "") -> BlindWindow:
        began = datetime.fromisoformat(start)
        ended = datetime.fromisoformat(end) if end else None
        return BlindWindow(mailbox or still.mailbox.id, began, ended, cause)

    windows = [
        window("2026-11-22T20:00:00Z", "2026-11-23T00:00:00Z", "until midnight"),
        window("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", "within"),
        window("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", "another mailbox", "1-2"),
        window("2026-11-23T23:00:00Z", None, "lasts"),
    ]
    with still.house.catalog.transaction() as tx:
        for each in windows:
            tx.windows.replace([], each)
    next_day(still)
    next_day(still)
    list_and_state(still)
    causes = [each["cause"] for each in body(still, MONDAY)["blind_windows"]]
    assert causes == ["lasts", "within", "until midnight"]
    assert body(still, TUESDAY)["blind_windows"] == [
        {"from": "2026-11-23T23:00:00.000Z", "to": None, "cause": "lasts"}
    ]


def test_a_statement_is_a_line_of_the_ledger(still: Household) -> None:
    still.archive_one()
    next_day(still)
    list_and_state(still)
    row = still.ledger()[-1]
    entry = json.loads(row.line)["entry"]
    statement = latest(still, MONDAY)
    assert (row.kind, row.seq) == ("statement", statement.seq)
    assert (entry["mailbox"], entry["day"], entry["revision"]) == (still.mailbox.id, MONDAY, 1)
    (file,) = entry["files"]
    assert f"{entry['folder']}/{file['name']}" == statement.file
    assert file["sha256"] == statement.sha256
    assert entry["totals"]["archived"] == 1
    assert "contradicts" not in entry
    assert still.copied()[-1] == row.line
    assert still.findings() == []


# Anew


def test_nothing_new_is_no_revision(still: Household) -> None:
    one_in_each_state(still)
    next_day(still)
    assert list_and_state(still) == 1
    for _ in range(2):
        still.pass_time(HOUR)
        assert list_and_state(still) == 0
    next_day(still)
    assert list_and_state(still) == 1  # the next day only
    assert days(still) == [(MONDAY, 1, 5), (TUESDAY, 1, 0)]


def test_a_fax_that_changes_its_state_makes_a_revision(still: Household) -> None:
    message_id = still.receive_one()
    still.look()
    next_day(still)
    list_and_state(still)
    assert states(still, MONDAY) == ["pending"]
    first = latest(still, MONDAY)
    still.finish(message_id)
    assert state(still) == 1
    assert states(still, MONDAY) == ["archived"]
    second = latest(still, MONDAY)
    assert (second.revision, second.file) == (2, first.file.replace(".json", ".2.json"))
    assert read_statement(still.house.archive.statements.read(first.file))["revision"] == 1
    assert "contradicts" not in body(still, MONDAY)
    assert still.findings() == []


def test_an_old_day_is_stated_anew_when_it_changed_long_after(still: Household) -> None:
    message_id = still.receive_one()
    still.look()
    for _ in range(10):
        next_day(still)
        list_and_state(still)
    still.finish(message_id)
    next_day(still)
    assert list_and_state(still) == 2
    assert latest(still, MONDAY).revision == 2
    assert {each.revision for each in stated(still, TUESDAY)} == {1}


def test_a_change_while_a_later_day_is_stated_is_not_forgotten(still: Household) -> None:
    message_id = still.receive_one()
    still.look()
    next_day(still)
    list_and_state(still)
    next_day(still)

    def meanwhile() -> None:
        still.finish(message_id)
        still.pass_time(5)

    still.steps.meanwhile["statement staged"] = meanwhile
    list_and_state(still)
    assert days(still) == [(MONDAY, 1, 1), (TUESDAY, 1, 0)]
    next_day(still)
    list_and_state(still)
    assert latest(still, MONDAY).revision == 2
    assert states(still, MONDAY) == ["archived"]


def test_a_contradicted_statement_is_made_anew_and_tells_both(still: Household) -> None:
    hidden = still.receive_one()
    still.simulator.hide(hidden, 1.5 * DAY)
    next_day(still)
    list_and_state(still)
    assert days(still) == [(MONDAY, 1, 0)]
    next_day(still)
    list_whole(still)
    assert latest(still, MONDAY).contradiction == hidden
    state(still)
    second = latest(still, MONDAY)
    assert (second.revision, second.contradiction, second.listed) == (2, "", 1)
    assert body(still, MONDAY)["contradicts"] == {"revision": 1, "messages": [hidden]}
    entry = json.loads(next(r.line for r in still.ledger() if r.seq == second.seq))["entry"]
    assert entry["contradicts"] == {"revision": 1, "messages": [hidden]}
    with still.house.catalog.reading() as tx:
        (contradicted,) = tx.days.contradicted()
    assert (contradicted.revision, contradicted.contradiction) == (1, hidden)
    assert state(still) == 0
    assert still.findings() == []


def test_a_contradiction_is_answered_though_the_faxes_are_the_same(still: Household) -> None:
    still.archive_one()
    next_day(still)
    list_and_state(still)
    with still.house.catalog.transaction() as tx:
        tx.days.contradict(latest_of(tx, still), "7")
    assert state(still) == 1
    assert body(still, MONDAY)["contradicts"] == {"revision": 1, "messages": ["7"]}
    assert state(still) == 0


def test_a_fax_moves_from_the_day_it_was_only_taken_to_be_of_to_its_own(still: Household) -> None:
    next_day(still)
    box, now, losses = still.mailbox, still.clock.now(), still.house.losses
    gone = NewFax(box.account_id, box.id, "7", "Unknown", "", "", "Purged", now, "{}", "call-log")
    with still.house.catalog.transaction() as tx:
        assert losses.lose_unseen(tx, box, gone, {"availability": "Purged"})
    next_day(still)
    list_and_state(still)
    assert days(still) == [(MONDAY, 1, 0), (TUESDAY, 1, 1)]
    told_later = Message.from_json(message(7, "2026-11-23T20:00:00.000Z"))
    still.house.importer.learn(still.mailbox, [told_later])
    assert state(still) == 2
    assert days(still) == [(MONDAY, 2, 1), (TUESDAY, 2, 0)]
    assert body(still, TUESDAY)["contradicts"] == {"revision": 1, "messages": ["7"]}
    assert state(still) == 0


def latest_of(tx: Transaction, home: Household) -> DayStatement:
    found = tx.days.latest(home.mailbox.id, MONDAY)
    assert found is not None
    return found


def test_a_contradiction_is_answered_though_the_clock_was_set_back(still: Household) -> None:
    next_day(still)
    list_and_state(still)
    take(still, [message(7, "2026-11-23T20:00:00.000Z")])
    still.tamper("UPDATE faxes SET state_at = '2026-11-01T00:00:00.000Z'")
    assert state(still) == 1
    assert body(still, MONDAY)["contradicts"] == {"revision": 1, "messages": ["7"]}
    assert state(still) == 0


# When the process dies


@pytest.mark.parametrize(
    "step", ["statement staged", "statement published", "before-statement-commit"]
)
def test_a_statement_that_a_crash_left_behind_is_made_anew(still: Household, step: str) -> None:
    still.archive_one()
    next_day(still)
    list_whole(still)
    still.crash(step, lambda: state(still))
    assert stated(still) == []
    still.receive()
    still.pass_time(60)
    assert state(still) == 1
    assert days(still) == [(MONDAY, 1, 1)]
    assert still.kinds() == ["archived", "statement"]
    assert still.findings() == []


def test_the_job_makes_them(still: Household) -> None:
    next_day(still)
    with still.house.catalog.transaction() as tx:
        at = still.clock.now()
        tx.jobs.request("list", still.mailbox.id, at, at, Place(still.mailbox.login, at))
    still.run("list")
    still.house.runner.run("state-days", still.mailbox.id)
    assert days(still) == [(MONDAY, 1, 0)]
