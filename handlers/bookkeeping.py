"""Publishes into the archive and enters it in the books: catalog and ledger in one transaction.

The ledger grows in the catalog, together with the fact it testifies to, and is then copied to the
archive's own file. So that file may lag behind for a moment, but never says what did not happen.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from archive import (
    AlreadyPublished,
    Archive,
    Document,
    Published,
    Spool,
    StoredFile,
    parse_line,
)
from catalog import Aside, Catalog, DocumentRow, Fax, LedgerRow, Transaction
from errors import ArchiveError, DocumentRefused
from handlers.outcomes import is_watched, received
from handlers.records import (
    address_of,
    archive_record,
    document_record,
    document_rows,
    known_fax,
    ledger_row,
)

COPY_BATCH = 1000


@dataclass
class _Copying:
    """Whose turn it is to copy the ledger, and the last line known to be copied."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    done: int = 0


@dataclass(frozen=True)
class Bookkeeping:
    """Brings archive, catalog and ledger forward together; every method may be repeated."""

    catalog: Catalog
    archive: Archive
    now: Callable[[], datetime]
    failpoint: Callable[[str], None]
    _copying: _Copying = field(default_factory=_Copying)

    def publish(self, fax_id: str, documents: Sequence[Document]) -> None:
        """Archive a fax with its checked documents: once, however often this is called."""
        fax, record = self._current(fax_id)
        published = self._publish_folder(fax, record, documents)
        if published is None:
            return
        rows = document_rows(documents, self.archive.document_names(documents))
        entry = {
            "kind": "archived",
            "fax": fax.id,
            "folder": published.folder,
            "files": _files(published.files),
            "documents": [document_record(row) for row in rows],
        }
        seq = 0
        with self.catalog.transaction() as tx:
            at = self.now()  # in row and line the same, so that a rebuild gives the same row
            if tx.faxes.mark_archived(fax.id, published.folder, at, fax.version):
                tx.documents.add(fax.id, rows)
                seq = self.enter(tx, entry, at)
                _tell_received(tx, fax, rows, at)
            self.failpoint("before-commit")
        self.failpoint("after-commit")
        self._copy_through(seq)

    def amend(self, fax_id: str) -> None:
        """Write the next revision of an archived fax's record."""
        fax, record = self._current(fax_id)
        folder, revision = fax.folder or "", fax.revision + 1
        with self.catalog.reading() as tx:
            documents = [document_record(row) for row in tx.documents.of(fax.id)]
        try:
            file = self.archive.amend(folder, revision, record, documents)
        except AlreadyPublished:
            # Left by a crash between the file and the commit: the catalog does not know it.
            self.archive.displace_revision(folder, revision)
            file = self.archive.amend(folder, revision, record, documents)
        entry = {
            "kind": "amended",
            "fax": fax.id,
            "folder": folder,
            "revision": revision,
            "files": _files([file]),
        }
        with self.catalog.transaction() as tx:
            if tx.faxes.mark_amended(fax.id, revision, fax.version):
                self.enter(tx, entry, self.now())
            self.failpoint("before-amend-commit")
        self.copy_ledger()

    def set_aside(self, fax: Fax, refusal: DocumentRefused, spool: Spool) -> None:
        """Keep bytes that failed the truth check, with the reason, apart from the good ones."""
        at = self.now()
        kept = self.archive.set_aside(address_of(fax), refusal.reason, str(refusal), spool, at)
        row = Aside(
            fax_id=fax.id,
            sha256=spool.sha256,
            folder=kept.folder,
            reason=refusal.reason,
            detail=str(refusal),
            size=spool.size,
            at=at,
        )
        with self.catalog.transaction() as tx:
            if tx.asides.add(row):
                entry = {
                    "kind": "aside",
                    "fax": fax.id,
                    "folder": kept.folder,
                    "reason": refusal.reason,
                    "files": _files(kept.files),
                }
                self.enter(tx, entry, at)
            tx.faxes.mark_refused(fax.id, refusal.reason, at)
        self.copy_ledger()

    def displace_unentered_asides(self) -> None:
        """Clear what a crash between publishing and commit left; only while nobody else works.

        Nothing is lost: those bytes failed the truth check, and their fax is fetched again.
        """
        with self.catalog.reading() as tx:
            entered = {aside.folder for aside in tx.asides.all()}
        for folder in set(self.archive.aside_folders()) - entered:
            self.archive.displace_aside(folder)

    def copy_ledger(self) -> None:
        """Copy the lines that the archive's ledger file does not have yet."""
        with self._copying.turn:
            self._copy_all()

    def require_same_age(self) -> None:
        """Refuse to work with a catalog and an archive that do not belong together.

        Raises:
            ArchiveError: one of them is behind the other, or empty; says what to do.
        """
        with self.catalog.reading() as tx:
            known = tx.ledger.tail()
            first = tx.ledger.after(0, 1)
        tail = self.archive.ledger.tail()
        if tail and (known is None or known.seq < tail.seq):
            raise ArchiveError(
                "The archive knows more than the catalog, which is new or an old copy."
                " Run `faxkeep rebuild` to make the catalog anew from the archive."
            )
        if tail is None and not all(self._has_folder(row) for row in first):
            raise ArchiveError(
                "The catalog lists archived faxes, but the archive folder is empty."
                " Is its disk mounted? If it is truly gone, restore it from your backup."
            )

    def _has_folder(self, row: LedgerRow) -> bool:
        """A folder is published before a line speaks of it; a line of a loss speaks of none."""
        return self.archive.has_folder(str(parse_line(row.line).entry.get("folder", "")))

    def enter(self, tx: Transaction, entry: Mapping[str, object], at: datetime) -> int:
        """Add the entry's line to the catalog's ledger, in the caller's transaction; its number.

        `copy_ledger` afterwards copies it to the archive; the sweep does so at the latest.
        """
        tail = tx.ledger.tail()
        line = self.archive.next_line(parse_line(tail.line) if tail else None, entry, at)
        tx.ledger.append(ledger_row(line))
        return line.seq

    def _current(self, fax_id: str) -> tuple[Fax, Mapping[str, object]]:
        """What we know now: a look may have told more than the job that brought us here."""
        with self.catalog.reading() as tx:
            fax = known_fax(tx, fax_id)
            return fax, archive_record(tx, fax)

    def _publish_folder(
        self, fax: Fax, record: Mapping[str, object], documents: Sequence[Document]
    ) -> Published | None:
        address = address_of(fax)
        try:
            return self.archive.publish(address, record, documents)
        except AlreadyPublished:
            pass
        with self.catalog.reading() as tx:
            if known_fax(tx, fax.id).state == "archived":
                return None
            entered = any(row.kind == "archived" for row in tx.ledger.of(fax.id))
        if entered:
            raise ArchiveError(
                "The ledger says this fax is archived, but the catalog does not. Nothing was"
                " overwritten; `faxkeep verify` tells what differs, `faxkeep rebuild` mends it."
            )
        # Left by a crash between the rename and the commit: nothing refers to it.
        self.archive.displace(address)
        return self.archive.publish(address, record, documents)

    def _copy_through(self, seq: int) -> None:
        """Have a committed line copied; who waited for another's turn mostly finds it done."""
        with self._copying.turn:
            if self._copying.done < seq:
                self._copy_all()

    def _copy_all(self) -> None:
        lines = self._uncopied()
        while lines:
            self.failpoint("before-ledger-copy")
            self.archive.ledger.append([parse_line(row.line) for row in lines])
            self._copying.done = lines[-1].seq
            lines = self._uncopied() if len(lines) == COPY_BATCH else ()

    def _uncopied(self) -> Sequence[LedgerRow]:
        tail = self.archive.ledger.tail()
        with self.catalog.reading() as tx:
            return tx.ledger.after(tail.seq if tail else 0, COPY_BATCH)


def _tell_received(
    tx: Transaction, fax: Fax, documents: Sequence[DocumentRow], at: datetime
) -> None:
    mailbox = tx.mailboxes.get(fax.mailbox_id)
    since = mailbox.added_at if mailbox else None
    if fax.direction == "Inbound" and is_watched(fax, since):
        counted = [document.pages or 0 for document in documents]
        tx.outcomes.record(received(fax, sum(counted) if all(counted) else None, at))


def _files(files: Sequence[StoredFile]) -> list[dict[str, object]]:
    return [dict(vars(file)) for file in files]
