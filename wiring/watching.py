"""The parts that watch mailboxes: whether we are called, what there is, and what is fetched."""

from datetime import timedelta
from functools import cached_property

from handlers.archiving import FaxArchiver
from handlers.calling import Calling
from handlers.census import CensusTaker
from handlers.closings import Closings
from handlers.events import EventReader
from handlers.inbound import FastPath
from handlers.listing import FullListing
from handlers.look_pace import LookPace
from handlers.statements import StatementMaker
from handlers.sync import MailboxSync
from wiring.following import Following


class Watching(Following):
    """From whom to watch to what was stated of it."""

    @cached_property
    def mailbox_sync(self) -> MailboxSync:
        return MailboxSync(
            catalog=self.catalog,
            reach=self.reach,
            intake=self.intake,
            losses=self.losses,
            history=timedelta(days=self.settings.history_days),
            now=self.now,
            failpoint=self.failpoint,
        )

    @cached_property
    def listing(self) -> FullListing:
        return FullListing(
            catalog=self.catalog,
            reach=self.reach,
            intake=self.intake,
            losses=self.losses,
            history=timedelta(days=self.settings.history_days),
            now=self.now,
        )

    @cached_property
    def archiver(self) -> FaxArchiver:
        return FaxArchiver(
            catalog=self.catalog,
            reach=self.reach,
            archive=self.archive,
            books=self.books,
            losses=self.losses,
            failpoint=self.failpoint,
        )

    @cached_property
    def event_reader(self) -> EventReader:
        return EventReader(
            catalog=self.catalog,
            journal=self.journal,
            fast_path=FastPath(self.catalog, self.intake, self.now),
            logins={
                name: [login.name for login in account.logins]
                for name, account in self.accounts.items()
            },
            pace=LookPace(timedelta(seconds=self.settings.look_spacing)),
            now=self.now,
            failpoint=self.failpoint,
        )

    @cached_property
    def census(self) -> CensusTaker:
        return CensusTaker(
            catalog=self.catalog,
            accounts=self.accounts,
            reach=self.reach,
            ends_at=lambda login: self._credentials(login).ends_at,
            now=self.now,
        )

    @cached_property
    def calling(self) -> Calling:
        return Calling(
            catalog=self.catalog,
            accounts=self.accounts,
            reach=self.reach,
            closings=Closings(self.catalog, self.journal, self.now),
            base=self.settings.webhook_base,
            now=self.now,
        )

    @cached_property
    def statements(self) -> StatementMaker:
        return StatementMaker(
            catalog=self.catalog,
            archive=self.archive,
            books=self.books,
            now=self.now,
            failpoint=self.failpoint,
        )
