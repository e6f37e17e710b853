"""Any name in the letters of a PDF's built-in fonts, which know Latin-1 only.

No font that knows every script is among our packages, and none is fetched from the machine: the
same evidence must look the same everywhere. So what these fonts lack is written in the nearest
Latin letters, or by its number in Unicode, with a mark that sends the reader to evidence.json.
"""

import unicodedata

MARK = "*"
"""Stands behind a text whose exact spelling is in evidence.json only."""

_NEAREST = str.maketrans(
    {
        "\N{LATIN CAPITAL LETTER L WITH STROKE}": "L",
        "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
        "\N{LATIN CAPITAL LETTER D WITH STROKE}": "D",
        "\N{LATIN SMALL LETTER D WITH STROKE}": "d",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{LATIN CAPITAL LETTER SHARP S}": "SS",
        "\N{LATIN CAPITAL LIGATURE OE}": "OE",
        "\N{LATIN SMALL LIGATURE OE}": "oe",
        "\N{EURO SIGN}": "EUR",
    }
)
_SAME = str.maketrans(
    {
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{NO-BREAK SPACE}": " ",
    }
)
"""Signs that mean the same; they need no mark."""


def written(text: str, longest: int = 200) -> str:
    """The text on one line in Latin-1, with MARK behind it when that is not its exact spelling."""
    shown = unicodedata.normalize("NFC", text[: 4 * longest]).translate(_SAME)
    letters = "".join(_letter(each) for each in shown)
    is_exact = letters == shown
    if len(letters) > longest:
        letters, is_exact = f"{letters[: longest - 3]}...", False
    return letters if is_exact else f"{letters}{MARK}"


def _letter(letter: str) -> str:
    if _is_printable(letter):
        return letter
    nearest = unicodedata.normalize("NFKD", letter.translate(_NEAREST))
    plain = "".join(each for each in nearest if not unicodedata.combining(each))
    if plain and all(map(_is_printable, plain)):
        return plain
    return f"[{ord(letter):04X}]"


def _is_printable(letter: str) -> bool:
    return letter <= "\xff" and letter.isprintable() and letter != "\xad"
