"""A call is joined to the fax it was for, and to none where two could be meant."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import DeliveryStep, Mailbox, Recipient
from handlers.call_joining import (
    LONGEST,
    SLACK,
    Join,
    by_message,
    by_number_and_time,
    is_missed,
    row_of,
    same_number,
    span,
)
from handlers.outcomes import Course
from ringcentral_api import CallRecord
from tests.handlers.test_outcomes import ANN, BEN, FAX, a_call

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MAILBOX = Mailbox("1-2", "1", "2", "", "")
OUT = a_call(direction="Outbound", sender=BEN, target=ANN, result="Sent", reason="")


def a_fax(
    name: str, created: datetime, *to: str, ended: datetime | None = None, sender: str = ""
) -> Course:
    """A sent fax; a received one if it has a sender. It ended for its first recipient."""
    direction = "Inbound" if sender else "Outbound"
    fax = replace(FAX, id=name, created_at=created, direction=direction, from_number=sender or None)
    steps = [DeliveryStep(0, 1, "Queued", None, created, "")]
    steps += [DeliveryStep(0, 2, "Sent", None, ended, "")] if ended else []
    return Course(fax, [Recipient(number=number) for number in to], steps)


@pytest.mark.parametrize(
    ("numbers", "target", "position"),
    [
        ([ANN], "+19995550000", 0),
        ([ANN, BEN], BEN, 1),
        ([ANN, BEN], "+19995550000", None),
        ([ANN, ANN], ANN, None),
        ([], ANN, None),
    ],
)
def test_ringcentrals_own_word_names_the_fax_and_the_number_its_recipient(
    numbers: Sequence[str], target: str, position: int | None
) -> None:
    call = replace(OUT, message_id="9", target=target)
    recipients = [Recipient(number=number) for number in numbers]
    assert by_message(call, MAILBOX, recipients) == Join("1-9", position, "message")


def test_without_a_message_there_is_no_such_word() -> None:
    assert by_message(OUT, MAILBOX, [Recipient(number=ANN)]) == Join()


def test_a_received_fax_has_one_recipient() -> None:
    assert by_message(a_call(message_id="9"), MAILBOX, []).position == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+18661234567", "(866)123-4567", True),
        ("18661234567", "+18661234567", True),
        ("+18661234567", "+18661234568", False),
        ("101", "101", True),
        ("101", "+12025550101", False),
        ("", "", False),
        (None, None, False),
        (None, "+12025550101", False),
    ],
)
def test_numbers_are_compared_by_their_digits(
    one: str | None, other: str | None, same: bool
) -> None:
    assert same_number(one, other) is same
    assert same_number(other, one) is same


def test_the_fax_that_had_no_end_yet_is_meant() -> None:
    earlier = a_fax("A", NOON - 5 * MINUTE, ANN, ended=NOON - MINUTE)
    present = a_fax("B", NOON - MINUTE, ANN, ended=NOON + MINUTE)
    others = [a_fax("C", NOON - MINUTE, BEN), a_fax("D", NOON + 5 * MINUTE, ANN)]
    assert by_number_and_time(OUT, [earlier, present, *others]) == Join("B", 0, "number and time")


def test_which_of_two_faxes_under_way_is_meant_nobody_can_say() -> None:
    faxes = [a_fax("A", NOON - MINUTE, ANN), a_fax("B", NOON - 2 * MINUTE, ANN)]
    assert by_number_and_time(OUT, faxes) == Join()
    assert by_number_and_time(OUT, [a_fax("A", NOON, ANN, ANN)]) == Join()


def test_the_recipient_is_the_one_that_was_dialled() -> None:
    assert by_number_and_time(OUT, [a_fax("A", NOON, BEN, ANN)]).position == 1


def test_a_received_fax_is_in_the_store_soon_after_its_call() -> None:
    call = a_call(seconds=60.0, result="Received", reason="")
    soon = a_fax("A", NOON + 2 * MINUTE, sender=ANN)
    faxes = [soon, a_fax("B", NOON + 20 * MINUTE, sender=ANN), a_fax("C", NOON, sender=BEN)]
    assert by_number_and_time(call, faxes) == Join("A", 0, "number and time")


def test_a_call_without_a_time_is_joined_to_none() -> None:
    assert span(replace(OUT, started_at=None)) is None
    assert by_number_and_time(replace(OUT, started_at=None), [a_fax("A", NOON, ANN)]) == Join()


@given(st.integers(-10_000, 10_000), st.integers(-10_000, 10_000))
def test_no_call_is_joined_to_a_fax_that_was_not_under_way(began: int, ended: int) -> None:
    fax = a_fax("A", NOON + began * MINUTE, ANN, ended=NOON + ended * MINUTE)
    joined = by_number_and_time(OUT, [fax]).fax_id == "A"
    under_way = began * MINUTE <= SLACK and -began * MINUTE <= LONGEST and ended >= 0
    assert joined == under_way


@pytest.mark.parametrize(
    ("call", "missed"),
    [
        (a_call(), True),
        (a_call(result="Received"), False),
        (a_call(message_id="9"), False),
        (a_call(result="In Progress"), False),
        (a_call(result=""), False),
        (OUT, False),
        (replace(OUT, result="Busy"), False),
    ],
)
def test_a_missed_fax_is_a_call_that_left_none(call: CallRecord, missed: bool) -> None:
    assert is_missed(call) is missed


def test_the_row_keeps_the_raw_record() -> None:
    row = row_of(replace(OUT, raw={"b": 1, "a": "x"}), MAILBOX, Join("1-9", 0, "message"), NOON)
    assert (row.raw, row.seen_at, row.mailbox_id) == ('{"a":"x","b":1}', NOON, "1-2")
    assert ANN not in repr(row)
