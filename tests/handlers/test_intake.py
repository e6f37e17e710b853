"""What RingCentral tells becomes rows and jobs, and contradicts what was stated without it."""

import pytest

from handlers.intake import Looked
from handlers.records import Told
from ringcentral_api import Message
from simulator import Fault
from tests.handlers.household import LOGIN, Household
from tests.handlers.test_sync import message

DAY = 24 * 3600.0


def take(
    home: Household, *told: dict[str, object], origin: str = "message-store"
) -> tuple[int, int]:
    """Have the messages taken in; how many faxes were new, and how many had changed."""
    messages = map(Message.from_json, told)
    with home.house.catalog.transaction() as tx:
        source = Told(origin, "look", home.clock.now())
        looked = home.house.intake.take(tx, home.mailbox, messages, source)
    return looked.new, looked.changed


def state_days(home: Household) -> int:
    return home.house.statements.bring_up_to_date(home.mailbox.id)


def contradictions(home: Household) -> list[tuple[str, int, str]]:
    with home.house.catalog.reading() as tx:
        return [(each.day, each.revision, each.contradiction) for each in tx.days.contradicted()]


def state_today(home: Household) -> None:
    """Let the day go by, list the mailbox, and make the day's statement."""
    home.pass_time(DAY)
    home.house.listing.compare(home.mailbox.id)
    state_days(home)
    home.tamper("DELETE FROM jobs")


def test_what_was_found_adds_up() -> None:
    assert Looked(1, 2) + Looked(3) == Looked(4, 2)


def test_faxes_are_counted_and_others_left_out(home: Household) -> None:
    voice = {**message(3), "type": "VoiceMail"}
    assert take(home, message(1), message(2), voice) == (2, 0)
    assert take(home, message(1), message(2, faxPageCount=3)) == (0, 1)
    assert len(home.faxes()) == 2


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ({}, True),
        ({"availability": "Deleted"}, True),
        ({"availability": "Purged"}, False),
        ({"direction": "Outbound", "messageStatus": "Queued"}, False),
        ({"direction": "Outbound", "messageStatus": "Sent"}, True),
        ({"direction": "Outbound", "messageStatus": "SendingFailed"}, True),
    ],
)
def test_what_can_be_fetched_has_its_job_in_the_lane_of_its_login(
    home: Household, told: dict[str, object], asked: bool
) -> None:
    take(home, message(1, **told))
    jobs = [(job.argument, job.lane) for job in home.jobs("archive")]
    assert jobs == ([(home.id_of("1"), LOGIN)] if asked else [])


def test_a_fax_that_is_done_has_no_job_until_there_is_news(home: Household) -> None:
    message_id = home.archive_one()
    home.tamper("DELETE FROM jobs")
    home.look()
    assert home.jobs("archive") == []
    home.simulator.delete(message_id)
    home.look()
    assert [job.argument for job in home.jobs("archive")] == [home.id_of(message_id)]


def test_a_lost_fax_that_is_listed_again_is_fetched(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.hide(message_id, DAY)
    home.pass_time(DAY / 2)
    home.house.listing.compare(home.mailbox.id)
    assert home.fax(message_id).state == "lost"
    home.tamper("DELETE FROM jobs")
    home.pass_time(DAY)
    home.house.listing.compare(home.mailbox.id)
    fax = home.fax(message_id)
    assert (fax.state, fax.state_reason, fax.evidence) == ("pending", "", "")
    home.run("archive")
    assert home.plain(message_id) == home.simulator.document(message_id)
    assert home.kinds() == ["lost", "archived"]
    assert home.findings() == []


def test_a_lost_fax_that_a_look_tells_again_is_fetched(home: Household) -> None:
    take(home, message(1))
    home.tamper("UPDATE faxes SET state = 'lost', availability = 'Purged'")
    take(home, message(1))
    fax = home.fax("1")
    assert (fax.state, fax.availability) == ("pending", "Alive")


@pytest.mark.parametrize(
    ("origin", "availability"), [("event", "Alive"), ("message-store", "Purged")]
)
def test_a_lost_fax_stays_so_on_a_weaker_word(
    home: Household, origin: str, availability: str
) -> None:
    take(home, message(1))
    home.tamper("UPDATE faxes SET state = 'lost'")
    take(home, message(1, availability=availability), origin=origin)
    assert home.fax("1").state == "lost"


def test_a_fax_told_after_its_day_was_stated_contradicts_the_statement(still: Household) -> None:
    hidden = still.receive(2)
    for message_id in hidden:
        still.simulator.hide(message_id, 1.5 * DAY)
    state_today(still)
    assert contradictions(still) == []
    still.pass_time(DAY)
    still.house.listing.compare(still.mailbox.id)
    assert contradictions(still) == [("2026-11-23", 1, " ".join(reversed(hidden)))]
    assert [job.argument for job in still.jobs("state-days")] == [still.mailbox.id]


def test_a_fax_contradicts_a_statement_once(still: Household) -> None:
    still.look()
    still.simulator.fault("sync_forgets", Fault(count=1))
    late = still.receive_one()
    still.pass_time(60)
    still.look()
    still.simulator.fault("list_empty", Fault(count=1))
    state_today(still)
    still.pass_time(1)
    still.look()
    still.house.listing.compare(still.mailbox.id)
    still.simulator.delete(late)
    still.pass_time(60)
    still.house.listing.compare(still.mailbox.id)
    assert still.fax(late).availability == "Deleted"
    assert contradictions(still) == [("2026-11-23", 1, late)]


def test_a_notification_alone_contradicts_nothing_but_the_look_after_it_does(
    still: Household,
) -> None:
    state_today(still)
    still.pass_time(1)
    late = message(7, "2026-11-23T20:00:00.000Z")
    take(still, late, origin="event")
    assert contradictions(still) == []
    take(still, late)
    assert contradictions(still) == [("2026-11-23", 1, "7")]


def test_a_clock_that_was_set_back_hides_no_contradiction(still: Household) -> None:
    state_today(still)
    still.tamper("UPDATE day_statements SET at = '2026-11-30T00:00:00.000Z'")
    take(still, message(7, "2026-11-23T20:00:00.000Z"))
    assert contradictions(still) == [("2026-11-23", 1, "7")]


def test_news_of_a_fax_that_was_stated_contradicts_nothing(still: Household) -> None:
    sent = still.simulator.send(["+12025550101"])
    still.look()
    state_today(still)
    still.simulator.finish(sent)
    assert still.look() == (0, 1)
    assert contradictions(still) == []
    assert still.jobs("state-days") == []


def test_a_fax_of_a_day_without_a_statement_contradicts_nothing(still: Household) -> None:
    take(still, message(7, "2026-11-01T20:00:00.000Z"))
    assert contradictions(still) == []
    assert still.jobs("state-days") == []
