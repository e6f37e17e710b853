"""What the catalog promises about outcomes, on either database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog import Outcome, Transaction

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
FAILED = Outcome(
    id="failed:1-7:0:1",
    kind="failed",
    at=NOW,
    mailbox_id="1-2",
    fax_id="1-7",
    direction="Outbound",
    number="+12025550102",
    facts={"status": "SendingFailed", "pages": None, "attempts": 3},
)
BLIND = Outcome("blind:1-2:x", "blind-window", NOW)


def jobs(tx: Transaction) -> list[tuple[str, str, datetime]]:
    return [(job.name, job.argument, job.due_at) for job in tx.jobs.list()]


def test_an_outcome_is_kept_as_it_is_and_asked_to_be_told(tx: Transaction) -> None:
    assert tx.outcomes.find(FAILED.id) is None
    assert tx.outcomes.record(FAILED)
    assert tx.outcomes.find(FAILED.id) == FAILED
    assert jobs(tx) == [("tell", "", NOW)]
    assert tx.jobs.wishes == {("tell", "", 0.0)}


def test_a_known_outcome_changes_nothing(tx: Transaction) -> None:
    tx.outcomes.record(FAILED)
    tx.outcomes.mark_told([FAILED], NOW)
    again = replace(FAILED, at=NOW + timedelta(hours=1), facts={"status": "other"})
    assert not tx.outcomes.record(again)
    assert tx.outcomes.find(FAILED.id) == FAILED
    assert tx.outcomes.untold(9) == []


def test_the_untold_come_in_the_order_in_which_they_were_found(tx: Transaction) -> None:
    third = replace(BLIND, id="a", at=NOW - timedelta(hours=1))
    for each in (FAILED, BLIND, third):
        tx.outcomes.record(each)
    assert tx.outcomes.untold(2) == [FAILED, BLIND]
    tx.outcomes.mark_told([FAILED, third], NOW)
    assert tx.outcomes.untold(9) == [BLIND]


def test_a_feed_goes_on_where_it_ended(tx: Transaction) -> None:
    tx.outcomes.record(FAILED)
    tx.outcomes.record(BLIND)
    (first, one), (second, other) = tx.outcomes.after(0, 9)
    assert (one, other) == (FAILED, BLIND)
    assert first < second
    assert tx.outcomes.after(first, 9) == [(second, BLIND)]
    assert tx.outcomes.after(second, 9) == []
    assert tx.outcomes.after(0, 1) == [(first, FAILED)]


def test_a_fax_has_its_outcomes(tx: Transaction) -> None:
    sent = replace(FAILED, id="sent:1-7:1:1", kind="sent")
    for each in (FAILED, BLIND, sent):
        tx.outcomes.record(each)
    assert tx.outcomes.of_fax("1-7") == [FAILED, sent]


def test_an_unknown_kind_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no kind of outcome"):
        replace(FAILED, kind="surprise")


def test_the_number_is_in_no_text_of_an_outcome() -> None:
    assert "2025550102" not in repr(FAILED)
