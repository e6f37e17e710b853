"""Builds a fax: documents, limits, flattening, request forms; sends nothing itself."""

from sending.documents import document_from_bytes, document_from_file, document_from_text
from sending.fax import HIGH, LOW, Document, OutgoingFax, Problem, Recipient
from sending.numbers import WrongNumber, e164
from sending.request import FORMS, fax_request, resend_request

__all__ = [
    "FORMS",
    "HIGH",
    "LOW",
    "Document",
    "OutgoingFax",
    "Problem",
    "Recipient",
    "WrongNumber",
    "document_from_bytes",
    "document_from_file",
    "document_from_text",
    "e164",
    "fax_request",
    "resend_request",
]
