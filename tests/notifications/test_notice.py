"""Only what is on the list, in its shape, can be told; and each kind has its plain words."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.notice import Fact, Notice, allowed, safe_id, safe_number
from notifications.payload import payload
from notifications.plan import KINDS
from notifications.words import words

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
BUSY = "The line was busy."
NOTICE = Notice("n_1", "failed:400-7:0:1", "failed", NOW, "400-621", fax="400-7")


def is_ours(text: str) -> bool:
    return text == BUSY


def test_the_facts_on_the_list_pass() -> None:
    facts: dict[str, Fact] = {
        "pages": 3,
        "position": 0,
        "status": "SendingFailed",
        "error_code": "Busy",
        "reason": BUSY,
        "since": "2026-03-01T12:00:00.000Z",
        "login": "clinic/admin",
        "advice": None,
    }

    assert allowed(facts, is_ours) == facts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("to_name", "Quintessa Oddname"),
        ("subject", "Biopsy"),
        ("from", "+12025550147"),
        ("pages", "+12025550147"),
        ("pages", 12025550147),
        ("pages", -1),
        ("pages", True),
        ("status", "Quintessa Oddname"),
        ("status", "+12025550147"),
        ("status", "12025550147"),
        ("error_code", "x" * 41),
        ("reason", "Quintessa Oddname did not answer."),
        ("advice", "Call +12025550147."),
        ("since", "yesterday"),
        ("login", "Quintessa Oddname"),
        ("mailbox_name", "Dr. Oddname"),
        ("count", None.__class__.__name__),
    ],
)
def test_nothing_else_passes(name: str, value: Fact) -> None:
    assert allowed({name: value}, is_ours) == {}


@given(st.dictionaries(st.text(max_size=20), st.text() | st.integers() | st.none()))
def test_whatever_is_put_in_only_shapes_of_the_list_come_out(facts: dict[str, Fact]) -> None:
    marked = {name: f"{value} Oddname 2025550147" for name, value in facts.items()}

    assert allowed(marked, is_ours) == {}


def test_ids_and_numbers_are_what_they_seem() -> None:
    assert safe_id("failed:400-7:0:1") == "failed:400-7:0:1"
    assert safe_id("Quintessa Oddname") == ""
    assert safe_id("") == ""
    assert safe_number("Oddname") == ""
    assert safe_number("+12025550147") == "+12025550147"
    assert safe_number("=HYPERLINK(1)") == ""


@pytest.mark.parametrize("kind", [*KINDS, "test"])
def test_every_kind_has_a_plain_subject_and_sentences(kind: str) -> None:
    said = words(replace(NOTICE, kind=kind))

    assert said.subject[0].isupper()
    assert said.subject.isprintable()
    assert len(said.subject) < 80
    assert said.lines[0] == f"{said.subject}."
    assert all(line[-1] in ".?" or line.startswith("Fax: ") for line in said.lines)
    assert "None" not in said.text


def test_a_failure_says_why_and_what_to_do() -> None:
    facts: dict[str, Fact] = {
        "error_code": "Busy",
        "reason": BUSY,
        "advice": "Try again later.",
        "position": 1,
        "recipients": 3,
    }

    assert words(replace(NOTICE, facts=facts, mailbox_name="the front desk")).lines == (
        "A fax from the front desk could not be delivered.",
        "This is about recipient 2 of 3.",
        "The line was busy.",
        "RingCentral's code for it: Busy.",
        "Try again later.",
        "Fax: 400-7",
    )


def test_an_arrival_says_for_whom() -> None:
    came = replace(NOTICE, kind="received", facts={"pages": 1}, link="https://faxes.example/400-7")

    assert words(came).lines == (
        "A fax came in for mailbox 400-621.",
        "It has one page.",
        "Fax: 400-7",
        "https://faxes.example/400-7",
    )


@pytest.mark.parametrize("pages", [None, 0])
def test_pages_are_not_yet_known_until_they_are(pages: int | None) -> None:
    said = words(replace(NOTICE, kind="sent", facts={"pages": pages}))

    assert "Its number of pages is not yet known." in said.lines


def test_a_correction_says_what_was_and_what_is() -> None:
    facts = {"status": "Delivered", "former_status": "SendingFailed"}
    said = words(replace(NOTICE, kind="corrected", facts=facts))

    assert "Its status is now Delivered; it was SendingFailed." in said.lines


def test_a_program_reads_type_time_and_facts() -> None:
    told = json.loads(payload(replace(NOTICE, facts={"pages": None, "error_code": "Busy"})))

    assert told["type"] == "fax.failed"
    assert told["timestamp"] == "2026-03-01T12:00:00.123Z"
    assert told["data"]["outcome"] == "failed:400-7:0:1"
    assert told["data"]["fax"] == "400-7"
    assert told["data"]["pages"] is None
    assert "number" not in told["data"]
    assert "direction" not in told["data"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_type_has_the_form_of_the_specification(kind: str) -> None:
    kind_of = json.loads(payload(replace(NOTICE, kind=kind)))["type"]

    assert all(part.replace("_", "").isalnum() for part in kind_of.split("."))
    assert len(payload(replace(NOTICE, kind=kind))) < 20_000
