"""PDF forms, filled in by another program than ours, in the states in which forms are met."""

import io
import warnings
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from tests.sending.drawn import pdf as pdf_of_one_page

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pymupdf

LONG = "The first line is rather long, so that it must be wrapped here to be seen.\nAnd a second."
VALUES = {
    "name": "Kit Marlowe",
    "open": "Size left open",
    "latin": "Größe £5 – café",
    "right": "to the right",
    "notes": LONG,
    "colour": "blue",
    "several": "two",
}
SEEN = [
    *(VALUES[name] for name in ("name", "open", "latin", "right", "colour", "several")),
    "first line is",
    "And a second.",
    "A free note",
]
"""Words that must be found wherever the filled form is shown."""
WHERE = {
    "name": (72, 100, 300, 120),
    "open": (72, 130, 300, 150),
    "latin": (72, 160, 300, 180),
    "right": (72, 190, 300, 210),
    "notes": (72, 220, 300, 280),
    "colour": (72, 290, 300, 310),
    "several": (72, 320, 300, 360),
    "yes": (72, 370, 90, 388),
    "note": (72, 400, 300, 430),
}


def filled(**values: str) -> bytes:
    """One page: a text for each of VALUES, two choices, a check box that is on, a free note."""
    document = pymupdf.open()
    page = document.new_page(width=612, height=792)
    page.insert_text((72, 60), "A form")
    texts = {**VALUES, **values}
    for name in ("name", "open", "latin", "right"):
        _add(page, "TEXT", name, texts[name], text_fontsize=0 if name == "open" else 12)
    _add(page, "TEXT", "notes", texts["notes"], text_fontsize=10, field_flags=1 << 12)
    _add(page, "COMBOBOX", "colour", texts["colour"], choice_values=["red", "blue"])
    _add(page, "LISTBOX", "several", texts["several"], choice_values=["one", "two"])
    _add(page, "CHECKBOX", "yes", True)  # noqa: FBT003
    page.add_freetext_annot(pymupdf.Rect(*WHERE["note"]), "A free note", fontsize=12)
    made: bytes = document.tobytes()
    document.close()
    return made


def bare(data: bytes, *, said: bool) -> bytes:
    """Without any picture of its fields and notes; `said`: the form asks viewers to draw them."""

    def change(pdf: pikepdf.Pdf) -> None:
        for mark in pdf.pages[0].obj.Annots:
            del mark["/AP"]
        pdf.Root.AcroForm.NeedAppearances = said

    return changed(data, change)


def emptied(data: bytes) -> bytes:
    """Filled in by a program that left the pictures of the empty fields behind."""

    def change(pdf: pikepdf.Pdf) -> None:
        for mark in pdf.pages[0].obj.Annots:
            if mark.Subtype == "/Widget" and isinstance(mark.AP.N, Stream):
                mark.AP.N.write(b"q Q")

    return changed(data, change)


def choices(chosen: str, *, pictures: bool) -> bytes:
    """A page with two radio buttons, of which one is on."""

    def add(pdf: pikepdf.Pdf) -> None:
        group = pdf.make_indirect(
            Dictionary(FT=Name.Btn, Ff=1 << 15, T="pick", V=Name(f"/{chosen}"), Kids=Array([]))
        )
        for state, name in (("left", "name"), ("right", "open")):
            left, high, _, low = WHERE[name]
            button = Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                Parent=group,
                AS=Name(f"/{state if state == chosen else 'Off'}"),
                Rect=Array([left, 792 - low, left + low - high, 792 - high]),
                F=4,
            )
            if pictures:
                dot = pdf.make_stream(b"4 4 10 10 re f")
                dot.Type, dot.Subtype, dot.BBox = Name.XObject, Name.Form, Array([0, 0, 20, 20])
                button.AP = Dictionary(N=Dictionary({f"/{state}": dot}))
                button.AS = Name.Off
            group.Kids.append(pdf.make_indirect(button))
        pdf.pages[0].obj.Annots = group.Kids
        pdf.Root.AcroForm = Dictionary(Fields=Array([group]))

    return changed(pdf_of_one_page(), add)


def changed(data: bytes, change: Any) -> bytes:
    """The document after something was done to it."""
    out = io.BytesIO()
    with warnings.catch_warnings(), pikepdf.open(io.BytesIO(data)) as pdf:
        warnings.simplefilter("ignore")
        change(pdf)
        pdf.save(out)
    return out.getvalue()


def _add(page: Any, kind: str, name: str, value: Any, **more: Any) -> None:
    widget = pymupdf.Widget()
    widget.field_type = getattr(pymupdf, f"PDF_WIDGET_TYPE_{kind}")
    widget.rect = pymupdf.Rect(*WHERE[name])
    widget.field_name, widget.field_value, widget.text_font = name, value, "Helv"
    for key, given in more.items():
        setattr(widget, key, given)
    page.add_widget(widget)
