"""Attests: the statements of some days put together, what they name read again, and all signed."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from archive import Archive, Finding, parse_line
from archive.closing import hash_file
from archive.completeness import StatedDay, bundle_text, days_between, digest_of
from archive.key_files import public_pem_of
from archive.statement import STATES, read_statement
from archive.verify_files import named_by
from catalog import Catalog, DayStatement, Transaction
from errors import ArchiveError, UserError
from handlers.bookkeeping import Bookkeeping

MOST_DAYS = 3660


@dataclass
class Attested:
    """What was stated about a time: totals, what is missing, what differs from its statement."""

    first_day: str
    last_day: str
    mailboxes: Sequence[str]
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("listed", *STATES), 0))
    missing: list[tuple[str, str]] = field(default_factory=list)
    contradicted: list[DayStatement] = field(default_factory=list)
    reread: int = 0
    findings: list[Finding] = field(default_factory=list)
    bundle: bytes = b""
    line: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether the sentence holds: everything archived, nothing missing, nothing changed."""
        rest = [self.totals[state] for state in STATES if state != "archived"]
        return not (any(rest) or self.missing or self.findings)


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
            UserError: the days make no sense, or no mailbox is known by that name.
        """
        _require_days(first, last)
        with self.catalog.reading() as tx:
            attested = self._about(tx, first, last, mailbox)
            stated = tx.days.between(attested.first_day, attested.last_day)
        chosen = [each for each in stated if each.mailbox_id in attested.mailboxes]
        days = list(self._gather(chosen, attested, progress))
        self._sign(attested, days)
        return attested

    def _about(self, tx: Transaction, first: date, last: date, mailbox: str | None) -> Attested:
        known = {each.id: each for each in tx.mailboxes.all()}
        if mailbox is not None and mailbox not in known:
            raise UserError("No such mailbox. `faxkeep census` lists them.")
        chosen = [mailbox] if mailbox else sorted(known)
        attested = Attested(first.isoformat(), last.isoformat(), chosen)
        stated = {
            (each.mailbox_id, each.day)
            for each in tx.days.between(attested.first_day, attested.last_day)
        }
        attested.missing = [
            (mailbox_id, day)
            for mailbox_id in chosen
            for day in days_between(attested.first_day, attested.last_day)
            if (mailbox_id, day) not in stated
        ]
        return attested

    def _gather(
        self,
        chosen: Sequence[DayStatement],
        attested: Attested,
        progress: Callable[[int, int], None],
    ) -> Iterator[StatedDay]:
        for number, statement in enumerate(chosen, 1):
            try:
                text = self.archive.statements.read(statement.file)
            except ArchiveError as error:
                attested.findings.append(
                    Finding("missing", "statement", statement.file, str(error))
                )
                attested.missing.append((statement.mailbox_id, statement.day))
                continue
            if hashlib.sha256(text).hexdigest() != statement.sha256:
                detail = "it is not the one that was made"
                attested.findings.append(Finding("changed", "statement", statement.file, detail))
            if statement.contradiction:
                attested.contradicted.append(statement)
            for name in attested.totals:
                attested.totals[name] += getattr(statement, name)
            with self.catalog.reading() as tx:
                (line,) = tx.ledger.after(statement.seq - 1, 1)
                attested.findings += self._reread(tx, read_statement(text), attested)
            progress(number, len(chosen))
            yield StatedDay(text, line.line)

    def _reread(
        self, tx: Transaction, body: Mapping[str, object], attested: Attested
    ) -> Iterator[Finding]:
        """Compare every file of every archived fax with the ledger line it is stated with."""
        faxes = body["faxes"]
        assert isinstance(faxes, list)
        for fax in faxes:
            if fax.get("state") != "archived":
                continue
            rows = tx.ledger.after(int(fax["line"]) - 1, 1)
            named = named_by(parse_line(rows[0].line).entry) if rows else None
            for file in named.files if named else ():
                path = self.archive.root / str(fax["folder"]) / file.name
                where = f"{fax['folder']}/{file.name}"
                attested.reread += 1
                if not path.is_file():
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
            "reread": attested.reread,
            "changed": len(attested.findings),
            "complete": attested.is_complete,
        }
        with self.catalog.transaction() as tx:
            attested.line = self.books.enter(tx, entry, self.now())
        self.books.copy_ledger()
        with self.catalog.reading() as tx:
            (row,) = tx.ledger.after(attested.line - 1, 1)
        pem = public_pem_of(self.archive.keys.ledger_public_key()).decode()
        attested.bundle = bundle_text(days, row.line, pem)


def _require_days(first: date, last: date) -> None:
    if first > last:
        raise UserError("The first day must not come after the last one.")
    if last - first > timedelta(days=MOST_DAYS):
        raise UserError("Ten years at once are the most.")
