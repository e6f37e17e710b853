"""Evidence of one fax: a ZIP that anybody can check without the archive it came from."""

from archive.evidence.bundle import Evidence, facts_text, verifier_source, write_evidence
from archive.evidence.page import Page, Table, draw_page
from archive.evidence.sealed import SealedRecord, sealed_record
from archive.evidence.verifier import Checked, check, fingerprint, told, trusted_fingerprint
from archive.evidence.zip_form import Entry, Sink, measured

__all__ = [
    "Checked",
    "Entry",
    "Evidence",
    "Page",
    "SealedRecord",
    "Sink",
    "Table",
    "check",
    "draw_page",
    "facts_text",
    "fingerprint",
    "measured",
    "sealed_record",
    "told",
    "trusted_fingerprint",
    "verifier_source",
    "write_evidence",
]
