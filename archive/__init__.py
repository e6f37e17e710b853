"""The archive room: what we keep, and the proof that we kept it.

It has never heard of RingCentral, Flask, SQL or e-mail.
"""

from archive.address import FaxAddress, utc_text
from archive.archive import Archive, Document, Published
from archive.closing import StoredFile
from archive.filesystem import AlreadyPublished, Failpoint
from archive.finding import Finding
from archive.keys import Keys, KeyStatus
from archive.ledger import LedgerLine, check_chain, parse_line
from archive.ledger_file import LedgerFile
from archive.spool import Spool
from archive.truth_check import Claim, DocumentFacts, check_document
from archive.verify import VerifyOptions, verify

__all__ = [
    "AlreadyPublished",
    "Archive",
    "Claim",
    "Document",
    "DocumentFacts",
    "Failpoint",
    "FaxAddress",
    "Finding",
    "KeyStatus",
    "Keys",
    "LedgerFile",
    "LedgerLine",
    "Published",
    "Spool",
    "StoredFile",
    "VerifyOptions",
    "check_chain",
    "check_document",
    "parse_line",
    "utc_text",
    "verify",
]
