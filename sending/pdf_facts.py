"""What a PDF is, as far as a fax cares: pages, lock, and what renderers may fail to show."""

from dataclasses import dataclass

import pikepdf

from sending.annotations import CHOICE, TEXT, Mark, form_of, marks, whole


@dataclass(frozen=True)
class PdfFacts:
    """`pages` counted; `locked` against change, though it opens without a password.

    `fields` are filled in; `unsure` of them are shown by some renderers only; `notes` are
    annotations other than links; `xfa`: the pages are only made by Adobe's own reader.
    """

    pages: int
    locked: bool = False
    fields: int = 0
    unsure: int = 0
    notes: int = 0
    xfa: bool = False


def facts_of(pdf: pikepdf.Pdf, most_pages: int) -> PdfFacts:
    """Read them; of a PDF with too many pages only those are counted. Raises TooManyError."""
    locked = bool(pdf.is_encrypted)
    # Walking the pages of a document made to do harm takes minutes, its own word takes nothing.
    if (told := told_pages(pdf)) > most_pages:
        return PdfFacts(told, locked)
    pages = len(pdf.pages)
    if pages > most_pages:
        return PdfFacts(pages, locked)
    anew = bool(form_of(pdf).get("/NeedAppearances", False))
    fields = unsure = notes = 0
    for mark in marks(pdf):
        if mark.is_hidden:
            continue
        filled = _is_filled(mark)
        fields += filled
        unsure += filled and (anew or not _is_shown(mark))
        notes += _is_note(mark)
        unsure += mark.is_lost
    return PdfFacts(pages, locked, fields, unsure, notes, bool(pdf.Root.get("/NeedsRendering")))


def told_pages(pdf: pikepdf.Pdf) -> int:
    """How many pages the document says it has; 0 when it does not say."""
    pages = pdf.Root.get("/Pages")
    return whole(pages.get("/Count")) if isinstance(pages, pikepdf.Dictionary) else 0


def _is_filled(mark: Mark) -> bool:
    if mark.is_switch:
        return bool(mark.switched())
    return mark.field in (TEXT, CHOICE) and bool(mark.words().strip())


def _is_shown(mark: Mark) -> bool:
    if not mark.is_switch:
        return mark.is_drawn
    return mark.picture is not None and str(mark.obj.get("/AS", "")) == mark.switched()


def _is_note(mark: Mark) -> bool:
    return mark.kind not in ("/Widget", "/Link", "/Popup", "")
