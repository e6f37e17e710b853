"""How wide Helvetica's letters are, and how PDF spells them; every renderer has this font.

The widths are Adobe's (AFM, Core 14), in thousandths of the size, from 32 on in Windows' code page.
"""

ENCODING = "cp1252"
_FIRST = 32
_TABLE = """
278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556
556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833
722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556
556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334
260 334 584 350 556 350 222 556 333 1000 556 556 333 1000 667 333 1000 350 611 350 350 222
222 333 333 350 556 1000 333 1000 500 333 944 350 500 667 278 333 556 556 556 556 260 556
333 737 370 556 584 333 737 333 400 584 333 333 333 556 537 278 333 333 365 556 834 834 834
611 667 667 667 667 667 667 1000 722 667 667 667 667 278 278 278 278 722 722 778 778 778 778
778 584 778 722 722 722 722 667 667 611 556 556 556 556 556 556 889 500 556 556 556 556 278
278 278 278 556 556 556 556 556 556 556 584 611 556 556 556 556 500 556 500
"""
_WIDTHS = tuple(map(int, _TABLE.split()))


def width(text: str, size: float) -> float:
    """How wide a line of letters that can be spelled is, in points."""
    coded = text.encode(ENCODING, "replace")
    return sum(_WIDTHS[max(byte - _FIRST, 0)] for byte in coded) * size / 1000


def can_spell(text: str) -> bool:
    """Whether the font has all the letters, control characters set aside."""
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True
