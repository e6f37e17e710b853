"""Brings documents in from elsewhere than the message store; the truth check is the same.

A document of a fax that is known is kept under that fax, also under one that was lost. One that
belongs to none becomes a fax of its own, named after its hash. Each says where it came from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from archive import Archive, Claim, Document, DocumentFacts, Spool, check_document
from catalog import Catalog, Fax, Job, Mailbox, NewFax, Place, Recipient, Transaction
from errors import DocumentRefused
from handlers.bookkeeping import Bookkeeping
from handlers.intake import Intake, Looked, move_day
from handlers.records import DIRECTIONS, Told, attachments_to_keep, compact, known_fax, message_of
from jobs.runner import LEASE
from ringcentral_api import Attachment, Message

ARCHIVED, HEALED, THERE = "archived", "healed", "already there"
REFUSED, DIFFERS, LEFT, BUSY = "refused", "differs", "left", "busy"
GOOD = (ARCHIVED, HEALED, THERE)
_STEP = 256 * 1024


@dataclass(frozen=True)
class Outcome:
    """What became of one document: one of the words above, whose it is, and why."""

    what: str
    fax_id: str = ""
    why: str = ""


@dataclass(frozen=True)
class Origin:
    """What is known of a document that RingCentral did not list with it.

    `message_ids` are those that its name may tell; `told` is kept with the fax.
    """

    mailbox: Mailbox
    direction: str
    created_at: datetime
    message_ids: Sequence[str]
    told: dict[str, object]
    from_number: str | None = None
    to_numbers: Sequence[str] = ()


@dataclass(frozen=True)
class Importer:
    """Takes in one document after another. `owner` is the name under which it takes jobs."""

    catalog: Catalog
    archive: Archive
    books: Bookkeeping
    intake: Intake
    owner: str
    now: Callable[[], datetime]

    def learn(self, mailbox: Mailbox, messages: Sequence[Message]) -> Looked:
        """Record what an export tells of a mailbox; numbers in it may be masked."""
        with self.catalog.transaction() as tx:
            told = Told("export", "export", self.now())
            return self.intake.take(tx, mailbox, messages, told)

    def take_exported(self, fax_id: str, file: BinaryIO) -> Outcome:
        """Keep an export's document under its fax."""
        with self.catalog.reading() as tx:
            fax = tx.faxes.get(fax_id)
        if fax is None:
            return Outcome(LEFT, "", "no listing of the export tells of it")
        named = attachments_to_keep(message_of(fax))
        if len(named) > 1:
            why = "it has several documents; they come from the message store"
            return Outcome(LEFT, fax_id, why)
        with self.archive.spool() as spool:
            return self._keep(fax, file, spool, "export", named[0] if named else None)

    def take_loose(self, file: BinaryIO, origin: Origin) -> Outcome:
        """Keep a document under the fax that it is of, or under a new one."""
        with self.archive.spool() as spool:
            if refused := _filled(spool, file):
                return refused
            with self.catalog.reading() as tx:
                known = tx.documents.same(spool.sha256)
                fax = _meant(tx, origin)
            if known and (fax is None or fax.id in known):
                return Outcome(THERE, known[0])
            try:
                check_document(spool, Claim(None, None, fax.pages if fax else None))
            except DocumentRefused as refusal:
                return Outcome(REFUSED, "", str(refusal))
            fax = self._recorded(origin, fax, spool.sha256)
            return self._keep_filled(fax, spool, "import", None)

    def _recorded(self, origin: Origin, fax: Fax | None, sha256: str) -> Fax:
        """The fax as a row: a new one for a document of none, and what was unknown of a known."""
        new = _new_fax(origin, fax.message_id if fax else f"import-{sha256[:16]}")
        if fax and fax.direction in DIRECTIONS:
            # A file may have been copied since: whoever knows the fax knows its time better.
            new = replace(new, created_at=fax.created_at)
        with self.catalog.transaction() as tx:
            tx.faxes.record(new, self.now())
            move_day(tx, fax, self.now())
            return known_fax(tx, new.id)

    def _keep(
        self, fax: Fax, file: BinaryIO, spool: Spool, source: str, told: Attachment | None
    ) -> Outcome:
        return _filled(spool, file) or self._keep_filled(fax, spool, source, told)

    def _keep_filled(self, fax: Fax, spool: Spool, source: str, told: Attachment | None) -> Outcome:
        if fax.state == "archived":
            return self._compared(fax, spool)
        job = self._lease(fax)
        if job is None:
            return Outcome(BUSY, fax.id, "the worker is fetching it at this moment")
        claim = Claim(told.content_type if told else None, told.size if told else None, fax.pages)
        try:
            facts = check_document(spool, claim)
        except DocumentRefused as refusal:
            if fax.state != "lost":  # a loss stays one, and keeps its evidence
                self.books.set_aside(fax, refusal, spool)
            self._give_back(job, str(refusal))
            return Outcome(REFUSED, fax.id, str(refusal))
        self.books.publish(fax.id, [_document(spool, facts, source, told)])
        with self.catalog.transaction() as tx:
            tx.jobs.finish(job)
        return Outcome(HEALED if fax.state in ("lost", "refused") else ARCHIVED, fax.id)

    def _compared(self, fax: Fax, spool: Spool) -> Outcome:
        with self.catalog.reading() as tx:
            kept = {document.sha256 for document in tx.documents.of(fax.id)}
        if spool.sha256 in kept:
            return Outcome(THERE, fax.id)
        return Outcome(DIFFERS, fax.id, "another document of this fax is in the archive; it stays")

    def _lease(self, fax: Fax) -> Job | None:
        """The fax's job, so that no worker fetches it meanwhile; None when one does already."""
        now = self.now()
        with self.catalog.transaction() as tx:
            mailbox = tx.mailboxes.get(fax.mailbox_id)
            tx.jobs.revive("archive", fax.id, now)
            tx.jobs.request("archive", fax.id, now, now, Place(mailbox.login if mailbox else ""))
            return tx.jobs.claim("archive", fax.id, self.owner, now, now + LEASE)

    def _give_back(self, job: Job, reason: str) -> None:
        with self.catalog.transaction() as tx:
            tx.jobs.postpone(job, self.now(), reason, failed=True)


