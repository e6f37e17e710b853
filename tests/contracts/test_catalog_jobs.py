"""What the catalog promises about jobs, on either database."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog import Job, NewFax, Place, Transaction
from catalog.jobs import Jobs

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
LEASE = timedelta(minutes=5)


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def jobs(tx: Transaction) -> Jobs:
    return tx.jobs


def claimed(jobs: Jobs, now: datetime = NOW, owner: str = "w1") -> Job:
    job = jobs.claim("look", "1-2", owner, now, now + LEASE)
    assert job is not None
    return job


def test_the_earlier_of_two_wishes_counts(jobs: Jobs) -> None:
    assert jobs.request("look", "1-2", after(5), NOW) == after(5)
    assert jobs.request("look", "1-2", after(9), NOW) == after(5)
    assert jobs.request("look", "1-2", after(2), NOW) == after(2)
    assert jobs.next_due(NOW) == after(2)
    assert len(jobs.list()) == 1


def test_a_job_is_claimed_when_due_and_by_one_only(jobs: Jobs) -> None:
    jobs.request("look", "1-2", after(1), NOW)
    assert jobs.claim("look", "1-2", "w1", NOW, after(5)) is None
    assert jobs.due(NOW, 10) == []
    assert jobs.due(after(1), 10) == [("look", "1-2")]
    job = claimed(jobs, after(1))
    assert (job.lease_owner, job.attempts) == ("w1", 0)
    assert jobs.claim("look", "1-2", "w2", after(2), after(9)) is None
    assert jobs.due(after(2), 10) == []
    assert jobs.next_due(after(2)) == after(6)
    assert jobs.claim("look", "9-9", "w1", NOW, after(5)) is None


def test_what_is_due_too_late_can_be_pulled_back(jobs: Jobs) -> None:
    jobs.request("look", "1-2", after(60), NOW, Place("main/1"))
    jobs.request("look", "1-3", after(61), NOW, Place("main/1"))
    jobs.pause_lane("look", "main/1", after(61))
    jobs.pull_back(after(60), NOW)
    assert {job.argument: job.due_at for job in jobs.list()} == {"1-2": after(60), "1-3": NOW}
    assert jobs.next_in_lane("look", "main/1") == NOW


def test_a_finished_job_is_gone(jobs: Jobs) -> None:
    jobs.request("look", "1-2", NOW, NOW)
    assert jobs.finish(claimed(jobs))
    assert jobs.list() == []
    assert jobs.next_due(NOW) is None


def test_a_running_job_asked_for_again_runs_again_when_it_was_asked_for(jobs: Jobs) -> None:
    jobs.request("look", "1-2", NOW, NOW)
    job = claimed(jobs)
    assert jobs.request("look", "1-2", after(30), NOW) == after(30)
    assert jobs.request("look", "1-2", after(20), NOW) == after(20)
    assert not jobs.finish(job)
    assert jobs.due(after(19), 10) == []
    assert jobs.finish(claimed(jobs, after(20)))


def test_a_dead_workers_job_is_due_when_its_lease_ends(jobs: Jobs) -> None:
    jobs.request("look", "1-2", NOW, NOW)
    dead = claimed(jobs)
    jobs.request("look", "1-2", after(30), NOW)
    assert jobs.due(after(5), 10) == [("look", "1-2")]
    second = claimed(jobs, after(5), "w2")
    assert not jobs.finish(dead)
    assert not jobs.finish(second)
    assert jobs.next_due(after(5)) == after(30)


def test_a_worker_that_overslept_disturbs_nobody(jobs: Jobs) -> None:
    jobs.request("look", "1-2", NOW, NOW)
    late = claimed(jobs)
    second = claimed(jobs, after(6))
    assert not jobs.finish(late)
    jobs.postpone(late, after(60), "late", failed=True)
    jobs.give_up(late, "late", after(7))
    assert jobs.list() == [second]
    assert jobs.finish(second)
    assert jobs.finish(late)


def test_a_failed_job_is_counted_and_a_postponed_one_is_not(jobs: Jobs) -> None:
    jobs.request("look", "1-2", NOW, NOW)
    jobs.postpone(claimed(jobs), after(10), "too early", failed=False)
    assert jobs.due(after(9), 10) == []
    jobs.postpone(claimed(jobs, after(10)), after(20), "network", failed=True)
    jobs.request("look", "1-2", after(15), after(11))
    job = claimed(jobs, after(15))
    assert (job.attempts, job.reason) == (1, "network")
    jobs.request("look", "1-2", after(17), after(16))
    jobs.postpone(job, after(40), "network", failed=True)
    assert jobs.next_due(after(16)) == after(17)
    job = claimed(jobs, after(17))
    jobs.request("look", "1-2", after(17), after(17))
    assert not jobs.finish(job)
    assert claimed(jobs, after(18)).attempts == 0


def test_a_given_up_job_waits_for_a_person(jobs: Jobs) -> None:
    jobs.request("look", "1-2", NOW, NOW)
    jobs.request("look", "1-3", after(9), NOW)
    jobs.give_up(claimed(jobs), "permanent", after(1))
    jobs.request("look", "1-2", after(1), after(1))
    assert jobs.due(after(60), 10) == [("look", "1-3")]
    assert jobs.next_due(after(1)) == after(9)
    assert jobs.claim("look", "1-2", "w1", after(60), after(90)) is None
    assert [job.argument for job in jobs.list(given_up=True)] == ["1-2"]
    assert [job.argument for job in jobs.list(given_up=False)] == ["1-3"]
    assert jobs.revive("fetch", None, after(2)) == 0
    assert jobs.revive(None, "1-3", after(2)) == 0
    assert jobs.revive("look", "1-2", after(2)) == 1
    job = claimed(jobs, after(2))
    assert (job.attempts, job.gave_up_at) == (0, None)


def test_a_restarted_worker_frees_its_own_leases(jobs: Jobs) -> None:
    for argument in ("1-2", "1-3", "1-4"):
        jobs.request("look", argument, NOW, NOW)
    claimed(jobs)
    jobs.claim("look", "1-3", "w1", NOW, after(5))
    jobs.claim("look", "1-4", "w2", NOW, after(5))
    held = jobs.held_by("w1")
    assert [job.argument for job in held] == ["1-2", "1-3"]
    for job in held:
        assert jobs.postpone(job, after(1), "its worker died", failed=True) == after(1)
    assert jobs.held_by("w1") == []
    assert jobs.due(NOW, 10) == []
    assert jobs.due(after(1), 10) == [("look", "1-2"), ("look", "1-3")]
    assert jobs.due(after(1), 1) == [("look", "1-2")]


def test_ensuring_a_job_leaves_the_pause_it_is_in(jobs: Jobs) -> None:
    jobs.ensure("look", "1-2", NOW, NOW)
    job = claimed(jobs)
    assert jobs.postpone(job, after(30), "RingCentral is away", failed=True) == after(30)
    jobs.ensure("look", "1-2", NOW, NOW)
    assert jobs.due(after(29), 10) == []
    assert jobs.due(after(30), 10) == [("look", "1-2")]


def test_coming_are_the_free_jobs_due_by_a_moment_with_their_time(jobs: Jobs) -> None:
    jobs.request("subscribe", "1", after(5), NOW)
    jobs.request("subscribe", "2", NOW, NOW)
    jobs.request("subscribe", "3", after(9), NOW)
    jobs.request("subscribe", "4", NOW, NOW)
    jobs.claim("subscribe", "4", "w1", NOW, after(60))
    assert jobs.coming(after(5), NOW) == [("subscribe", "2", NOW), ("subscribe", "1", after(5))]


def test_one_ring_is_enough_for_all_of_a_lane_that_is_due(jobs: Jobs) -> None:
    for number in range(3):
        jobs.request("look", str(number), after(number - 2), after(-9), Place("a"))
    jobs.request("look", "9", after(4), NOW, Place("b"))
    assert jobs.coming(after(5), NOW) == [("look", "a", NOW), ("look", "b", after(4))]
    jobs.pause_lane("look", "a", after(3))
    assert jobs.coming(after(5), NOW) == [("look", "a", after(3)), ("look", "b", after(4))]


def test_each_second_of_a_lane_is_rung_for(jobs: Jobs) -> None:
    dues = [NOW + timedelta(seconds=seconds) for seconds in (0, 2.1, 2.7, 4)]
    for number, due in enumerate(dues):
        jobs.request("look", str(number), due, NOW, Place("a"))
    assert [due for _, _, due in jobs.coming(after(5), NOW)] == [NOW, *dues[2:]]


def test_who_asks_for_jobs_rings_once_for_a_lane(jobs: Jobs) -> None:
    jobs.request("look", "1", NOW, NOW, Place("a"))
    jobs.request("look", "2", NOW, NOW, Place("a"))
    jobs.request("subscribe", "a/1", after(7), NOW)
    jobs.ensure("health", "", NOW, NOW)
    assert jobs.wishes == {("look", "a", 0.0), ("subscribe", "a/1", 420.0)}


def in_lane(jobs: Jobs, argument: str, deadline: float, lane: str = "a") -> None:
    jobs.request("archive", argument, NOW, NOW, Place(lane, after(deadline)))


def first(jobs: Jobs, now: datetime = NOW, lane: str = "a") -> str | None:
    job = jobs.claim_first("archive", lane, "w1", now, now + LEASE)
    return job.argument if job else None


def test_the_most_urgent_of_a_lane_is_claimed_first(jobs: Jobs) -> None:
    in_lane(jobs, "1", 30)
    in_lane(jobs, "2", 10)
    in_lane(jobs, "3", 20)
    in_lane(jobs, "4", 5, "b")
    jobs.set_deadlines("archive", {"1": after(1), "unknown": after(1)})
    assert [first(jobs) for _ in range(4)] == ["1", "2", "3", None]
    assert first(jobs, lane="b") == "4"
    assert first(jobs, lane="c") is None


def test_a_paused_lane_gives_no_job_and_the_longer_pause_stands(jobs: Jobs) -> None:
    in_lane(jobs, "1", 1)
    in_lane(jobs, "2", 1, "b")
    assert jobs.pause_lane("archive", "a", after(5)) == after(5)
    assert jobs.pause_lane("archive", "a", after(2)) == after(5)
    assert first(jobs, after(4)) is None
    assert first(jobs, after(4), "b") == "2"
    assert jobs.next_in_lane("archive", "a") == after(5)
    assert first(jobs, after(5)) == "1"


def test_failures_of_a_lane_count_until_a_job_succeeds(jobs: Jobs) -> None:
    in_lane(jobs, "1", 1)
    assert jobs.lane_failures("archive", "a") == 0
    jobs.stop_lane("archive", "a", after(1))
    jobs.stop_lane("archive", "a", after(2))
    assert jobs.lane_failures("archive", "a") == 2
    job = jobs.claim_first("archive", "a", "w1", after(2), after(9))
    assert job is not None
    assert jobs.finish(job)
    assert jobs.lane_failures("archive", "a") == 0


def test_what_is_left_in_lanes_is_counted(jobs: Jobs) -> None:
    in_lane(jobs, "1", 1)
    in_lane(jobs, "2", 1)
    in_lane(jobs, "3", 1, "b")
    job = jobs.claim_first("archive", "b", "w1", NOW, after(9))
    assert job is not None
    jobs.give_up(job, "hopeless", NOW)
    assert jobs.left_in_lanes("archive") == {"a": 2}
    assert jobs.next_in_lane("archive", "b") is None


def test_a_job_moves_to_the_lane_it_is_asked_for_in(jobs: Jobs) -> None:
    in_lane(jobs, "1", 1)
    in_lane(jobs, "1", 1, "b")
    assert jobs.left_in_lanes("archive") == {"b": 1}


def test_one_without_a_deadline_is_the_most_urgent(jobs: Jobs) -> None:
    in_lane(jobs, "1", -60)
    jobs.ensure("archive", "2", NOW, NOW, Place("a"))
    assert [first(jobs), first(jobs)] == ["2", "1"]


def test_of_equal_deadlines_the_longest_due_goes_first(jobs: Jobs) -> None:
    for argument, due in (("1", -1), ("2", -2), ("3", -1), ("4", 1)):
        jobs.request("archive", argument, after(due), after(-9), Place("a", after(30)))
    assert [first(jobs) for _ in range(4)] == ["2", "1", "3", None]


def test_a_new_deadline_moves_a_job_and_wakes_nobody(jobs: Jobs) -> None:
    in_lane(jobs, "1", 10)
    in_lane(jobs, "2", 20)
    jobs.wishes.clear()
    jobs.set_deadlines("archive", {"2": after(5)})
    jobs.set_deadlines("look", {"1": after(1)})
    assert jobs.wishes == set()
    assert [first(jobs), first(jobs)] == ["2", "1"]


def test_neither_given_up_nor_held_jobs_are_claimed_from_a_lane(jobs: Jobs) -> None:
    in_lane(jobs, "1", 1)
    in_lane(jobs, "2", 2)
    held = jobs.claim_first("archive", "a", "w1", NOW, after(5))
    given_up = jobs.claim_first("archive", "a", "w1", NOW, after(5))
    assert held is not None
    assert given_up is not None
    jobs.give_up(given_up, "hopeless", NOW)
    assert first(jobs, after(4)) is None
    assert first(jobs, after(5)) == held.argument == "1"


def test_what_was_asked_for_meanwhile_keeps_its_lane(jobs: Jobs) -> None:
    in_lane(jobs, "1", 1)
    job = jobs.claim_first("archive", "a", "w1", NOW, after(5))
    assert job is not None
    in_lane(jobs, "1", 1)
    assert not jobs.finish(job)
    assert first(jobs) == "1"


def stop(jobs: Jobs, lane: str = "a") -> None:
    """A job of the lane fails, and stops it for no time at all."""
    job = jobs.claim_first("archive", lane, "w1", NOW, after(5))
    assert job is not None
    jobs.postpone(job, NOW, "RingCentral is away", failed=True)
    jobs.stop_lane("archive", lane, NOW)


def test_after_a_failure_another_job_shows_whether_it_was_the_jobs_own(jobs: Jobs) -> None:
    for argument, deadline in (("urgent", 1), ("soon", 2), ("late", 3)):
        in_lane(jobs, argument, deadline)
    stop(jobs)
    assert first(jobs) == "late"
    assert first(jobs) == "soon"
    assert first(jobs) == "urgent"


def test_a_lane_that_works_again_is_urgent_as_before(jobs: Jobs) -> None:
    for argument, deadline in (("urgent", 1), ("soon", 2), ("late", 3)):
        in_lane(jobs, argument, deadline)
    stop(jobs)
    job = jobs.claim_first("archive", "a", "w1", NOW, after(5))
    assert job is not None
    assert jobs.finish(job)
    assert [first(jobs), first(jobs)] == ["urgent", "soon"]


def test_a_pause_is_no_failure(jobs: Jobs) -> None:
    in_lane(jobs, "1", 1)
    in_lane(jobs, "2", 2)
    jobs.pause_lane("archive", "a", NOW)
    assert jobs.lane_failures("archive", "a") == 0
    assert first(jobs) == "1"


def test_one_lane_does_not_stop_another_of_its_name_or_kind(jobs: Jobs) -> None:
    in_lane(jobs, "1", 1)
    in_lane(jobs, "2", 1, "b")
    jobs.request("look", "1", NOW, NOW, Place("a", after(1)))
    assert jobs.stop_lane("archive", "a", after(5)) == after(5)
    assert first(jobs, after(4)) is None
    assert first(jobs, after(4), "b") == "2"
    assert jobs.claim_first("look", "a", "w1", NOW, after(5)) is not None
    assert jobs.lane_failures("archive", "b") == jobs.lane_failures("look", "a") == 0


def test_success_in_one_lane_leaves_the_failures_of_another(jobs: Jobs) -> None:
    in_lane(jobs, "1", 1)
    in_lane(jobs, "2", 1, "b")
    stop(jobs, "b")
    job = jobs.claim_first("archive", "a", "w1", NOW, after(5))
    assert job is not None
    jobs.finish(job)
    assert jobs.lane_failures("archive", "b") == 1


def test_success_does_not_end_the_pause_of_a_limit(jobs: Jobs) -> None:
    in_lane(jobs, "1", 1)
    in_lane(jobs, "2", 2)
    job = jobs.claim_first("archive", "a", "w1", NOW, after(5))
    assert job is not None
    jobs.pause_lane("archive", "a", after(1))
    jobs.finish(job)
    assert first(jobs) is None
    assert first(jobs, after(1)) == "2"


def test_the_next_in_a_lane_is_when_its_pause_ends_at_the_earliest(jobs: Jobs) -> None:
    assert jobs.next_in_lane("archive", "a") is None
    jobs.request("archive", "1", after(3), NOW, Place("a"))
    jobs.request("archive", "2", after(9), NOW, Place("a"))
    assert jobs.next_in_lane("archive", "a") == after(3)
    jobs.pause_lane("archive", "a", after(5))
    assert jobs.next_in_lane("archive", "a") == after(5)
    assert jobs.next_in_lane("archive", "b") is None
    assert jobs.next_in_lane("look", "a") is None


def test_the_faxes_of_a_mailbox_move_to_another_lane(tx: Transaction) -> None:
    for message_id, mailbox_id in (("1", "1-2"), ("2", "1-2"), ("3", "1-3"), ("4", "1-2")):
        tx.faxes.record(fax(message_id, mailbox_id), NOW)
        tx.jobs.request("archive", f"1-{message_id}", NOW, NOW, Place("a", after(1)))
    tx.jobs.request("archive", "1-4", NOW, NOW, Place("b", after(1)))
    tx.jobs.request("look", "1-2", NOW, NOW, Place("a"))
    assert tx.jobs.move_archiving("1-2", "b") == 2
    assert tx.jobs.left_in_lanes("archive") == {"a": 1, "b": 3}
    assert tx.jobs.left_in_lanes("look") == {"a": 1}
    assert tx.jobs.move_archiving("1-2", "b") == 0


def test_a_job_in_hand_moves_too(tx: Transaction) -> None:
    tx.faxes.record(fax("1", "1-2"), NOW)
    tx.jobs.request("archive", "1-1", NOW, NOW, Place("a", after(1)))
    job = tx.jobs.claim_first("archive", "a", "w1", NOW, after(5))
    assert job is not None
    tx.jobs.move_archiving("1-2", "b")
    assert tx.jobs.postpone(job, after(2), "RingCentral is away", failed=True) == after(2)
    assert tx.jobs.left_in_lanes("archive") == {"b": 1}
    assert first(tx.jobs, after(2), "b") == "1-1"


def fax(message_id: str, mailbox_id: str) -> NewFax:
    return NewFax(
        account_id="1",
        mailbox_id=mailbox_id,
        message_id=message_id,
        direction="Inbound",
        message_status="Received",
        read_status="Unread",
        availability="Alive",
        created_at=NOW,
        raw="{}",
        origin="message-store",
    )


def test_jobs_given_up_in_a_lane_come_back_to_it(jobs: Jobs) -> None:
    in_lane(jobs, "1", 1)
    job = jobs.claim_first("archive", "a", "w1", NOW, after(5))
    assert job is not None
    jobs.give_up(job, "hopeless", NOW)
    assert jobs.revive("archive", None, after(1)) == 1
    assert first(jobs, after(1)) == "1"


def test_coming_rings_for_a_job_alone_by_its_argument(jobs: Jobs) -> None:
    jobs.request("subscribe", "main/1", NOW, NOW)
    jobs.request("look", "1-2", NOW, NOW, Place("main/1"))
    in_lane(jobs, "1", 1)
    jobs.claim_first("archive", "a", "w1", NOW, after(5))
    assert jobs.coming(after(1), NOW) == [("look", "main/1", NOW), ("subscribe", "main/1", NOW)]
    assert jobs.coming(after(-1), NOW) == []
