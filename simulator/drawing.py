"""Draws faxes: bilevel pages of a fax's width, as Group 4 TIFF or as PDF around it."""

import io
import random
from dataclasses import dataclass
from functools import lru_cache

import img2pdf
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1728, 2200  # T.4: 1728 picture elements to the scan line of an ISO A4 page
DPI = (204, 196)
MARGIN = 120
_WORDS = (
    "order invoice patient referral delivery notice agreement claim schedule statement approval "
    "record the of and for with under please confirm received attached signed returned before "
    "Monday Thursday March October account department office number copy original enclosed page"
)
WORDS = _WORDS.split()


@dataclass(frozen=True)
class Sheet:
    """What is drawn: the page header's words, the number of pages and the seed of the text."""

    header: str
    pages: int
    seed: int


def draw(sheet: Sheet, content_type: str) -> bytes:
    """The document as `application/pdf` or `image/tiff`; the same sheet gives the same bytes.

    Raises ValueError for another content type or a page count outside 1..500.
    """
    if not 1 <= sheet.pages <= 500:
        raise ValueError("a drawn fax has 1 to 500 pages")
    if content_type not in ("application/pdf", "image/tiff"):
        raise ValueError(f"cannot draw {content_type}")
    pages = [_page(sheet, number) for number in range(1, sheet.pages + 1)]
    if content_type == "image/tiff":
        return _group4(pages[0], pages[1:])
    pdf: bytes = img2pdf.convert(
        [_group4(page, []) for page in pages], engine=img2pdf.Engine.internal, nodate=True
    )
    return pdf


def _group4(first: Image.Image, rest: list[Image.Image]) -> bytes:
    """One TIFF; a page is a single strip, so that img2pdf embeds it without encoding anew."""
    out = io.BytesIO()
    whole_page = WIDTH * HEIGHT
    first.save(
        out,
        "TIFF",
        compression="group4",
        save_all=True,
        append_images=rest,
        dpi=DPI,
        strip_size=whole_page,
    )
    return out.getvalue()


def _page(sheet: Sheet, number: int) -> Image.Image:
    page = Image.new("1", (WIDTH, HEIGHT), 1)
    page.paste(_strip(f"{sheet.header}   P. {number}/{sheet.pages}", 30), (40, 30))
    choice = random.Random(f"{sheet.seed}:{number}")
    for line in range(choice.randint(8, 16)):
        page.paste(_sentence(choice.randrange(60)), (MARGIN, 200 + line * 90))
    return page


@lru_cache(maxsize=60)
def _sentence(number: int) -> Image.Image:
    """One of sixty sentences; drawing letters is the slow part, so each is drawn once."""
    choice = random.Random(number)
    return _strip(" ".join(choice.choices(WORDS, k=choice.randint(5, 8))).capitalize() + ".", 40)


def _strip(text: str, size: int) -> Image.Image:
    font = _font(size)
    box = font.getbbox(text)
    strip = Image.new("1", (min(int(box[2]) + 4, WIDTH - 2 * 40), size + 16), 1)
    pen = ImageDraw.Draw(strip)
    pen.fontmode = "1"
    pen.text((0, 0), text, font=font, fill=0)
    return strip


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)
