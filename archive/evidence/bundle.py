"""Puts an evidence together: facts, page, documents, ledger lines and a signature over them all.

docs/reference/evidence-format.md describes it, enough to write a verifier.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.evidence import verifier
from archive.evidence.verifier import FACTS_FORMAT, FORMAT, SIGNED_AS
from archive.evidence.zip_form import Entry, Sink, ZipWriter, entry_of
from archive.ledger import canonical

VERIFIER = "verify.py"

README = """\
This is evidence of one fax, made by Faxkeep.

evidence.pdf   what is known of the fax, for a person to read
evidence.json  the same in full: every delivery step with RingCentral's own record
documents/     the fax itself, as it was faxed
ledger.jsonl   the signed lines of the archive's ledger about this fax
records/       the archive's sealed records of this fax, which those lines name
manifest.json  name, size and SHA-256 of every file; manifest.sig signs it with the ledger's key

To check all of it, with Python 3.11 and its package `cryptography`:

    python3 verify.py THIS.zip --key FINGERPRINT

FINGERPRINT is the SHA-256 of the ledger's public key. Have it told to you by another way than this
file. And take verify.py from Faxkeep itself rather than from a ZIP that you doubt.
"""


@dataclass(frozen=True)
class Evidence:
    """All parts but those that follow from them; `lines` are whole lines of the ledger, in order.

    `page` is the PDF, `facts` what `facts_text` wrote.
    """

    fax: str
    facts: bytes
    page: bytes
    documents: Sequence[Entry]
    records: Mapping[str, bytes]
    lines: Sequence[str]
    ledger_key: bytes


def facts_text(facts: Mapping[str, object]) -> bytes:
    """The text of evidence.json: ASCII, indented for a person, in the order it is given."""
    whole = {"format": FACTS_FORMAT, **facts}
    return json.dumps(whole, indent=1, allow_nan=False).encode("ascii") + b"\n"


def write_evidence(evidence: Evidence, sign: Callable[[bytes], bytes], into: Sink) -> None:
    """Write the ZIP; `sign` signs with the ledger's key.

    ArchiveError when a document changed meanwhile: what was written then counts for nothing.
    """
    entries = [
        entry_of("README.txt", README.encode("ascii")),
        entry_of("evidence.pdf", evidence.page),
        entry_of("evidence.json", evidence.facts),
        *evidence.documents,
        *(entry_of(f"records/{name}", data) for name, data in evidence.records.items()),
        entry_of("ledger.jsonl", "".join(f"{line}\n" for line in evidence.lines).encode("ascii")),
        entry_of("ledger.pub", evidence.ledger_key),
        entry_of(VERIFIER, verifier_source()),
    ]
    manifest = _manifest(evidence.fax, entries)
    signature = base64.b64encode(sign(SIGNED_AS + manifest)) + b"\n"
    writer = ZipWriter(into)
    for entry in entries:
        writer.add(entry)
    writer.add(entry_of("manifest.json", manifest))
    writer.add(entry_of("manifest.sig", signature))
    writer.close()


def _manifest(fax: str, entries: Sequence[Entry]) -> bytes:
    files = [{"name": each.name, "size": each.size, "sha256": each.sha256} for each in entries]
    body = {"format": FORMAT, "fax": fax, "files": files}
    return canonical(body).encode("ascii") + b"\n"


def verifier_source() -> bytes:
    """The file verify.py, as it goes into every evidence."""
    return Path(verifier.__file__).read_bytes()
