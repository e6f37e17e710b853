"""States completeness: for each mailbox and day every fax that RingCentral listed, and its state.

A statement is made when the day has settled and the mailbox was listed whole afterwards. When a
fax of that day changes its state, or RingCentral later lists one that it did not contain, a next
revision is made and signed; the earlier ones stay.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from archive import AlreadyPublished, Archive, utc_text
from archive.statement import Place, content_of, statement_text, totals_of
from catalog import Catalog, DayStatement, Fax, Mailbox, Transaction
from handlers.bookkeeping import Bookkeeping
from handlers.timetable import DAY_SETTLES

log = logging.getLogger(__name__)

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Draft:
    """What is to be stated of one mailbox and day."""

    revision: int
    body: Mapping[str, object]
    faxes: Sequence[Mapping[str, object]]

    @property
    def content(self) -> str:
        return content_of(self.faxes)


@dataclass(frozen=True)
class StatementMaker:
    """Makes what statements are due."""

    catalog: Catalog
    archive: Archive
    books: Bookkeeping
    now: Callable[[], datetime]
    failpoint: Callable[[str], None]

    def bring_up_to_date(self, mailbox_id: str) -> int:
        """Make every statement of a mailbox that is due; how many."""
        with self.catalog.reading() as tx:
            mailbox = tx.mailboxes.get(mailbox_id)
            days = sorted(set(self._days(tx, mailbox))) if mailbox else []
        made = sum(self._state(mailbox, day) for day in days) if mailbox else 0
        if made:
            self.books.copy_ledger()
        return made

    def _days(self, tx: Transaction, mailbox: Mailbox) -> Iterator[str]:
        """Settled days without a statement, and those to which something has happened since.

        A day that the last listing did not reach back to can only be stated once more.
        """
        if mailbox.listed_at is None:
            return
        settled = settled_before(mailbox, mailbox.listed_at)
        reached = (mailbox.listed_from_at or mailbox.listed_at).date()
        last = tx.days.last_day(mailbox.id)
        began = (mailbox.added_at or mailbox.listed_at).date()
        day = max(reached, began, date.fromisoformat(last.day) + ONE_DAY if last else began)
        while day < settled:
            yield day.isoformat()
            day += ONE_DAY
        yield from (e.day for e in tx.days.contradicted() if e.mailbox_id == mailbox.id)
        # What changed while the last statements were made came after their listing.
        since = last.listed_at if last else None
        for changed in tx.days.days_of_change(mailbox.id, since):
            day = date.fromisoformat(changed)
            if day < settled and (day >= reached or tx.days.latest(mailbox.id, changed)):
                yield changed

    def _state(self, mailbox: Mailbox, day: str) -> bool:
        """State one day anew if it says something else than before; whether it did."""
        with self.catalog.reading() as tx:
            before = tx.days.latest(mailbox.id, day)
            draft = self._draft(tx, mailbox, day, before)
        if before and before.content == draft.content and not before.contradiction:
            return False
        place = Place(mailbox.id, day, draft.revision)
        text = statement_text(draft.body, draft.faxes)
        try:
            file = self.archive.statements.keep(place, text)
        except AlreadyPublished:
            # Left by a crash between the file and the commit: the catalog does not know it.
            self.archive.statements.displace(place)
            file = self.archive.statements.keep(place, text)
        totals = totals_of(draft.faxes)
        entry = {
            "kind": "statement",
            "mailbox": mailbox.id,
            "day": day,
            "revision": draft.revision,
            "folder": place.folder,
            "files": [dict(vars(file))],
            "totals": totals,
        }
        if "contradicts" in draft.body:
            entry["contradicts"] = draft.body["contradicts"]
        with self.catalog.transaction() as tx:
            at = self.now()
            seq = self.books.enter(tx, entry, at)
            tx.days.add(
                DayStatement(
                    mailbox_id=mailbox.id,
                    day=day,
                    revision=draft.revision,
                    at=at,
                    listed_at=mailbox.listed_at or at,
                    file=f"{place.folder}/{place.name}",
                    sha256=file.sha256,
                    content=draft.content,
                    seq=seq,
                    listed=totals["listed"],
                    archived=totals["archived"],
                    pending=totals["pending"],
                    refused=totals["refused"],
                    lost=totals["lost"],
                )
            )
            self.failpoint("before-statement-commit")
        return True

    def _draft(
        self, tx: Transaction, mailbox: Mailbox, day: str, before: DayStatement | None
    ) -> Draft:
        start, revision = _midnight(day), before.revision + 1 if before else 1
        faxes = [_told(tx, fax) for fax in tx.faxes.of_day(mailbox.id, start, start + ONE_DAY)]
        body: dict[str, object] = {
            "mailbox": mailbox.id,
            "day": day,
            "revision": revision,
            "made_at": utc_text(self.now()),
            "listed_at": utc_text(mailbox.listed_at) if mailbox.listed_at else None,
            "listed_from": utc_text(mailbox.listed_from_at) if mailbox.listed_from_at else None,
            "watched_since": utc_text(mailbox.added_at) if mailbox.added_at else None,
            "blind_windows": list(_windows(tx, mailbox, start)),
        }
        if mailbox.status == "gone":
            body["gone"] = mailbox.status_reason
        if before and before.contradiction:
            messages = before.contradiction.split()
            body["contradicts"] = {"revision": before.revision, "messages": messages}
        return Draft(revision, body, faxes)


def settled_before(mailbox: Mailbox, listed_at: datetime) -> date:
    """The first day that cannot be stated yet. One that is gone is listed no more: its last day is
    that of the last look."""
    if mailbox.status == "gone" and mailbox.looked_at is not None:
        return mailbox.looked_at.date() + ONE_DAY
    return (listed_at - DAY_SETTLES).date()


def _told(tx: Transaction, fax: Fax) -> dict[str, object]:
    """One fax as a statement tells of it: no number, no name."""
    told: dict[str, object] = {
        "message": fax.message_id,
        "direction": fax.direction,
        "created_at": utc_text(fax.created_at),
        "state": fax.state,
        "told_by": fax.origin,
    }
    if fax.state == "archived":
        lines = [row.seq for row in tx.ledger.of(fax.id) if row.kind == "archived"]
        documents = [document.sha256 for document in tx.documents.of(fax.id)]
        return {**told, "folder": fax.folder, "documents": documents, "line": lines[-1]}
    if fax.state == "lost":
        return {**told, "reason": fax.state_reason, "evidence": json.loads(fax.evidence or "{}")}
    if fax.state == "refused":
        return {**told, "reason": fax.state_reason}
    queued = fax.direction == "Outbound" and fax.message_status == "Queued"
    return {**told, "reason": "it is still queued" if queued else "it is still to be fetched"}


def _windows(tx: Transaction, mailbox: Mailbox, start: datetime) -> Iterator[dict[str, Any]]:
    """The blind windows that touch the day."""
    for window in tx.windows.list(since=start):
        if window.mailbox_id == mailbox.id and window.started_at < start + ONE_DAY:
            yield {
                "from": utc_text(window.started_at),
                "to": utc_text(window.ended_at) if window.ended_at else None,
                "cause": window.cause,
            }


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
