"""Fuse box: the only module that knows concrete classes."""

import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from accounts import Account, Login
from archive import Archive
from catalog import (
    DOOR,
    Catalog,
    EventJournal,
    GroupCommit,
    Place,
    RawEvent,
    Transaction,
)
from errors import ArchiveError, CatalogError, Later, UserError
from handlers.archiving import FaxArchiver
from handlers.attesting import Attestor
from handlers.bookkeeping import Bookkeeping
from handlers.calling import Calling
from handlers.census import CensusTaker
from handlers.closings import Closings
from handlers.events import EventReader
from handlers.export import Export
from handlers.health import PROBLEM
from handlers.inbound import FastPath
from handlers.intake import Intake
from handlers.listing import FullListing
from handlers.losses import Losses
from handlers.proof import Proof
from handlers.rebuild import Rebuild, Rebuilt
from handlers.statements import StatementMaker
from handlers.sync import MailboxSync
from handlers.upkeep import SWEEP_SPACING, Roster, Upkeep
from handlers.vitals import HealthCheck, Watched
from handlers.webhook import Door, Nameplate
from handlers.witness import CallLogWitness
from jobs.bell import Bell, CoalescedHint
from jobs.draining import Drain, LaneStore
from jobs.heartbeat import Heartbeat
from jobs.lock import WorkerLock
from jobs.runner import JobStore, Runner, Surroundings, Work
from notifications.deadman import ping
from ringcentral_api import Credentials, RateStore, RingCentral, Stores, Timing, TokenStore, Watch
from settings import Settings, read_settings

log = logging.getLogger(__name__)

Part = TypeVar("Part")

PATIENCE_SECONDS = 5.0
"""How long a thread waits for its turn at RingCentral before it does something else."""
DOOR_BEAT_SECONDS = 15.0
NO_LOGIN_SECONDS = 300.0


def utc_now() -> datetime:
    return datetime.now(UTC)


def pass_by(step: str) -> None:
    """The failpoint of a process that is not meant to fail."""


@dataclass
class Surrounding:
    """How time goes by: the clock, how to wait, and how long a thread waits for its turn."""

    now: Callable[[], datetime] = utc_now
    wait: Callable[[float], None] = time.sleep
    patience: float = PATIENCE_SECONDS


