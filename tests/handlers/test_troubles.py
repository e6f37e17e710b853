"""Troubles of the installation are told once: blind windows, faxes at risk."""

from datetime import timedelta

import pytest

from archive import utc_text
from errors import Unreachable
from handlers.closings import OUTAGE
from tests.handlers.household import Household
from tests.handlers.test_calling import HOUR, begin, keep, suspend
from tests.handlers.test_closings import beat, closings, open_door
from tests.handlers.test_following import kinds, outcomes


def test_a_blind_window_of_several_mailboxes_is_told_once(called: Household) -> None:
    subscription_id = begin(called)
    called.pass_time(HOUR)
    suspend(called, subscription_id)
    suspended = called.clock.now()
    called.pass_time(HOUR)
    keep(called)
    keep(called)
    (blind,) = outcomes(called)
    assert (blind.kind, blind.mailbox_id) == ("blind-window", "")
    assert (blind.facts["count"], blind.facts["since"]) == (3, utc_text(suspended))
    assert blind.facts["until"] == utc_text(called.clock.now())
    assert kinds(called) == ["blind-window"]


def test_a_window_that_lasts_has_no_end_yet_and_is_told_while_it_lasts(called: Household) -> None:
    begin(called)
    called.pass_time(OUTAGE.total_seconds())
    for _ in range(3):
        closings(called).note_outage([called.watched()], Unreachable("Away."))
        called.pass_time(60)
    (blind,) = outcomes(called)
    assert (blind.mailbox_id, blind.facts["until"]) == (called.mailbox.id, None)
    assert "could not be reached" in str(blind.facts["reason"])


def test_a_closed_door_is_told_once_however_long(called: Household) -> None:
    open_door(called)
    begin(called)
    beat(called)
    for _ in range(3):
        called.pass_time(600)
        keep(called)
    assert kinds(called) == ["blind-window"]
    beat(called)
    keep(called)
    assert kinds(called) == ["blind-window"]


def test_what_was_refused_from_the_start_is_no_window(called: Household) -> None:
    begin(called)
    keep(called)
    assert kinds(called) == []


@pytest.mark.parametrize("judgements", [1, 3])
def test_faxes_at_risk_are_told_while_they_can_still_be_saved(
    home: Household, judgements: int
) -> None:
    now = home.clock.now()
    old = now - timedelta(days=28)
    home.take_in(old, old, direction="Outbound", message_status="Sent")
    for _ in range(judgements):
        home.house.health.update_alarms()
    (risk,) = [each for each in outcomes(home) if each.kind == "at-risk"]
    assert (risk.mailbox_id, risk.facts["count"]) == (home.mailbox.id, 2)
    assert risk.facts["until"] == utc_text(old + timedelta(days=30))
