"""Verifies that archive, ledger and catalog tell the same story; names each place they do not."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive import Archive, Finding, LedgerLine, parse_line
from archive.verify import VerifyOptions, verify
from catalog import Catalog, Fax, FaxQuery, Transaction
from errors import ArchiveError
from handlers.export import all_faxes
from handlers.reading_back import documents_of_record
from handlers.records import archive_record, document_record

LEDGER_BATCH = 1000
COMPARED = (
    "direction",
    "message_status",
    "availability",
    "created_at",
    "pages",
    "resolution",
    "subject",
    "from",
    "recipients",
    "steps",
)
"""What the record in the archive and the catalog's row must agree on. People flip the read status
in RingCentral's app at any time; that alone writes no new record."""

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Proof:
    """Reads everything again and compares."""

    catalog: Catalog
    archive: Archive

    def verify(
        self, sample: float, seed: int, progress: Callable[[int, int], None]
    ) -> Iterator[Finding]:
        """Every finding; kind "note" is no failure. `sample` is the share of faxes re-read."""
        options = VerifyOptions(sample=sample, seed=seed, progress=progress)
        yield from verify(self.archive, self._lines(), options)
        yield from self._rows(sample, seed)

    def still_holds(self, seq: int, digits: str) -> Iterator[Finding]:
        """A finding unless the ledger still has, as line `seq`, the one that was noted once.

        This is what a rollback of archive and catalog together cannot hide.
        """
        with self.catalog.reading() as tx:
            line = next(iter(tx.ledger.after(seq - 1, 1)), None)
        if line is None or line.seq != seq or not line.hash.startswith(digits):
            detail = "not the line that was noted: archive and catalog were put back or replaced"
            yield Finding("changed", "ledger line", f"line {seq}", detail)

    def _lines(self) -> Iterator[LedgerLine]:
        seq = 0
        while True:
            with self.catalog.reading() as tx:
                rows = tx.ledger.after(seq, LEDGER_BATCH)
            if not rows:
                return
            yield from (parse_line(row.line) for row in rows)
            seq = rows[-1].seq

    def _rows(self, sample: float, seed: int) -> Iterator[Finding]:
        chance = random.Random(seed)  # noqa: S311 - which rows are sampled is no secret
        readable = self.archive.keys.can_open()
        with self.catalog.reading() as tx:
            # Of the same moment as the rows: a fax archived meanwhile is in both, or in neither.
            entries = _archived(tx)
            for fax in all_faxes(tx, FaxQuery(state="archived")):
                entry = entries.pop(fax.id, None)
                yield from _row(tx, fax, entry)
                is_placed = entry is not None and entry.get("folder") == fax.folder
                if readable and is_placed and not fax.unrecorded and chance.random() < sample:
                    yield from self._record(tx, fax)
        for fax_id in entries:
            detail = "the ledger says it is archived, the catalog does not"
            yield Finding("missing", "row", f"faxes {fax_id}", detail)

    def _record(self, tx: Transaction, fax: Fax) -> Iterator[Finding]:
        try:
            record = self.archive.read_record(fax.folder or "")
        except ArchiveError:
            return  # named already, as the file it is
        if record.get("revision") != fax.revision:
            return  # amended since this moment; a file that no line names is named as extra
        known = archive_record(tx, fax)
        different = [name for name in COMPARED if record.get(name) != known[name]]
        if different:
            detail = f"differs from the archive's record in {', '.join(different)}"
            yield Finding("changed", "row", f"faxes {fax.id}", detail)


def _archived(tx: Transaction) -> dict[str, Entry]:
    """What the ledger of this moment says of each archived fax."""
    entries: dict[str, Entry] = {}
    seq = 0
    while rows := tx.ledger.after(seq, LEDGER_BATCH):
        lines = (parse_line(row.line) for row in rows)
        told = (line.entry for line in lines if line.entry.get("kind") == "archived")
        entries |= {str(entry.get("fax")): entry for entry in told}
        seq = rows[-1].seq
    return entries


def _row(tx: Transaction, fax: Fax, entry: Entry | None) -> Iterator[Finding]:
    if entry is None:
        yield Finding("extra", "row", f"faxes {fax.id}", "archived, but not in the ledger")
        return
    if fax.folder != entry.get("folder"):
        yield Finding("changed", "row", f"faxes {fax.id}", "another folder than in the ledger")
    rows = [document_record(row) for row in tx.documents.of(fax.id)]
    if rows != _told_documents(entry):
        yield Finding("changed", "row", f"documents of {fax.id}", "not what the ledger tells")


def _told_documents(entry: Entry) -> list[dict[str, object]]:
    """The documents of a ledger entry; none where the line was changed, which is named already."""
    try:
        return [document_record(row) for row in documents_of_record(entry)]
    except (KeyError, TypeError):
        return []
