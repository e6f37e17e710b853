"""A look at a mailbox: what is recorded, when the token moves, what is asked for next."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from errors import Unreachable
from handlers.sync import MailboxSync
from ringcentral_api import FullSync, Message, MessageQuery, RingCentral, SyncResult
from ringcentral_api.message_store import sync_from
from simulator import Fault
from tests.handlers.household import LOGIN, Household

DAY = 24 * 3600.0


class Told:
    """A RingCentral that gives prepared answers to syncs, read as any other, and notes frames."""

    def __init__(self, *answers: dict[str, Any], rest: Sequence[Message] | None = None) -> None:
        self._answers = list(answers)
        self._rest = rest
        self.frames: list[FullSync | str] = []
        self.lists: list[MessageQuery] = []

    def sync(self, extension_id: str, frame: FullSync | str) -> SyncResult:
        self.frames.append(frame)
        return sync_from(self._answers.pop(0))

    def messages(self, extension_id: str, query: MessageQuery) -> Iterator[Message]:
        self.lists.append(query)
        if self._rest is None:
            raise Unreachable("Away.")
        yield from self._rest


def answer(*records: Any, token: str = "t1", older: bool = False) -> dict[str, Any]:  # noqa: S107
    info = {"syncType": "FSync", "syncToken": token, "olderRecordsExist": older}
    return {"records": list(records), "syncInfo": info}


def message(message_id: int, created: str = "2026-11-01T08:00:00.000Z", **more: Any) -> Any:
    return {
        "id": message_id,
        "type": "Fax",
        "direction": "Inbound",
        "creationTime": created,
        "lastModifiedTime": created,
        "messageStatus": "Received",
        "availability": "Alive",
        **more,
    }


def told(home: Household, api: Told) -> MailboxSync:
    return replace(home.house.mailbox_sync, reach=lambda login: cast(RingCentral, api))


def syncs(home: Household) -> list[str]:
    """The kinds of all syncs, in order, with the code of those whose token was refused."""
    asked = home.simulator.requests(path="message-sync")["records"]
    asked = [each for each in asked if not each["code"].startswith("OAU")]  # log in again
    kinds = ("FSync" if "syncType=FSync" in each["query"] else "ISync" for each in asked)
    return [f"{kind} {each['code']}".strip() for kind, each in zip(kinds, asked, strict=True)]


def test_a_full_sync_comes_first_and_then_only_what_changed(home: Household) -> None:
    (first,) = home.receive()
    assert home.look() == (1, 0)
    home.pass_time(60)
    (second,) = home.receive()
    assert home.look() == (1, 0)
    assert home.look() == (0, 0)
    assert syncs(home) == ["FSync", "ISync", "ISync"]
    assert {fax.message_id for fax in home.faxes()} == {first, second}


def test_what_is_new_has_its_job_and_is_rung_for(home: Household) -> None:
    ids = {home.id_of(message_id) for message_id in home.receive(3)}
    home.look()
    assert {job.argument for job in home.jobs("archive")} == ids
    assert home.rings.rung == [("archive", LOGIN, 0.0)]


def test_the_look_is_noted_also_when_nothing_changed(home: Household) -> None:
    home.look()
    before = home.watched()
    home.pass_time(60)
    home.look()
    after = home.watched()
    assert before.looked_at and after.looked_at
    assert after.looked_at > before.looked_at
    assert after.sync_token != before.sync_token


def test_a_failure_while_recording_leaves_token_and_faxes(home: Household) -> None:
    home.look()
    before = home.watched()
    message_id = home.receive_one()
    home.crash("sync-recorded", home.look)
    assert home.watched() == before
    assert home.faxes() == []
    assert home.jobs("archive") == []
    assert home.look() == (1, 0)
    assert home.fax(message_id).state == "pending"


def test_a_failure_before_the_commit_rings_for_nothing(home: Household) -> None:
    home.receive_one()
    home.crash("sync-recorded", home.look)
    assert home.rings.rung == []


def test_a_failure_after_the_commit_loses_nothing(home: Household) -> None:
    message_id = home.receive_one()
    home.crash("sync-committed", home.look)
    assert [job.argument for job in home.jobs("archive")] == [home.id_of(message_id)]


def test_a_fax_older_than_a_day_is_found(home: Household) -> None:
    message_id = home.receive_one()
    home.pass_time(10 * DAY)
    assert home.look() == (1, 0)
    assert home.fax(message_id).state == "pending"


def test_the_history_that_was_chosen_is_asked_for(home: Household) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    api = Told(answer())
    replace(told(home, api), now=lambda: now).look(home.mailbox.id)
    assert api.frames == [FullSync(date_from=datetime(2026, 8, 25, tzinfo=UTC))]


def test_a_refused_token_leads_to_a_full_sync(home: Household) -> None:
    home.look()
    home.receive()
    home.simulator.fault("sync_refused", Fault(count=1))
    assert home.look() == (1, 0)
    assert syncs(home) == ["FSync", "ISync MSG-333", "FSync"]


def test_a_token_that_has_grown_too_old_leads_to_a_full_sync(home: Household) -> None:
    home.look()
    home.receive()
    home.pass_time(8 * DAY)
    assert home.look() == (1, 0)
    assert syncs(home) == ["FSync", "ISync MSG-333", "FSync"]


def test_a_full_answer_to_a_token_is_taken_as_it_is(home: Household) -> None:
    home.archive_one()
    home.receive()
    home.simulator.fault("sync_full", Fault(count=1))
    assert home.look() == (1, 0)


def test_a_first_look_at_more_than_one_answer_holds_finds_all(home: Household) -> None:
    for _ in range(3):
        home.receive(100)
        home.pass_time(30)
    assert home.look()[0] == 300
    assert syncs(home) == ["FSync"]
    assert home.look() == (0, 0)


def test_a_cut_answer_does_not_move_the_token_before_the_rest_is_there(home: Household) -> None:
    cut = answer(message(2), token="good", older=True)
    rest = [Message.from_json(message(1, "2026-10-01T08:00:00.000Z"))]
    with pytest.raises(Unreachable):  # the rest never comes
        told(home, Told(cut)).look(home.mailbox.id)
    assert home.watched().sync_token is None
    api = Told(cut, rest=rest)
    told(home, api).look(home.mailbox.id)
    assert home.watched().sync_token == "good"
    assert len(home.faxes()) == 2
    (listed,) = api.lists
    assert listed.date_to == datetime(2026, 11, 1, 8, 0, 1, tzinfo=UTC)
    assert "Deleted" in listed.availability


def test_more_faxes_of_one_moment_than_an_answer_holds_are_all_found(home: Household) -> None:
    crowd = [message(number) for number in range(600)]
    rest = [Message.from_json(each) for each in crowd]
    api = Told(answer(*crowd[:250], older=True), rest=rest)
    assert told(home, api).look(home.mailbox.id).new == 600


def test_records_that_are_no_faxes_are_ignored(home: Household) -> None:
    others = [{**message(n), "type": kind} for n, kind in enumerate(("SMS", "VoiceMail", "Pager"))]
    looked = told(home, Told(answer(*others, message(9)))).look(home.mailbox.id)
    assert (looked.new, looked.changed) == (1, 0)
    assert [fax.message_id for fax in home.faxes()] == ["9"]
    assert home.watched().sync_token == "t1"


def test_a_fax_purged_before_the_first_look_is_no_loss_of_ours(home: Household) -> None:
    told(home, Told(answer({"id": 7, "availability": "Purged"}))).look(home.mailbox.id)
    assert home.faxes() == []


def test_a_fax_that_came_and_went_between_two_looks_is_a_loss_with_its_evidence(
    home: Household,
) -> None:
    home.look()
    looked_at = home.watched().looked_at
    purged = answer({"id": 7, "availability": "Purged"})
    for _ in range(2):
        told(home, Told(purged)).look(home.mailbox.id)
    (fax,) = home.faxes()
    assert (fax.message_id, fax.state, fax.created_at) == ("7", "lost", looked_at)
    evidence = json.loads(fax.evidence)
    assert evidence["sync"] == "Purged"
    assert evidence["never_listed"] is True
    assert home.kinds() == ["lost"]


def test_a_fax_of_which_only_the_deletion_is_told_has_its_mailbox_listed(home: Household) -> None:
    home.look()
    home.tamper("DELETE FROM jobs")
    told(home, Told(answer({"id": 7, "availability": "Deleted"}))).look(home.mailbox.id)
    assert home.faxes() == []
    assert [job.argument for job in home.jobs("list")] == [home.mailbox.id]


def test_a_deleted_fax_is_still_to_be_fetched(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.delete(message_id)
    home.look()
    fax = home.fax(message_id)
    assert (fax.state, fax.availability) == ("pending", "Deleted")
    home.finish(message_id)
    assert home.fax(message_id).state == "archived"


def test_purged_before_it_was_fetched_is_lost(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.delete(message_id, purge=True)
    home.look()
    fax = home.fax(message_id)
    assert (fax.state, fax.availability) == ("lost", "Purged")
    assert "purged at RingCentral" in fax.state_reason
    home.finish(message_id)
    assert home.downloads() == 0


@pytest.mark.parametrize("purge", [False, True])
def test_gone_after_it_was_archived_stays_archived_and_is_amended(
    home: Household, purge: bool
) -> None:
    message_id = home.archive_one()
    home.simulator.delete(message_id, purge=purge)
    home.look()
    assert home.fax(message_id).state == "archived"
    home.finish(message_id)
    fax = home.fax(message_id)
    assert (fax.state, fax.revision, fax.unrecorded) == ("archived", 2, False)
    assert home.record(message_id)["availability"] == ("Purged" if purge else "Deleted")
    assert home.plain(message_id) == home.simulator.document(message_id)


def test_the_news_that_an_archived_fax_is_gone_has_its_job_at_once(home: Household) -> None:
    message_id = home.archive_one()
    with home.house.catalog.transaction() as tx:
        for job in tx.jobs.list():
            claimed = tx.jobs.claim(job.name, job.argument, "test", job.due_at, home.clock.now())
            assert claimed is None or tx.jobs.finish(claimed)
    home.rings.rung.clear()
    home.simulator.delete(message_id)
    home.look()
    assert [job.argument for job in home.jobs("archive")] == [home.id_of(message_id)]
    assert ("archive", LOGIN, 0.0) in home.rings.rung


def test_reading_a_fax_is_no_news(home: Household) -> None:
    message_id = home.archive_one()
    home.simulator.mark(message_id, "Read")
    assert home.look() == (0, 0)
    fax = home.fax(message_id)
    assert (fax.read_status, fax.unrecorded, fax.revision) == ("Read", False, 1)


def test_a_mailbox_that_is_not_watched_is_left_alone(home: Household) -> None:
    looked = home.house.mailbox_sync.look("1-2")
    assert (looked.new, looked.changed) == (0, 0)
    assert syncs(home) == []


@pytest.mark.parametrize("created", ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z"])
def test_a_fax_with_an_odd_date_stops_nothing(home: Household, created: str) -> None:
    assert told(home, Told(answer(message(7, created)))).look(home.mailbox.id).new == 1
    assert [job.argument for job in home.jobs("archive")] == [home.id_of("7")]


def test_a_mailbox_that_is_gone_is_left_alone(home: Household) -> None:
    home.receive()
    home.look()
    with home.house.catalog.transaction() as tx:
        tx.mailboxes.mark_gone(home.mailbox.id, "RingCentral has this extension no more")
    assert home.look() == (0, 0)
    assert syncs(home) == ["FSync"]
