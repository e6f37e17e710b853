"""Numbers as people write them become whole, or it is said what is wrong with them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import UserError
from sending.numbers import WrongNumber, country_code, country_of, e164


@pytest.mark.parametrize(
    ("number", "country", "whole"),
    [
        ("+1 650 555 0123", "", "+16505550123"),
        ("(650) 555-0123", "US", "+16505550123"),
        ("16505550123", "us", "+16505550123"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("020 7946 0018", "UK", "+442079460018"),
        ("011 44 20 7946 0018", "US", "+442079460018"),
        ("+49 (0)30 1234567", "US", "+49301234567"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("６５０５５５０１２３", "US", "+16505550123"),
    ],
)
def test_whole_numbers(number: str, country: str, whole: str) -> None:
    assert e164(number, country) == whole


@pytest.mark.parametrize(
    ("number", "country", "words"),
    [
        ("101", "US", "few digits"),
        ("555-0123", "US", "area code"),
        ("+1 650 555 0123 ext. 7", "US", "extension"),
        ("tel:+16505550123;ext=7", "US", "extension"),
        ("650 555 0123", "", "no country code"),
        ("+999 555 0123", "US", "unknown country code"),
        ("+1 123 456 7890", "US", "cannot be|not one that can"),
        ("Kit", "US", "not a number"),
        ("", "US", "not a number"),
        ("+1 650 555 0123, +1 650 555 0124", "US", "."),
        ("1" * 10_000, "US", "many digits"),
    ],
)
def test_wrong_numbers(number: str, country: str, words: str) -> None:
    with pytest.raises(WrongNumber, match=words) as caught:
        e164(number, country)
    assert "555" not in caught.value.words + caught.value.advice.replace('"+1 650 555 0123"', "")


@given(st.text(max_size=60), st.sampled_from(["US", "GB", "DE", ""]))
def test_any_text_is_a_number_or_told_why_not(text: str, country: str) -> None:
    try:
        whole = e164(text, country)
    except WrongNumber as error:
        assert error.words
        assert error.advice.endswith(".")
        return
    assert whole[0] == "+"
    assert whole[1:].isascii()
    assert whole[1:].isdigit()
    assert 5 <= len(whole) <= 16
    assert e164(whole, "") == whole


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.sampled_from([0, 1, 2]))
def test_an_example_number_of_every_country_comes_through(region: str, spelling: int) -> None:
    number = phonenumbers.example_number(region)
    assert number is not None
    whole = phonenumbers.format_number(number, 0)
    assert e164(phonenumbers.format_number(number, spelling), region) == whole


def test_countries() -> None:
    assert [country_code(each) for each in ("us", "UK", "GB", " de ", "")] == [
        "US",
        "GB",
        "GB",
        "DE",
        "",
    ]
    for wrong in ("USA", "XX", "U", "Deutschland"):
        with pytest.raises(UserError, match="country"):
            country_code(wrong)
    assert country_of("+442079460018") == "GB"
    assert country_of("+80012345678") == ""