def _filled(spool: Spool, file: BinaryIO) -> Outcome | None:
    """Read a file into the spool; the outcome if it cannot be kept."""
    try:
        while chunk := file.read(_STEP):
            spool.write(chunk)
    except DocumentRefused as refusal:
        return Outcome(REFUSED, "", str(refusal))
    return None


def _document(spool: Spool, facts: DocumentFacts, source: str, told: Attachment | None) -> Document:
    types = {"pdf": "application/pdf", "tiff": "image/tiff"}
    content_type = (told.content_type if told else None) or types[facts.kind]
    return Document(spool, facts, (told.id if told else None) or "", content_type, source)


def _meant(tx: Transaction, origin: Origin) -> Fax | None:
    """The one fax of the mailbox that the document's name tells of."""
    mailbox = origin.mailbox
    ids = {f"{mailbox.account_id}-{message_id}" for message_id in origin.message_ids}
    faxes = [fax for fax in map(tx.faxes.get, sorted(ids)) if fax]
    mine = [fax for fax in faxes if fax.mailbox_id == mailbox.id]
    return mine[0] if len(mine) == 1 else None


def _new_fax(origin: Origin, message_id: str) -> NewFax:
    return NewFax(
        account_id=origin.mailbox.account_id,
        mailbox_id=origin.mailbox.id,
        message_id=message_id,
        direction=origin.direction,
        message_status="",
        read_status="",
        availability="Alive",
        created_at=origin.created_at,
        raw=compact({"id": message_id, "imported": origin.told}),
        origin="import",
        found_by="import",
        from_number=origin.from_number,
        recipients=tuple(Recipient(number=number) for number in origin.to_numbers),
    )
