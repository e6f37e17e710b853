"""Makes a PDF's form fields and annotations part of its pages, so that a fax shows them."""

from dataclasses import replace

from errors import UserError
from sending.confined import RefusedError, run
from sending.documents import document_from_bytes
from sending.fax import Document

_PRINT = "Open it, print it to a new PDF, and send that."
_WHY = {
    "password": "it is behind a password. Save a copy without one.",
    "locked": "it is encrypted against changes. Save a copy without a password.",
    "broken": "it is no PDF that can be read. Make it anew.",
    "cut": "its end is missing. Get the whole file.",
    "pages": "it has more than 200 pages.",
    "complex": f"it needs more memory or time than any fax should. {_PRINT}",
    "letters": f"a field holds letters that the font for it does not have. {_PRINT}",
    "fit": f"a field holds more text than fits on the paper. {_PRINT}",
    "picture": f"it has annotations that only its own program can draw. {_PRINT}",
    "xfa": f"its pages are made by Adobe's own reader only (XFA). {_PRINT}",
}


def flatten(document: Document) -> Document:
    """The same document with all it shows in its pages, held in memory; its name stays.

    Raises UserError when it is no PDF that can be baked without losing anything filled in.
    """
    try:
        baked = run("bake", document)
    except RefusedError as error:
        reason = _WHY.get(error.reason, _WHY["complex"])
        raise UserError(f"The PDF cannot be flattened: {reason}") from None
    made = document_from_bytes(document.name, baked, document.content_type)
    return replace(document, size=made.size, open=made.open)
