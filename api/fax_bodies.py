"""What the API tells of a fax, and what may be asked about faxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marshmallow import Schema, fields, validate

from api.fields import Moment, PageAsked, sure, text, told
from catalog import DeliveryStep, DocumentRow, Fax, Recipient, Transaction

DIRECTIONS = ("Inbound", "Outbound")
STATES = ("pending", "archived", "refused", "lost")


@dataclass(frozen=True)
class Party:
    """Sender or recipient."""

    number: str | None
    name: str | None
    status: str | None = None
    error_code: str | None = None


@dataclass(frozen=True)
class ToldFax:
    """A fax as the API tells it."""

    fax: Fax
    recipients: Sequence[Recipient]
    documents: Sequence[DocumentRow]
    steps: Sequence[DeliveryStep] = ()

    @property
    def sender(self) -> Party:
        return Party(self.fax.from_number, self.fax.from_name)


class SenderBody(Schema):
    number = told(fields.String, "The sender's number.")
    name = told(fields.String, "The sender's name, as RingCentral tells it.")


class RecipientBody(SenderBody):
    number = told(fields.String, "The recipient's number.")
    name = told(fields.String, "The recipient's name, as RingCentral tells it.")
    status = told(fields.String, "`Queued`, `Sent`, `Delivered`, `SendingFailed`, ...")
    error_code = told(fields.String, "RingCentral's reason for a failure.")


class DocumentBody(Schema):
    number = fields.Function(
        lambda row: row.position + 1,
        metadata={"description": "For `?number=`, from 1.", "type": "integer"},
        required=True,
    )
    content_type = fields.Function(
        lambda row: media_type(row.kind),
        metadata={"description": "`application/pdf` or `image/tiff`.", "type": "string"},
        required=True,
    )
    pages = told(fields.Integer, "Pages, where they could be counted.")
    size = sure(fields.Integer, "Bytes.")
    sha256 = sure(fields.String, "Hash of the document, hexadecimal.")


class StepBody(Schema):
    recipient = fields.Function(
        lambda step: step.position + 1,
        metadata={"description": "Which recipient, from 1.", "type": "integer"},
        required=True,
    )
    status = sure(fields.String, "The status that RingCentral told.")
    error_code = told(fields.String, "Its reason for a failure.")
    seen_at = sure(Moment, "When Faxkeep first saw it.")


class FaxBody(Schema):
    """One fax, received or sent."""

    id = sure(fields.String, "The fax: account, `-`, message.", attribute="fax.id")
    mailbox = sure(fields.String, "Whose: account, `-`, extension.", attribute="fax.mailbox_id")
    message_id = sure(fields.String, "RingCentral's own id.", attribute="fax.message_id")
    direction = sure(fields.String, "`Inbound` or `Outbound`.", attribute="fax.direction")
    status = sure(
        fields.String, "The aggregate over all recipients.", attribute="fax.message_status"
    )
    state = sure(fields.String, "How far it is on its way into the archive.", attribute="fax.state")
    state_reason = sure(
        fields.String, "Why it is refused or lost, in one word.", attribute="fax.state_reason"
    )
    created_at = sure(Moment, "When RingCentral made it.", attribute="fax.created_at")
    modified_at = told(Moment, "When it last changed there.", attribute="fax.modified_at")
    pages = told(fields.Integer, "Its pages; null while not yet known.", attribute="fax.pages")
    resolution = told(fields.String, "`High` or `Low`.", attribute="fax.resolution")
    subject = told(fields.String, "Its subject.", attribute="fax.subject")
    sender = fields.Nested(SenderBody, required=True, data_key="from")
    recipients = fields.List(fields.Nested(RecipientBody), required=True, data_key="to")
    documents = fields.List(fields.Nested(DocumentBody), required=True)


class WholeFaxBody(FaxBody):
    """One fax with every step of every recipient, as each was seen."""

    steps = fields.List(fields.Nested(StepBody), required=True)


class FaxPageBody(Schema):
    """A page of faxes, the newest first."""

    items = fields.List(fields.Nested(FaxBody), required=True)
    next = told(fields.String, "The cursor of the next page; null on the last.")


class FaxesAsked(PageAsked):
    """Which faxes."""

    mailbox = text("Only this mailbox.", most=64)
    direction = fields.String(
        validate=validate.OneOf(DIRECTIONS),
        metadata={"description": "Only these."},
    )
    state = fields.String(validate=validate.OneOf(STATES), metadata={"description": "Only these."})
    since: fields.Field[datetime] = Moment(metadata={"description": "Created then or later."})
    until: fields.Field[datetime] = Moment(metadata={"description": "Created before then."})


class FaxesSearched(FaxesAsked):
    """Which faxes, and from or to whom: in a body, because addresses end up in logs."""

    number = text("From or to this number, as in +14155550100.", most=32)


class DocumentAsked(Schema):
    """Which document of the fax."""

    number = fields.Integer(
        load_default=1,
        validate=validate.Range(1, 1000),
        metadata={"description": "Which one, from 1."},
    )


def media_type(kind: str) -> str:
    """The media type of a kind of document that the archive keeps."""
    return "image/tiff" if kind == "tiff" else "application/pdf"


def told_fax(tx: Transaction, fax: Fax) -> ToldFax:
    """A fax with what belongs to it."""
    return ToldFax(fax, tx.faxes.recipients(fax.id), tx.documents.of(fax.id))


def whole_fax(tx: Transaction, fax: Fax) -> ToldFax:
    """A fax with everything."""
    short = told_fax(tx, fax)
    return ToldFax(fax, short.recipients, short.documents, tx.faxes.steps(fax.id))
