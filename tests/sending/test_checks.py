"""All problems at once, in words that tell no number, name or content."""

import io
import re
import struct
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import UserError
from ringcentral_api import CoverPage
from sending import (
    Document,
    OutgoingFax,
    Recipient,
    cover_index,
    document_from_bytes,
    document_from_file,
    document_from_text,
    page_count,
    problems,
    review,
)
from sending.confined import RefusedError, run
from sending.kinds import BY_ENDING, KINDS
from simulator.sending import ENDINGS
from tests.sending.drawn import locked_pdf, pdf, picture, tiff
from tests.sending.forms import bare, changed, emptied, filled

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TO = (Recipient("+16505550123"),)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ROOT = Path(__file__).parents[2]


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(zipfile.ZipInfo(name), "x" * 100)
    return out.getvalue()


def of(name: str, data: bytes, content_type: str = "") -> OutgoingFax:
    return OutgoingFax(TO, (document_from_bytes(name, data, content_type),))


def words(fax: OutgoingFax) -> str:
    return " ".join(f"{each.words} {each.advice}" for each in problems(fax, NOW))


GOOD = {
    "a.pdf": pdf(2),
    "b.tiff": tiff(2),
    "b.TIF": tiff(),
    "c.png": picture(),
    "d.jpg": picture("JPEG"),
    "e.gif": picture("GIF"),
    "f.bmp": picture("BMP"),
    "f.pcx": picture("PCX"),
    "f.tga": picture("TGA"),
    "g.txt": b"Hello",
    "h.csv": "Größe;1\r\n".encode("latin-1"),
    "i.log": "UTF-16".encode("utf-16"),
    "j.html": b"<p>Hi",
    "k.docx": zipped("[Content_Types].xml", "word/document.xml"),
    "l.xlsx": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "m.pptx": zipped("[Content_Types].xml", "ppt/presentation.xml"),
    "n.doc": OLE,
    "o.xls": OLE,
    "p.rtf": b"{\\rtf1 x}",
    "q.psd": b"8BPS" + bytes(30),
    "r.wk1": b"\0\0\2\0\6\4" + bytes(30),
    "BM.txt": b"BM is a fine beginning",
}


@pytest.mark.parametrize("name", GOOD)
def test_good_documents_have_no_problems(name: str) -> None:
    assert problems(of(name, GOOD[name]), NOW) == []


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.pdf", b"", "empty"),
        ("a.exe", b"MZ", "type that RingCentral does not fax"),
        ("a.odt", zipped("mimetype"), "type that RingCentral does not fax"),
        ("a", b"x", "type that RingCentral does not fax"),
        ("a.pdf", b"<html>", "looks like text"),
        ("a.txt", pdf(), "looks like PDF"),
        ("a.txt", b"MZ\0\0", "looks like program"),
        ("a.txt", bytes(range(256)), "does not look like .txt"),
        ("a.png", picture("JPEG"), "looks like JPEG"),
        ("a.docx", zipped("x.txt"), "looks like ZIP"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.xlsx", zipped("word/document.xml"), r"looks like Word"),
        ("a.pdf", locked_pdf(), "behind a password"),
        ("a.pdf", locked_pdf(user=""), "encrypted"),
        ("a.pdf", pdf()[:-40], "cut off"),
        ("a.pdf", b"%PDF-1.7\n" + bytes(99) + b"\n%%EOF", "broken"),
        ("a.tif", tiff()[:-9], "broken"),
        ("a.png", picture()[:-12], "cut off"),
        ("a.jpg", picture("JPEG")[:-2], "cut off"),
        ("a.gif", picture("GIF")[:20], "cut off"),
        ("a.docx", zipped("word/document.xml")[:60], "cut off"),
        ("a.pdf", pdf(201), "201 pages"),
        ("a.tif", tiff(201), "201 pages"),
        ("a.txt", b"\n" * 120 * 200, "201 pages"),
        ("a.txt", b"\f" * 200, "201 pages"),
        ("a.pdf", bare(filled(), said=True), "--flatten"),
        ("a.pdf", bare(filled(), said=False), "--flatten"),
        ("a.pdf", emptied(filled()), "--flatten"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_documents_that_cannot_be_faxed(name: str, data: bytes, expected: str) -> None:
    assert re.search(expected, words(of(name, data)))


def test_a_type_may_stand_in_for_an_ending() -> None:
    assert problems(of("scan", pdf(), "application/pdf"), NOW) == []


def test_forms_that_most_programs_show_are_hinted_at() -> None:
    seen = review(of("a.pdf", filled()), NOW)
    assert seen.problems == ()
    assert "--flatten" in seen.hints[0].advice
    assert review(of("a.pdf", pdf()), NOW).hints == ()


def test_pages_are_counted_with_the_cover() -> None:
    documents = (document_from_bytes("a.pdf", pdf(199)), document_from_bytes("b.png", picture()))
    fax = OutgoingFax(TO, documents)
    assert (review(fax, NOW).pages, problems(fax, NOW)) == (200, [])
    assert "201 pages" in words(OutgoingFax(TO, documents, cover_index=1))


def test_pages_are_told_only_where_they_are_known() -> None:
    known = {name: page_count(document_from_bytes(name, data)) for name, data in GOOD.items()}
    told = {name: pages for name, pages in known.items() if pages is not None}
    assert told == {"a.pdf": 2, "b.tiff": 2, "b.TIF": 1, "c.png": 1, "d.jpg": 1, "f.bmp": 1}
    assert page_count(document_from_bytes("a.pdf", b"%PDF-")) is None
    assert page_count(document_from_bytes("a.pdf", bare(filled(), said=True))) == 1


def test_everything_is_said_at_once() -> None:
    fax = OutgoingFax(
        to=(Recipient("12"), Recipient("650 555 0123"), Recipient("+1 (650) 555-0123")),
        documents=(document_from_bytes("a.pdf", b""), document_from_bytes("b.zip", b"PK")),
        cover_index=-1,
        cover_text="x" * 1025,
        resolution="Fine",
        send_at=NOW,
    )
    found = problems(fax, NOW)
    assert [each.field for each in found] == [
        "to[1]",
        "to[3]",
        "documents[1]",
        "documents[2]",
        "cover_index",
        "cover_text",
        "resolution",
        "send_at",
    ]
    assert all(each.words.endswith(".") and each.advice.endswith(".") for each in found)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to": ()}, "to"),
        ({"to": TO * 51}, "to"),
        ({"to": (Recipient("+16505550123", "x" * 257),)}, "to[1]"),
        ({"country": "XX"}, "country"),
        ({"documents": ()}, "documents"),
        ({"documents": (), "cover_index": 0}, "documents"),
        ({"documents": (document_from_text("x"),) * 201}, "documents"),
        ({"cover_text": "lost", "cover_index": 0}, "cover_text"),
        ({"send_at": datetime(2030, 1, 1)}, "send_at"),  # noqa: DTZ001
        ({"send_at": NOW - timedelta(seconds=1)}, "send_at"),
    ],
)
def test_each_limit(change: dict[str, Any], field: str) -> None:
    good = {"to": TO, "documents": (document_from_text("x"),)}
    assert [each.field for each in problems(OutgoingFax(**{**good, **change}), NOW)] == [field]


