"""What a program writes to ask for a fax: the fields of JSON and form."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import RAISE, ValidationError, fields, validate

from api.fields import Moment, Plain, text
from sending import HIGH, LOW, Recipient

MOST_RECIPIENTS = 50
MOST_DOCUMENTS = 200
_NAMED = re.compile(r"(.*)<([^<>]*)>\s*", re.DOTALL)


class RecipientAsked(Plain):
    """Where it goes; the name goes on the cover sheet."""

    number = text("As in +14155550100.", most=64, required=True)
    name = text("Whom it is for.", most=256, load_default="")


class To(fields.Field[Recipient]):
    """A number, or an object with number and name; in a form also `Name <number>`."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Recipient:
        if isinstance(value, str):
            form = _NAMED.fullmatch(value)
            value = {"name": form[1].strip(), "number": form[2]} if form else {"number": value}
        if not isinstance(value, Mapping):
            raise ValidationError("Neither a number nor an object with number and name.")
        return Recipient(**RecipientAsked().load(value, unknown=RAISE))


class Line(To):
    """The same in a form, where everything is text."""


class File(fields.Field[None]):
    """Files come apart from the fields of a form; what comes here is a text of that name."""

    def _deserialize(self, *_: Any, **__: Any) -> None:
        raise ValidationError("It came as a text; send it as a file.")


class NewDocument(Plain):
    """A document: `content` with a `name`, or `text`."""

    name = text("Its file name, as in letter.pdf.", most=256)
    content_type = text("Its type; without it the name and the content decide.", most=128)
    content = fields.String(metadata={"description": "The file in base64.", "format": "byte"})
    text = text("A plain text, instead of a file.", most=200_000)


class CoverAsked(Plain):
    """What JSON and form have in common."""

    cover_index = fields.Integer(
        validate=validate.Range(0, 1000),
        metadata={"description": "Which cover page; 0 for none. Without it, your setting's."},
    )
    cover_text = text("What the cover page says.", most=1024, load_default="")
    resolution = fields.String(
        validate=validate.OneOf([HIGH, LOW]),
        load_default=HIGH,
        metadata={"description": "200 or 100 dots an inch."},
    )
    flatten = fields.Boolean(
        load_default=False,
        metadata={"description": "Make form fields and notes of PDFs part of their pages."},
    )
    send_at: fields.Field[datetime] = Moment(metadata={"description": "Not before then."})
    country = fields.String(
        validate=validate.Regexp("[A-Z]{2}$", error="Two capital letters, as in US."),
        load_default="US",
        metadata={"description": "Completes numbers without +."},
    )
    mailbox = text("From which mailbox; needed where there are several.", most=64, load_default="")


class Few(fields.List[Any]):
    """A list whose length is looked at before anything in it: each of its values takes time."""

    def __init__(self, of: Any, most: int, says: str = "", **more: Any) -> None:
        self._length = validate.Length(1, most)
        metadata = {"description": says} if says else {}
        super().__init__(of, required=True, validate=self._length, metadata=metadata, **more)

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> list[Any]:
        if isinstance(value, list):
            self._length(value)
        return super()._deserialize(value, *rest, **more)


class NewFaxBody(CoverAsked):
    """A fax to be sent, as JSON: good for texts and small documents."""

    to = Few(To, MOST_RECIPIENTS, "A number, or an object with number and name.")
    documents = Few(fields.Nested(NewDocument), MOST_DOCUMENTS)


class NewFaxForm(CoverAsked):
    """A fax to be sent, as a form: files go as they are, up to 50 MB together."""

    to = Few(Line, MOST_RECIPIENTS, "A number, or `Name <number>`; once for each recipient.")
    text = text("A plain text, faxed before the files.", most=200_000)
    document = fields.List(File, metadata={"description": "A file; once for each."})
