"""Builds a fax: documents, limits, flattening, request forms; sends nothing itself."""

from sending.checks import Review, problems, review
from sending.cover_pages import cover_index
from sending.documents import document_from_bytes, document_from_file, document_from_text
from sending.fax import HIGH, LOW, Document, OutgoingFax, Problem, Recipient
from sending.flattening import flatten
from sending.inspection import page_count
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
    "Review",
    "WrongNumber",
    "cover_index",
    "document_from_bytes",
    "document_from_file",
    "document_from_text",
    "e164",
    "fax_request",
    "flatten",
    "page_count",
    "problems",
    "resend_request",
    "review",
]
