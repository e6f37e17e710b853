"""What happens without notifications: mailboxes found, things unfinished swept up."""

from dataclasses import replace
from datetime import timedelta

import handlers.upkeep
from catalog import NewFax
from settings import MAIN
from tests.handlers.household import LOGIN, Household


def forget_jobs(home: Household) -> None:
    home.tamper("DELETE FROM jobs")
    home.rings.rung.clear()


def rung(home: Household) -> set[tuple[str, str]]:
    return {(name, argument) for name, argument, _ in home.rings.rung}


def record_many(home: Household, count: int) -> None:
    """Take in faxes as if a look had brought them, without their jobs."""
    now = home.clock.now()
    with home.house.catalog.transaction() as tx:
        for number in range(count):
            fax = NewFax(
                account_id=home.mailbox.account_id,
                mailbox_id=home.mailbox.id,
                message_id=str(1000 + number),
                direction="Inbound",
                message_status="Received",
                read_status="Unread",
                availability="Alive",
                created_at=now + timedelta(seconds=number),
                raw="{}",
                origin="message-store",
            )
            tx.faxes.record(fax, now)


def test_a_sweep_finds_what_has_no_job(home: Household) -> None:
    ids = {home.id_of(message_id) for message_id in home.receive(3)}
    archived = home.archive_one()
    forget_jobs(home)
    home.house.upkeep.sweep()
    assert {job.argument for job in home.jobs("archive")} == ids
    assert ("archive", LOGIN) in rung(home)
    assert home.id_of(archived) not in ids


def test_a_sweep_finds_what_the_archive_does_not_tell_yet(home: Household) -> None:
    message_id = home.archive_one()
    home.simulator.delete(message_id)
    home.look()
    forget_jobs(home)
    home.house.upkeep.sweep()
    assert [job.argument for job in home.jobs("archive")] == [home.id_of(message_id)]
    assert ("archive", LOGIN) in rung(home)
    home.finish(message_id)
    forget_jobs(home)
    home.house.upkeep.sweep()
    assert home.jobs("archive") == []


def test_a_sweep_leaves_pauses_as_they_are(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.sicken(message_id, "content_html")
    home.run("archive")
    before = home.jobs("archive")
    assert before[0].due_at > home.clock.now()
    home.rings.rung.clear()
    home.house.upkeep.sweep()
    assert home.jobs("archive") == before
    delays = [delay for name, _, delay in home.rings.rung if name == "archive"]
    assert delays, "the ring of a job in its pause may have died with a worker"
    assert all(0 < delay < 10 for delay in delays)


def test_a_sweep_rings_for_everything_due(home: Household) -> None:
    forget_jobs(home)
    home.house.upkeep.sweep()
    standing = {("read-events", ""), ("health", ""), ("census", MAIN), ("witness", MAIN)}
    in_lanes = {("subscribe", LOGIN), ("look", LOGIN), ("list", LOGIN)}
    assert rung(home) == standing | in_lanes


def test_a_slow_sweep_rings_for_the_looks_it_has_asked_for(home: Household) -> None:
    forget_jobs(home)
    slow = (home.clock.advance(0.01) for _ in range(1000))
    replace(home.house.upkeep, now=lambda: next(slow)).sweep()
    assert ("look", LOGIN) in rung(home)


def test_a_mailbox_is_looked_at_again_when_the_poll_is_over(home: Household) -> None:
    home.look()
    forget_jobs(home)
    home.house.upkeep.sweep()
    assert home.jobs("look") == []
    home.pass_time(home.house.settings.poll_seconds)
    home.house.upkeep.sweep()
    assert ("look", LOGIN) in rung(home)


def test_a_clock_that_went_back_stops_nothing(home: Household) -> None:
    """A machine that was a year ahead, and then had its clock set."""
    late = home.clock.now() + timedelta(days=365)
    ahead = replace(home.house.upkeep, now=lambda: late)
    replace(home.house.mailbox_sync, now=lambda: late).look(home.mailbox.id)
    replace(home.house.listing, now=lambda: late).compare(home.mailbox.id)
    forget_jobs(home)
    ahead.sweep()
    assert all(job.due_at >= late for job in home.jobs("census"))
    home.house.upkeep.sweep()
    for name in ("look", "list", "census", "health"):
        (job,) = home.jobs(name)
        assert job.due_at <= home.clock.now() + timedelta(minutes=1)


def test_more_than_one_batch_takes_more_than_one_sweep(home: Household) -> None:
    batch = handlers.upkeep.UNFINISHED_BATCH
    record_many(home, batch + 5)
    forget_jobs(home)
    home.house.upkeep.sweep()
    assert len(home.jobs("archive")) == batch
    home.house.upkeep.sweep()
    assert len(home.jobs("archive")) == batch + 5


def test_a_queued_fax_is_swept_up_without_harm(home: Household) -> None:
    queued = home.simulator.send(["+12025550101"])
    home.look()
    forget_jobs(home)
    for _ in range(2):
        home.house.upkeep.sweep()
        home.run("archive")
    assert (home.fax(queued).state, home.downloads()) == ("pending", 0)


def test_read_notifications_are_forgotten_after_a_while(home: Household) -> None:
    home.notify({"changes": []})
    home.house.event_reader.read_new()
    home.pass_time(29 * 24 * 3600)
    home.house.upkeep.sweep()
    assert len(home.events()) == 1
    home.notify({"changes": []})
    home.pass_time(2 * 24 * 3600)
    home.house.upkeep.sweep()
    assert [event.state for event in home.events()] == ["new"]


def test_a_job_whose_worker_died_waits_and_counts_as_tried(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    owner, now = home.house.settings.worker_name, home.clock.now()
    with home.house.catalog.transaction() as tx:
        fax_id = home.id_of(message_id)
        assert tx.jobs.claim("archive", fax_id, owner, now, now + timedelta(minutes=15))
    home.rings.rung.clear()
    home.house.upkeep.start()
    (job,) = home.jobs("archive")
    assert (job.attempts, job.lease_owner, job.reason) == (1, None, "its worker died over it")
    assert job.due_at > now
    home.house.upkeep.sweep()
    (delay,) = (each[2] for each in home.rings.rung if each[:2] == ("archive", LOGIN))
    assert delay > 0


def test_a_job_of_another_worker_is_left_to_it(home: Household) -> None:
    home.receive()
    home.look()
    now = home.clock.now()
    (job,) = home.jobs("archive")
    with home.house.catalog.transaction() as tx:
        held = tx.jobs.claim("archive", job.argument, "another", now, now + timedelta(minutes=15))
    home.house.upkeep.start()
    assert home.jobs("archive") == [held]


def test_a_start_has_every_mailbox_looked_at_and_clears_staging(home: Household) -> None:
    home.look()
    left = home.house.archive.root / "staging" / "left"
    left.write_bytes(b"")
    forget_jobs(home)
    home.house.upkeep.start()
    assert not left.exists()
    assert [job.argument for job in home.jobs("look")] == [home.mailbox.id]
    assert [job.argument for job in home.jobs("census")] == [MAIN]
