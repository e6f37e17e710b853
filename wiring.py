"""Fuse box: the only module that knows concrete classes."""

import random
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from archive import Archive
from catalog import Catalog, EventJournal, GroupCommit, RawEvent
from errors import ArchiveError, UserError
from handlers.archiving import FaxArchiver
from handlers.bookkeeping import Bookkeeping
from handlers.events import EventReader
from handlers.export import Export
from handlers.inbound import FastPath
from handlers.proof import Proof
from handlers.rebuild import Rebuild, Rebuilt
from handlers.sync import MailboxSync
from handlers.upkeep import Upkeep
from handlers.webhook import Door
from jobs.bell import Bell, CoalescedHint
from jobs.lock import WorkerLock
from jobs.runner import JobStore, Runner, Surroundings, Work
from ringcentral_api import Credentials, RateStore, RingCentral, TokenStore
from settings import Settings, read_settings
from subscriptions import Subscriptions, Wanted, event_filters

Part = TypeVar("Part")

SUBSCRIPTION_SECONDS = 7 * 24 * 3600
"""RingCentral's own default lifetime; renewed by our clock at half of it."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def pass_by(step: str) -> None:
    """The failpoint of a process that is not meant to fail."""


class House:
    """Every part, made when it is first asked for, closed together."""

    def __init__(
        self,
        settings: Settings,
        failpoint: Callable[[str], None] = pass_by,
        *,
        founding: bool = True,
    ) -> None:
        """`founding`: whether a new installation may be made where there is none.

        Raises:
            UserError: there is none, and none may be made.
        """
        self.settings = settings
        self.founding = founding
        self.failpoint = failpoint
        self.now = utc_now
        self._opened: list[Any] = []
        if founding:
            settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif not any((settings.data / part).exists() for part in ("archive", "catalog.sqlite3")):
            raise UserError(
                f"There is nothing of Faxkeep in {settings.data}. Check FAXKEEP_DATA."
                " `faxkeep sync` starts a new archive."
            )

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @cached_property
    def catalog(self) -> Catalog:
        return self._keep(Catalog.open(self.settings.catalog_address))

    @cached_property
    def journal(self) -> EventJournal:
        return self._keep(EventJournal.open(self.settings.journal_address))

    @cached_property
    def archive(self) -> Archive:
        settings = self.settings
        self._require_archive(settings.data / "archive")
        return Archive.open(
            settings.data / "archive", settings.data / "keys", self.failpoint, settings.archive_key
        )

    def _require_archive(self, root: Path) -> None:
        """Make no new archive, with new keys, where an unmounted one should be."""
        if (root / "keys" / "ledger.pub").exists():
            return
        with self.catalog.reading() as tx:
            is_in_use = tx.ledger.tail() is not None
        if is_in_use or not self.founding:
            raise ArchiveError(
                f"There is no archive in {root}. Is its disk mounted?"
                " If it is truly gone, restore it from your backup."
            )

    @cached_property
    def bell(self) -> Bell:
        return self._keep(Bell(self.settings.data / "jobs.sqlite3"))

    @cached_property
    def api(self) -> RingCentral:
        settings = self.settings.require_ringcentral()
        credentials = Credentials(
            server_url=settings.server_url,
            media_url=settings.media_url,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            jwt=settings.jwt,
        )
        rates = cast(RateStore, _InOwnTransaction(self.catalog, "limits"))
        tokens = cast(TokenStore, _InOwnTransaction(self.catalog, "tokens"))
        return self._keep(RingCentral(credentials, rates, tokens))

    @cached_property
    def books(self) -> Bookkeeping:
        return Bookkeeping(self.catalog, self.archive, self.now, self.failpoint)

    @cached_property
    def mailbox_sync(self) -> MailboxSync:
        return MailboxSync(
            catalog=self.catalog,
            api=self.api,
            history=timedelta(days=self.settings.history_days),
            now=self.now,
            ring=self.bell.ring,
            failpoint=self.failpoint,
        )

    @cached_property
    def archiver(self) -> FaxArchiver:
        return FaxArchiver(
            catalog=self.catalog,
            api=self.api,
            archive=self.archive,
            books=self.books,
            now=self.now,
            failpoint=self.failpoint,
        )

    @cached_property
    def event_reader(self) -> EventReader:
        return EventReader(
            catalog=self.catalog,
            journal=self.journal,
            fast_path=FastPath(self.catalog, self.now, self.bell.ring),
            look_spacing=timedelta(seconds=self.settings.look_spacing),
            now=self.now,
            ring=self.bell.ring,
            failpoint=self.failpoint,
        )

    @cached_property
    def upkeep(self) -> Upkeep:
        return Upkeep(
            catalog=self.catalog,
            journal=self.journal,
            archive=self.archive,
            books=self.books,
            api=self.api,
            wanted_mailboxes=self.settings.mailboxes,
            owner=self.settings.worker_name,
            poll=timedelta(seconds=self.settings.poll_seconds),
            now=self.now,
            ring=self.bell.ring,
        )

    @cached_property
    def subscriptions(self) -> Subscriptions:
        return Subscriptions(self.api, self._wanted_subscription, self.settings.webhook_base)

    @cached_property
    def runner(self) -> Runner:
        table = {
            "read-events": Work(lambda _: self.event_reader.read_new(), standing=True),
            "discover": Work(lambda _: self.upkeep.discover(), standing=True),
            "subscribe": Work(lambda _: self.subscribe(), standing=True),
            "look": Work(self.mailbox_sync.look, standing=True),
            "archive": Work(self.archiver.finish),
        }
        around = Surroundings(
            owner=self.settings.worker_name,
            now=self.now,
            chance=random.SystemRandom().random,
            ring_later=self.bell.ring,
        )
        return Runner(cast(JobStore, _InOwnTransaction(self.catalog, "jobs")), table, around)

    @cached_property
    def export(self) -> Export:
        return Export(self.catalog, self.archive)

    @cached_property
    def proof(self) -> Proof:
        return Proof(self.catalog, self.archive)

    def rebuild(self, progress: Callable[[Iterable[str]], Iterable[str]]) -> Rebuilt:
        """Make the catalog anew; the old file is renamed, never removed."""
        self._keep(WorkerLock(self.settings.data / "worker.lock"))
        if self.settings.database:
            return Rebuild(self.archive, self.catalog, self.now).run(progress)
        current = Path(self.settings.catalog_address)
        fresh = current.with_name("catalog.rebuilding.sqlite3")
        rename_database(fresh, None)
        with closing(Catalog.open(str(fresh))) as catalog:
            rebuilt = Rebuild(self.archive, catalog, self.now).run(progress)
        old = f"catalog.before-rebuild-{self.now():%Y%m%dT%H%M%S}.sqlite3"
        rename_database(current, current.with_name(old))
        rename_database(fresh, current)
        return rebuilt

    def try_to_be_the_worker(self) -> bool:
        """Whether no worker runs, so that this process may do its work."""
        try:
            self._keep(WorkerLock(self.settings.data / "worker.lock"))
        except UserError:
            return False
        return True

    def require_mailboxes(self) -> None:
        """Ask RingCentral which mailboxes are ours, unless we know.

        Asking has a running worker subscribe as well: two at once would make two subscriptions.
        """
        with self.catalog.reading() as tx:
            known = tx.mailboxes.all()
        if not known:
            self.upkeep.discover()

    def ask_for_looks(self) -> None:
        """Have the running worker look at every mailbox."""
        with self.catalog.transaction() as tx:
            mailboxes = tx.mailboxes.all()
            for mailbox in mailboxes:
                tx.jobs.request("look", mailbox.id, self.now(), self.now())
        for mailbox in mailboxes:
            self.bell.ring("look", mailbox.id)

    def subscribe(self) -> None:
        """Have RingCentral call us, if there is an address to call."""
        if self.settings.public_url:
            self.upkeep.subscribe(self.subscriptions)

    def work(self) -> None:
        """Be the worker until SIGTERM or SIGINT."""
        self._keep(WorkerLock(self.settings.data / "worker.lock"))
        self.settings.require_ringcentral()
        consumer = self.bell.consumer(
            hint=self.runner.hint,
            run=self.runner.run,
            sweep=self.upkeep.sweep,
            workers=self.settings.workers,
        )
        self.upkeep.start()
        consumer.run()

    def webhook_door(self) -> Door:
        """The web process's part: a notification is durable before it is answered."""
        commit = self._keep(GroupCommit(self.journal.append))
        hint = self._keep(CoalescedHint(lambda: self.bell.hint("read-events")))

        def keep(event: RawEvent, timeout: float) -> None:
            commit.put(event, timeout)
            self.failpoint("event-stored")
            hint()

        settings = self.settings
        return Door(settings.webhook_part, settings.webhook_secret, keep, self.now)

    def _wanted_subscription(self) -> Wanted:
        with self.catalog.reading() as tx:
            extensions = [mailbox.extension_id for mailbox in tx.mailboxes.all()]
        settings = self.settings
        return Wanted(
            address=settings.webhook_base + settings.webhook_part,
            event_filters=tuple(event_filters(extensions, SUBSCRIPTION_SECONDS)),
            expires_in=SUBSCRIPTION_SECONDS,
            verification_token=settings.webhook_secret,
        )

    def _keep(self, part: Part) -> Part:
        self._opened.append(part)
        return part


def rename_database(file: Path, to: Path | None) -> None:
    """Rename a closed SQLite database together with what lies beside it; None removes it."""
    for end in ("", "-wal", "-shm"):
        part = file.with_name(file.name + end)
        if part.exists() and to is not None:
            part.rename(to.with_name(to.name + end))
        else:
            part.unlink(missing_ok=True)


class _InOwnTransaction:
    """A topic of the catalog whose every method is a transaction of its own."""

    def __init__(self, catalog: Catalog, topic: str) -> None:
        self._catalog = catalog
        self._topic = topic

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*values: object, **named: object) -> Any:
            with self._catalog.transaction() as tx:
                return getattr(getattr(tx, self._topic), method)(*values, **named)

        return call


def webhook_door() -> Door:
    """The web process's door, wired from the environment; the process closes it by ending."""
    return House(read_settings().require_ringcentral()).webhook_door()
