"""What is filled in survives flattening, in two renderers that draw no forms; or it is refused."""

import io
from typing import Any

import pikepdf
import pypdfium2
import pytest
from fpdf.fonts import CORE_FONTS_CHARWIDTHS
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from errors import UserError
from sending import document_from_bytes, flatten
from sending.baking import bake
from sending.field_text import Box, DoesNotFitError, laid_out
from sending.helvetica import can_spell, width
from tests.sending import forms
from tests.sending.drawn import locked_pdf, pdf
from tests.sending.forms import SEEN, WHERE, bare, changed, choices, emptied, filled

STATES = {
    "with pictures": filled,
    "to be drawn by the viewer": lambda: bare(filled(), said=True),
    "without pictures": lambda: bare(filled(), said=False),
    "with pictures of the empty form": lambda: emptied(filled()),
}
DOTS = 2


def flat(data: bytes) -> bytes:
    with flatten(document_from_bytes("form.pdf", data)).open() as file:
        return file.read()


def pdfium_words(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    words = document[0].get_textpage().get_text_range()
    document.close()
    return " ".join(words.split())


def mupdf_words(data: bytes) -> str:
    document = forms.pymupdf.open(stream=data)
    words = document[0].get_text(flags=0)
    document.close()
    return " ".join(words.split())


def pdfium_picture(data: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    drawn = document[0].render(scale=DOTS, may_draw_forms=False, draw_annots=False)
    picture: Image.Image = drawn.to_pil().convert("L")
    document.close()
    return picture


def mupdf_picture(data: bytes) -> Image.Image:
    document = forms.pymupdf.open(stream=data)
    drawn = document[0].get_pixmap(annots=False, dpi=72 * DOTS)
    picture = Image.open(io.BytesIO(drawn.tobytes("png"))).convert("L")
    document.close()
    return picture


def ink(picture: Image.Image, name: str) -> int:
    left, high, right, low = (DOTS * each for each in WHERE[name])
    return sum(picture.crop((left + 3, high + 3, right - 3, low - 3)).histogram()[:128])


@pytest.mark.parametrize("words", [pdfium_words, mupdf_words])
@pytest.mark.parametrize("state", STATES)
def test_every_value_can_be_read_in_the_page_itself(state: str, words: Any) -> None:
    text = words(flat(STATES[state]()))
    assert [each for each in SEEN if each not in text] == []


@pytest.mark.parametrize("picture", [pdfium_picture, mupdf_picture])
@pytest.mark.parametrize("state", STATES)
def test_every_field_leaves_ink(state: str, picture: Any) -> None:
    drawn = picture(flat(STATES[state]()))
    assert {name: ink(drawn, name) > 20 for name in WHERE} == dict.fromkeys(WHERE, True)


def test_what_this_is_for() -> None:
    """Baking without drawing loses values, and nobody says so."""

    def naive(document: pikepdf.Pdf) -> None:
        document.flatten_annotations("all")

    drawn = pdfium_picture(changed(bare(filled(), said=True), naive))
    assert ink(drawn, "name") == 0


def test_no_field_and_no_note_is_left() -> None:
    with pikepdf.open(io.BytesIO(flat(filled()))) as document:
        assert "/AcroForm" not in document.Root
        assert list(document.pages[0].obj.get("/Annots", [])) == []


def test_a_check_box_that_only_its_value_calls_on_is_on() -> None:
    def value_only(document: pikepdf.Pdf) -> None:
        for mark in document.pages[0].obj.Annots:
            if mark.get("/T") == "yes":
                mark.AS = pikepdf.Name.Off

    assert ink(pdfium_picture(flat(changed(filled(), value_only))), "yes") > 20


@pytest.mark.parametrize("pictures", [True, False])
def test_of_radio_buttons_the_chosen_one_is_on(*, pictures: bool) -> None:
    drawn = pdfium_picture(flat(choices("right", pictures=pictures)))
    assert (ink(drawn, "name"), ink(drawn, "open") > 20) == (0, True)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_fields_are_drawn_inside_their_place(turn: int) -> None:
    def turned(document: pikepdf.Pdf) -> None:
        for mark in document.pages[0].obj.Annots:
            if mark.get("/T") == "notes":
                mark.MK = pikepdf.Dictionary(R=turn)

    text = pdfium_words(flat(changed(bare(filled(notes="up"), said=True), turned)))
    assert "up" in text


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_values_survive_on_turned_pages(turn: int) -> None:
    def turned(document: pikepdf.Pdf) -> None:
        document.pages[0].rotate(turn, relative=False)

    data = flat(changed(bare(filled(), said=True), turned))
    for words in (pdfium_words, mupdf_words):
        assert "Kit Marlowe" in words(data)


def test_letters_in_cells_each_have_their_own() -> None:
    _, pieces = laid_out("ABC", Box(300, 20, 12.0, cells=10))
    assert [piece.text for piece in pieces] == ["A", "B", "C"]
    assert [int(piece.x // 30) for piece in pieces] == [0, 1, 2]
    with pytest.raises(DoesNotFitError):
        laid_out("ABCD", Box(300, 20, 12.0, cells=3))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: bare(filled(name="王小明"), said=True), "letters"),
        (lambda: bare(filled(name="x" * 300), said=True), "fits"),
        (lambda: bare(filled(notes="long " * 2000), said=True), "fits"),
        (locked_pdf, "password"),
        (lambda: locked_pdf(user=""), "encrypted"),
        (lambda: pdf()[:-30], "end is missing"),
        (lambda: b"%PDF-1.7\nnothing\n%%EOF", "no PDF"),
        (lambda: b"", "end is missing"),
        (lambda: pdf(201), "200 pages"),
    ],
)
def test_what_would_lose_something_is_refused(make: Any, words: str) -> None:
    with pytest.raises(UserError, match=words):
        flat(make())


def test_marks_that_nothing_can_draw_are_refused() -> None:
    def marked(document: pikepdf.Pdf) -> None:
        ring = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Circle)
        ring.Rect = pikepdf.Array([1, 1, 50, 50])
        document.pages[0].obj.Annots = pikepdf.Array([ring])

    with pytest.raises(UserError, match="annotations"):
        flat(changed(pdf(), marked))


