"""The outbox: faxes that are to be sent or were, their recipients, and their documents' hashes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from catalog.columns import Row, from_row, time_text, time_value
from catalog.fax_lists import LIST_LIMIT, NEVER
from catalog.sending_rows import (
    Addressee,
    IdempotencyKey,
    Sending,
    SendingChange,
    SendingDocument,
    SendingQuery,
)
from catalog.statements import Statements

SendingList = list[Sending]
"""Named here because a method called `list` hides the type inside the class."""
_KEY = ("key_scope", "key_value", "key_fingerprint")


class Sendings:
    """The sendings inside one transaction. A change acts only on the state that it names."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def add(
        self,
        sending: Sending,
        to: Sequence[Addressee],
        documents: Sequence[SendingDocument],
        key: IdempotencyKey | None = None,
    ) -> None:
        """Keep a new one. CatalogError when its id or key is taken."""
        named = (key.scope, key.key, key.fingerprint) if key else (None, None, None)
        row = {**asdict(sending), "has_files": int(sending.has_files)}
        self._sql.run("insert", **row, **dict(zip(_KEY, named, strict=True)))
        of_it = {"sending_id": sending.id}
        addressed = (of_it | {"position": n, **vars(each)} for n, each in enumerate(to))
        self._sql.run_many("add_recipients", addressed)
        self._sql.run_many("add_documents", (of_it | vars(each) for each in documents))

    def get(self, sending_id: str) -> Sending | None:
        """The sending, or None."""
        return _one(self._sql.one("get", id=sending_id))

    def with_key(self, key: IdempotencyKey) -> tuple[Sending, str] | None:
        """What was asked for before under this scope and key, and with which fingerprint."""
        row = self._sql.one("by_key", scope=key.scope, key=key.key)
        sending = _one(row)
        return (sending, row["key_fingerprint"]) if row and sending else None

    def with_message(self, mailbox_id: str, message_id: str) -> Sending | None:
        """The sending that became this message."""
        return _one(self._sql.one("by_message", mailbox_id=mailbox_id, message_id=message_id))

    def recipients(self, sending_id: str) -> list[Addressee]:
        """In the order in which they were named."""
        rows = self._sql.all("recipients", sending_id=sending_id)
        return [from_row(Addressee, row) for row in rows]

    def documents(self, sending_id: str) -> list[SendingDocument]:
        """In the order in which they are faxed."""
        rows = self._sql.all("documents", sending_id=sending_id)
        return [from_row(SendingDocument, row) for row in rows]

    def begin(self, sending_id: str, now: datetime) -> Sending | None:
        """Note an attempt before it is made; None unless it is waiting."""
        return _one(self._sql.one("begin", id=sending_id, now=now))

    def release(self, sending: Sending, reason: str, now: datetime) -> None:
        """This very attempt was not made after all: RingCentral was given nothing."""
        attempt = {"id": sending.id, "attempted_at": sending.attempted_at}
        self._sql.run("release", **attempt, reason=reason, now=now)

    def change(self, sending_id: str, change: SendingChange, now: datetime) -> bool:
        """Bring it into another state; False when it is not in the one that was expected, or when
        another attempt has begun.

        What a person has wait again is due anew.
        """
        values = {
            "was": change.was,
            "attempted_at": change.attempted_at,
            "state": change.state,
            "decided_by": change.by,
        }
        told = {"reason": change.reason, "advice": change.advice}
        return self._sql.run("change", id=sending_id, now=now, **values, **told) == 1

    def mark_sent(self, sending: Sending, message_id: str, now: datetime, by: str = "") -> bool:
        """RingCentral has it as this message; False when its state or its last attempt is another
        than we know.

        CatalogError when another sending has become that message.
        """
        return (
            self._sql.run(
                "mark_sent",
                id=sending.id,
                was=sending.state,
                attempted_at=sending.attempted_at,
                message_id=message_id,
                decided_by=by,
                now=now,
            )
            == 1
        )

    def mark_looked(self, sending_id: str, now: datetime) -> None:
        """RingCentral was asked what became of the attempt."""
        self._sql.run("mark_looked", id=sending_id, now=now)

    def explain(self, sending_id: str, reason: str) -> None:
        """Say why the end of an attempt is not known."""
        self._sql.run("explain", id=sending_id, reason=reason)

    def rival(self, sending: Sending) -> str | None:
        """Another one under way to a number of this one; None when there is none."""
        found: str | None = self._sql.value("rival", id=sending.id, mailbox_id=sending.mailbox_id)
        return found

    def list(self, query: SendingQuery) -> SendingList:
        """A page, the newest first; at most LIST_LIMIT. None after an unknown `before`."""
        last = self.get(query.before) if query.before else None
        if query.before and last is None:
            return []
        rows = self._sql.all(
            "newest",
            mailbox_id=query.mailbox,
            state=query.state,
            below_at=time_text(last.requested_at) if last else NEVER,
            below_id=last.id if last else "",
            limit=min(query.limit, LIST_LIMIT),
        )
        return [_sending(row) for row in rows]

    def count_by_state(self) -> dict[str, int]:
        """How many are in each state; a state without any is left out."""
        return {row["state"]: row["sendings"] for row in self._sql.all("count_by_state")}

    def unsure_since(self) -> datetime | None:
        """Since when a person should decide about one; None when there is none."""
        text = self._sql.value("oldest_unsure")
        return time_value(text) if text else None

    def unfinished(self, limit: int) -> Sequence[tuple[str, str, datetime]]:
        """Those that are to go on and have no job: id, login and when they are due."""
        rows = self._sql.all("unfinished", limit=limit)
        return [(row["id"], row["login"], time_value(row["due_at"])) for row in rows]

    def late(self, before: datetime, limit: int) -> SendingList:
        """Those that wait though they were due before then, the longest due first."""
        return [_sending(row) for row in self._sql.all("late", before=before, limit=limit)]

    def given_up(self, limit: int) -> SendingList:
        """Those whose attempt has no known end, and whose job was given up."""
        return [_sending(row) for row in self._sql.all("given_up", limit=limit)]

    def with_spent_files(
        self, ended_before: datetime, unknown_before: datetime, limit: int
    ) -> Sequence[str]:
        """Those whose documents are needed no more: the fax has come to its end, or to none.

        One that was not sent keeps them if it ended after `ended_before`, one that was sent and of
        which no end is known if that was after `unknown_before`.
        """
        rows = self._sql.all(
            "settled_with_files",
            ended_before=ended_before,
            unknown_before=unknown_before,
            limit=limit,
        )
        return [row["id"] for row in rows]

    def forget_files(self, sending_id: str) -> None:
        """Its documents are no longer in the outbox."""
        self._sql.run("forget_files", id=sending_id)


def _one(row: Row | None) -> Sending | None:
    return _sending(row) if row else None


def _sending(row: Row) -> Sending:
    plain = {name: value for name, value in row.items() if name not in _KEY}
    return from_row(Sending, {**plain, "has_files": bool(row["has_files"])})
