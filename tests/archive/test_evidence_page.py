"""The page of an evidence: any text can be drawn, nothing is left out, the same gives the same."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.evidence import Page, Table, draw_page
from archive.evidence.letters import MARK, written

PAGE = Page(
    subject="Fax 4-123",
    verdict="Sent.",
    mood="good",
    facts=[("From", "+12025550101")],
    tables=[Table("Table", ("A", "B"), (1, 3), [["a", "b"]], narrow=(1,))],
    proven=["This."],
    not_proven=["That."],
    check=["$ verify", "Compare."],
    foot="Fax 4-123",
    made_at=datetime(2026, 11, 23, tzinfo=UTC),
)


def pages(page: Page) -> list[str]:
    pdf = pypdfium2.PdfDocument(draw_page(page))
    return [each.get_textpage().get_text_bounded() for each in pdf]


def test_the_same_page_gives_the_same_bytes() -> None:
    assert draw_page(PAGE) == draw_page(PAGE)


def test_it_tells_what_it_was_given() -> None:
    (text,) = pages(PAGE)
    for words in ("Evidence of a fax", "4-123", "+12025550101", "This.", "That.", "page 1 of 1"):
        assert words in text


def test_a_long_table_goes_on_with_its_head() -> None:
    rows = [[str(number), f"row {number}"] for number in range(200)]
    long = replace(PAGE, tables=[Table("Table", ("A", "Head"), (1, 3), rows)])
    texts = pages(long)
    assert len(texts) > 2
    assert all("Head" in text for text in texts[:2])
    joined = "\n".join(texts)
    assert [number for number in range(200) if f"row {number}" not in joined] == []
    assert f"page {len(texts)} of {len(texts)}" in texts[-1]


def test_nothing_leaves_the_paper() -> None:
    wide = replace(PAGE, facts=[("From", "W" * 500)], tables=[
        Table("Table", ("A",), (1,), [["x" * 590], ["word " * 110]]),
        Table("Narrow", ("A", "B"), (1, 30), [["x" * 200, "y"]]),
    ])  # fmt: skip
    pdf = pypdfium2.PdfDocument(draw_page(wide))
    for page in pdf:
        text = page.get_textpage()
        width = page.get_width()
        for place in range(text.count_chars()):
            left, _, right, _ = text.get_charbox(place)
            assert 0 <= left <= right <= width - 35


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=300))
def test_any_text_can_be_drawn(name: str, value: str) -> None:
    cells = Table(name, (value, name), (1, 2), [[name, value], [value, name]], narrow=(0,))
    drawn = replace(PAGE, verdict=value, facts=[(written(name), value)], tables=[cells])
    assert draw_page(drawn).startswith(b"%PDF-")


@given(st.text(max_size=300))
def test_what_is_written_is_latin_on_one_line(text: str) -> None:
    shown = written(text)
    assert shown.encode("latin-1").decode("latin-1") == shown
    assert shown.isprintable()
    assert len(shown) <= 200 + len(MARK)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann", "Ann"),
        ("Zoë Müller", "Zoë Müller"),
        ("Zoe\N{COMBINING DIAERESIS}", "Zoë"),
        ("a – b", "a - b"),
        ("Łukasz", "Lukasz*"),
        ("山", "[5C71]*"),
        ("a\nb", "a[000A]b*"),
        ("\ud800", "[D800]*"),
        ("x" * 201, "x" * 197 + "...*"),
    ],
)
def test_each_letter_is_shown_as_near_as_can_be(text: str, shown: str) -> None:
    assert written(text) == shown


def test_a_mark_is_explained() -> None:
    (text,) = pages(replace(PAGE, facts=[("From", "山田")]))
    assert re.search(r"exact spelling is in\s+evidence.json", text)
    assert "exact spelling" not in pages(PAGE)[0]
