"""What is told of a fax follows from the steps that were seen, and from nothing else."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import Alarm, BlindWindow, DeliveryStep, Fax, KnownLogin, Mailbox, Outcome, Recipient
from handlers.outcomes import (
    ENDS,
    FAILURES,
    Course,
    is_watched,
    lost,
    not_received,
    open_positions,
    received,
    stuck,
    told_of_steps,
)
from handlers.troubles import at_risk, blind, login_failing
from ringcentral_api import CallRecord

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANN, BEN = "+12025550101", "+12025550102"
CANARY = "canary"
FAX = Fax(
    id="1-9", account_id="1", mailbox_id="1-2", message_id="9", direction="Outbound",
    message_status="Queued", read_status="Read", availability="Alive", availability_at=NOON,
    created_at=NOON, modified_at=NOON, pages=None, resolution="High", subject=CANARY,
    from_number=CANARY, from_name=CANARY, raw=CANARY, origin="message-store", state="pending",
    state_reason="", state_at=NOON, folder=None, revision=0, version=0, unrecorded=False,
    first_seen_at=NOON,
)  # fmt: skip
STATUSES = ("Queued", "Sent", "Delivered", "SendingFailed", "DeliveryFailed", "Teleported")
states = st.lists(
    st.tuples(st.sampled_from(STATUSES), st.none() | st.sampled_from(["LineBusy", "NoAnswer"])),
    max_size=6,
).map(lambda drawn: [state for state, _ in groupby(drawn)])


def course(*of_each: Sequence[tuple[str, str | None]], fax: Fax = FAX) -> Course:
    """A fax to as many recipients, each with the steps that were seen."""
    steps = [
        DeliveryStep(position, number, status, code, NOON + timedelta(minutes=number), CANARY)
        for position, seen in enumerate(of_each)
        for number, (status, code) in enumerate(seen, 1)
    ]
    last = [seen[-1] if seen else (None, None) for seen in of_each]
    numbers = [f"+120255501{place:02}" for place in range(1, len(of_each) + 1)]
    people = [
        Recipient("r", number, CANARY, *state) for number, state in zip(numbers, last, strict=True)
    ]
    return Course(fax, people, steps)


def told(course: Course, since: datetime | None = NOON) -> list[Outcome]:
    """All at once, as when everything happened between two looks."""
    return told_of_steps(course, course.steps, since)


def test_each_recipient_has_an_outcome_of_its_own() -> None:
    of_ann, of_ben = told(
        course(
            [("Queued", None), ("Sent", None)], [("Queued", None), ("SendingFailed", "LineBusy")]
        )
    )
    assert (of_ann.id, of_ann.kind, of_ann.number) == ("sent:1-9:0:1", "sent", ANN)
    assert of_ann.facts == {
        "status": "Sent", "former_status": None, "pages": None, "position": 0, "recipients": 2,
    }  # fmt: skip
    assert (of_ben.id, of_ben.kind, of_ben.number) == ("failed:1-9:1:1", "failed", BEN)
    assert of_ben.facts == {
        "status": "SendingFailed",
        "former_status": None,
        "error_code": "LineBusy",
        "reason": "The recipient's line was busy.",
        "advice": "Send it again later: often it goes through the next time.",
        "group": "try later",
        "pages": None,
        "position": 1,
        "recipients": 2,
    }
    assert (of_ben.mailbox_id, of_ben.fax_id, of_ben.direction) == ("1-2", "1-9", "Outbound")


@pytest.mark.parametrize("before", ENDS)
@pytest.mark.parametrize("after", ENDS)
def test_a_later_different_end_is_a_correction_and_the_same_is_none(
    before: str, after: str
) -> None:
    kinds = [each.kind for each in told(course([(before, None), ("Queued", None), (after, None)]))]
    first = "failed" if before in FAILURES else "sent"
    assert kinds == ([first] if before == after else [first, "corrected"])


def test_a_correction_says_what_it_replaces() -> None:
    first, second = told(course([("Sent", None), ("DeliveryFailed", "NoAnswer")]))
    assert (first.id, second.id) == ("sent:1-9:0:1", "corrected:1-9:0:2")
    assert second.facts["former_status"] == "Sent"
    assert second.facts["reason"] == "Nobody answered the call."


def test_another_reason_of_the_same_failure_is_told() -> None:
    seen = [("SendingFailed", None), ("SendingFailed", "NoFaxMachine")]
    assert [each.facts["error_code"] for each in told(course(seen))] == ["", "NoFaxMachine"]


def test_a_status_that_is_not_known_is_no_end() -> None:
    assert told(course([("Teleported", None), ("Queued", None)])) == []


@given(st.lists(states, min_size=1, max_size=4), st.integers(1, 3))
def test_however_the_steps_come_in_each_end_is_told_once(
    of_each: list[list[tuple[str, str | None]]], at_once: int
) -> None:
    whole = course(*of_each)
    told_alone: list[Outcome] = []
    for first in range(1, 7, at_once):
        known = [step for step in whole.steps if step.step < first + at_once]
        fresh = [step for step in known if step.step >= first]
        told_alone += told_of_steps(replace(whole, steps=known), fresh, NOON)
    assert sorted(told_alone, key=lambda o: o.id) == sorted(told(whole), key=lambda o: o.id)
    assert len({each.id for each in told_alone}) == len(told_alone)
    for position, seen in enumerate(of_each):
        ends = [state for state, _ in groupby(s for s in seen if s[0] in ENDS)]
        assert len([e for e in told_alone if e.facts["position"] == position]) == len(ends)
        later = [e for e in told_alone if e.facts["position"] == position and e.id[-1] != "1"]
        assert all(each.kind == "corrected" for each in later)


def test_what_ended_before_our_time_is_history() -> None:
    done = course([("Sent", None)])
    assert told(done, NOON + timedelta(seconds=1)) == []
    assert told(done, None) == []


def test_an_old_fax_that_was_seen_on_its_way_is_told() -> None:
    seen = course([("Queued", None), ("Sent", None)])
    assert [each.kind for each in told(seen, NOON + timedelta(days=1))] == ["sent"]


def test_without_a_status_of_each_the_fax_is_told_as_a_whole() -> None:
    many = replace(
        course([("Queued", None), ("SendingFailed", None)]),
        recipients=[Recipient(number=ANN), Recipient(number=BEN)],
    )
    (whole,) = told(many)
    assert (whole.number, whole.facts["recipients"]) == ("", 2)
    alone = replace(many, recipients=[Recipient(number=ANN)])
    assert told(alone)[0].number == ANN


def test_a_fax_without_recipients_is_told_as_well() -> None:
    assert told(replace(course([("Sent", None)]), recipients=[]))[0].number == ""


@pytest.mark.parametrize(
    ("fax", "since", "watched"),
    [
        (FAX, NOON, True),
        (FAX, NOON + timedelta(seconds=1), False),
        (FAX, None, False),
        (replace(FAX, origin="import"), NOON, False),
    ],
)
def test_only_what_came_after_the_watch_began_is_told(
    fax: Fax, since: datetime | None, watched: bool
) -> None:
    assert is_watched(fax, since) is watched


def test_who_is_still_waited_for() -> None:
    waiting = course([("Sent", None)], [("Queued", None)], [("Teleported", None)])
    assert open_positions(waiting) == [(1, "Queued"), (2, "other")]
    assert open_positions(replace(waiting, steps=[])) == [(0, "Queued")]


def test_stuck_is_told_of_each_that_is_waited_for() -> None:
    waiting = course([("Sent", None)], [("Queued", None)])
    (outcome,) = stuck(waiting, 2, NOON, NOON + timedelta(hours=7))
    assert (outcome.id, outcome.number) == ("stuck:1-9:1:2", BEN)
    assert outcome.facts["since"] == "2026-11-23T12:00:00.000Z"


def a_call(**more: object) -> CallRecord:
    call = CallRecord(
        id="c", message_id="", extension_id="2", direction="Inbound", started_at=NOON,
        seconds=12.4, result="Receive Error", reason="Fax Not Received", sender=ANN, target=BEN,
    )  # fmt: skip
    return replace(call, **more)  # type: ignore[arg-type]


def every_kind() -> list[Outcome]:
    """One of each, made of values that name somebody wherever they can."""
    ended = told(course([("Sent", None), ("SendingFailed", "LineBusy")]))
    inbound = replace(FAX, direction="Inbound")
    window = BlindWindow("1-2", NOON, None, "the subscription had expired")
    login = KnownLogin("main/1", "main", refusal="No.", refused_at=NOON, person=CANARY)
    return [
        *ended,
        *told(course([("SendingFailed", None)])),
        received(inbound, 3, NOON),
        lost(inbound, 1, "deleted at RingCentral by somebody", NOON),
        *stuck(course([("Queued", None)]), 1, NOON, NOON),
        not_received(Mailbox("1-2", "1", "2", CANARY, "102"), a_call(), NOON),
        blind([window], NOON),
        login_failing(login, NOON),
        at_risk(Alarm("at-risk", "1-2", NOON, None, "problem", "In words.", "Do this."), None),
    ]


def test_there_is_one_of_each_kind() -> None:
    assert {each.kind for each in every_kind()} == {
        "received", "sent", "failed", "corrected", "stuck", "at-risk", "lost", "blind-window",
        "login-failing",
    }  # fmt: skip


@pytest.mark.parametrize("outcome", every_kind(), ids=lambda each: each.kind)
def test_facts_name_nobody(outcome: Outcome) -> None:
    told = json.dumps([outcome.id, dict(outcome.facts)])
    assert CANARY not in told
    assert ANN not in told
    assert ANN not in repr(outcome)


def test_the_number_of_the_other_side_is_there_to_choose_by() -> None:
    inbound = replace(FAX, direction="Inbound", from_number=ANN)
    assert received(inbound, None, NOON).number == ANN
    assert lost(inbound, 1, "gone", NOON).number == ANN
    assert not_received(Mailbox("1-2", "1", "2", "", ""), a_call(), NOON).number == ANN


@pytest.mark.parametrize(
    ("told", "counted", "pages"), [(None, 4, 4), (2, 4, 2), (None, None, None)]
)
def test_pages_are_those_that_were_told_or_counted(
    told: int | None, counted: int | None, pages: int | None
) -> None:
    assert received(replace(FAX, pages=told), counted, NOON).facts["pages"] == pages


def test_a_fax_can_be_lost_again_after_it_had_come_back() -> None:
    assert lost(FAX, 1, "gone", NOON).id != lost(FAX, 2, "gone", NOON).id


def test_windows_of_several_mailboxes_are_one_outcome() -> None:
    windows = [BlindWindow(name, NOON, None, "out") for name in ("1-3", "1-2")]
    assert blind(windows, NOON) == blind(windows[::-1], NOON)
    assert (blind(windows, NOON).mailbox_id, blind(windows, NOON).facts["count"]) == ("", 2)
    assert blind(windows[:1], NOON).mailbox_id == "1-3"


def test_a_call_that_tells_little_is_enough() -> None:
    outcome = not_received(
        Mailbox("1-2", "1", "2", "", ""),
        a_call(started_at=None, seconds=None, result="", reason="", sender=""),
        NOON,
    )
    assert (outcome.facts["since"], outcome.facts["seconds"]) == (None, None)
