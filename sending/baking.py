"""Bakes form fields and annotations into the pages, so that every renderer shows them.

qpdf's own appearances cut long values and write "?" for "ü", without a word; a fax that lacks a
value is worse than none. So values are drawn here, and what cannot be drawn is refused.
"""

import re
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from sending.annotations import CHOICE, TEXT, Mark, form_of, marks, whole
from sending.field_text import Box, DoesNotFitError, Piece, laid_out
from sending.helvetica import ENCODING, can_spell

_SIZE = re.compile(rb"([0-9.]{1,10})\s+Tf")
_MANY_LINES, _PASSWORD, _COMB, _COMBO = 1 << 12, 1 << 13, 1 << 24, 1 << 17
_TURNS = {90: (0, 1, -1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, -1, 1, 0, 0, 0)}


class CannotBakeError(Exception):
    """Why something that is filled in would be lost; `reason` is a short stable word."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def bake(pdf: pikepdf.Pdf) -> None:
    """Turn fields and annotations into drawing. Raises CannotBakeError, TooManyError."""
    form = form_of(pdf)
    if pdf.Root.get("/NeedsRendering"):
        raise CannotBakeError("xfa")
    anew = bool(form.get("/NeedAppearances", False))
    for mark in marks(pdf):
        _draw(pdf, mark, anew)
    if "/NeedAppearances" in form:
        del form["/NeedAppearances"]
    pdf.flatten_annotations("all")
    for page in pdf.pages:
        _drop_fields(page.obj)
    if "/AcroForm" in pdf.Root:
        del pdf.Root["/AcroForm"]


def _draw(pdf: pikepdf.Pdf, mark: Mark, anew: bool) -> None:
    if mark.is_hidden:
        return
    if mark.is_switch:
        _draw_switch(pdf, mark)
    elif mark.field in (TEXT, CHOICE):
        text = "" if mark.flags & _PASSWORD else mark.words()
        if anew or (text and not mark.is_drawn):
            _draw_text(pdf, mark, text)
    elif mark.kind == "/FreeText" and mark.picture is None:
        _draw_text(pdf, mark, str(mark.obj.get("/Contents", "")))
    elif mark.is_lost:
        raise CannotBakeError("picture")


def _draw_text(pdf: pikepdf.Pdf, mark: Mark, text: str) -> None:
    if not can_spell(text):
        raise CannotBakeError("letters")
    width, height = _measures(mark)
    try:
        size, pieces = laid_out(text, _box(mark, width, height)) if text else (0.0, [])
    except DoesNotFitError:
        raise CannotBakeError("fit") from None
    _give_picture(pdf, mark, _border(mark, width, height) + _letters(size, pieces))


def _box(mark: Mark, width: float, height: float) -> Box:
    flags = mark.flags
    free = mark.field == ""
    one_line = mark.field == CHOICE and flags & _COMBO
    several = free or (mark.field == CHOICE and not one_line) or flags & _MANY_LINES
    comb = mark.field == TEXT and flags & _COMB and not several
    align = whole(mark.inherited("/Q"))
    return Box(
        width,
        height,
        _size(mark),
        align if align in (0, 1, 2) else 0,
        bool(several),
        min(whole(mark.inherited("/MaxLen")), 1000) if comb else 0,
    )


def _size(mark: Mark) -> float:
    look = mark.inherited("/DA")
    found = _SIZE.findall(bytes(look)) if isinstance(look, pikepdf.String) else []
    try:
        return min(abs(float(found[-1])), 200.0) if found else 0.0
    except ValueError:
        return 0.0


def _draw_switch(pdf: pikepdf.Pdf, mark: Mark) -> None:
    state = mark.switched()
    if not state:
        return
    mark.obj["/AS"] = Name(state)
    if mark.picture is None:
        width, height = _measures(mark)
        w, h = width - 3, height - 3
        cross = f"1.5 w 3 3 m {w:.2f} {h:.2f} l S 3 {h:.2f} m {w:.2f} 3 l S\n".encode()
        _give_picture(pdf, mark, _border(mark, width, height) + cross)


def _measures(mark: Mark) -> tuple[float, float]:
    """Width and height as the one who reads it sees them."""
    try:
        left, low, right, high = (float(each) for each in mark.obj.get("/Rect"))
    except (TypeError, ValueError):
        raise CannotBakeError("picture") from None
    sides = abs(right - left), abs(high - low)
    return sides if _turn(mark) in (0, 180) else (sides[1], sides[0])


def _turn(mark: Mark) -> int:
    look = mark.obj.get("/MK")
    return whole(look.get("/R")) % 360 if isinstance(look, Dictionary) else 0


def _border(mark: Mark, width: float, height: float) -> bytes:
    look = mark.obj.get("/MK")
    if not isinstance(look, Dictionary) or not look.get("/BC"):
        return b""
    return f"0.5 w 0.25 0.25 {width - 0.5:.2f} {height - 0.5:.2f} re S\n".encode()


def _letters(size: float, pieces: list[Piece]) -> bytes:
    """Black, whatever the form says: a fax knows no other colour."""
    shown = [
        f"1 0 0 1 {piece.x:.2f} {piece.y:.2f} Tm <".encode()
        + piece.text.encode(ENCODING).hex().encode()
        + b"> Tj\n"
        for piece in pieces
    ]
    return b"BT 0 g /F " + f"{size:.2f}".encode() + b" Tf\n" + b"".join(shown) + b"ET\n"


def _give_picture(pdf: pikepdf.Pdf, mark: Mark, drawing: bytes) -> None:
    width, height = _measures(mark)
    picture = pdf.make_stream(b"q\n" + drawing + b"Q\n")
    picture["/Type"], picture["/Subtype"] = Name.XObject, Name.Form
    picture["/BBox"] = Array([0, 0, round(width, 3), round(height, 3)])
    picture["/Matrix"] = Array(_TURNS.get(_turn(mark), (1, 0, 0, 1, 0, 0)))
    picture["/Resources"] = Dictionary(Font=Dictionary(F=_font()))
    mark.obj["/AP"] = Dictionary(N=picture)


def _font() -> Dictionary:
    return Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
    )


def _drop_fields(page: Any) -> None:
    """What is left has nothing to show."""
    listed = page.get("/Annots")
    if not isinstance(listed, Array):
        return
    page["/Annots"] = Array(
        [
            each
            for each in listed
            if isinstance(each, Dictionary) and Mark(each).kind not in ("/Widget", "/Popup")
        ]
    )
