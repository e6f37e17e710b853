"""What the catalog promises about notices and destinations, on either database."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog import Attempt, DestinationRow, NoticeQuery, NoticeRow, Outcome, Transaction
from catalog.notices import notice_id

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
LEASE = timedelta(minutes=15)
FAILED = Outcome("failed:1-7:0:1", "failed", NOW, "1-2", "1-7", "Outbound")
CAME = Outcome("received:1-8", "received", NOW, "1-2", "1-8", "Inbound")


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def notice(tx: Transaction) -> NoticeRow:
    tx.outcomes.record(FAILED)
    assert tx.notices.add(FAILED, "erp", NOW)
    return found(tx, FAILED)


def found(tx: Transaction, outcome: Outcome, destination: str = "erp") -> NoticeRow:
    row = tx.notices.find(notice_id(outcome.id, destination))
    assert row is not None
    return row


def jobs(tx: Transaction) -> list[tuple[str, str, datetime]]:
    return [(job.argument, job.lane, job.due_at) for job in tx.jobs.list() if job.name == "deliver"]


def test_a_destination_has_one_notice_of_an_outcome(tx: Transaction, notice: NoticeRow) -> None:
    assert not tx.notices.add(FAILED, "erp", after(5))
    assert tx.notices.add(FAILED, "mail", NOW)
    assert (notice.state, notice.tries, notice.round, notice.reason) == ("waiting", 0, 1, "")
    assert {row.destination for row in tx.notices.list(NoticeQuery())} == {"erp", "mail"}
    mail = found(tx, FAILED, "mail")
    assert jobs(tx) == sorted([(notice.id, "erp", NOW), (mail.id, "mail", NOW)])


def test_the_id_is_the_same_for_ever_and_tells_nothing() -> None:
    # Written out: a change would have receivers take a repetition for something new.
    assert notice_id(FAILED.id, "erp") == "n_610657652a5dc39b5f6a51adce58e4ed"
    assert notice_id(FAILED.id, "erp") != notice_id(FAILED.id, "mail")


def test_every_try_is_kept_with_its_number(tx: Transaction, notice: NoticeRow) -> None:
    tx.notices.note_attempt(notice, NOW, 0.25, "it answered 500")
    tx.notices.note_attempt(notice, after(1), 1.5, "")
    assert tx.notices.attempts(notice.id) == [
        Attempt(1, NOW, 0.25, "it answered 500"),
        Attempt(2, after(1), 1.5, ""),
    ]
    assert tx.notices.attempts("n_other") == []


def test_a_notice_waits_is_delivered_or_given_up(tx: Transaction, notice: NoticeRow) -> None:
    assert tx.notices.postpone(notice, after(5), "it answered 500")
    waiting = found(tx, FAILED)
    assert (waiting.due_at, waiting.tries, waiting.reason) == (after(5), 1, "it answered 500")
    assert tx.notices.settle(waiting, "delivered", after(6), "")
    done = found(tx, FAILED)
    assert (done.state, done.state_at, done.tries) == ("delivered", after(6), 2)
    assert not tx.notices.settle(waiting, "given-up", after(7), "late")
    assert not tx.notices.postpone(waiting, after(9), "late")


def test_a_replay_is_another_round_under_the_same_id(tx: Transaction, notice: NoticeRow) -> None:
    tx.notices.settle(notice, "given-up", after(1), "never answered")
    assert tx.notices.given_up_since(NOW) == 1
    tx.notices.replay([found(tx, FAILED)], after(2))
    again = found(tx, FAILED)
    assert (again.state, again.tries, again.round, again.due_at) == ("waiting", 0, 2, after(2))
    assert tx.notices.given_up_since(NOW) == 0
    # Whoever still carries the first round settles nothing of the second.
    assert not tx.notices.settle(notice, "delivered", after(3), "")


def test_lists_are_narrowed_and_the_newest_comes_first(tx: Transaction, notice: NoticeRow) -> None:
    tx.outcomes.record(CAME)
    tx.notices.add(CAME, "mail", after(60))
    came = found(tx, CAME, "mail")

    def ids(**conditions: object) -> list[str]:
        return [row.id for row in tx.notices.list(NoticeQuery(**conditions))]  # type: ignore[arg-type]

    assert ids() == [came.id, notice.id]
    assert ids(limit=1) == [came.id]
    assert ids(destination="erp") == [notice.id]
    assert ids(kind="received") == [came.id]
    assert ids(fax_id="1-7") == [notice.id]
    assert ids(since=after(30)) == [came.id]
    assert ids(id=notice.id) == [notice.id]
    assert ids(state="delivered") == []
    assert tx.notices.counts("erp") == {"waiting": 1, "delivered": 0, "given-up": 0}


def test_when_a_destination_is_well_again_nothing_waits_for_it(
    tx: Transaction, notice: NoticeRow
) -> None:
    tx.jobs.list()
    job = tx.jobs.claim_first("deliver", "erp", "w", NOW, NOW + LEASE)
    assert job is not None
    tx.notices.postpone(notice, after(600), "it answered 500")
    tx.jobs.postpone(job, after(600), "it answered 500", failed=False)
    tx.notices.hurry("other", after(1), 10)
    assert jobs(tx) == [(notice.id, "erp", after(600))]
    tx.notices.hurry("erp", after(1), 10)
    assert jobs(tx) == [(notice.id, "erp", after(1))]
    assert found(tx, FAILED).due_at == after(1)


def test_a_notice_without_a_job_is_asked_for(tx: Transaction, notice: NoticeRow) -> None:
    job = tx.jobs.claim("deliver", notice.id, "w", NOW, NOW + LEASE)
    assert job is not None
    tx.jobs.finish(job)
    tx.notices.postpone(notice, after(5), "lost with its worker")
    tx.notices.ask_for_forgotten(after(1), 10)
    assert jobs(tx) == [(notice.id, "erp", after(5))]


def test_what_is_done_or_paused_is_not_asked_for(tx: Transaction, notice: NoticeRow) -> None:
    job = tx.jobs.claim("deliver", notice.id, "w", NOW, NOW + LEASE)
    assert job is not None
    tx.jobs.finish(job)
    tx.notices.pause("erp", NOW, "by a person")
    tx.notices.ask_for_forgotten(NOW, 10)
    assert jobs(tx) == []
    tx.notices.settle(notice, "delivered", NOW, "")
    tx.notices.resume("erp", NOW)
    tx.notices.ask_for_forgotten(NOW, 10)
    assert jobs(tx) == []


def test_a_destination_fails_since_its_first_failure_and_until_it_delivers(
    tx: Transaction,
) -> None:
    assert tx.notices.destination("erp") == DestinationRow("erp")
    assert tx.notices.note_failure("erp", NOW, "it answered 500") == NOW
    assert tx.notices.note_failure("erp", after(9), "it answered 502") == NOW
    assert tx.notices.destinations() == [DestinationRow("erp", NOW, "it answered 502")]
    tx.notices.note_delivery("erp", after(10))
    assert tx.notices.destination("erp") == DestinationRow("erp", delivered_at=after(10))
    assert tx.notices.note_failure("erp", after(20), "x") == after(20)


def test_a_pause_lasts_from_its_beginning_to_its_end(tx: Transaction) -> None:
    tx.notices.note_failure("erp", NOW, "gone")
    tx.notices.pause("erp", NOW, "it wants no more")
    tx.notices.pause("erp", after(1), "by a person")
    paused = tx.notices.destination("erp")
    assert (paused.paused_at, paused.pause_reason) == (NOW, "by a person")
    tx.notices.resume("erp", after(2))
    assert tx.notices.destination("erp") == DestinationRow("erp")


def test_what_waited_for_a_paused_destination_goes_when_it_is_resumed(
    tx: Transaction, notice: NoticeRow
) -> None:
    job = tx.jobs.claim("deliver", notice.id, "w", NOW, NOW + LEASE)
    assert job is not None
    tx.jobs.finish(job)
    tx.notices.postpone(notice, after(60), "no answer came")
    tx.notices.pause("erp", NOW, "by a person")
    tx.jobs.pause_lane("deliver", "erp", after(60))
    tx.notices.resume("erp", after(1))
    assert jobs(tx) == [(notice.id, "erp", after(1))]
    assert tx.jobs.next_in_lane("deliver", "erp") == after(1)
