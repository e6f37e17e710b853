"""Restores from the ledger's lines what has no folder of a fax: losses, and statements."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive import Archive, LedgerLine
from archive.statement import content_of, read_statement
from catalog import DayStatement, Transaction
from errors import ArchiveError
from handlers.reading_back import bare_fax, lost_fax_of_entry


@dataclass(frozen=True)
class Retelling:
    """Puts back one line at a time, inside the caller's transaction."""

    archive: Archive

    def loss(self, tx: Transaction, line: LedgerLine) -> None:
        """A fax that was lost, unless something later is known of it, such as that it came back."""
        at = datetime.fromisoformat(line.at)
        fax = lost_fax_of_entry(line.entry, at)
        tx.mailboxes.restore(fax.mailbox_id, at)
        known = tx.faxes.get(fax.id)
        if known is None:
            tx.faxes.restore(fax, [], [])
        elif known.state_at <= at:
            tx.faxes.mark_lost(fax.id, fax.state_reason, at, fax.evidence)

    def statement(self, tx: Transaction, line: LedgerLine) -> str:
        """A statement that a line signs; what is wrong with its file, or "".

        What the line itself tells is put back in any case: the place of a damaged file is taken.
        So are the faxes that were pending: they are no news to the day when the next look comes.
        """
        entry: Mapping[str, Any] = line.entry
        (file,) = entry["files"] if isinstance(entry["files"], list) else ({},)
        path = f"{entry['folder']}/{file['name']}"
        body, problem = self._read(path, str(file["sha256"]))
        since = datetime.fromisoformat(body.get("watched_since") or line.at)
        tx.mailboxes.restore(str(entry["mailbox"]), since)
        if contradicts := entry.get("contradicts"):
            _contradict(tx, entry, contradicts)
        tx.days.add(_statement(line, body, path, str(file["sha256"])))
        for told in body.get("faxes", ()):
            if told["state"] == "pending":
                fax = bare_fax(str(entry["mailbox"]), told, datetime.fromisoformat(line.at))
                tx.faxes.restore(fax, [], [])
        return f"{path}: {problem}" if problem else ""

    def _read(self, path: str, sha256: str) -> tuple[Mapping[str, Any], str]:
        """What a statement says, or nothing and why it cannot be believed."""
        try:
            text = self.archive.statements.read(path)
        except (ArchiveError, ValueError) as error:
            return {}, str(error)
        if hashlib.sha256(text).hexdigest() != sha256:
            return {}, "it is not the statement that the ledger names"
        return read_statement(text), ""


def _contradict(tx: Transaction, entry: Mapping[str, Any], contradicts: Mapping[str, Any]) -> None:
    before = tx.days.latest(str(entry["mailbox"]), str(entry["day"]))
    if before is not None and before.revision == contradicts["revision"]:
        tx.days.contradict(before, " ".join(map(str, contradicts["messages"])))


def _statement(line: LedgerLine, body: Mapping[str, Any], path: str, sha256: str) -> DayStatement:
    entry: Mapping[str, Any] = line.entry
    totals = entry["totals"]
    return DayStatement(
        mailbox_id=str(entry["mailbox"]),
        day=str(entry["day"]),
        revision=int(entry["revision"]),
        at=datetime.fromisoformat(line.at),
        listed_at=datetime.fromisoformat(body.get("listed_at") or line.at),
        file=path,
        sha256=sha256,
        content=content_of(body["faxes"]) if body else "",
        listed=totals["listed"],
        archived=totals["archived"],
        pending=totals["pending"],
        refused=totals["refused"],
        lost=totals["lost"],
        seq=line.seq,
    )
