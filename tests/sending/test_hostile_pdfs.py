"""Whatever a PDF holds, reading and baking it ends with an answer."""

import io
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from sending.pdf_program import JOBS, REFUSED, answer
from tests.sending.drawn import pdf
from tests.sending.forms import bare, changed, filled

FORMS = (filled(), bare(filled(), said=True), bare(filled(), said=False))
ODD = (
    1,
    0.5,
    True,
    "text",
    "",
    Name.Odd,
    Array([]),
    Array([1, "x", Name.Y]),
    Array([Array([])]),
    Dictionary(),
    Dictionary(N=1),
)
KEYS = (
    "/Rect",
    "/V",
    "/FT",
    "/Ff",
    "/F",
    "/DA",
    "/AP",
    "/AS",
    "/MK",
    "/Q",
    "/Opt",
    "/MaxLen",
    "/Parent",
    "/Subtype",
    "/Contents",
)


@given(
    st.sampled_from(FORMS),
    st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, 255)), min_size=1, max_size=6),
    st.sampled_from(sorted(JOBS)),
)
def test_changed_bytes_are_answered(form: bytes, changes: list[tuple[int, int]], job: str) -> None:
    data = bytearray(form)
    for place, value in changes:
        data[place % len(data)] = value
    assert answer(job, io.BytesIO(data))[0] in (0, REFUSED)


@pytest.mark.parametrize("job", sorted(JOBS))
@pytest.mark.parametrize("key", KEYS)
def test_odd_values_are_answered(job: str, key: str) -> None:
    for form in FORMS:
        for value in ODD:
            for place in (0, 4, 7, 8):
                data = changed(form, lambda made, p=place, v=value: odd(made, p, key, v))
                assert answer(job, io.BytesIO(data))[0] in (0, REFUSED), (value, place)


def odd(document: pikepdf.Pdf, place: int, key: str, value: Any) -> None:
    document.pages[0].obj.Annots[place][key] = value


@pytest.mark.parametrize("job", sorted(JOBS))
@pytest.mark.parametrize("value", ODD)
def test_odd_lists_and_forms_are_answered(job: str, value: Any) -> None:
    def lists(document: pikepdf.Pdf) -> None:
        document.pages[0].obj.Annots = value

    def holds(document: pikepdf.Pdf) -> None:
        document.pages[0].obj.Annots = Array([value])

    def form(document: pikepdf.Pdf) -> None:
        document.Root.AcroForm = value

    for change in (lists, holds, form):
        assert answer(job, io.BytesIO(changed(filled(), change)))[0] in (0, REFUSED)


def test_a_field_that_is_its_own_parent_is_answered() -> None:
    def circle(document: pikepdf.Pdf) -> None:
        mark = document.pages[0].obj.Annots[0]
        if "/FT" in mark:
            del mark["/FT"]
        mark["/Parent"] = mark

    for job in JOBS:
        assert answer(job, io.BytesIO(changed(filled(), circle)))[0] in (0, REFUSED)


def test_a_value_of_endless_length_is_not_drawn() -> None:
    data = changed(pdf(), lambda made: long_value(made, 3_000_000))
    code, reason = answer("bake", io.BytesIO(data))
    assert (code, reason) == (REFUSED, b"fit")


def long_value(document: pikepdf.Pdf, length: int) -> None:
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, Rect=Array([0, 0, 9, 9]))
    field.V = "x" * length
    document.pages[0].obj.Annots = Array([document.make_indirect(field)])
