"""The faxes: what RingCentral says about each, and how far it is on its way to the archive."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from catalog.columns import Row, from_row
from catalog.documents import DocumentRow, Documents
from catalog.fax_changes import (
    MATERIAL,
    NEWS,
    in_known_order,
    message_columns,
    new_steps,
    news,
    outdated,
    recipient_columns,
)
from catalog.fax_lists import conditions, statement
from catalog.fax_rows import DeliveryStep, Fax, FaxQuery, NewFax, Recipient, Recorded
from catalog.statements import Statements

UNKNOWN = "Unknown"
"""The direction of a fax of which RingCentral told no more than that it is gone."""
FaxList = list[Fax]
"""Named here because a method called `list` hides the type inside the class."""


class Faxes:
    """The faxes inside one transaction."""

    def __init__(self, statements: Statements, documents: Documents) -> None:
        self._sql = statements
        self._documents = documents

    def record(self, fax: NewFax, now: datetime) -> Recorded:
        """Take in what RingCentral says; repeating it, or older news, changes nothing."""
        incoming = message_columns(fax)
        stored = self._sql.one("get", id=fax.id)
        if stored is None:
            self._insert(incoming, now)
            return Recorded(new=True, changed=True, steps=self._tell_recipients(fax, now))
        stored = self._with_direction(stored, incoming)
        if outdated(stored, incoming):
            return Recorded(new=False, changed=False)
        return self._renew(fax, stored, incoming, now)

    def restore(
        self, fax: Fax, recipients: Sequence[Recipient], steps: Sequence[DeliveryStep]
    ) -> bool:
        """Put back a whole row from an archive record; False when the fax is known already."""
        if not self._sql.run("insert", **asdict(fax) | {"unrecorded": int(fax.unrecorded)}):
            return False
        self._replace_recipients(fax.id, recipient_columns(recipients))
        self._add_steps(fax.id, steps)
        return True

    def set_availability(self, fax_id: str, availability: str, now: datetime) -> bool:
        """For a message of which RingCentral tells only the id; False for a fax we do not know."""
        self._sql.run("set_availability", id=fax_id, availability=availability, now=now)
        return self.get(fax_id) is not None

    def mark_news(self, fax_id: str) -> None:
        """Something came to be known of it that its record in the archive does not tell yet."""
        self._sql.run("mark_news", id=fax_id)

    def get(self, fax_id: str) -> Fax | None:
        """The fax, or None."""
        row = self._sql.one("get", id=fax_id)
        return _fax(row) if row else None

    def find(self, text: str) -> FaxList:
        """The faxes a person may mean by a full fax id or a bare message id."""
        return [_fax(row) for row in self._sql.all("find", text=text)]

    def recipients(self, fax_id: str) -> list[Recipient]:
        """The recipients in RingCentral's order, without their raw JSON."""
        return [from_row(Recipient, row) for row in self._sql.all("recipients", fax_id=fax_id)]

    def steps(self, fax_id: str) -> list[DeliveryStep]:
        """Every status we have seen, by recipient and then in order."""
        return [from_row(DeliveryStep, row) for row in self._sql.all("steps", fax_id=fax_id)]

    def documents(self, fax_id: str) -> list[DocumentRow]:
        """The documents of the fax, as `Documents.of` tells them."""
        return self._documents.of(fax_id)

    def count_by_state(self) -> dict[str, int]:
        """How many faxes are in each state; a state without faxes is left out."""
        return {row["state"]: row["faxes"] for row in self._sql.all("count_by_state")}

    def unfinished(self, limit: int) -> list[tuple[str, str]]:
        """The oldest faxes that need work and have no job: not archived, or archived and changed.

        Each with the login that reaches it; those that none reaches are left out. A pending fax
        that RingCentral has purged is not among them: nothing is left to fetch. Nor is a queued
        one, unless its mailbox is gone: then nothing will tell of it any more.
        """
        return [(row["id"], row["login"]) for row in self._sql.all("unfinished", limit=limit)]

    def unended(self, since: datetime, until: datetime, limit: int) -> FaxList:
        """The sent faxes created in [since, until) that have no end for somebody, oldest first."""
        rows = self._sql.all("unended", since=since, until=until, limit=limit)
        return [_fax(row) for row in rows]

    def of_day(self, mailbox_id: str, start: datetime, end: datetime) -> FaxList:
        """The faxes of a mailbox created in [start, end), the oldest first."""
        rows = self._sql.all("of_day", mailbox_id=mailbox_id, start=start, end=end)
        return [_fax(row) for row in rows]

    def mark_listed(self, fax_ids: Iterable[str], at: datetime) -> None:
        """A full listing begun at `at` named these."""
        self._sql.run_many("mark_listed", ({"id": fax_id, "at": at} for fax_id in fax_ids))

    def mark_unlisted(self, fax_ids: Iterable[str], at: datetime) -> None:
        """A full listing begun at `at` did not name these; the first such listing stays noted."""
        self._sql.run_many("mark_unlisted", ({"id": fax_id, "at": at} for fax_id in fax_ids))

    def unlisted(self, mailbox_id: str, since: datetime, at: datetime) -> FaxList:
        """The faxes created since then that the full listing begun at `at` did not name."""
        rows = self._sql.all("unlisted", mailbox_id=mailbox_id, since=since, at=at)
        return [_fax(row) for row in rows]

    def mark_archived(
        self, fax_id: str, folder: str, now: datetime, seen: int | None = None
    ) -> bool:
        """The first record of the fax is on disk; False when somebody else was first.

        `seen` is the `version` that the record tells. If the fax has changed since it was read,
        it becomes unrecorded at once instead of hiding that change.
        """
        return self._sql.run("mark_archived", id=fax_id, folder=folder, now=now, seen=seen) == 1

    def mark_amended(self, fax_id: str, revision: int, seen: int | None = None) -> bool:
        """A later record is on disk; False unless it is newer than the one we know. See above."""
        return self._sql.run("mark_amended", id=fax_id, revision=revision, seen=seen) == 1

    def mark_refused(self, fax_id: str, reason: str, now: datetime) -> bool:
        """The last download failed the truth check; False for an archived fax, which stays so."""
        return self._mark(fax_id, "refused", reason, now)

    def mark_lost(self, fax_id: str, reason: str, now: datetime, evidence: str = "") -> bool:
        """RingCentral no longer has it, and how we know that, as JSON.

        False for an archived fax, which stays so, and for one that was lost already.
        """
        return self._mark(fax_id, "lost", reason, now, evidence)

    def mark_found(self, fax: NewFax, now: datetime) -> bool:
        """RingCentral has it after all: one that was lost is pending again; whether it was."""
        told = {"direction": fax.direction, "availability": fax.availability}
        return self._sql.run("mark_found", id=fax.id, now=now, **told) == 1

    def list(self, query: FaxQuery) -> FaxList:
        """A page of faxes, the newest first; at most LIST_LIMIT. None after an unknown `before`."""
        last = self.get(query.before) if query.before else None
        if query.before and last is None:
            return []
        return [_fax(row) for row in self._sql.all(statement(query), **conditions(query, last))]

    def _mark(
        self, fax_id: str, state: str, reason: str, now: datetime, evidence: str = ""
    ) -> bool:
        values = {"state": state, "reason": reason, "evidence": evidence, "now": now}
        return self._sql.run("mark_unarchived", id=fax_id, **values) == 1

    def _insert(self, incoming: Mapping[str, Any], now: datetime) -> None:
        ours = {"state": "pending", "state_reason": "", "folder": None}
        counters = {"revision": 0, "version": 0, "unrecorded": 0}
        times = {"state_at": now, "first_seen_at": now, "availability_at": now}
        unknown = {"evidence": "", "listed_at": None, "unlisted_at": None}
        self._sql.run("insert", **incoming, **ours, **counters, **times, **unknown)

    def _with_direction(self, stored: Row, incoming: Mapping[str, Any]) -> Row:
        """A fax of which only the id was told learns these from whoever knows them."""
        if stored["direction"] != UNKNOWN or incoming["direction"] == UNKNOWN:
            return stored
        known = {name: incoming[name] for name in ("direction", "created_at")}
        self._sql.run("set_direction", id=stored["id"], **known)
        return {**stored, **known}

    def _renew(
        self, fax: NewFax, stored: Row, incoming: Mapping[str, Any], now: datetime
    ) -> Recorded:
        columns = news(stored, incoming)
        known = self._sql.all("recipients", fax_id=fax.id)
        fax = in_known_order(fax, known)
        addressed = known != recipient_columns(fax.recipients)
        changed = addressed or not columns.isdisjoint(MATERIAL)
        if columns or addressed:
            values = {name: incoming[name] for name in NEWS}
            self._sql.run("renew", id=fax.id, changed=int(changed), now=now, **values)
        steps = self._tell_recipients(fax, now) if changed else ()
        return Recorded(new=False, changed=changed, steps=steps)

    def _tell_recipients(self, fax: NewFax, now: datetime) -> tuple[DeliveryStep, ...]:
        """Keep the recipients as they are now; the steps that this adds."""
        self._replace_recipients(fax.id, recipient_columns(fax.recipients))
        steps = new_steps(fax, self.steps(fax.id), now)
        self._add_steps(fax.id, steps)
        return tuple(steps)

    def _add_steps(self, fax_id: str, steps: Iterable[DeliveryStep]) -> None:
        self._sql.run_many("add_steps", ({"fax_id": fax_id, **asdict(step)} for step in steps))

    def _replace_recipients(self, fax_id: str, recipients: Iterable[Mapping[str, Any]]) -> None:
        self._sql.run("drop_recipients", fax_id=fax_id)
        rows = (
            {"fax_id": fax_id, "position": position, **columns}
            for position, columns in enumerate(recipients)
        )
        self._sql.run_many("add_recipients", rows)


def _fax(row: Row) -> Fax:
    return from_row(Fax, {**row, "unrecorded": bool(row["unrecorded"])})
