"""Attests: the statements of some days put together, what they name read again, and all signed."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from archive import Archive, Finding, LedgerLine, parse_line
from archive.closing import hash_file
from archive.completeness import MOST_DAYS, StatedDay, bundle_text, days_between, digest_of
from archive.finding import Kind
from archive.key_files import public_pem_of
from archive.ledger import fault
from archive.statement import STATES, read_statement, totals_of
from archive.verify_files import named_by
from catalog import Catalog, DayStatement, Mailbox, Transaction
from errors import ArchiveError, UserError
from handlers.bookkeeping import Bookkeeping

MOST_MISSING = 50_000
"""So many days without a statement fit into the line of the ledger that has to name them."""


@dataclass
class Attested:
    """What was stated about a time: totals, what is missing, what differs from its statement.

    `ended` are the last days of mailboxes that are gone: none is stated, or missing, after them.
    """

    first_day: str
    last_day: str
    mailboxes: Sequence[str]
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("listed", *STATES), 0))
    missing: list[tuple[str, str]] = field(default_factory=list)
    ended: dict[str, str] = field(default_factory=dict)
    contradicted: list[DayStatement] = field(default_factory=list)
    reread: int = 0
    findings: list[Finding] = field(default_factory=list)
    bundle: bytes = b""
    line: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether the sentence holds: everything archived, nothing missing, nothing changed."""
        rest = [self.totals[state] for state in STATES if state != "archived"]
        return not (any(rest) or self.missing or self.findings or self.contradicted)


