"""Names come out as RingCentral takes them, and as little changed as that allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sending.names import LONGEST, clean_file_name, clean_person


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("letter.pdf", "letter.pdf"),
        ("Letter to Kit 2026-11-24_v2.pdf", "Letter to Kit 2026-11-24_v2.pdf"),
        ("Röntgen Müller.pdf", "Röntgen Müller.pdf"),
        ("診断書.pdf", "診断書.pdf"),
        ("a&b.pdf", "a_b.pdf"),
        ("50% off @home #1.pdf", "50_ off _home _1.pdf"),
        ("a***b.pdf", "a_b.pdf"),
        ("/home/kit/scan.tif", "scan.tif"),
        ("C:\\Users\\kit\\scan.tif", "scan.tif"),
        ("..", "document-1"),
        ("", "document-1"),
        ("&&&", "document-1"),
        ("x\r\nX-Evil: 1.pdf", "x_X-Evil_ 1.pdf"),
        ('quo"te.pdf', "quo_te.pdf"),
        ("a\u202epdf.exe", "a_pdf.exe"),
        ("x" * 300 + ".pdf", "x" * 252 + ".pdf"),
    ],
)
def test_file_names(given: str, expected: str) -> None:
    assert clean_file_name(given, "document-1") == expected


@given(st.text(max_size=400))
def test_a_cleaned_name_is_taken_and_stays_as_it_is(name: str) -> None:
    cleaned = clean_file_name(name, "document-1")
    assert 0 < len(cleaned) <= LONGEST
    assert not set(cleaned) & set('@#$%^&*"/\\\r\n\0')
    assert cleaned.isprintable()
    assert clean_file_name(cleaned, "x") == cleaned


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=50))
def test_letters_of_any_script_are_kept(name: str) -> None:
    import unicodedata

    assert clean_file_name(name + ".pdf", "x") == unicodedata.normalize("NFC", name) + ".pdf"


@given(st.text(max_size=300))
def test_a_person_has_one_line(name: str) -> None:
    cleaned = clean_person(name)
    assert cleaned == clean_person(cleaned)
    assert not any(letter in cleaned for letter in "\r\n\t\0\u2028")
