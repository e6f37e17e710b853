"""What happens without notifications: mailboxes found, things unfinished swept up."""

from dataclasses import replace
from datetime import timedelta

import pytest

import handlers.upkeep
from catalog import WORKER, Place
from handlers.deletion import first_deadline
from handlers.upkeep import SMALL_BACKLOG
from settings import MAIN
from tests.handlers.household import LOGIN, Household


def forget_jobs(home: Household) -> None:
    home.tamper("DELETE FROM jobs")
    home.rings.rung.clear()


def rung(home: Household) -> set[tuple[str, str]]:
    return {(name, argument) for name, argument, _ in home.rings.rung}


def record_many(home: Household, count: int) -> None:
    """Take in so many faxes, one a second from now on."""
    now = home.clock.now()
    home.take_in(*(now + timedelta(seconds=number) for number in range(count)), first=1000)


def most_urgent(home: Household) -> str:
    """The message that is fetched first."""
    now = home.clock.now()
    with home.house.catalog.transaction() as tx:
        job = tx.jobs.claim_first("archive", LOGIN, "test", now, now)
    assert job is not None
    return job.argument.partition("-")[2]


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
    ours = {("read-events", ""), ("health", ""), ("tidy-outbox", "")}
    standing = {*ours, ("census", MAIN), ("witness", MAIN)}
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


@pytest.mark.parametrize(("waiting", "first"), [(SMALL_BACKLOG, "1"), (SMALL_BACKLOG + 1, "2")])
def test_where_many_wait_those_go_first_that_ringcentral_deletes_first(
    home: Household, waiting: int, first: str
) -> None:
    """A quiet inbox keeps its received faxes long, a sent one ends after a month."""
    home.tamper("UPDATE logins SET retention_days = NULL")
    ago = home.clock.now() - timedelta(days=20)
    home.take_in(ago - timedelta(hours=1), first=1)
    home.take_in(ago, first=2, direction="Outbound", message_status="Sent")
    record_many(home, waiting - 2)
    with home.house.catalog.transaction() as tx:
        for fax in tx.traffic.waiting(1000):
            place = Place(LOGIN, first_deadline(fax.created_at))
            tx.jobs.ensure("archive", fax.id, home.clock.now(), home.clock.now(), place)
    home.house.upkeep.sweep()
    assert most_urgent(home) == first


@pytest.mark.parametrize(("peak", "looked"), [(0, False), (500, False), (1000, True)])
def test_a_mailbox_whose_inbox_could_overflow_is_looked_at_more_often(
    home: Household, peak: float, looked: bool
) -> None:
    home.look()
    forget_jobs(home)
    home.tamper("UPDATE mailboxes SET peak_per_hour = ?", peak)
    home.pass_time(2 * 60 + 30)
    home.house.upkeep.sweep()
    assert bool(home.jobs("look")) is looked


def test_the_traffic_of_the_last_hour_counts_before_any_listing_knows_it(home: Household) -> None:
    home.look()
    forget_jobs(home)
    record_many(home, 1000)
    home.pass_time(2 * 60 + 30)
    home.house.upkeep.sweep()
    assert [job.argument for job in home.jobs("look")] == [home.mailbox.id]


def test_every_mailbox_is_listed_once_a_day(home: Household) -> None:
    home.run("list")
    forget_jobs(home)
    home.house.upkeep.sweep()
    assert home.jobs("list") == []
    home.pass_time(24 * 3600)
    home.house.upkeep.sweep()
    assert [job.argument for job in home.jobs("list")] == [home.mailbox.id]
    assert ("list", LOGIN) in rung(home)


def test_a_mailbox_that_is_gone_is_neither_looked_at_nor_listed(home: Household) -> None:
    home.archive_one()
    forget_jobs(home)
    with home.house.catalog.transaction() as tx:
        tx.mailboxes.mark_gone(home.mailbox.id, "RingCentral has this extension no more")
    home.pass_time(24 * 3600)
    home.house.upkeep.sweep()
    assert (home.jobs("look"), home.jobs("list")) == ([], [])


def test_what_waits_in_a_mailbox_that_is_gone_is_still_fetched(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    forget_jobs(home)
    with home.house.catalog.transaction() as tx:
        tx.mailboxes.mark_gone(home.mailbox.id, "the settings name it no more")
    home.house.upkeep.sweep()
    assert [job.argument for job in home.jobs("archive")] == [home.id_of(message_id)]


def test_a_sweep_is_a_sign_of_life(home: Household) -> None:
    home.house.upkeep.sweep()
    since = home.clock.now() - home.house.journal.signs()[WORKER]
    assert timedelta() <= since < timedelta(seconds=9)


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
