"""Has RingCentral export a whole account's faxes, and brings them in: a handful of calls for all.

developers.ringcentral.com/guide/messaging/message-store/message-exports-report
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from accounts import Account
from archive import Archive
from catalog import Catalog, Mailbox
from errors import Later, PermissionMissing, UserError
from handlers.exported import Exported, documents, listings
from handlers.importing import GOOD, LEFT, Importer, Outcome
from handlers.sources import Tree, Zip
from ringcentral_api import Report, ReportFile, RingCentral

log = logging.getLogger(__name__)

LARGEST_ZIP = 2 * 1024**3
"""Bytes; RingCentral promises zips of 1 GB."""
DONE, FAILED = "Completed", frozenset({"Failed", "Cancelled"})
POLL_SECONDS = 10.0
LONGEST_POLL = 60.0
LONGEST_EXPORT = timedelta(hours=6)
Progress = Callable[[str, int, int], None]
"""Told of a stage: its name, how much of it is done, and how much there is."""
Answer = TypeVar("Answer")


@dataclass
class Tally:
    """How many documents had which outcome, and which of them need a person's eye."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[str, Outcome]] = field(default_factory=list)

    def note(self, name: str, outcome: Outcome) -> None:
        self.counts[outcome.what] += 1
        if outcome.what not in GOOD and outcome.what != LEFT:
            self.problems.append((name, outcome))


@dataclass(frozen=True)
class ExportImport:
    """Brings in the files of an export, wherever they lie."""

    catalog: Catalog
    importer: Importer

    def take_all(self, trees: Iterable[Tree], tally: Tally, progress: Progress) -> None:
        """Learn every listing first, then keep every document.

        Documents of mailboxes that are not watched are left alone: nobody asked for them.
        """
        trees = list(trees)
        for tree in trees:
            self.learn(tree)
        for tree in trees:
            self.take(tree, tally, progress)

    def learn(self, tree: Tree) -> None:
        """Record what its listings tell."""
        for listing in listings(tree):
            mailbox = self._mailbox(listing.mailbox_id)
            if mailbox is not None:
                self.importer.learn(mailbox, listing.messages)

    def take(self, tree: Tree, tally: Tally, progress: Progress) -> None:
        """Keep its documents."""
        found = list(documents(tree))
        for done, each in enumerate(found, 1):
            tally.note(each.entry.name, self._outcome(tree, each))
            progress("Importing", done, len(found))

    def _outcome(self, tree: Tree, each: Exported) -> Outcome:
        if self._mailbox(each.mailbox_id) is None:
            return Outcome(LEFT, each.fax_id, "its mailbox is not watched")
        with tree.open(each.entry.name) as file:
            return self.importer.take_exported(each.fax_id, file)

    def _mailbox(self, mailbox_id: str) -> Mailbox | None:
        with self.catalog.reading() as tx:
            return tx.mailboxes.get(mailbox_id)


@dataclass(frozen=True)
class AccountExport:
    """Asks for an export, waits for it, and brings it in."""

    accounts: Mapping[str, Account]
    reach: Callable[[str], RingCentral]
    archive: Archive
    imported: ExportImport
    history: timedelta
    now: Callable[[], datetime]
    wait: Callable[[float], object]

    def bring_in(self, account_name: str, tally: Tally, progress: Progress) -> None:
        """Bring in all faxes that RingCentral holds of an account.

        Raises:
            UserError: no login of the account may ask for an export, or RingCentral gave it up.
            RingCentralError: RingCentral refused or cannot be reached.
        """
        api, report = self._ask(self.accounts[account_name])
        self._await(api, report, progress)
        files = self._patiently(lambda: api.report_files(report.id))
        for number, file in enumerate(files):
            progress("Downloading", number, len(files))
            for tree in self._download(api, file, f"export {number}"):
                self.imported.learn(tree)
                self.imported.take(tree, tally, progress)

    def _ask(self, account: Account) -> tuple[RingCentral, Report]:
        start, end = self.now() - self.history, self.now()
        for login in account.logins:
            api = self.reach(login.name)
            try:
                return api, self._patiently(lambda api=api: api.create_report(start, end))  # type: ignore[misc]
            except PermissionMissing:
                continue
        raise UserError(
            f"No login of account {account.name} may ask for an export: that takes an administrator"
            " with the permission Users. `faxkeep backfill` without --export needs none."
        )

    def _await(self, api: RingCentral, report: Report, progress: Progress) -> None:
        """RingCentral tries again by itself after AttemptFailed."""
        began, pause, asked = self.now(), POLL_SECONDS, 0
        while report.status != DONE:
            if report.status in FAILED or self.now() - began > LONGEST_EXPORT:
                raise UserError(
                    f"RingCentral's export ended as {report.status or 'unfinished'}. Try again, or"
                    " run `faxkeep backfill` without --export."
                )
            progress("Waiting for RingCentral's export", asked, asked + 1)
            self.wait(pause)
            pause, asked = min(2 * pause, LONGEST_POLL), asked + 1
            report = self._patiently(lambda: api.report(report.id))  # noqa: B023 used at once

    def _download(self, api: RingCentral, file: ReportFile, name: str) -> Iterator[Tree]:
        """The zip, encrypted while it lies on our disk."""
        with self.archive.spool(LARGEST_ZIP) as spool:
            with self._patiently(lambda: api.download_report(file)) as download:
                for chunk in download.chunks():
                    spool.write(chunk)
            yield Zip(spool.reader(), name)

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        """Nobody else waits for this thread: it sleeps its rate limits out."""
        while True:
            try:
                return ask()
            except Later as later:
                self.wait(later.retry_after or POLL_SECONDS)
