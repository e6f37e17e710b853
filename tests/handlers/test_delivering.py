"""Delivery: at least once, under one id, after the schedule, and nobody waits for another."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from catalog import Attempt, Catalog, NoticeQuery
from errors import Later, NotDelivered
from jobs.porters import Porters
from notifications import Documents, Notice
from notifications.schedule import DELAYS
from tests.handlers.telling_house import CAME, NOON, FakeChannel, TellingHouse, refusing, telling

BUSY = NotDelivered("it answered 400")
AWAY = NotDelivered("no answer came", whole=True)
GONE = NotDelivered("it answered 410: it wants no more notices", whole=True, gone=True)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_what_is_taken_is_noted(tmp_path: Path) -> None:
    with telling(tmp_path, {"erp": FakeChannel(lambda _: "one of two recipients")}) as house:
        house.record(CAME)
        house.work()
        row = house.only("erp")
        with house.catalog.reading() as tx:
            assert tx.notices.attempts(row.id) == [Attempt(1, NOON, 0.0, "")]
            assert tx.notices.destination("erp").delivered_at == NOON

    assert (row.state, row.tries, row.reason) == ("delivered", 1, "one of two recipients")


def test_a_refused_notice_is_tried_as_the_schedule_has_it_and_then_given_up(
    tmp_path: Path,
) -> None:
    erp = FakeChannel(refusing(BUSY))
    with telling(tmp_path, {"erp": erp}) as house:
        house.record(CAME)
        house.work_until(NOON + hours(100), timedelta())
        row = house.only("erp")
        with house.catalog.reading() as tx:
            attempts = tx.notices.attempts(row.id)
            assert tx.jobs.list() == []

    assert (row.state, row.reason, row.tries) == ("given-up", "it answered 400", 10)
    waits = [after.at - before.at for before, after in pairwise(attempts)]
    assert waits == list(DELAYS)


def test_a_wish_for_patience_is_heeded(tmp_path: Path) -> None:
    erp = FakeChannel(refusing(NotDelivered("it answered 503", whole=True, retry_after=1800), None))
    with telling(tmp_path, {"erp": erp}) as house:
        house.record(CAME)
        house.work_until(NOON + hours(0.49))
        assert erp.carried == []
        house.work_until(NOON + hours(0.51))

    assert len(erp.carried) == 1


def test_a_destination_that_is_away_is_tried_with_one_notice_at_a_time(tmp_path: Path) -> None:
    tries: list[str] = []

    def away(notice: Notice) -> str:
        tries.append(notice.id)
        raise AWAY

    with telling(tmp_path, {"erp": FakeChannel(away)}) as house:
        house.record(*(replace(CAME, id=f"received:{number}") for number in range(50)))
        house.work()
        assert len(tries) == 1
        house.work_until(NOON + hours(1))

    assert len(tries) < 80


def test_when_it_is_back_everything_that_waits_goes_at_once(tmp_path: Path) -> None:
    erp = FakeChannel(refusing(AWAY))
    with telling(tmp_path, {"erp": erp}) as house:
        house.record(*(replace(CAME, id=f"received:{number}") for number in range(20)))
        house.work_until(NOON + hours(5))
        erp.script = lambda _: ""
        house.work_until(NOON + hours(5.1))
        assert {row.state for row in house.notices()} == {"delivered"}
        with house.catalog.reading() as tx:
            assert tx.notices.destination("erp").failing_since_at is None

    assert len(erp.carried) == 20


def test_after_five_days_of_failures_a_destination_is_paused_and_what_comes_waits(
    tmp_path: Path,
) -> None:
    erp = FakeChannel(refusing(AWAY))
    with telling(tmp_path, {"erp": erp}) as house:
        for day in range(7):
            house.record(replace(CAME, id=f"received:{day}", at=house.moment))
            house.work_until(NOON + hours(24 * (day + 1)))
        with house.catalog.reading() as tx:
            paused = tx.notices.destination("erp")
            assert tx.notices.counts("erp")["waiting"] >= 2
            assert tx.jobs.list() == []
        assert paused.paused_at is not None
        assert hours(120) <= paused.paused_at - NOON < hours(123)
        assert paused.pause_reason == "every try failed since 2026-03-01"
        house.teller.ask_for_forgotten()
        house.work()
        assert erp.carried == []


def test_one_that_wants_no_more_is_paused_at_once(tmp_path: Path) -> None:
    with telling(tmp_path, {"erp": FakeChannel(refusing(GONE))}) as house:
        house.record(CAME)
        house.work()
        with house.catalog.reading() as tx:
            assert tx.notices.destination("erp").pause_reason.startswith("it answered 410")
            assert tx.jobs.list() == []
        assert house.only("erp").state == "waiting"


def test_a_failing_one_never_delays_another(tmp_path: Path) -> None:
    away, well = FakeChannel(refusing(AWAY)), FakeChannel()
    with telling(tmp_path, {"away": away, "well": well}) as house:
        house.record(*(replace(CAME, id=f"received:{number}") for number in range(30)))
        house.work()

    assert len(well.carried) == 30


def test_one_that_hangs_never_delays_another(tmp_path: Path) -> None:
    hanging, release = threading.Event(), threading.Event()
    done = threading.Event()

    def hang(_: Notice) -> str:
        hanging.set()
        release.wait(60)
        return ""

    def count(_: Notice) -> str:
        if len(well.carried) == 29:
            done.set()
        return ""

    slow, well = FakeChannel(hang), FakeChannel(count)
    with telling(tmp_path, {"slow": slow, "well": well}) as house, porters_of(house) as porters:
        house.record(*(replace(CAME, id=f"received:{number}") for number in range(30)))
        porters.ring("tell", "")
        assert hanging.wait(20)
        assert done.wait(20)
        assert slow.carried == []
        release.set()


def porters_of(house: TellingHouse) -> Porters:
    """As in a worker: each lane on a thread of its own, woken by whoever asks for a job."""

    def ring(name: str, target: str, _: float) -> None:
        made.ring(name, target)

    def next_due(name: str, lane: str) -> None:
        return None

    made = Porters(house.runner.run, next_due, lambda: house.moment)
    house.catalog._ring = ring
    return made.start([("tell", ""), *(("deliver", name) for name in house.channels)])


def test_a_fault_of_ours_is_tried_again_and_tells_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    patient = "Quintessa Oddname"

    def broken(_: Notice) -> str:
        raise KeyError(patient)

    with telling(tmp_path, {"erp": FakeChannel(broken)}) as house:
        house.record(CAME)
        house.work()
        row = house.only("erp")

    assert (row.state, row.tries) == ("waiting", 1)
    assert row.reason == "unexpected KeyError; see the worker's log"
    assert "KeyError" in caplog.text
    assert "Oddname" not in caplog.text


def test_a_crash_after_carrying_has_it_carried_again_under_the_same_id(tmp_path: Path) -> None:
    erp = FakeChannel()
    with telling(tmp_path, {"erp": erp}, failpoint=crash) as house:
        house.record(CAME)
        with pytest.raises(Crash):
            house.work()
    with telling(tmp_path, {"erp": erp}) as house:
        house.moment = NOON + hours(1)
        house.work()
        assert house.only("erp").state == "delivered"

    assert len(erp.carried) == 2
    assert len({each.id for each in erp.carried}) == 1


class Crash(BaseException):
    """What no handler may catch."""


def crash(_: str) -> None:
    raise Crash


def test_a_destination_that_left_the_settings_is_given_up(tmp_path: Path) -> None:
    with telling(tmp_path, {"old": FakeChannel(refusing(BUSY))}) as house:
        house.record(CAME)
        house.work()
    with telling(tmp_path, {}, []) as house:
        house.moment = NOON + hours(1)
        house.runner.run("deliver", "old")
        row = house.only("old")

    assert (row.state, row.reason) == (
        "given-up",
        "the settings have no such destination any more",
    )


# --- documents -----------------------------------------------------------------------------


@pytest.fixture
def erp() -> FakeChannel:
    return FakeChannel(wants_documents=True)


@pytest.fixture
def house(tmp_path: Path, erp: FakeChannel) -> Iterator[TellingHouse]:
    with telling(tmp_path, {"erp": erp}) as made:
        yield made


def test_the_documents_are_enclosed_where_they_are_wanted(
    house: TellingHouse, erp: FakeChannel
) -> None:
    house.documents = lambda fax: Documents(missing=f"asked for {fax}")
    house.record(CAME, replace(CAME, id="login-failing:x", kind="login-failing", fax_id=""))
    house.work()

    assert sorted(each.missing for each in erp.documents) == ["", "asked for 400-7"]


def test_a_document_on_its_way_is_waited_for_without_counting_a_try(
    house: TellingHouse, erp: FakeChannel
) -> None:
    def not_yet(_: str) -> Documents:
        raise Later("not yet", 15)

    house.documents = not_yet
    house.record(CAME)
    house.work_until(NOON + hours(0.2))
    assert (house.only("erp").tries, erp.carried) == (0, [])
    house.documents = lambda _: Documents(missing="now")
    house.work_until(NOON + hours(0.3))

    assert [each.missing for each in erp.documents] == ["now"]


def test_after_an_hour_it_is_told_without(house: TellingHouse, erp: FakeChannel) -> None:
    def not_yet(_: str) -> Documents:
        raise Later("not yet", 15)

    house.documents = not_yet
    house.record(CAME)
    house.work_until(NOON + hours(1.1))

    assert [each.missing for each in erp.documents] == ["it is not in the archive yet"]


# --- by hand -------------------------------------------------------------------------------


def test_a_replay_carries_it_again_under_the_same_id(house: TellingHouse, erp: FakeChannel) -> None:
    house.record(CAME)
    house.work()
    house.do(lambda tx: tx.notices.replay(tx.notices.list(NoticeQuery()), house.moment))
    house.work()
    row = house.only("erp")

    assert len({each.id for each in erp.carried}) == 1
    assert len(erp.carried) == 2
    assert (row.state, row.round) == ("delivered", 2)


def test_a_pause_in_the_middle_of_a_try_is_not_undone(tmp_path: Path) -> None:
    other: list[Catalog] = []

    def pause(_: Notice) -> str:
        with other[0].transaction() as tx:
            tx.notices.pause("erp", NOON, "by a person")
        return ""

    with telling(tmp_path, {"erp": FakeChannel(pause)}) as house:
        with closing(Catalog.open(str(tmp_path / "telling.sqlite3"))) as second:
            other.append(second)
            house.record(CAME)
            house.work()
        with house.catalog.reading() as tx:
            assert tx.notices.destination("erp").paused_at == NOON
        assert house.only("erp").state == "delivered"
