"""Registers of faxes, for audits: one row for each fax and recipient, as CSV or JSON, streamed."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import BinaryIO

from catalog import Catalog, Fax, FaxQuery, Transaction
from errors import UserError
from handlers.export import Encoded, all_faxes, harmless_cell
from handlers.register_rows import COLUMNS, Row, cell_of, flat, rows_of

AT_ONCE = 1000


@dataclass(frozen=True)
class Register:
    """Lists the faxes of some days, the oldest first; needs no key.

    Of one day so many are read at once; one with more is read hour by hour.
    """

    catalog: Catalog
    at_once: int = AT_ONCE

    def rows(self, days: tuple[date, date], query: FaxQuery) -> Iterator[Row]:
        """A row for each fax of these UTC days (both included) and each of its recipients.

        All of one moment, however long the reading takes. Of the query, what is said of time and
        pages does not count.

        Raises:
            UserError: the last day comes before the first.
        """
        if days[0] > days[1]:
            raise UserError("The first day must not come after the last one.")
        with self.catalog.reading() as tx:
            names = {each.id: each.name for each in tx.mailboxes.all()}
            for window in _windows(tx, days, replace(query, limit=self.at_once)):
                yield from _rows_of_window(tx, window, names)


def write_csv(rows: Iterable[Row], into: BinaryIO) -> int:
    """Write rows as CSV (RFC 4180, UTF-8) that no spreadsheet takes for formulas; how many."""
    writer = csv.writer(Encoded(into))
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        whole = row | flat(row["attachments"])
        writer.writerow([harmless_cell(cell_of(whole[name])) for name in COLUMNS])
        count += 1
    return count


def write_json(rows: Iterable[Row], into: BinaryIO) -> int:
    """Write rows as one JSON array (UTF-8), a row a line; how many."""
    count = 0
    for row in rows:
        into.write(b",\n" if count else b"[\n")
        # Half a character (a lone surrogate) has no UTF-8; its escape is JSON all the same.
        into.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace"))
        count += 1
    into.write(b"\n]\n" if count else b"[]\n")
    return count


def _windows(
    tx: Transaction, days: tuple[date, date], query: FaxQuery
) -> Iterator[tuple[FaxQuery, Sequence[Fax]]]:
    """Spans of time in their order, none with many faxes, and the faxes of each in theirs."""
    for number in range((days[1] - days[0]).days + 1):
        begin = datetime.combine(days[0] + timedelta(days=number), time(), UTC)
        day = replace(query, since=begin, until=begin + timedelta(days=1))
        found = tx.faxes.list(day)
        if len(found) < query.limit:
            yield day, found[::-1]
            continue
        for hour in range(24):
            since = begin + timedelta(hours=hour)
            one = replace(day, since=since, until=since + timedelta(hours=1))
            yield one, list(all_faxes(tx, one))[::-1]


def _rows_of_window(
    tx: Transaction, window: tuple[FaxQuery, Sequence[Fax]], names: Mapping[str, str]
) -> Iterator[Row]:
    span, faxes = window
    if not faxes or span.since is None or span.until is None:
        return
    beside = tx.registers.beside(span.since, span.until)
    for fax in faxes:
        yield from rows_of(fax, beside, names.get(fax.mailbox_id, ""))
