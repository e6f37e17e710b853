"""What lies on the pages of a PDF besides their own drawing: form fields, notes, marks.

ISO 32000-1, 12.5 and 12.7. Read with bounds: a document may be made to do harm.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

MOST = 20_000
"""More annotations than any document that is faxed has."""
_DEEPEST = 32
_HIDDEN = 0b11
_SILENT = frozenset({"/Widget", "/Popup", "/Link", "/Text"})
"""Of these nothing is lost without a picture: fields are drawn, notes open on screens only."""
TEXT, CHOICE, BUTTON = "/Tx", "/Ch", "/Btn"
_RADIO, _PUSH_BUTTON = 1 << 15, 1 << 16
_SHOWS = re.compile(rb"T[jJ]\b|['\"]\s|\bDo\b")
"""The operators that write letters or place a drawing (ISO 32000-1, annex A)."""


class TooManyError(Exception):
    """More annotations than anybody needs."""


@dataclass(frozen=True)
class Mark:
    """One annotation of a page."""

    obj: Any

    @property
    def kind(self) -> str:
        return str(self.obj.get("/Subtype", ""))

    @property
    def is_hidden(self) -> bool:
        return bool(whole(self.obj.get("/F")) & _HIDDEN)

    @property
    def field(self) -> str:
        """`/Tx`, `/Ch`, `/Btn`, ... for a form field, "" for anything else."""
        return str(self.inherited("/FT") or "") if self.kind == "/Widget" else ""

    @property
    def flags(self) -> int:
        return whole(self.inherited("/Ff"))

    @property
    def is_switch(self) -> bool:
        """A check box or radio button."""
        return self.field == BUTTON and not self.flags & _PUSH_BUTTON

    @property
    def picture(self) -> Any:
        """What is drawn for it now, or None."""
        normal = _dictionary(self.obj.get("/AP")).get("/N")
        if isinstance(normal, Stream):
            return normal
        state = _dictionary(normal).get(str(self.obj.get("/AS", "/Off")))
        return state if isinstance(state, Stream) else None

    @property
    def is_drawn(self) -> bool:
        """Whether a filled text or choice field has a picture with letters or drawing in it.

        Programs that fill forms in often leave the picture of the empty field behind.
        """
        picture = self.picture
        return picture is not None and bool(_SHOWS.search(picture.read_bytes()))

    @property
    def is_lost(self) -> bool:
        """Whether it shows something on screens that no picture of it holds."""
        return self.kind not in _SILENT and not self.is_hidden and self.picture is None

    def inherited(self, key: str) -> Any:
        """An entry of a field, its own or that of the nearest parent."""
        node = self.obj
        for _ in range(_DEEPEST):
            if key in node:
                return node.get(key)
            node = node.get("/Parent")
            if not isinstance(node, Dictionary):
                return None
        return None

    def words(self) -> str:
        """What a text or choice field holds, as it is shown."""
        value = self.inherited("/V")
        chosen = list(value)[:MOST] if isinstance(value, Array) else [value]
        texts = [_text(each) for each in chosen]
        return "\n".join(self._shown(each) for each in texts if each)

    def _shown(self, value: str) -> str:
        options = self.inherited("/Opt") if self.field == CHOICE else None
        for option in list(options)[:MOST] if isinstance(options, Array) else []:
            if isinstance(option, Array) and len(option) == 2 and _text(option[0]) == value:
                return _text(option[1])
        return value

    def switched(self) -> str:
        """The state that a check box's or radio button's value asks for; "" when it is off."""
        value, shown = self.inherited("/V"), str(self.obj.get("/AS", "/Off"))
        own = _dictionary(_dictionary(self.obj.get("/AP")).get("/N"))
        # Radio buttons share one value: only the button that has this state is on.
        told = own.keys() or not self.flags & _RADIO
        state = str(value) if isinstance(value, Name) and told else shown
        return state if state != "/Off" and (not own.keys() or state in own) else ""


def marks(pdf: pikepdf.Pdf) -> Iterator[Mark]:
    """Every annotation, page by page. Raises TooManyError."""
    seen = 0
    for page in pdf.pages:
        listed = page.obj.get("/Annots")
        for each in list(listed) if isinstance(listed, Array) else []:
            seen += 1
            if seen > MOST:
                raise TooManyError
            if isinstance(each, Dictionary):
                yield Mark(each)


def form_of(pdf: pikepdf.Pdf) -> Any:
    """The form dictionary; an empty one where there is none."""
    return _dictionary(pdf.Root.get("/AcroForm"))


def whole(value: Any) -> int:
    """A whole number of any kind, else 0."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0


def _dictionary(value: Any) -> Any:
    return value if isinstance(value, Dictionary) else Dictionary()


def _text(value: Any) -> str:
    if isinstance(value, Stream):
        return bytes(value.read_bytes()).decode("utf-8", "replace")
    return str(value) if isinstance(value, String | str) else ""
