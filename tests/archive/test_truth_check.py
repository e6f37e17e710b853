"""Only whole, true documents pass."""

import io
import struct
import time
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from archive import Claim, DocumentFacts, Spool, check_document
from errors import DocumentRefused

NOTHING_SAID = Claim(None, None, None)
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def check(folder: Path, data: bytes, claim: Claim = NOTHING_SAID) -> DocumentFacts:
    with Spool(folder) as spool:
        spool.write(data)
        return check_document(spool, claim)


def reason(folder: Path, data: bytes, claim: Claim = NOTHING_SAID) -> str:
    with pytest.raises(DocumentRefused) as refused:
        check(folder, data, claim)
    return refused.value.reason


def test_good_documents_pass(tmp_path: Path, draw) -> None:
    pdf, tiff = draw.pdf(3), draw.tiff(4)
    facts = check(tmp_path, pdf, Claim("application/pdf; charset=binary", len(pdf), 3))
    assert (facts.kind, facts.pages, facts.note, facts.size) == ("pdf", 3, "", len(pdf))
    facts = check(tmp_path, tiff, Claim("image/tiff", len(tiff), 4))
    assert (facts.kind, facts.pages, facts.note) == ("tiff", 4, "")


@pytest.mark.parametrize(
    "save", [{"big_tiff": True}, {"compression": None}, {"compression": "group3"}]
)
def test_every_sort_of_tiff_passes(tmp_path: Path, draw, save: dict[str, object]) -> None:
    data = draw.tiff(3, **save)
    with Image.open(io.BytesIO(data)) as image:
        assert check(tmp_path, data).pages == image.n_frames == 3


@pytest.mark.parametrize("size", [1, 5000, 120_000])
def test_pdf_sorts_pass(tmp_path: Path, draw, size: int) -> None:
    modes = pikepdf.ObjectStreamMode
    for save in ({"linearize": True}, {"object_stream_mode": modes.generate}):
        assert check(tmp_path, draw.pdf(2, "x" * size, **save)).note == ""
    assert check(tmp_path, b"\r\n" * 20 + draw.pdf(2, "x" * size)).pages == 2


