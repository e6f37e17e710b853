"""Small documents of every kind that the tests fax."""

import io

import img2pdf
import pikepdf
from PIL import Image


def pdf(pages: int = 1) -> bytes:
    """Blank pages."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(612, 792))
        made.save(out)
    return out.getvalue()


def tiff(pages: int = 1) -> bytes:
    """Blank pages as faxes have them."""
    out = io.BytesIO()
    frames = [Image.new("1", (64, 64), 1) for _ in range(pages)]
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="group4")
    return out.getvalue()


def picture(kind: str = "PNG") -> bytes:
    """A small grey square."""
    out = io.BytesIO()
    Image.new("L", (32, 32), 128).save(out, kind)
    return out.getvalue()


def locked_pdf(user: str = "secret", owner: str = "owner") -> bytes:
    """A page behind a password; with user "" only changing it is forbidden."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
    return out.getvalue()


def scanned(pages: int = 1) -> bytes:
    """A PDF of pictures."""
    made: bytes = img2pdf.convert([picture()] * pages)
    return made
