"""Makes the catalog anew from the archive alone."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from archive import Archive, Finding, LedgerLine, StoredFile
from archive.ledger import fault
from archive.verify_files import named_by
from catalog import Catalog, Transaction
from errors import ArchiveError, KeyMissing
from handlers.reading_back import (
    aside_of_record,
    calls_of_record,
    documents_of_record,
    fax_of_record,
    recipients_of_record,
    refused_fax_of_record,
    steps_of_record,
)
from handlers.records import ledger_row
from handlers.retelling import Retelling

LEDGER_BATCH = 1000


@dataclass(frozen=True)
class Told:
    """The first line about a folder, and the latest record that lines name in it."""

    line: LedgerLine
    record: StoredFile


@dataclass
class Rebuilt:
    """How much was read back, and what could not be, each with its place.

    `sendings` were found in the outbox, which is no part of the archive.
    """

    faxes: int = 0
    asides: int = 0
    statements: int = 0
    losses: int = 0
    ledger_lines: int = 0
    sendings: int = 0
    unreadable: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set, repr=False, compare=False)


@dataclass(frozen=True)
class Rebuild:
    """Reads an archive into an empty catalog. Needs the archive key."""

    archive: Archive
    catalog: Catalog

    def run(self, progress: Callable[[Iterable[str]], Iterable[str]]) -> Rebuilt:
        """Read everything back; `progress` wraps the list of folders.

        Raises:
            KeyMissing: this machine holds no key that reads the archive.
            ArchiveError: the catalog is not empty.
        """
        with self.catalog.reading() as tx:
            if tx.ledger.tail() or tx.mailboxes.all():
                raise ArchiveError("The catalog is not empty; a rebuild fills only an empty one.")
        if not self.archive.keys.can_open():
            raise KeyMissing("This machine holds no key that reads the archive back.")
        rebuilt = Rebuilt()
        told = self._told()
        for folder in progress([*self.archive.folders(), *self.archive.aside_folders()]):
            self._read_folder(folder, told.get(folder), rebuilt)
        for folder in sorted(told.keys() - rebuilt.seen):
            rebuilt.unreadable.append(f"{folder}: the ledger names it, but it is missing")
        self._retell(rebuilt)
        # Last: a catalog whose ledger is behind the archive's is refused by the worker, so a
        # rebuild that was interrupted cannot be mistaken for a finished one.
        self._copy_ledger(rebuilt)
        return rebuilt

    def _told(self) -> dict[str, Told]:
        """What the truly signed lines tell of each folder; `verify` names the other lines."""
        public_key = self.archive.keys.ledger_public_key()
        told: dict[str, Told] = {}
        for line in self._ledger():
            named = None if fault(line, public_key) else named_by(line.entry)
            for file in named.files if named else ():
                if named and file.name.endswith(".json.age"):
                    before = told.get(named.folder)
                    told[named.folder] = Told(before.line if before else line, file)
        return told

    def _retell(self, rebuilt: Rebuilt) -> None:
        """Losses and statements: only the lines themselves tell of them."""
        retelling, public_key = Retelling(self.archive), self.archive.keys.ledger_public_key()
        for line in self._ledger():
            kind = line.entry.get("kind")
            if kind not in ("lost", "statement") or fault(line, public_key):
                continue
            with self.catalog.transaction() as tx:
                if kind == "lost":
                    retelling.loss(tx, line)
                    rebuilt.losses += 1
                elif problem := retelling.statement(tx, line):
                    rebuilt.unreadable.append(problem)
                else:
                    rebuilt.statements += 1

    def _ledger(self) -> Iterator[LedgerLine]:
        for line in self.archive.ledger.read():
            if isinstance(line, Finding):
                raise ArchiveError(f"The ledger cannot be read at {line.where}: {line.detail}.")
            yield line

    def _copy_ledger(self, rebuilt: Rebuilt) -> None:
        batch: list[LedgerLine] = []
        for line in self._ledger():
            batch.append(line)
            rebuilt.ledger_lines += 1
            if len(batch) == LEDGER_BATCH:
                self._append(batch)
        self._append(batch)

    def _append(self, batch: list[LedgerLine]) -> None:
        with self.catalog.transaction() as tx:
            for line in batch:
                tx.ledger.append(ledger_row(line))
        batch.clear()

    def _read_folder(self, folder: str, told: Told | None, rebuilt: Rebuilt) -> None:
        rebuilt.seen.add(folder)
        if told is None:
            # Published by a process that died before it could say so; the next sync brings it.
            rebuilt.unreadable.append(f"{folder}: not in the ledger")
            return
        try:
            record = self.archive.read_told(folder, told.record)
        except ArchiveError as error:
            rebuilt.unreadable.append(f"{folder}: {error}")
            return
        line = told.line
        with self.catalog.transaction() as tx:
            if line.entry.get("kind") == "aside":
                self._restore_aside(tx, record, str(line.entry["fax"]), folder)
                rebuilt.asides += 1
            else:
                self._restore(tx, record, folder, line)
                rebuilt.faxes += 1

    def _restore(
        self, tx: Transaction, record: dict[str, Any], folder: str, line: LedgerLine
    ) -> None:
        fax = fax_of_record(record, folder, datetime.fromisoformat(line.at))
        tx.mailboxes.restore(fax.mailbox_id, fax.first_seen_at)
        tx.faxes.restore(fax, recipients_of_record(record), steps_of_record(record))
        tx.documents.add(fax.id, documents_of_record(record))
        for call in calls_of_record(record):
            tx.call_records.record(call)

    def _restore_aside(
        self, tx: Transaction, record: dict[str, Any], fax_id: str, folder: str
    ) -> None:
        aside = aside_of_record(record, fax_id, folder)
        known = tx.faxes.get(fax_id)
        if known is None:
            fax = refused_fax_of_record(record, aside)
            tx.mailboxes.restore(fax.mailbox_id, fax.first_seen_at)
            tx.faxes.restore(fax, [], [])
        elif known.state_at < aside.at:
            tx.faxes.mark_refused(fax_id, aside.reason, aside.at)
        tx.asides.add(aside)
