"""Every error code of a fax has plain words and advice, and a page that says the same."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringcentral_api import failure_reason, reason_of_call
from ringcentral_api.failure_reasons import ADVICE, PARTIAL, REASONS, TRY_LATER, UNKNOWN
from simulator.calls import RESULTS
from simulator.changes import ERRORS

PAGE = Path(__file__).parents[2] / "docs/reference/failure-reasons.md"


def test_all_that_ringcentral_documents_are_there_and_no_others() -> None:
    assert len(REASONS) == 34
    assert REASONS.keys() == ERRORS


def test_each_is_in_one_of_the_groups() -> None:
    groups = Counter(reason.group for reason in REASONS.values())
    assert groups.keys() == ADVICE.keys() - {UNKNOWN}
    assert groups[PARTIAL] == 1
    assert set(ADVICE) >= {"try later", "fix the number", "fix the account", "fix the document"}


@pytest.mark.parametrize("code", sorted(REASONS))
def test_words_and_advice_are_sentences_for_people(code: str) -> None:
    reason = failure_reason(code)
    assert reason.code == code
    for sentence in (reason.words, reason.advice):
        assert re.fullmatch(r"[A-Z][^_]*\.", sentence)
    assert code not in reason.words


def test_no_two_codes_have_the_same_words() -> None:
    assert len({reason.words for reason in REASONS.values()}) == len(REASONS)


@pytest.mark.parametrize("code", [None, ""])
def test_a_failure_without_a_code_has_words_as_well(code: str | None) -> None:
    reason = failure_reason(code)
    assert (reason.code, reason.words) == ("", "RingCentral gave no reason.")
    assert "RingCentral" in reason.advice


def test_a_code_of_later_years_is_told_politely() -> None:
    reason = failure_reason("LineOnTheMoon")
    assert reason.group == UNKNOWN
    assert "LineOnTheMoon" in reason.words


@given(st.text())
def test_no_code_can_bring_anything_else_into_the_words(code: str) -> None:
    reason = failure_reason(code)
    assert len(reason.words) < 150
    assert reason.words.isascii()
    assert reason.words.isprintable()


@pytest.mark.parametrize(("code", "told"), sorted(RESULTS.items()))
def test_the_call_log_says_the_same_in_other_words(code: str, told: tuple[str, str]) -> None:
    reason = reason_of_call(*told)
    assert reason.code in (code, "")
    assert reason.words


def test_words_of_the_call_log_that_are_not_known_are_told() -> None:
    reason = reason_of_call("Receive Error", "Fax Not Received")
    assert (reason.group, reason.words) == (TRY_LATER, "The call log says: Fax Not Received.")
    assert reason_of_call("", "").words == "The call log gives no reason."


def test_the_page_lists_each_with_its_words_and_the_advice_of_its_group() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|$", PAGE.read_text(), re.MULTILINE)
    assert dict(rows) == {code: reason.words for code, reason in REASONS.items()}
    sections = dict(re.findall(r"^## ([^\n]+)\n\n([^\n]+)\n", PAGE.read_text(), re.MULTILINE))
    assert {name.lower(): advice for name, advice in sections.items()} == ADVICE
    for name, group in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.M | re.S):
        codes = re.findall(r"^\| `(\w+)`", group, re.MULTILINE)
        assert {REASONS[code].group for code in codes} <= {name.lower()}