class House:
    """Every part, made when it is first asked for, closed together."""

    def __init__(
        self,
        settings: Settings,
        failpoint: Callable[[str], None] = pass_by,
        *,
        founding: bool = True,
        surrounding: Surrounding | None = None,
    ) -> None:
        """`founding`: whether a new installation may be made where there is none.

        Raises:
            UserError: there is none, and none may be made.
        """
        self.settings = settings
        self.founding = founding
        self.failpoint = failpoint
        self.surrounding = surrounding or Surrounding()
        self._opened: list[Any] = []
        self._apis: dict[str, RingCentral] = {}
        if founding:
            settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif not any((settings.data / part).exists() for part in ("archive", "catalog.sqlite3")):
            raise UserError(
                f"There is nothing of Faxkeep in {settings.data}. Check FAXKEEP_DATA."
                " `faxkeep sync` starts a new archive."
            )

    def now(self) -> datetime:
        return self.surrounding.now()

    def close(self) -> None:
        self._apis.clear()
        while self._opened:
            self._opened.pop().close()

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @cached_property
    def catalog(self) -> Catalog:
        return self._keep(Catalog.open(self.settings.catalog_address, self._ring))

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

    def _ring(self, name: str, target: str, delay: float) -> None:
        """Ring for a job that was asked for; what is due later, or not heard, the sweep finds."""
        if delay > SWEEP_SPACING.total_seconds():
            return
        try:
            self.bell.ring(name, target, delay)
        except Exception as error:
            log.warning("The doorbell could not be rung: %s.", type(error).__name__)

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """The accounts of the settings, by name."""
        return {each.name: each for each in self.settings.require_ringcentral().accounts}

    @cached_property
    def logins(self) -> Mapping[str, tuple[Account, Login]]:
        """Every login of the settings, by name."""
        return {
            login.name: (account, login)
            for account in self.accounts.values()
            for login in account.logins
        }

    def reach(self, login: str) -> RingCentral:
        """The client of a login.

        Raises:
            Later: the settings have no such login (any more); the next census finds another.
        """
        if login not in self._apis:
            if login not in self.logins:
                raise Later("No login of the settings reaches this mailbox.", NO_LOGIN_SECONDS)
            self._apis[login] = self._keep(self._client(login))
        return self._apis[login]

    def _client(self, name: str) -> RingCentral:
        around = self.surrounding
        timing = Timing(lambda: self.now().timestamp(), around.wait, around.patience)
        rates = cast(RateStore, _InOwnTransaction(self.catalog, "limits"))
        tokens = cast(TokenStore, _InOwnTransaction(self.catalog, "tokens"))
        watch = Watch(timing, _Sightings(self.catalog, name, self.now))
        return RingCentral(self._credentials(name), Stores(rates, tokens), watch)

    def _credentials(self, name: str) -> Credentials:
        account, login = self.logins[name]
        return Credentials(
            server_url=account.server_url,
            media_url=account.media_url,
            client_id=account.client_id,
            client_secret=account.client_secret,
            jwt=login.jwt,
        )

    @cached_property
    def books(self) -> Bookkeeping:
        return Bookkeeping(self.catalog, self.archive, self.now, self.failpoint)

    @cached_property
    def intake(self) -> Intake:
        return Intake(self.now)

    @cached_property
    def losses(self) -> Losses:
        return Losses(self.catalog, self.books, self.reach, self.now)

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
    def witness(self) -> CallLogWitness:
        return CallLogWitness(
            catalog=self.catalog,
            accounts=self.accounts,
            reach=self.reach,
            intake=self.intake,
            losses=self.losses,
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
            look_spacing=timedelta(seconds=self.settings.look_spacing),
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
    def upkeep(self) -> Upkeep:
        return Upkeep(
            catalog=self.catalog,
            journal=self.journal,
            archive=self.archive,
            books=self.books,
            roster=Roster(tuple(self.accounts), tuple(self.logins)),
            owner=self.settings.worker_name,
            poll=timedelta(seconds=self.settings.poll_seconds),
            now=self.now,
            ring=self._ring,
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

    @cached_property
    def attestor(self) -> Attestor:
        return Attestor(self.catalog, self.archive, self.books, self.now)

    @cached_property
    def health(self) -> HealthCheck:
        settings = self.settings
        logins = [login.name for account in settings.accounts for login in account.logins]
        watched = Watched(settings.data, logins, settings.calls_wanted)
        return HealthCheck(self.catalog, self.journal, watched, self._key_advice, self.now)

    def _key_advice(self) -> list[str]:
        """What is to be done about the keys; nothing where this process may not see them."""
        if not (self.settings.data / "archive" / "keys" / "ledger.pub").exists():
            return []
        status = self.archive.keys.status()
        return [f"{each.name}: {each.advice}." for each in status if each.present and each.advice]

    def look_after_health(self) -> None:
        """Keep the alarms, and tell the dead man's switch that nothing is wrong."""
        found = self.health.update_alarms()
        if self.settings.ping_url and not any(sign.severity == PROBLEM for sign in found):
            ping(self.settings.ping_url)

    @cached_property
    def runner(self) -> Runner:
        table = {
            "read-events": Work(lambda _: self.event_reader.read_new(), standing=True),
            "census": Work(self.census.take, standing=True),
            "subscribe": Work(self.calling.keep, standing=True),
            "look": Work(self.mailbox_sync.look, standing=True, in_lanes=True),
            "list": Work(self.listing.compare, standing=True, in_lanes=True),
            "witness": Work(self.witness.compare, standing=True),
            "state-days": Work(self.statements.bring_up_to_date, standing=True),
            "health": Work(lambda _: self.look_after_health(), standing=True),
            "archive": Work(self.archiver.finish, in_lanes=True),
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

    def take_census(self) -> None:
        """Ask RingCentral which mailboxes are ours, unless we know.

        Asking has a running worker subscribe as well: two at once would make two subscriptions.
        """
        with self.catalog.reading() as tx:
            known = {each.login.partition("/")[0] for each in tx.mailboxes.present()}
        for account in self.accounts.keys() - known:
            self.census.take(account)

    def ask_for_looks(self) -> None:
        """Have the running worker look at every mailbox."""
        with self.catalog.transaction() as tx:
            for mailbox in tx.mailboxes.present():
                place = Place(mailbox.login, self.now())
                tx.jobs.request("look", mailbox.id, self.now(), self.now(), place)

    def drain(self, name: str, progress: Callable[[int, int], None] | None = None) -> None:
        """Do all work of one kind here and now, waiting for rate limits where it must."""
        store = cast(LaneStore, _InOwnTransaction(self.catalog, "jobs"))
        around = self.surrounding
        drain = Drain(store, self.runner.run, self.now, around.wait)
        drain.all_of(name, self.settings.workers, progress)

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
        journal = self.journal
        commit = self._keep(GroupCommit(journal.append))
        hint = self._keep(CoalescedHint(lambda: self.bell.hint("read-events")))
        journal.open_door(self.now())
        self._keep(Heartbeat(lambda: journal.note_sign(DOOR, self.now()), DOOR_BEAT_SECONDS))

        def keep(event: RawEvent, timeout: float) -> None:
            commit.put(event, timeout)
            self.failpoint("event-stored")
            hint()

        def shook_hands(named: bool) -> None:
            name = "handshake with our secret" if named else "handshake"
            with suppress(CatalogError):
                journal.note_sign(name, self.now())

        nameplates = [
            Nameplate(account.name, account.webhook_part, account.webhook_secret)
            for account in self.accounts.values()
        ]
        return Door(nameplates, keep, self.now, shook_hands)

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


class _Sightings:
    """Notes what a client saw in passing; a catalog that cannot take it is no reason to fail."""

    SPACING = timedelta(minutes=10)

    def __init__(self, catalog: Catalog, login: str, now: Callable[[], datetime]) -> None:
        self._catalog = catalog
        self._login = login
        self._now = now
        self._noted_at: datetime | None = None

    def saw_time(self, skew: float) -> None:
        now = self._now()
        if self._noted_at is None or now - self._noted_at >= self.SPACING:
            self._noted_at = now
            self._note(lambda tx: tx.logins.mark_skew(self._login, skew, now))

    def saw_refusal(self, operation: str, status: int, code: str) -> None:
        topic, value = f"RingCentral answered {operation} with", f"{status} {code}".strip()
        self._note(lambda tx: tx.observations.note(topic, value, self._now()))

    def _note(self, write: Callable[[Transaction], None]) -> None:
        try:
            with self._catalog.transaction() as tx:
                write(tx)
        except CatalogError as error:
            log.info("Something that RingCentral did could not be noted: %s", error)


def webhook_door() -> Door:
    """The web process's door, wired from the environment; the process closes it by ending."""
    return House(read_settings().require_ringcentral()).webhook_door()
