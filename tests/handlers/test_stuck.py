"""A sent fax that does not end is asked for on its own, told of, and stands in the status."""

import pytest

from catalog import Job
from handlers.health import PROBLEM, WARNING, Sign
from simulator import Fault
from tests.handlers.household import LOGIN, Household
from tests.handlers.test_following import ANN, BEN, finish, kinds, outcomes, send

HOUR = 3600.0


def sweep(home: Household) -> list[Job]:
    """The regular sweep; who is asked for on its own."""
    home.house.upkeep.sweep()
    return home.jobs("follow")


def follow(home: Household) -> None:
    home.run("follow")


def asked(home: Household, message_id: str) -> int:
    """How often RingCentral was asked for this very fax."""
    return len(home.simulator.requests(path=f"/message-store/{message_id}")["records"])


def stuck_signs(home: Household) -> list[Sign]:
    return [sign for sign in home.house.health.signs() if sign.kind == "stuck"]


def test_a_queued_fax_is_left_alone_while_it_may_take_so_long(home: Household) -> None:
    send(home)
    home.pass_time(2.9 * HOUR)
    home.look()
    assert sweep(home) == []
    assert stuck_signs(home) == []


def test_it_is_asked_for_and_told_of_when_patience_is_over(home: Household) -> None:
    message_id = send(home, ANN, BEN)
    home.simulator.finish(message_id, number=ANN)
    home.pass_time(4 * HOUR)
    home.simulator.fault("sync_forgets", Fault())
    home.look()
    (job,) = sweep(home)
    assert (job.argument, job.lane) == (home.id_of(message_id), LOGIN)
    follow(home)
    assert asked(home, message_id) == 1
    stuck, *others = [each for each in outcomes(home) if each.kind == "stuck"]
    assert others == []
    assert (stuck.number, stuck.facts["position"]) == (BEN, 1)
    (job,) = home.jobs("follow")
    assert (job.due_at - home.clock.now()).total_seconds() > 240


def test_pages_that_were_counted_decide(home: Household) -> None:
    message_id = send(home)
    home.simulator.render(message_id)
    home.pass_time(1.5 * HOUR)
    home.look()
    assert [job.argument for job in sweep(home)] == [home.id_of(message_id)]


def test_the_later_it_is_the_rarer_are_the_words(home: Household) -> None:
    message_id = send(home)
    for _ in range(10 * 24):
        home.pass_time(HOUR)
        home.house.upkeep.sweep()
        follow(home)
    numbers = [each.id.rpartition(":")[2] for each in outcomes(home)]
    assert numbers == ["1", "2", "3", "4", "5", "6", "7"]
    assert asked(home, message_id) <= 30


def test_an_end_that_no_sync_told_is_found_by_asking(home: Household) -> None:
    message_id = send(home)
    home.simulator.fault("sync_forgets", Fault())
    finish(home, message_id)
    home.pass_time(4 * HOUR)
    home.look()
    assert kinds(home) == []
    sweep(home)
    follow(home)
    assert kinds(home) == ["sent"]
    assert home.jobs("follow") == []


def test_a_status_that_nobody_knows_is_no_end(home: Household) -> None:
    message_id = send(home, ANN, BEN)
    home.simulator.finish(message_id, number=ANN)
    home.simulator.step(message_id, "Teleported", number=BEN)
    home.pass_time(4 * HOUR)
    home.look()
    sweep(home)
    follow(home)
    assert [(each.kind, each.facts["status"]) for each in outcomes(home)] == [
        ("sent", "Sent"),
        ("stuck", "other"),
    ]


def test_a_fax_whose_sending_was_cancelled_is_left_alone(home: Household) -> None:
    message_id = send(home)
    home.simulator.delete(message_id)
    home.look()
    home.pass_time(4 * HOUR)
    assert sweep(home) == []
    assert stuck_signs(home) == []


def test_what_was_cancelled_meanwhile_ends_the_asking(home: Household) -> None:
    message_id = send(home)
    home.pass_time(4 * HOUR)
    sweep(home)
    home.simulator.delete(message_id)
    follow(home)
    assert home.jobs("follow") == []
    assert kinds(home) == []


def test_the_queue_of_before_our_time_has_its_patience_from_our_first_day(
    home: Household,
) -> None:
    home.restart(lambda: home.tamper("DELETE FROM mailboxes"))
    send_before = home.simulator.send([ANN])
    home.pass_time(48 * HOUR)
    home.take_census()
    home.look()
    assert sweep(home) == []
    home.pass_time(4 * HOUR)
    home.look()
    assert [job.argument for job in sweep(home)] == [home.id_of(send_before)]


@pytest.mark.parametrize(("hours", "severity"), [(4, WARNING), (13, PROBLEM)])
def test_the_status_says_so_without_a_number(home: Household, hours: float, severity: str) -> None:
    send(home)
    send(home)
    home.pass_time(hours * HOUR)
    home.look()
    (sign,) = stuck_signs(home)
    assert (sign.severity, sign.subject) == (severity, home.mailbox.id)
    assert "2 faxes" in sign.words
    assert ANN not in sign.words


def test_our_own_lateness_is_not_ringcentrals(home: Household) -> None:
    send(home)
    home.pass_time(4 * HOUR)
    assert stuck_signs(home) == []
    home.look()
    assert len(stuck_signs(home)) == 1


def test_an_end_ends_the_alarm(home: Household) -> None:
    message_id = send(home)
    home.pass_time(4 * HOUR)
    home.look()
    home.house.health.update_alarms()
    finish(home, message_id)
    home.house.health.update_alarms()
    with home.house.catalog.reading() as tx:
        (alarm,) = [each for each in tx.alarms.list(10) if each.kind == "stuck"]
    assert alarm.cleared_at is not None


def test_asking_twice_tells_it_once(home: Household) -> None:
    send(home)
    home.pass_time(4 * HOUR)
    sweep(home)
    follow(home)
    home.tamper("DELETE FROM jobs WHERE name = 'follow'")
    sweep(home)
    follow(home)
    assert kinds(home) == ["stuck"]