def test_pages_that_only_adobe_makes_are_refused() -> None:
    def xfa(document: pikepdf.Pdf) -> None:
        document.Root.NeedsRendering = True

    with pytest.raises(UserError, match="XFA"):
        flat(changed(pdf(), xfa))


def test_hidden_fields_stay_hidden() -> None:
    def hide(document: pikepdf.Pdf) -> None:
        for mark in document.pages[0].obj.Annots:
            mark.F = 2

    assert pdfium_words(flat(changed(filled(), hide))) == "A form"


def test_a_plain_document_stays_what_it_is() -> None:
    document = document_from_bytes("a.pdf", pdf(3), "application/pdf")
    again = flatten(document)
    assert (again.name, again.content_type) == ("a.pdf", "application/pdf")
    with pikepdf.open(again.open()) as opened:
        assert len(opened.pages) == 3


def test_the_widths_are_helveticas() -> None:
    known = CORE_FONTS_CHARWIDTHS["helvetica"]
    assert [width(letter, 1000) for letter in "AWi.€ü "] == [
        known[letter.encode("cp1252").decode("latin-1")] for letter in "AWi.€ü "
    ]
    assert can_spell("Größe €5\n")
    assert not can_spell("Ωmega")


texts = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=60)


@given(
    texts,
    st.builds(
        Box,
        st.floats(1, 600),
        st.floats(1, 300),
        st.floats(0, 40),
        st.sampled_from([0, 1, 2]),
        st.booleans(),
        st.integers(0, 70),
    ),
)
def test_what_is_laid_out_is_whole_and_inside(text: str, box: Box) -> None:
    try:
        size, pieces = laid_out(text, box)
    except DoesNotFitError:
        return
    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())
    for piece in pieces:
        assert piece.x >= -0.01
        assert box.cells or piece.x + width(piece.text, size) <= box.width + 0.01
        assert piece.y >= -0.3 * size


def test_baking_needs_no_process_of_its_own() -> None:
    """The same functions, where coverage and debuggers see them."""
    with pikepdf.open(io.BytesIO(bare(filled(), said=True))) as document:
        bake(document)
        assert document.pages[0].obj.Resources.XObject