def test_fifty_megabytes_in_all_and_nothing_is_read_beyond() -> None:
    def untouched() -> io.BytesIO:
        raise AssertionError("a document too large was opened")

    half = 25 * 1024 * 1024
    fits = Document("a.txt", "", half + 1, untouched)
    found = problems(OutgoingFax(TO, (fits, Document("b.txt", "", half, untouched))), NOW)
    assert [each.field for each in found] == ["documents"]
    assert "50 MB" in found[0].words


def test_a_cover_page_alone_is_enough() -> None:
    assert problems(OutgoingFax(TO, (), cover_index=3, cover_text="Call me."), NOW) == []


def test_nothing_of_the_fax_is_told() -> None:
    secret = "Marlowe-4155550199"
    fax = OutgoingFax(
        (Recipient(f"x{secret}", secret * 20),),
        tuple(
            document_from_bytes(f"{secret}.{ending}", f"{secret}".encode())
            for ending in ("pdf", "exe", "tif", "docx")
        ),
        cover_text=secret * 90,
        resolution=secret,
        country=secret,
    )
    assert secret not in words(fax)
    assert secret not in repr(fax.to) + repr(fax.documents)


def test_a_file_that_goes_away_or_changes_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("hello")
    document = document_from_file(file)
    fax = OutgoingFax(TO, (document,))
    assert problems(fax, NOW) == []
    file.write_text("hello again")
    assert "length" in words(fax)
    file.unlink()
    assert "cannot be read" in words(fax)
    for wrong in (tmp_path, tmp_path / "none", Path("/dev/null")):
        with pytest.raises(UserError, match="cannot be read"):
            document_from_file(wrong)


@given(st.sampled_from(sorted(BY_ENDING)), st.binary(max_size=300))
def test_any_bytes_are_looked_into_without_a_crash(ending: str, data: bytes) -> None:
    heads = {"tif": b"II*\0" + struct.pack("<I", 8)}
    if ending != "pdf":
        problems(of(f"a.{ending}", heads.get(ending, b"") + data), NOW)


def test_a_document_made_to_do_harm_dies_alone() -> None:
    def circle(document: pikepdf.Pdf) -> None:
        page = document.pages[0].obj
        marks = [pikepdf.Dictionary(Subtype=pikepdf.Name.Link)] * 20_001
        page.Annots = pikepdf.Array(marks)

    assert "more memory or time" in words(of("a.pdf", changed(pdf(), circle)))


def test_a_page_tree_made_to_do_harm_is_not_walked() -> None:
    """300,000 pages took a gigabyte and half a minute."""
    assert "300000 pages" in words(of("a.pdf", page_tree(300_000)))


def test_the_program_has_no_more_memory_than_any_fax_needs() -> None:
    greedy = (
        "from sending.pdf_program import MEMORY, confine\n"
        "confine()\n"
        "try: bytearray(MEMORY)\n"
        "except MemoryError: print('stopped')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", greedy], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "stopped\n"


def test_a_program_that_dies_is_a_problem_of_its_document() -> None:
    with pytest.raises(RefusedError) as caught:
        run("no such job", document_from_bytes("a.pdf", pdf()))
    assert caught.value.reason == "complex"


def page_tree(pages: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, pages + 3))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * pages,
    ]
    body, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF"
    return bytes(body) + trailer % (len(objects) + 1, start)


def test_cover_pages_are_found_by_name_or_number() -> None:
    pages = [CoverPage(0, "None"), CoverPage(7, "Bold  Move")]
    assert [cover_index(each, pages) for each in ("none", "bold move", "7")] == [0, 7, 7]
    with pytest.raises(UserError, match="0 None, 7 Bold"):
        cover_index("x", pages)


def test_our_types_are_the_simulators() -> None:
    assert BY_ENDING.keys() == ENDINGS


def test_the_page_of_file_types_is_the_code() -> None:
    page = (ROOT / "docs" / "reference" / "file-types.md").read_text()
    told = re.findall(r"^\| ([^|]+) \| (\.[^|]+) \| `([^|`]+)` \|", page, re.MULTILINE)
    assert told == [
        (kind.program, ", ".join(f".{ending}" for ending in kind.endings), kind.content_type)
        for kind in KINDS
    ]
