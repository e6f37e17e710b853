"""Draws the page of an evidence that a person reads: plain words, tables, one page as a rule.

Only a fax with more recipients, documents or times than fit goes on to further pages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.evidence.letters import MARK, written

TITLE = "Evidence of a fax"
_SIDE, _TOP, _BOTTOM = 15.0, 12.0, 12.0
_INDENT = 22.0
_LINE, _ROW = 3.5, 4.6
"""Millimetres, as all measures here."""
_LONGEST = 600
_GREY = (95, 95, 95)
_PALE = (243, 244, 246)
_MARKED = (
    f"{MARK} The exact spelling is in evidence.json: this page's font has Latin letters only, and"
    " [XXXX] is a character by its number in Unicode."
)
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


@dataclass(frozen=True)
class _Style:
    emphasis: str
    size: float
    colour: tuple[int, int, int] = (0, 0, 0)
    family: str = "Helvetica"


class _Drawing:
    """Lays out line by line: fpdf's own tables and wrapping take ten times as long."""

    def __init__(self, page: Page) -> None:
        # It takes a second to import, and only this needs it.
        from fpdf import FPDF

        self._pdf = FPDF(format="letter")
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.c_margin = 0
        self._pdf.set_title(TITLE)
        self._pdf.set_creator("Faxkeep")
        self._pdf.set_producer("Faxkeep")
        self._pdf.set_creation_date(page.made_at)
        self._width = self._pdf.w - 2 * _SIDE
        self._y = _TOP
        self._marked = False
        self._letters: dict[_Style, dict[str, float]] = {}
        self._draw(page)
        self._number(page.foot)

    def output(self) -> bytes:
        return bytes(self._pdf.output())

    def _draw(self, page: Page) -> None:
        self._pdf.add_page()
        self._write(TITLE, _Style("B", 17), 8)
        self._write(page.subject, _Style("", 8.5, _GREY), 5.5)
        self._banner(page)
        for name, value in page.facts:
            self._fact(name, value)
        for table in page.tables:
            if table.rows:
                self._table(table)
        self._list("What this proves", page.proven)
        self._list("What it does not prove", page.not_proven)
        self._commands("How to check it", page.check)
        self._y += 1.2
        for note in [*page.notes, *([_MARKED] if self._marked else [])]:
            self._write(note, _Style("", 6.5, _GREY), 3)

    def _banner(self, page: Page) -> None:
        style = _Style("B", 10.5, (255, 255, 255))
        lines = self._wrapped(page.verdict, style, self._width - 4)
        height = 5.2 * len(lines) + 3.4
        self._pdf.set_fill_color(*_COLOURS[page.mood])
        self._pdf.rect(_SIDE, self._y, self._width, height, style="F")
        for number, line in enumerate(lines):
            self._put(line, _SIDE + 2, self._y + 5.3 + 5.2 * number, style)
        self._y += height + 2.2

    def _fact(self, name: str, value: str) -> None:
        style = _Style("", 8)
        for number, line in enumerate(self._wrapped(value, style, self._width - _INDENT)):
            self._need(3.9)
            if not number:
                self._put(written(name), _SIDE, self._y + 2.9, replace(style, colour=_GREY))
            self._put(line, _SIDE + _INDENT, self._y + 2.9, style)
            self._y += 3.9

    def _table(self, table: Table) -> None:
        self._title(table.title, 3 * _ROW)
        widths = [share * self._width / sum(table.widths) for share in table.widths]
        self._head(table, widths)
        for cells in table.rows:
            wrapped = [
                self._wrapped(text, _style_in(table, place), widths[place] - 2.4)
                for place, text in enumerate(cells)
            ]
            height = _ROW + _LINE * (max(map(len, wrapped)) - 1)
            if self._need(height):
                self._head(table, widths)
            for place, lines in enumerate(wrapped):
                left = _SIDE + sum(widths[:place]) + 1.2
                for number, line in enumerate(lines):
                    base = self._y + 3.1 + _LINE * number
                    self._put(line, left, base, _style_in(table, place))
            self._y += height
            self._pdf.set_draw_color(215)
            self._pdf.line(_SIDE, self._y, _SIDE + self._width, self._y)

    def _head(self, table: Table, widths: Sequence[float]) -> None:
        self._pdf.set_fill_color(*_PALE)
        self._pdf.rect(_SIDE, self._y, self._width, _ROW, style="F")
        for place, text in enumerate(table.head):
            left = _SIDE + sum(widths[:place]) + 1.2
            self._put(written(text), left, self._y + 3.1, _Style("B", 7.2, _GREY))
        self._y += _ROW

    def _title(self, title: str, room: float) -> None:
        self._y += 2
        self._need(5 + room)
        self._put(written(title), _SIDE, self._y + 3.4, _Style("B", 9))
        self._y += 4.8

    def _list(self, title: str, sentences: Sequence[str]) -> None:
        if sentences:
            self._title(title, _LINE)
        for sentence in sentences:
            self._need(_LINE)
            self._put("-", _SIDE, self._y + 2.7, _Style("", 7.6))
            self._write(sentence, _Style("", 7.6), _LINE, indent=2.2)

    def _commands(self, title: str, sentences: Sequence[str]) -> None:
        self._title(title, _LINE)
        for sentence in sentences:
            is_command = sentence.startswith("$ ")
            style = _Style("", 7, family="Courier") if is_command else _Style("", 7.6)
            self._write(sentence, style, _LINE)

    def _write(self, text: str, style: _Style, height: float, indent: float = 0) -> None:
        for line in self._wrapped(text, style, self._width - indent):
            self._need(height)
            self._put(line, _SIDE + indent, self._y + 0.75 * height, style)
            self._y += height

    def _wrapped(self, text: str, style: _Style, width: float) -> list[str]:
        """The text in lines of at most this width (mm)."""
        shown = written(text, _LONGEST)
        self._marked = self._marked or (shown.endswith(MARK) and not text.endswith(MARK))
        lines, line = [], ""
        for word in shown.split(" "):
            for piece in self._pieces(word, style, width):
                longer = f"{line} {piece}" if line else piece
                if line and self._wide(longer, style) > width:
                    lines.append(line)
                    line = piece
                else:
                    line = longer
        return [*lines, line]

    def _pieces(self, word: str, style: _Style, width: float) -> Iterator[str]:
        """A word, or pieces of it that are surely narrow enough."""
        wide = self._wide(word, style)
        if wide <= width:
            yield word
            return
        size = max(1, int(len(word) * width / wide * 0.8))
        for start in range(0, len(word), size):
            yield word[start : start + size]

    def _wide(self, text: str, style: _Style) -> float:
        """The width in mm: the sum of its letters', for these fonts pull none together."""
        known = self._letters.setdefault(style, {})
        for letter in set(text) - known.keys():
            self._choose(style)
            known[letter] = self._pdf.get_string_width(letter)
        return sum(known[letter] for letter in text)

    def _need(self, height: float) -> bool:
        """Begin another page if so many mm do not fit on this one; whether it did."""
        if self._y + height <= self._pdf.h - _BOTTOM:
            return False
        self._pdf.add_page()
        self._y = _TOP
        return True

    def _put(self, text: str, left: float, base: float, style: _Style) -> None:
        self._choose(style)
        self._pdf.text(left, base, text)

    def _choose(self, style: _Style) -> None:
        self._pdf.set_font(style.family, style.emphasis, style.size)
        self._pdf.set_text_color(*style.colour)

    def _number(self, foot: str) -> None:
        """Write the foot of every page, now that their number is known."""
        style, pages = _Style("", 6.5, _GREY), self._pdf.pages_count
        for number in range(1, pages + 1):
            self._pdf.page = number
            # Another page's font is taken for this one's, unless it is chosen anew.
            self._choose(_Style("B", 9))
            self._put(written(foot), _SIDE, self._pdf.h - 7, style)
            said = f"page {number} of {pages}"
            left = self._pdf.w - _SIDE - self._wide(said, style)
            self._put(said, left, self._pdf.h - 7, style)


def _style_in(table: Table, place: int) -> _Style:
    return _Style("", 6.6, family="Courier") if place in table.narrow else _Style("", 7.2)
