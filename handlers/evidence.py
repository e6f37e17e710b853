"""Makes evidence of one fax: gathers what is known, compares it with what is signed, signs it all.

Nothing is signed on the catalog's word alone where the archive has a signed record: the two are
compared first, and a fax on which they differ gets no evidence.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, cast

from archive import Archive, LedgerLine, parse_line
from archive.evidence import (
    Entry,
    Evidence,
    SealedRecord,
    Sink,
    draw_page,
    facts_text,
    fingerprint,
    measured,
    sealed_record,
    write_evidence,
)
from archive.key_files import public_pem_of
from archive.ledger import fault
from catalog import Catalog, Fax, Transaction
from errors import ArchiveError, KeyMissing, UserError
from handlers.bookkeeping import Bookkeeping
from handlers.evidence_checks import (
    DIFFERS,
    agreed_news,
    record_named,
    require_entered_loss,
    require_never_archived,
    since_archived,
)
from handlers.evidence_facts import facts_of
from handlers.evidence_page import page_of
from handlers.evidence_parts import Gathered, Handed, Making
from handlers.records import archive_record

BATCH = 1000
MOST_CHAIN = 50_000
"""Lines of the ledger: what the reader of such a file still holds in memory."""
TRIES = 5


@dataclass(frozen=True)
class Wish:
    """How an evidence is wanted.

    `chain`: with every line of the ledger from the fax's first to the evidence's own, which name
    other faxes too. `note` is shown in it: for whom it is, or why.
    """

    chain: bool = False
    note: str = ""


PLAIN = Wish()


@dataclass(frozen=True)
class Made:
    """What was made: of which fax, and which line of the ledger tells of it."""

    fax_id: str
    state: str
    line: int
    documents: int


@dataclass(frozen=True)
class EvidenceMaker:
    """Makes evidence; `by` names this program and its version. Needs the ledger key to sign.

    Where the fax is archived it needs a key that opens the archive as well.
    """

    catalog: Catalog
    archive: Archive
    books: Bookkeeping
    now: Callable[[], datetime]
    by: str

    def make(self, fax_id: str, into: BinaryIO, wish: Wish = PLAIN) -> Made:
        """Write the evidence of a fax to `into`, streaming; it need not be seekable.

        The ledger gets a line that it was made. Nothing is written before everything was checked.

        Raises:
            UserError: there is no such fax, or its chain is too long.
            KeyMissing: this machine cannot open the archive, or not sign.
            ArchiveError: archive, ledger and catalog do not agree on this fax.
        """
        for _ in range(TRIES):
            draft = self._draft(fax_id, wish)
            line = self._enter(draft)
            if line is not None:
                break
        else:
            raise ArchiveError("The fax changes too fast for evidence of it. Try again.")
        self.books.copy_ledger()
        self._write(draft, line, into)
        return Made(fax_id, draft.gathered.fax.state, line.seq, len(draft.making.documents))

    def _draft(self, fax_id: str, wish: Wish) -> "_Draft":
        gathered = self._gather(fax_id)
        making = self._making(gathered, wish)
        if wish.chain:
            self._require_short(gathered.lines)
        return _Draft(gathered, making, facts_of(gathered, making))

    def _gather(self, fax_id: str) -> Gathered:
        with self.catalog.reading() as tx:
            fax = tx.faxes.get(fax_id)
            if fax is None:
                raise UserError("No such fax. `faxkeep faxes` lists them.")
            mailbox = tx.mailboxes.get(fax.mailbox_id)
            login = tx.logins.get(mailbox.login) if mailbox and mailbox.login else None
            skew = None
            if login and login.skew_s is not None and login.skew_at is not None:
                skew = login.skew_s, login.skew_at
            return Gathered(
                fax=fax,
                mailbox=mailbox,
                recipients=tx.faxes.recipients(fax.id),
                steps=tx.faxes.steps(fax.id),
                documents=tx.documents.of(fax.id),
                asides=tx.asides.of(fax.id),
                lines=self._lines(tx, fax.id),
                record=archive_record(tx, fax),
                handed=_handed(tx, fax),
                skew=skew,
            )

    def _lines(self, tx: Transaction, fax_id: str) -> list[LedgerLine]:
        """The lines about a fax, each truly signed; not those that tell of earlier evidence."""
        lines = [parse_line(row.line) for row in tx.ledger.of(fax_id)]
        key = self.archive.keys.ledger_public_key()
        if any(fault(line, key) or line.entry.get("fax") != fax_id for line in lines):
            raise ArchiveError(f"A line of the ledger about this fax was changed. {DIFFERS}")
        return [line for line in lines if line.entry.get("kind") != "disclosed"]

    def _making(self, gathered: Gathered, wish: Wish) -> Making:
        self.archive.keys.sign(b"")  # nothing is begun that could not be signed
        plain = Making(self.now(), self.by, wish.chain, wish.note)
        if gathered.fax.state != "archived":
            require_never_archived(gathered.lines)
            if gathered.fax.state == "lost":
                require_entered_loss(gathered.fax, gathered.lines)
            return plain
        if not self.archive.keys.can_open():
            raise KeyMissing(
                "Evidence holds the fax itself, and this machine holds no key that opens the"
                " archive. Name one with FAXKEEP_ARCHIVE_KEY."
            )
        naming = since_archived(gathered.lines)
        sealed = [(line.seq, self._sealed(line)) for line in naming]
        return replace(
            plain,
            documents=self._documents(gathered, naming[0].entry),
            sealed=sealed,
            recorded=agreed_news(gathered, sealed[-1][1].record),
        )

    def _sealed(self, line: LedgerLine) -> SealedRecord:
        folder, file = record_named(line)
        return sealed_record(self.archive, folder, file)

    def _documents(self, gathered: Gathered, entry: Mapping[str, Any]) -> list[Entry]:
        """The documents, read once to be measured and compared with the line that names them."""
        told = [(each["name"], each["size"], each["sha256"]) for each in entry["documents"]]
        entries = []
        for place, row in enumerate(gathered.documents, 1):
            write = partial(self._write_document, str(entry["folder"]), row.name)
            entries.append(measured(f"documents/{place}.{row.kind}", write))
        known = [(row.name, row.size, row.sha256) for row in gathered.documents]
        found = [
            (each[0], entry.size, entry.sha256) for each, entry in zip(known, entries, strict=True)
        ]
        if not told == known == found or gathered.fax.folder != entry["folder"]:
            raise ArchiveError(f"The document is not the one that the ledger names. {DIFFERS}")
        return entries

    def _write_document(self, folder: str, name: str, into: Sink) -> None:
        self.archive.read_document(folder, name, cast(BinaryIO, into))

    def _enter(self, draft: "_Draft") -> LedgerLine | None:
        """Enter that evidence was made; None when the fax got another line meanwhile."""
        fax_id, lines = draft.gathered.fax.id, draft.gathered.lines
        entry = {
            "kind": "disclosed",
            "fax": fax_id,
            "evidence": hashlib.sha256(facts_text(draft.facts)).hexdigest(),
            "lines": [[line.seq, line.hash] for line in lines],
        }
        with self.catalog.transaction() as tx:
            if self._lines(tx, fax_id) != list(lines):
                return None
            seq = self.books.enter(tx, entry, draft.making.at)
            return parse_line(tx.ledger.after(seq - 1, 1)[0].line)

    def _write(self, draft: "_Draft", line: LedgerLine, into: BinaryIO) -> None:
        gathered, making = draft.gathered, draft.making
        public = self.archive.keys.ledger_public_key()
        own = [*gathered.lines, line]
        lines = list(self._chain(own[0].seq, line)) if making.chain else own
        evidence = Evidence(
            fax=gathered.fax.id,
            facts=facts_text(draft.facts),
            page=draw_page(page_of(draft.facts, own, fingerprint(public))),
            documents=making.documents,
            records={each.name: each.sealed for _, each in making.sealed},
            lines=[each.text for each in lines],
            ledger_key=public_pem_of(public),
        )
        write_evidence(evidence, self.archive.keys.sign, into)

    def _chain(self, first: int, last: LedgerLine) -> Iterator[LedgerLine]:
        seq = first - 1
        while seq < last.seq:
            with self.catalog.reading() as tx:
                rows = tx.ledger.after(seq, min(BATCH, last.seq - seq))
            if not rows:
                raise ArchiveError(f"A line of the ledger is missing. {DIFFERS}")
            yield from (parse_line(row.line) for row in rows)
            seq = rows[-1].seq

    def _require_short(self, lines: Sequence[LedgerLine]) -> None:
        with self.catalog.reading() as tx:
            tail = tx.ledger.tail()
        if lines and tail and tail.seq - lines[0].seq >= MOST_CHAIN:
            raise UserError(
                f"{tail.seq - lines[0].seq} lines of the ledger came after this fax:"
                f" more than {MOST_CHAIN} do not go into an evidence."
            )


@dataclass(frozen=True)
class _Draft:
    """What is about to be entered and written."""

    gathered: Gathered
    making: Making
    facts: Mapping[str, object]


def _handed(tx: Transaction, fax: Fax) -> Handed | None:
    sending = tx.sendings.with_message(fax.mailbox_id, fax.message_id)
    if sending is None:
        return None
    return Handed(sending, tx.sendings.recipients(sending.id), tx.sendings.documents(sending.id))
