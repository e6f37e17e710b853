"""Restores from the ledger's lines what has no folder of a fax: losses, and statements."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive import Archive, LedgerLine
from archive.ledger import canonical
from archive.statement import read_statement
from catalog import DayStatement, Fax, Mailbox, Transaction
from errors import ArchiveError
from handlers.records import compact


@dataclass(frozen=True)
class Retelling:
    """Puts back one line at a time, inside the caller's transaction."""

    archive: Archive

    def loss(self, tx: Transaction, line: LedgerLine) -> None:
        """A fax that was lost, unless it is known to be archived after all."""
        entry, at = line.entry, datetime.fromisoformat(line.at)
        fax = _lost_fax(entry, at)
        _watch(tx, fax.mailbox_id, at)
        if not tx.faxes.restore(fax, [], []):
            tx.faxes.mark_lost(fax.id, fax.state_reason, at, fax.evidence)

    def statement(self, tx: Transaction, line: LedgerLine) -> str:
        """A statement that a line signs; what is wrong with it, or ""."""
        entry = line.entry
        (file,) = entry["files"] if isinstance(entry["files"], list) else ({},)
        path = f"{entry['folder']}/{file['name']}"
        try:
            text = self.archive.statements.read(path)
            body = read_statement(text)
        except (ArchiveError, ValueError) as error:
            return f"{path}: {error}"
        if hashlib.sha256(text).hexdigest() != file["sha256"]:
            return f"{path}: it is not the statement that the ledger names"
        if contradicts := body.get("contradicts"):
            self._contradict(tx, body, contradicts)
        tx.days.add(_statement(body, line, path, str(file["sha256"])))
        return ""

    def _contradict(
        self, tx: Transaction, body: Mapping[str, Any], contradicts: Mapping[str, Any]
    ) -> None:
        before = tx.days.latest(str(body["mailbox"]), str(body["day"]))
        if before is not None and before.revision == contradicts["revision"]:
            tx.days.contradict(before, " ".join(map(str, contradicts["messages"])))


def _statement(body: Mapping[str, Any], line: LedgerLine, path: str, sha256: str) -> DayStatement:
    totals = body["totals"]
    return DayStatement(
        mailbox_id=str(body["mailbox"]),
        day=str(body["day"]),
        revision=int(body["revision"]),
        at=datetime.fromisoformat(line.at),
        listed_at=datetime.fromisoformat(body.get("listed_at") or line.at),
        file=path,
        sha256=sha256,
        content=hashlib.sha256(canonical({"faxes": body["faxes"]}).encode()).hexdigest(),
        listed=totals["listed"],
        archived=totals["archived"],
        pending=totals["pending"],
        refused=totals["refused"],
        lost=totals["lost"],
        seq=line.seq,
    )


def _lost_fax(entry: Mapping[str, Any], at: datetime) -> Fax:
    evidence = entry["evidence"]
    return Fax(
        id=str(entry["fax"]),
        account_id=str(entry["fax"]).rsplit("-", 1)[0],
        mailbox_id=str(entry["mailbox"]),
        message_id=str(entry["message"]),
        direction=str(entry["direction"]),
        message_status="",
        read_status="",
        availability="Purged",
        availability_at=at,
        created_at=datetime.fromisoformat(str(entry["created_at"])),
        modified_at=None,
        pages=None,
        resolution=None,
        subject=None,
        from_number=None,
        from_name=None,
        raw=compact({"id": str(entry["message"])}),
        origin="message-store",
        state="lost",
        state_reason=str(evidence["cause"]),
        state_at=at,
        folder=None,
        revision=0,
        version=0,
        unrecorded=False,
        first_seen_at=at,
        evidence=compact(evidence),
    )


def _watch(tx: Transaction, mailbox_id: str, now: datetime) -> None:
    if tx.mailboxes.get(mailbox_id) is None:
        account_id, _, extension_id = mailbox_id.rpartition("-")
        tx.mailboxes.watch(Mailbox(mailbox_id, account_id, extension_id, "", ""), now)
