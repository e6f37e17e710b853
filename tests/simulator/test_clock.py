"""The clock and what is planned by it."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from simulator import Clock, Inbound, Plan, Simulator
from simulator.agenda import Agenda
from simulator.clock import iso, parse

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)


def test_it_starts_at_the_real_time_and_only_goes_forward():
    clock = Clock(lambda: NOON)
    assert iso(clock.now()) == "2026-03-01T12:00:00.123Z"
    assert iso(clock.advance(86_400)) == "2026-03-02T12:00:00.123Z"
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


@pytest.mark.parametrize(
    "text", ["2026-03-01T12:00:00.000Z", "2026-03-01T12:00:00+0000", "2026-03-01T13:00:00+01:00"]
)
def test_every_spelling_of_a_moment_is_read(text):
    assert parse(text) == NOON.replace(microsecond=0)


def test_plans_are_kept_in_order_and_not_before_they_are_due():
    clock = Clock(lambda: NOON)
    agenda, done = Agenda(clock, threading.RLock()), []
    for seconds in (30, 10, 20):
        due = clock.now() + timedelta(seconds=seconds)
        agenda.at(due, lambda seconds=seconds: done.append(seconds))
    clock.advance(20)
    agenda.run_due()
    assert done == [10, 20]


def test_with_a_clock_of_ones_own_even_the_documents_repeat():
    def documents():
        with Simulator(5, Plan(), Clock(lambda: NOON)) as simulator:
            simulator.receive(Inbound(pages=2), count=2)
            return [fax["document"]["sha256"] for fax in simulator.truth()]

    assert documents() == documents()


def test_every_answer_is_dated_by_the_clock_and_may_be_wrong():
    def dates(simulator):
        addresses = (simulator.url, simulator.media_url, simulator.control_url)
        answers = (requests.get(address, timeout=5) for address in addresses)
        return {parsedate_to_datetime(answer.headers["Date"]) for answer in answers}

    with Simulator(5, Plan(), Clock(lambda: NOON)) as simulator:
        simulator.advance(86_400)
        tomorrow = NOON.replace(day=2, microsecond=0)
        assert dates(simulator) == {tomorrow}
        simulator.change_settings(date_skew=-90)
        assert dates(simulator) == {tomorrow - timedelta(seconds=90)}
