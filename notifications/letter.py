"""A notice as an e-mail: plain text and simple HTML from our own templates, documents if wanted."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from notifications.channel import Attachment, Documents
from notifications.notice import Notice
from notifications.words import words

LARGEST_ATTACHED = 20 * 1024 * 1024
"""Bytes of all documents: most mail servers take 25 MB, of which base64 needs a third."""
_GOOD, _BAD, _PLAIN = "#188038", "#c5221f", "#5f6368"
_COLOURS = {"received": _GOOD, "sent": _GOOD, "test": _PLAIN}

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class Envelope:
    """From whom, and to whom; the sender's domain is part of the message's id."""

    sender: str
    recipients: Sequence[str]


def letter(envelope: Envelope, notice: Notice, documents: Documents) -> EmailMessage:
    """The e-mail. Its Message-ID is the same whenever the notice is: mail systems drop a double.

    Raises:
        NotDelivered: a document could not be read back.
    """
    attached = _attachable(documents.attachments)
    missing = documents.missing
    if documents.attachments and not attached:
        missing = "it is too large for an e-mail"
    said = words(notice)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = said.subject
    message["From"] = envelope.sender
    message["To"] = ", ".join(envelope.recipients)
    message["Date"] = format_datetime(notice.at)
    message["Message-ID"] = f"<{notice.id}@{envelope.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers
    references = {"Number": notice.number, "Fax": notice.fax, "Link": notice.link}
    told = {**references, "Link": ""}
    values = {
        "subject": said.subject,
        "lines": said.lines,
        "said": [line for line in said.lines[1:] if not _is_reference(line, references)],
        "references": [(name, value) for name, value in told.items() if value],
        "colour": _COLOURS.get(notice.kind, _BAD),
        "link": notice.link,
        "attached": len(attached),
        "missing": missing,
        "notice": notice.id,
    }
    message.set_content(_templates.get_template("mail.txt").render(values))
    message.add_alternative(_templates.get_template("mail.html").render(values), subtype="html")
    for each in attached:
        _attach(message, each, notice)
    return message


def _attachable(attachments: Sequence[Attachment]) -> Sequence[Attachment]:
    return attachments if sum(each.size for each in attachments) <= LARGEST_ATTACHED else ()


def _is_reference(line: str, references: dict[str, str]) -> bool:
    """Whether the HTML shows it in a place of its own."""
    return any(line in (f"{name}: {value}", value) for name, value in references.items() if value)


def _attach(message: EmailMessage, each: Attachment, notice: Notice) -> None:
    into = io.BytesIO()
    each.write(into)
    main, sub = each.content_type
    extra = f"-{each.place}" if each.place > 1 else ""
    name = f"fax-{notice.fax}{extra}.{each.kind}"
    message.add_attachment(into.getvalue(), maintype=main, subtype=sub, filename=name)
