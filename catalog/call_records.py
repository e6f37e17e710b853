"""The fax calls that RingCentral's call log tells of, and who may read how much of that log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements

LIST_LIMIT = 1000
"""No list is longer."""


@dataclass(frozen=True)
class CallRow:
    """One fax call. `fax_id` is the fax that it was for, "" where that is not known.

    `position` is the recipient, None where that is not known. `joined_by` says how the fax was
    found: 'message' (RingCentral names it), 'number and time', or "". `seconds` is the duration;
    `result` and `reason` are RingCentral's words, `raw` its JSON. `seen_at` is when we first read
    of the call.
    """

    account_id: str
    id: str
    mailbox_id: str
    fax_id: str
    position: int | None
    joined_by: str
    direction: str
    started_at: datetime | None
    seconds: float | None
    result: str
    reason: str
    from_number: str = field(repr=False)
    to_number: str = field(repr=False)
    raw: str = field(repr=False)
    seen_at: datetime


@dataclass(frozen=True)
class LogReader:
    """How much of the call log a login may read, as last seen: 'company', 'own' or 'none'.

    `way_at` is when that was found out, `read_at` until when it has read.
    """

    login: str
    way: str
    way_at: datetime
    read_at: datetime | None = None


CallList = list[CallRow]
"""Named here because a method called `list` hides the type inside the class."""


class CallRecords:
    """The calls inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def record(self, call: CallRow) -> bool:
        """Take in a call; whether it tells anything new. `seen_at` stays that of the first time.

        A join that is known already is not undone by a record that tells less.
        """
        known = self.get(call.account_id, call.id)
        if known is None:
            return self._sql.run("insert", **vars(call)) == 1
        if call.joined_by == "" or (call.position is None and call.fax_id == known.fax_id):
            told = {name: getattr(known, name) for name in ("fax_id", "position", "joined_by")}
            call = CallRow(**{**vars(call), **told})
        call = CallRow(**{**vars(call), "seen_at": known.seen_at})
        if call == known:
            return False
        return self._sql.run("renew", **vars(call)) == 1

    def get(self, account_id: str, call_id: str) -> CallRow | None:
        """The call, or None."""
        row = self._sql.one("get", account_id=account_id, id=call_id)
        return from_row(CallRow, row) if row else None

    def of(self, fax_id: str) -> CallList:
        """The calls that were made for a fax, by recipient and then in order."""
        return [from_row(CallRow, row) for row in self._sql.all("of_fax", fax_id=fax_id)]

    def list(
        self, since: datetime | None, mailbox_id: str | None, limit: int = LIST_LIMIT
    ) -> CallList:
        """The newest calls that began since then, of one mailbox or of all."""
        chosen = {"since": since or "", "mailbox_id": mailbox_id}
        rows = self._sql.all("newest", **chosen, limit=min(limit, LIST_LIMIT))
        return [from_row(CallRow, row) for row in rows]

    def begun(self, mailbox_ids: Iterable[str], since: datetime, until: datetime) -> CallList:
        """The calls of these mailboxes that began in [since, until), the oldest first."""
        found = []
        for mailbox_id in mailbox_ids:
            rows = self._sql.all("begun", mailbox_id=mailbox_id, since=since, until=until)
            found += [from_row(CallRow, row) for row in rows]
        return found

    def awaited(self, account_id: str, since: datetime) -> int:
        """How many ends of sent faxes, seen since then, have no call yet."""
        count: int = self._sql.value("awaited", account_id=account_id, since=since)
        return count

    def readers(self) -> Mapping[str, LogReader]:
        """What each login was seen to be able to read, by its name."""
        return {row["login"]: from_row(LogReader, row) for row in self._sql.all("readers")}

    def note_reader(self, reader: LogReader) -> None:
        """Keep what a login could read, and until when it has read; None leaves that as it was."""
        self._sql.run("note_reader", **vars(reader))
