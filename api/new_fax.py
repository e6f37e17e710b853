"""A fax as a program asks for it: read out of JSON or a form, all faults found at once."""

import binascii
import hashlib
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from shutil import copyfileobj
from typing import IO, Any, cast

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from api.fields import Plain
from api.new_fax_bodies import NewFaxBody, NewFaxForm
from api.problems import Fault, fault_of, faults_of, short_name
from api.services import FaxWish, services
from api.uploads import Received, Upload
from archive import Spool
from errors import UserError
from sending import (
    HIGH,
    Document,
    OutgoingFax,
    Recipient,
    document_from_text,
    flatten,
)

FILES = "document"
PDF_MARK = b"%PDF-"
REPEATED = ("to", FILES)


def wish_of(received: Received, stack: ExitStack) -> tuple[FaxWish, list[Fault]]:
    """What is asked for, in as far as it can be read, and what cannot."""
    reader = _Reader(stack)
    is_form = isinstance(received.fields, MultiDict)
    given = _of_form(received.fields) if is_form else received.fields
    told = reader.load(NewFaxForm() if is_form else NewFaxBody(), given)
    reader.is_flattening = told.get("flatten", False)
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
    digests = (*reader.digests, "flattened" if reader.is_flattening else "as they are")
    return FaxWish(fax, told.get("mailbox", ""), digests), reader.faults


def further_faults(fax: OutgoingFax, faults: Iterable[Fault]) -> list[Fault]:
    """What is wrong besides with what could be read: a program wants to hear it all at once."""
    known = {re.split(r"[.\[]", each.field)[0] for each in faults}
    return [
        fault_of(problem)
        for problem in services().review(fax, services().now()).problems
        if re.split(r"[.\[]", problem.field)[0] not in known
    ]


def hints_for(fax: OutgoingFax) -> list[Fault]:
    """What is no reason not to send it, but worth a look, such as fields that a fax may lose."""
    return [fault_of(hint) for hint in services().review(fax, services().now()).hints]


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
        self.is_flattening = False

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
        document = Document(name, content_type, spool.size, spool.reader)
        if self.is_flattening and spool.reader().read(len(PDF_MARK)) == PDF_MARK:
            document = self._flat(document)
        return document

    def _flat(self, document: Document) -> Document:
        """The document flattened; as it is, and a fault, where that cannot be done."""
        try:
            flat = flatten(document)
        except UserError as error:
            self.faults.append(Fault(f"documents[{len(self.digests)}]", str(error)))
            return document
        spool = self._stack.enter_context(services().spool())
        with flat.open() as file:
            copyfileobj(file, cast(IO[bytes], spool))
        return Document(flat.name, flat.content_type, spool.size, spool.reader)