@dataclass(frozen=True)
class Attestor:
    """Puts statements together and signs them as one."""

    catalog: Catalog
    archive: Archive
    books: Bookkeeping
    now: Callable[[], datetime]

    def attest(
        self, first: date, last: date, mailbox: str | None, progress: Callable[[int, int], None]
    ) -> Attested:
        """State what is known of these days (both included), of one mailbox or of all.

        Every file that the statements name is read again and compared with the ledger.

        Raises:
            UserError: the days make no sense, or no mailbox is known by that name, or then.
        """
        _require_days(first, last)
        with self.catalog.reading() as tx:
            stated = tx.days.between(first.isoformat(), last.isoformat())
            known = tx.mailboxes.all()
            chosen = _chosen(known, {each.mailbox_id for each in stated}, first, last)
        if mailbox is not None:
            chosen = [each for each in self._only(mailbox) if each in chosen]
        if not chosen:
            raise UserError("No mailbox was watched in these days.")
        attested = Attested(first.isoformat(), last.isoformat(), chosen)
        own = {(each.mailbox_id, each.day): each for each in stated if each.mailbox_id in chosen}
        days = [*days_between(attested.first_day, attested.last_day)]
        ended = {each.id: _last_day(each) for each in known if each.status == "gone"}
        attested.ended = {name: day for name, day in ended.items() if name in chosen and day}
        attested.missing = [
            (mailbox_id, day)
            for mailbox_id, day in product(chosen, days)
            if (mailbox_id, day) not in own and day <= attested.ended.get(mailbox_id, day)
        ]
        if len(attested.missing) > MOST_MISSING:
            raise UserError(f"{len(attested.missing)} days have no statement: choose fewer days.")
        self._sign(attested, list(self._gather(list(own.values()), attested, progress)))
        return attested

    def _only(self, mailbox: str) -> list[str]:
        with self.catalog.reading() as tx:
            if tx.mailboxes.get(mailbox) is None:
                raise UserError("No such mailbox. `faxkeep census` lists them.")
        return [mailbox]

    def _gather(
        self,
        stated: Sequence[DayStatement],
        attested: Attested,
        progress: Callable[[int, int], None],
    ) -> Iterator[StatedDay]:
        for number, statement in enumerate(stated, 1):
            if day := self._signed(statement, attested):
                body = read_statement(day.text)
                for name, count in totals_of(body["faxes"]).items():
                    attested.totals[name] += count
                if statement.contradiction:
                    attested.contradicted.append(statement)
                attested.findings += self._reread(body["faxes"], attested)
                yield day
            progress(number, len(stated))

    def _signed(self, statement: DayStatement, attested: Attested) -> StatedDay | None:
        """The statement and the line that signs it; a finding where they are not as once made."""
        with self.catalog.reading() as tx:
            line = self._line(tx, statement.seq)
        kind: Kind = "changed"
        try:
            text = self.archive.statements.read(statement.file)
        except (ArchiveError, ValueError) as error:
            kind, detail = "missing", str(error)
        else:
            digest = hashlib.sha256(text).hexdigest()
            named = named_by(line.entry) if line else None
            if line and named and [file.sha256 for file in named.files] == [digest]:
                return StatedDay(text, line.text)
            detail = "it is not the one that its ledger line signs"
        attested.findings.append(Finding(kind, "statement", statement.file, detail))
        attested.missing.append((statement.mailbox_id, statement.day))
        return None

    def _line(self, tx: Transaction, seq: int) -> LedgerLine | None:
        """A truly signed line of the catalog's ledger; None when it is not there."""
        rows = tx.ledger.after(seq - 1, 1)
        try:
            line = parse_line(rows[0].line) if rows else None
        except ArchiveError:
            return None
        if line is None or line.seq != seq:
            return None
        return None if fault(line, self.archive.keys.ledger_public_key()) else line

    def _reread(self, faxes: Sequence[Mapping[str, Any]], attested: Attested) -> Iterator[Finding]:
        """Compare every file of every archived fax with the ledger line it is stated with."""
        for fax in faxes:
            if fax["state"] != "archived":
                continue
            folder = str(fax["folder"])
            with self.catalog.reading() as tx:
                line = self._line(tx, int(fax["line"]))
            named = named_by(line.entry) if line else None
            if named is None:
                detail = "a statement names it, but it tells of no such fax"
                yield Finding("missing", "ledger line", f"line {fax['line']}", detail)
                continue
            for file in named.files:
                path, where = self.archive.root / folder / file.name, f"{folder}/{file.name}"
                attested.reread += 1
                if path.is_symlink() or not path.is_file():
                    yield Finding("missing", "file", where, "the statement's ledger line names it")
                elif hash_file(path) != file:
                    yield Finding("changed", "file", where, "its SHA-256 is not the ledger's")

    def _sign(self, attested: Attested, days: Sequence[StatedDay]) -> None:
        entry = {
            "kind": "attested",
            "from": attested.first_day,
            "to": attested.last_day,
            "mailboxes": list(attested.mailboxes),
            "statements": digest_of(days),
            "totals": dict(attested.totals),
            "missing": [list(each) for each in attested.missing],
            "ended": attested.ended,
            "reread": attested.reread,
            "changed": len(attested.findings),
            "complete": attested.is_complete,
        }
        with self.catalog.transaction() as tx:
            attested.line = self.books.enter(tx, entry, self.now())
        self.books.copy_ledger()
        with self.catalog.reading() as tx:
            line = self._line(tx, attested.line)
        assert line is not None
        pem = public_pem_of(self.archive.keys.ledger_public_key()).decode()
        attested.bundle = bundle_text(days, line.text, pem)


def _chosen(
    mailboxes: Sequence[Mailbox], stated: Collection[str], first: date, last: date
) -> list[str]:
    """The mailboxes that were watched in some of these days, or have a statement of one."""
    return sorted(
        each.id for each in mailboxes if each.id in stated or _was_watched(each, first, last)
    )


def _was_watched(mailbox: Mailbox, first: date, last: date) -> bool:
    if mailbox.added_at is not None and mailbox.added_at.date() > last:
        return False
    if mailbox.status != "gone":
        return True
    return mailbox.looked_at is not None and mailbox.looked_at.date() >= first


def _last_day(mailbox: Mailbox) -> str:
    """The last day on which a mailbox that is gone was looked at; "" if it never was."""
    return mailbox.looked_at.date().isoformat() if mailbox.looked_at else ""


def _require_days(first: date, last: date) -> None:
    if first > last:
        raise UserError("The first day must not come after the last one.")
    if last - first >= timedelta(days=MOST_DAYS):
        raise UserError("Ten years at once are the most.")