@pytest.mark.parametrize(
    ("data", "word", "said"),
    [
        (b"", "empty", ""),
        (b"<!DOCTYPE html><title>Error</title>", "not-a-document", "HTML"),
        (b'\n {"errorCode":"CMN-301"}', "not-a-document", "JSON"),
        (b"\x00" * 3000, "not-a-document", "neither"),
        (b"%PDF-1.4\nhello", "structure", "end"),
        (b"%PDF-1.4\nhello\n%%EOF", "structure", "read"),
        (b"II*\0", "truncated", "end"),
        (b"MM\0*" + bytes(4), "structure", "no page"),
    ],
)
def test_false_documents_are_refused(tmp_path: Path, data: bytes, word: str, said: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        check(tmp_path, data)
    assert refused.value.reason == word
    assert said in str(refused.value)


def test_claims_are_compared(tmp_path: Path, draw) -> None:
    pdf, tiff = draw.pdf(), draw.tiff()
    assert reason(tmp_path, pdf, Claim(None, len(pdf) + 1, None)) == "length"
    assert reason(tmp_path, pdf, Claim("image/tiff", None, None)) == "type"
    assert reason(tmp_path, tiff, Claim("Application/PDF", None, None)) == "type"
    assert reason(tmp_path, pdf, Claim(None, None, 5)) == "pages"
    assert reason(tmp_path, tiff, Claim(None, None, 5)) == "pages"


@pytest.mark.parametrize("said", [None, "application/octet-stream", "image/*", "text/x-odd", ""])
def test_vague_types_and_no_page_count_agree_with_anything(tmp_path: Path, draw, said) -> None:
    for data in (draw.pdf(), draw.tiff()):
        assert check(tmp_path, data, Claim(said, None, 0)).pages == 2


def test_a_password_is_no_refusal(tmp_path: Path, draw) -> None:
    closed = draw.pdf(2, encryption=pikepdf.Encryption(owner="a", user="b"))
    facts = check(tmp_path, closed, Claim("application/pdf", len(closed), 2))
    assert (facts.pages, facts.note) == (None, "encrypted")
    assert reason(tmp_path, closed[: closed.rindex(b"%%EOF")]) == "structure"


def test_a_readable_but_odd_pdf_is_kept_with_a_note(tmp_path: Path, draw) -> None:
    odd = draw.pdf(2).replace(b"startxref\n", b"startxref\n1")
    facts = check(tmp_path, odd)
    assert (facts.pages, facts.note) == (2, "odd structure")


@QUICK
@given(share=st.floats(0, 1, exclude_max=True), linear=st.booleans())
def test_no_cut_pdf_is_good(tmp_path: Path, draw, share: float, linear: bool) -> None:
    whole = draw.pdf(3, "y" * 400, linearize=linear)
    cut = whole[: int(share * whole.rindex(b"%%EOF"))]
    try:
        facts = check(tmp_path, cut)
    except DocumentRefused:
        return
    assert facts.note == "odd structure"
    assert not linear


@QUICK
@given(share=st.floats(0, 1, exclude_max=True), big=st.booleans())
def test_no_cut_tiff_is_good(tmp_path: Path, draw, share: float, big: bool) -> None:
    whole = draw.tiff(3, big_tiff=big).rstrip(b"\0")
    assert reason(tmp_path, whole[: int(share * len(whole))]) in (
        "empty", "not-a-document", "truncated", "structure",
    )  # fmt: skip


@QUICK
@given(
    noise=st.binary(max_size=400), mark=st.sampled_from([b"II*\0", b"MM\0*", b"II+\0", b"%PDF-"])
)
def test_noise_is_refused_and_never_breaks_the_check(
    tmp_path: Path, noise: bytes, mark: bytes
) -> None:
    with suppress(DocumentRefused):
        check(tmp_path, mark + noise)


@QUICK
@given(place=st.integers(0, 2000), value=st.integers(0, 255))
def test_a_changed_byte_never_breaks_the_check(
    tmp_path: Path, draw, place: int, value: int
) -> None:
    for whole in (bytearray(draw.tiff(2)), bytearray(draw.pdf(2))):
        whole[place % len(whole)] = value
        with suppress(DocumentRefused):
            check(tmp_path, bytes(whole))


def test_a_tiff_in_a_circle_ends(tmp_path: Path) -> None:
    entries = [(256, 3, 1, 8), (257, 3, 1, 8), (273, 4, 1, 0), (279, 4, 1, 8)]
    directory = struct.pack("<H", 4) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    circle = b"II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", 8)
    assert reason(tmp_path, circle) == "structure"
    assert check(tmp_path, circle[:-4] + bytes(4)).pages == 1


def test_pages_that_share_one_long_field_cost_no_time(tmp_path: Path) -> None:
    pages, long = 2000, 65_536
    step = 2 + 6 * 12 + 4
    shared = 8 + pages * step
    long_fields = [(tag, 4, long, shared) for tag in (254, 256, 257, 278)]
    fields = sorted([*long_fields, (273, 4, 1, shared), (279, 4, 1, 1)])
    page = struct.pack("<H", 6) + b"".join(struct.pack("<HHII", *field) for field in fields)
    links = [8 + step * number for number in range(1, pages)] + [0]
    body = b"".join(page + struct.pack("<I", link) for link in links)
    data = b"II*\0" + struct.pack("<I", 8) + body + struct.pack("<I", 2) * long
    began = time.process_time()
    assert check(tmp_path, data).pages == pages
    assert time.process_time() - began < 2


def test_a_pdf_that_unpacks_to_far_more_than_any_fax_is_refused(tmp_path: Path) -> None:
    into = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Huge = pikepdf.String("A" * 40_000_000)
        pdf.save(into, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    bomb = into.getvalue()
    assert len(bomb) < 200_000
    assert reason(tmp_path, bomb) == "structure"
