"""Builds a fax: documents, limits, flattening, request forms; sends nothing itself."""

from sending.fax import HIGH, LOW, Document, OutgoingFax, Problem, Recipient

__all__ = ["HIGH", "LOW", "Document", "OutgoingFax", "Problem", "Recipient"]
