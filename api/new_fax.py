"""A fax as a program asks for it: read out of JSON or a form, all faults found at once."""

import binascii
import hashlib
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from marshmallow import RAISE, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from api.fields import Moment, Plain, text
from api.problems import Fault, faults_of, short_name
from api.services import FaxWish, services
from api.uploads import Received, Upload
from archive import Spool
from sending import HIGH, LOW, Document, OutgoingFax, Recipient, document_from_text

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
    send_at: fields.Field[datetime] = Moment(metadata={"description": "Not before then."})
    country = fields.String(
        validate=validate.Regexp("[A-Z]{2}$", error="Two capital letters, as in US."),
        load_default="US",
        metadata={"description": "Completes numbers without +."},
    )
    mailbox = text("From which mailbox; needed where there are several.", most=64, load_default="")


class NewFaxBody(CoverAsked):
    """A fax to be sent, as JSON: good for texts and small documents."""

    to = fields.List(
        To,
        required=True,
        validate=validate.Length(1, MOST_RECIPIENTS),
        metadata={"description": "A number, or an object with number and name."},
    )
    documents = fields.List(
        fields.Nested(NewDocument), required=True, validate=validate.Length(1, MOST_DOCUMENTS)
    )


class NewFaxForm(CoverAsked):
    """A fax to be sent, as a form: files go as they are, up to 50 MB together."""

    to = fields.List(
        Line,
        required=True,
        validate=validate.Length(1, MOST_RECIPIENTS),
        metadata={"description": "A number, or `Name <number>`; once for each recipient."},
    )
    text = text("A plain text, faxed before the files.", most=200_000)
    document = fields.List(File, metadata={"description": "A file; once for each."})


FILES = "document"
REPEATED = ("to", FILES)


def wish_of(received: Received, stack: ExitStack) -> tuple[FaxWish, list[Fault]]:
    """What is asked for, in as far as it can be read, and what cannot."""
    reader = _Reader(stack)
    is_form = isinstance(received.fields, MultiDict)
    given = _of_form(received.fields) if is_form else received.fields
    told = reader.load(NewFaxForm() if is_form else NewFaxBody(), given)
    documents = reader.form_documents(told, received.files) if is_form else reader.json(told)
    fax = OutgoingFax(
        to=tuple(each for each in told.get("to", ()) if isinstance(each, Recipient)),
        documents=tuple(documents),
        cover_index=told.get("cover_index"),
        cover_text=told.get("cover_text", ""),
        resolution=told.get("resolution", HIGH),
        send_at=told.get("send_at"),
        country=told.get("country", "US"),
    )
    return FaxWish(fax, told.get("mailbox", ""), tuple(reader.digests)), reader.faults


def further_faults(fax: OutgoingFax, faults: Iterable[Fault]) -> list[Fault]:
    """What is wrong besides with what could be read: a program wants to hear it all at once."""
    known = {re.split(r"[.\[]", each.field)[0] for each in faults}
    return [
        Fault(problem.field, problem.words, problem.advice)
        for problem in services().problems(fax, services().now())
        if re.split(r"[.\[]", problem.field)[0] not in known
    ]


def _of_form(given: "MultiDict[str, Any]") -> dict[str, Any]:
    """A field that came more than once, but may not, stands as a list, which none of them takes."""
    lists = given.to_dict(flat=False)
    return {
        name: values if name in REPEATED or len(values) > 1 else values[0]
        for name, values in lists.items()
    }


class _Reader:
    """Gathers faults instead of stopping at one."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.faults: list[Fault] = []
        self.digests: list[str] = []

    def load(self, schema: Plain, given: Any) -> dict[str, Any]:
        try:
            told: dict[str, Any] = schema.load(given)
        except ValidationError as error:
            self.faults += faults_of(error.messages)
            told = error.valid_data if isinstance(error.valid_data, dict) else {}
        return told

    def form_documents(
        self, told: Mapping[str, Any], files: Iterable[tuple[str, Upload]]
    ) -> Iterator[Document]:
        if told.get("text"):
            yield self._text(told["text"])
        for field, upload in files:
            if not upload.name and not upload.spool.size:
                continue  # a browser's way to say that no file was chosen
            if field == FILES:
                yield self._file(upload.name, upload.content_type, upload.spool)
            else:
                self.faults.append(Fault(short_name(field), "Unknown file.", f"Call it {FILES}."))

    def json(self, told: Mapping[str, Any]) -> Iterator[Document]:
        for place, each in enumerate(told.get("documents", ()), 1):
            found = self._json_document(each, f"documents[{place}]")
            if found is not None:
                yield found

    def _json_document(self, given: dict[str, Any], place: str) -> Document | None:
        if ("text" in given) == ("content" in given):
            self.faults.append(Fault(place, "It needs either content or text."))
            return None
        if "text" in given:
            return self._text(given["text"], given.get("name", ""))
        spool = self._stack.enter_context(services().spool())
        try:
            spool.write(b64decode(given.pop("content"), validate=True))
        except (binascii.Error, ValueError):
            self.faults.append(Fault(f"{place}.content", "It is not base64."))
            return None
        return self._file(given.get("name", ""), given.get("content_type", ""), spool)

    def _text(self, words: str, name: str = "") -> Document:
        made = document_from_text(words, name) if name else document_from_text(words)
        with made.open() as file:
            self.digests.append(hashlib.sha256(file.read()).hexdigest())
        return made

    def _file(self, name: str, content_type: str, spool: Spool) -> Document:
        self.digests.append(spool.sha256)
        return Document(name, content_type, spool.size, spool.reader)
