"""What the API tells of a fax in the outbox, and what may be asked about them."""

from marshmallow import Schema, fields, validate

from api.fields import Moment, PageAsked, sure, text, told
from catalog.sending_rows import STATES


class AddresseeBody(Schema):
    number = sure(fields.String, "The number.")
    name = sure(fields.String, "Whom it is for.")


class SendingDocumentBody(Schema):
    name = sure(fields.String, "Its file name.")
    content_type = sure(fields.String, "As it was told.")
    size = sure(fields.Integer, "Bytes.")
    sha256 = sure(fields.String, "Hash of the document, hexadecimal.")
    pages = told(fields.Integer, "Pages, where they could be counted.")


class SendingBody(Schema):
    """A fax that is to be sent, or was: its way to RingCentral. What follows is told of `fax`."""

    id = sure(fields.String, "The sending.", attribute="sending.id")
    mailbox = sure(fields.String, "From which mailbox.", attribute="sending.mailbox_id")
    state = sure(
        fields.String,
        "`waiting`, `sending`, `sent`, `refused`, `unsure` (a person must decide), `cancelled` or"
        " `expired`.",
        attribute="sending.state",
    )
    state_at = sure(Moment, "Since when.", attribute="sending.state_at")
    reason = sure(fields.String, "Why, where there is a reason.", attribute="sending.reason")
    advice = sure(fields.String, "What to do about it.", attribute="sending.advice")
    requested_at = sure(Moment, "When it was asked for.", attribute="sending.requested_at")
    send_at = told(Moment, "It goes not before then.", attribute="sending.send_at")
    attempts = sure(fields.Integer, "How often it was tried.", attribute="sending.attempts")
    fax = told(fields.String, "The fax that it became; its `id`.", attribute="sending.fax_id")
    to = fields.List(fields.Nested(AddresseeBody), required=True)
    documents = fields.List(fields.Nested(SendingDocumentBody), required=True)
    cover_index = told(fields.Integer, "The cover page.", attribute="sending.cover_index")
    cover_text = sure(fields.String, "What it says.", attribute="sending.cover_text")
    resolution = sure(fields.String, "`High` or `Low`.", attribute="sending.resolution")


class HintBody(Schema):
    field = sure(fields.String, "Which document, as in `documents[1]`.")
    detail = sure(fields.String, "What may go wrong with it.")
    advice = sure(fields.String, "What to do about it.")


class PromisedBody(SendingBody):
    """A fax that will be sent, as it was when that was promised."""

    hints = fields.List(
        fields.Nested(HintBody),
        required=True,
        metadata={"description": "Nothing is wrong, but look: a form's fields may be lost."},
    )


class SendingPageBody(Schema):
    """A page of the outbox, the newest first."""

    items = fields.List(fields.Nested(SendingBody), required=True)
    next = told(fields.String, "The cursor of the next page; null on the last.")


class SendingsAsked(PageAsked):
    """Which sendings."""

    mailbox = text("Only this mailbox.", most=64)
    state = fields.String(
        validate=validate.OneOf(STATES), metadata={"description": "Only in this state."}
    )
