"""Draws the page of an evidence that a person reads: plain words, tables, one page as a rule.

Only a fax with more recipients, documents or times than fit goes on to further pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from archive.evidence.letters import MARK, written

TITLE = "Evidence of a fax"
_MARGIN = 15.0
_LINE = 3.6
_GREY = (95, 95, 95)
_PALE = (243, 244, 246)
_COLOURS = {"good": (22, 101, 52), "bad": (153, 27, 27), "open": (120, 78, 10)}


@dataclass(frozen=True)
class Table:
    """A part of the page: `widths` are shares of its width; a cell in `narrow` is monospaced."""

    title: str
    head: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]
    narrow: Sequence[int] = ()


@dataclass(frozen=True)
class Page:
    """What to draw. `mood` is good, bad or open: how the verdict is coloured."""

    subject: str
    verdict: str
    mood: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    proven: Sequence[str]
    not_proven: Sequence[str]
    check: Sequence[str]
    foot: str
    made_at: datetime
    notes: Sequence[str] = field(default=())


def draw_page(page: Page) -> bytes:
    """The PDF; the same page gives the same bytes."""
    return _Drawing(page).output()


class _Drawing:
    def __init__(self, page: Page) -> None:
        # It takes a second to import, and only this needs it.
        from fpdf import FPDF

        foot = written(page.foot)

        class Paper(FPDF):
            def footer(self) -> None:
                self.set_y(-11)
                self.set_font("Helvetica", size=6.5)
                self.set_text_color(*_GREY)
                self.cell(0, 4, foot)
                self.set_x(_MARGIN)
                self.cell(0, 4, f"page {self.page_no()} of {{nb}}", align="R")
                self.set_text_color(0)

        self._pdf: Any = Paper(format="letter")
        self._pdf.set_margins(_MARGIN, 12)
        self._pdf.c_margin = 0
        self._pdf.set_auto_page_break(auto=True, margin=13)
        self._pdf.set_title(TITLE)
        self._pdf.set_creator("Faxkeep")
        self._pdf.set_producer("Faxkeep")
        self._pdf.set_creation_date(page.made_at)
        self._marked = False
        self._draw(page)

    def output(self) -> bytes:
        return bytes(self._pdf.output())

    def _draw(self, page: Page) -> None:
        self._pdf.add_page()
        self._head(page)
        for name, value in page.facts:
            self._fact(name, value)
        for table in page.tables:
            if table.rows:
                self._table(table)
        self._list("What this proves", page.proven)
        self._list("What it does not prove", page.not_proven)
        self._list("How to check it", page.check, is_code=True)
        notes = list(page.notes)
        if self._marked:
            notes.append(
                f"{MARK} The exact spelling is in evidence.json: this page's font has Latin letters"
                " only, and [XXXX] is a character by its number in Unicode."
            )
        self._pdf.ln(1.2)
        for note in notes:
            self._say(note, size=6.5, colour=_GREY)

    def _head(self, page: Page) -> None:
        pdf = self._pdf
        pdf.set_font("Helvetica", "B", 17)
        pdf.cell(0, 8, TITLE, new_x="LMARGIN", new_y="NEXT")
        self._say(page.subject, size=8.5, colour=_GREY)
        pdf.ln(1.8)
        pdf.set_fill_color(*_COLOURS[page.mood])
        pdf.set_text_color(255)
        pdf.set_font("Helvetica", "B", 10.5)
        pdf.multi_cell(
            0,
            5.2,
            self._in_letters(page.verdict, 400),
            fill=True,
            padding=1.6,
            align="L",
            new_x="LMARGIN",
            new_y="NEXT",
        )
        pdf.set_text_color(0)
        pdf.set_fill_color(255)
        pdf.ln(1.6)

    def _fact(self, name: str, value: str) -> None:
        pdf = self._pdf
        pdf.set_font("Helvetica", size=8)
        pdf.set_text_color(*_GREY)
        pdf.cell(22, _LINE + 0.3, name)
        pdf.set_text_color(0)
        pdf.multi_cell(
            0, _LINE + 0.3, self._in_letters(value, 600), align="L", new_x="LMARGIN", new_y="NEXT"
        )

    def _table(self, table: Table) -> None:
        from fpdf.enums import TableBordersLayout
        from fpdf.fonts import FontFace

        pdf = self._pdf
        narrow = FontFace(family="Courier", size_pt=6.6)
        self._title(table.title)
        pdf.set_font("Helvetica", size=7.2)
        pdf.set_draw_color(205)
        with pdf.table(
            col_widths=tuple(table.widths),
            line_height=_LINE,
            padding=(0.35, 1.2),
            text_align="LEFT",
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="BOLD", color=_GREY, fill_color=_PALE),
        ) as drawn:
            drawn.row(list(table.head))
            for cells in table.rows:
                row = drawn.row()
                for place, text in enumerate(cells):
                    style = narrow if place in table.narrow else None
                    row.cell(self._in_letters(text, 300), style=style)
        pdf.set_draw_color(0)

    def _title(self, title: str) -> None:
        self._pdf.ln(1.7)
        self._pdf.set_font("Helvetica", "B", 9)
        self._pdf.cell(0, 5, title, new_x="LMARGIN", new_y="NEXT")

    def _list(self, title: str, sentences: Sequence[str], is_code: bool = False) -> None:
        if not sentences:
            return
        self._title(title)
        for sentence in sentences:
            command = is_code and sentence.startswith("$ ")
            font = "Courier" if command else "Helvetica"
            self._pdf.set_font(font, size=7 if command else 7.6)
            lead = "" if is_code else "- "
            self._pdf.multi_cell(
                0,
                _LINE - 0.2,
                f"{lead}{self._in_letters(sentence, 800)}",
                align="L",
                new_x="LMARGIN",
                new_y="NEXT",
            )

    def _say(self, text: str, size: float, colour: tuple[int, int, int]) -> None:
        self._pdf.set_font("Helvetica", size=size)
        self._pdf.set_text_color(*colour)
        self._pdf.multi_cell(
            0, size * 0.48, self._in_letters(text, 800), align="L", new_x="LMARGIN", new_y="NEXT"
        )
        self._pdf.set_text_color(0)

    def _in_letters(self, text: str, longest: int) -> str:
        shown = written(text, longest)
        self._marked = self._marked or (shown.endswith(MARK) and not text.endswith(MARK))
        return shown
