"""Where the letters of a form field's value stand on paper: lines, size, place; pure arithmetic."""

from dataclasses import dataclass

from sending.helvetica import width

LARGEST, SMALLEST = 12.0, 5.0
"""Points: of text whose size the form leaves open, and below which a fax cannot be read."""
_STEP = 0.5
_LEADING = 1.15
_ASCENT = 0.75
_MARGIN = 2.0
_MOST_LETTERS = 20_000


class DoesNotFitError(Exception):
    """No readable size lets the whole text into its field: on paper some of it would be lost."""


@dataclass(frozen=True)
class Box:
    """A field: points; `size` 0 leaves it open; `align` 0 left, 1 centred, 2 right.

    `cells` above 0: each letter has a cell of its own.
    """

    width: float
    height: float
    size: float = 0.0
    align: int = 0
    many_lines: bool = False
    cells: int = 0


@dataclass(frozen=True)
class Piece:
    """Letters that begin at a place, from the lower left corner of the field."""

    x: float
    y: float
    text: str


def laid_out(text: str, box: Box) -> tuple[float, list[Piece]]:
    """The size and the pieces of a text. Raises DoesNotFitError."""
    if len(text) > _MOST_LETTERS:
        raise DoesNotFitError
    size = box.size if box.size > 0 else min(LARGEST, max(SMALLEST, box.height * 0.7))
    smallest = min(size, SMALLEST)
    while size >= smallest:
        lines = _lines(text, box, size)
        if _fit(lines, box, size):
            return size, _placed(lines, box, size)
        size -= _STEP
    raise DoesNotFitError


def _lines(text: str, box: Box, size: float) -> list[str]:
    given = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    plain = ["".join(letter if letter >= " " else " " for letter in line) for line in given]
    if not box.many_lines:
        return [" ".join(plain)]
    return [line for each in plain for line in _wrapped(each, box.width - 2 * _MARGIN, size)]


def _wrapped(text: str, room: float, size: float) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and width(longer, size) > room:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


def _fit(lines: list[str], box: Box, size: float) -> bool:
    if box.cells:
        widest = max((width(letter, size) for letter in lines[0]), default=0.0)
        inside = widest <= box.width / box.cells and size * _ASCENT <= box.height
        return inside and len(lines[0]) <= box.cells
    widest = max(width(line, size) for line in lines)
    # One line may use the whole height: forms leave little more than the letters need.
    high = size * _LEADING * len(lines) if len(lines) > 1 else size * _ASCENT
    return widest <= box.width - 2 * _MARGIN and high <= box.height


def _placed(lines: list[str], box: Box, size: float) -> list[Piece]:
    if box.cells:
        return _in_cells(lines[0], box, size)
    top = box.height - _MARGIN - size * _ASCENT
    first = top if box.many_lines else (box.height - size * _ASCENT) / 2
    return [
        Piece(_start(line, box, size), first - number * size * _LEADING, line)
        for number, line in enumerate(lines)
        if line
    ]


def _start(line: str, box: Box, size: float) -> float:
    room = box.width - 2 * _MARGIN - width(line, size)
    return _MARGIN + room * (0.0, 0.5, 1.0)[box.align]


def _in_cells(line: str, box: Box, size: float) -> list[Piece]:
    cell = box.width / box.cells
    y = (box.height - size * _ASCENT) / 2
    return [
        Piece(cell * place + (cell - width(letter, size)) / 2, y, letter)
        for place, letter in enumerate(line)
    ]
