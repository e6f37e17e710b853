"""No attempt is repeated that may have arrived, and none is called sent that may be another fax."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.fates import (
    AGAIN,
    ASK,
    FIRST_LOOK,
    FOUND,
    LATEST,
    SETTLES,
    WAIT,
    Attempt,
    Candidate,
    Looks,
    Verdict,
    next_look,
    same_number,
    verdict,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ATTEMPT = Attempt(AT, ("+12025550101",), 3, 0, "", "High")
ITSELF = Candidate("77", AT + timedelta(seconds=2), ("+12025550101",), 3, 0, "", "High")
EARLY = AT + FIRST_LOOK
LOOKED = Looks(1, EARLY)
LATE = EARLY + SETTLES


def judged(*candidates: Candidate, attempt: Attempt = ATTEMPT) -> Verdict:
    """After the second look."""
    return verdict(attempt, candidates, LOOKED, LATE)


def test_the_fax_itself_is_found_at_the_first_look() -> None:
    assert verdict(ATTEMPT, [ITSELF], Looks(), EARLY) == Verdict(FOUND, "77")


def test_nothing_is_believed_only_twice() -> None:
    assert verdict(ATTEMPT, [], Looks(), EARLY).what == WAIT
    assert verdict(ATTEMPT, [], LOOKED, LATE - timedelta(seconds=1)).what == WAIT
    assert judged().what == AGAIN


def test_the_looks_are_apart() -> None:
    assert next_look(AT, Looks()) == EARLY
    assert next_look(AT, LOOKED) == LATE
    assert next_look(AT, Looks(2, LATE)) == LATE + SETTLES


def test_pages_that_are_not_counted_yet_are_waited_for() -> None:
    uncounted = replace(ITSELF, pages=None)
    assert verdict(ATTEMPT, [uncounted], Looks(), EARLY).what == WAIT
    assert judged(uncounted) == Verdict(FOUND, "77")
    unknown = replace(ATTEMPT, pages=None)
    assert verdict(unknown, [uncounted], Looks(), EARLY) == Verdict(FOUND, "77")


@pytest.mark.parametrize(
    "other",
    [
        replace(ITSELF, pages=4),
        replace(ITSELF, cover_index=7),
        replace(ITSELF, cover_text="Please call."),
        replace(ITSELF, resolution="Low"),
        replace(ITSELF, numbers=("+12025550101", "+12025550102")),
    ],
)
def test_one_that_is_not_quite_like_it_is_for_a_person(other: Candidate) -> None:
    assert verdict(ATTEMPT, [other], Looks(), EARLY).what == WAIT
    assert judged(other).what == ASK
    assert "not like" in judged(other).words
    assert judged(other, ITSELF).what == ASK


def test_two_of_a_kind_are_for_a_person() -> None:
    assert judged(ITSELF, replace(ITSELF, message_id="78")).words.startswith("RingCentral has 2")


@pytest.mark.parametrize(
    "other",
    [
        replace(ITSELF, numbers=("+12025550199",)),
        replace(ITSELF, created_at=AT - timedelta(minutes=3)),
        replace(ITSELF, created_at=AT + LATEST + timedelta(seconds=1), pages=4),
    ],
)
def test_others_do_not_matter(other: Candidate) -> None:
    assert judged(other).what == AGAIN
    assert judged(other, ITSELF) == Verdict(FOUND, "77")


@pytest.mark.parametrize(("cover", "most"), [(None, 5), (7, 5), (0, 3)])
def test_a_cover_sheet_adds_pages(cover: int | None, most: int) -> None:
    attempt = replace(ATTEMPT, cover_index=cover)
    for pages in range(1, 8):
        found = judged(replace(ITSELF, cover_index=cover, pages=pages), attempt=attempt)
        assert (found.what == FOUND) is (3 <= pages <= most)


def test_a_cover_text_may_be_wrapped_otherwise() -> None:
    attempt = replace(ATTEMPT, cover_index=7, cover_text="Please\n call.")
    assert judged(replace(ITSELF, cover_index=7, cover_text="Please call. "), attempt=attempt) == (
        Verdict(FOUND, "77")
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("+12025550101", "+12025550101", True),
        ("+12025550101", "(202) 555-0101", True),
        ("+12025550101", "+12025550102", False),
        ("+12025550101", "101", False),
        ("+12025550101", "", False),
        ("", "", False),
    ],
)
def test_numbers_are_the_same_in_any_spelling(ours: str, theirs: str, same: bool) -> None:
    assert same_number(ours, theirs) is same
    assert same_number(theirs, ours) is same


numbers = st.lists(
    st.sampled_from(["+12025550101", "+12025550102", "+442079460101"]), min_size=1, max_size=3
).map(tuple)
facts = {
    "pages": st.none() | st.integers(1, 4),
    "cover_index": st.none() | st.sampled_from([0, 7]),
    "cover_text": st.none() | st.sampled_from(["", "Please call."]),
    "resolution": st.none() | st.sampled_from(["High", "Low"]),
}
attempts = st.builds(Attempt, at=st.just(AT), numbers=numbers, **facts)
candidates = st.builds(
    Candidate,
    message_id=st.integers(1, 99).map(str),
    created_at=st.integers(-400, 2000).map(lambda seconds: AT + timedelta(seconds=seconds)),
    numbers=numbers,
    **facts,
)
looked = st.sampled_from([Looks(), LOOKED])
moments = st.sampled_from([EARLY, LATE - timedelta(seconds=1), LATE])


def arrived(attempt: Attempt, counted: bool) -> Candidate:
    """What RingCentral shows of a fax that it took."""
    pages = attempt.pages if counted else None
    return Candidate(
        "itself",
        AT + timedelta(seconds=1),
        attempt.numbers,
        pages,
        attempt.cover_index,
        attempt.cover_text,
        attempt.resolution,
    )


@given(attempts, st.lists(candidates, max_size=4), looked, moments, st.booleans())
def test_what_arrived_is_never_sent_again(
    attempt: Attempt, others: list[Candidate], looks: Looks, now: datetime, counted: bool
) -> None:
    found = verdict(attempt, [*others, arrived(attempt, counted)], looks, now)
    assert found.what != AGAIN
    assert found.what != FOUND or found.message_id == "itself"


@given(attempts, st.lists(candidates, max_size=4), looked, moments)
def test_only_a_single_one_is_believed(
    attempt: Attempt, shown: list[Candidate], looks: Looks, now: datetime
) -> None:
    found = verdict(attempt, shown, looks, now)
    related = [
        each
        for each in shown
        if any(same_number(a, b) for a in attempt.numbers for b in each.numbers)
    ]
    if found.what == FOUND:
        assert found.message_id in {each.message_id for each in related}
    if found.what == AGAIN:
        assert looks == LOOKED and now == LATE


@given(attempts, st.lists(candidates, max_size=4), looked, moments)
def test_the_order_of_a_list_does_not_matter(
    attempt: Attempt, shown: list[Candidate], looks: Looks, now: datetime
) -> None:
    assert verdict(attempt, shown, looks, now) == verdict(attempt, shown[::-1], looks, now)


@given(attempts, st.lists(candidates, max_size=4))
def test_in_the_end_there_is_an_answer(attempt: Attempt, shown: list[Candidate]) -> None:
    assert verdict(attempt, shown, LOOKED, LATE).what in (FOUND, AGAIN, ASK)
