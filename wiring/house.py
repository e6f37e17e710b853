"""Fuse box: the only module that knows concrete classes."""

import logging
import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, cast

from api import Services
from catalog import (
    DOOR,
    Catalog,
    GroupCommit,
    Place,
    RawEvent,
)
from errors import CatalogError, UserError
from handlers.doctor import Doctor
from handlers.doctor_logins import LoginDoctor
from handlers.health import PROBLEM, Sign
from handlers.healthz import HealthPage
from handlers.rebuild import Rebuild, Rebuilt
from handlers.upkeep import Roster, Upkeep
from handlers.vitals import HealthCheck, Watched
from handlers.webhook import Door, Nameplate
from jobs.bell import CoalescedHint
from jobs.draining import Drain, LaneStore
from jobs.heartbeat import Heartbeat
from jobs.lock import WorkerLock
from jobs.runner import JobStore, Runner, Surroundings, Work
from notifications.deadman import ping
from settings import read_settings
from subscriptions.knocking import knock
from wiring.adapters import InOwnTransaction
from wiring.history import History
from wiring.telling import TellingParts
from wiring.watching import Watching
from wiring.web import WebParts

log = logging.getLogger(__name__)

DOOR_BEAT_SECONDS = 15.0


class Left(NamedTuple):
    """Jobs that are left to do, and the seconds they need at RingCentral's limits at least."""

    jobs: int
    seconds: float


@dataclass(frozen=True)
class FrontDoor:
    """What the web process answers with."""

    webhook: Door
    health: HealthPage
    api: Services | None = None
    """None: the HTTP API is off."""


class House(Watching, History, WebParts, TellingParts):
    """Every part that does something, and the few things that need several of them."""

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
    def health(self) -> HealthCheck:
        settings = self.settings
        logins = [login.name for account in settings.accounts for login in account.logins]
        poll = timedelta(seconds=settings.poll_seconds)
        watched = Watched(
            settings.data, logins, settings.calls_wanted, poll, self.destination_names
        )
        return HealthCheck(self.catalog, self.journal, watched, self._key_advice, self.now)

    def _key_advice(self) -> list[str]:
        """What is to be done about the keys; nothing where this process may not see them."""
        if not (self.settings.data / "archive" / "keys" / "ledger.pub").exists():
            return []
        status = self.archive.keys.status()
        advice = [f"{each.name}: {each.advice}." for each in status if each.present and each.advice]
        return [*advice, *self.advice_on_documents()]

    def look_after_health(self) -> None:
        """Keep the alarms, and have the dead man's switch told that nothing is wrong.

        In a job of its own: an address that does not answer must not keep us from looking.
        """
        found = self.health.update_alarms()
        if self.settings.ping_url and not any(sign.severity == PROBLEM for sign in found):
            with self.catalog.transaction() as tx:
                tx.jobs.request("ping", "", self.now(), self.now())

    @cached_property
    def runner(self) -> Runner:
        table = {
            "read-events": Work(lambda _: self.event_reader.read_new(), standing=True),
            "census": Work(self.census.take, standing=True),
            "subscribe": Work(self.calling.keep, standing=True),
            "look": Work(self.mailbox_sync.look, standing=True, in_lanes=True),
            "list": Work(self.listing.compare, standing=True, in_lanes=True),
            "witness": Work(self.witness.compare, standing=True),
            "follow": Work(self.follower.ask, standing=True, in_lanes=True),
            "calls": Work(self.call_log.gather, standing=True),
            "state-days": Work(self.statements.bring_up_to_date, standing=True),
            "health": Work(lambda _: self.look_after_health(), standing=True),
            "ping": Work(lambda _: ping(self.settings.ping_url), standing=True),
            "archive": Work(self.archiver.finish, in_lanes=True),
            "send": Work(lambda each: self.handover.further(each), in_lanes=True),
            "tidy-outbox": Work(lambda _: self.outbox_upkeep.tidy(), standing=True),
            **self.telling_work(),
        }
        around = Surroundings(
            owner=self.settings.worker_name,
            now=self.now,
            chance=random.SystemRandom().random,
            ring_later=self.bell.ring,
        )
        return Runner(cast(JobStore, InOwnTransaction(self.catalog, "jobs")), table, around)

    @cached_property
    def doctor(self) -> Doctor:
        return Doctor(
            catalog=self.catalog,
            journal=self.journal,
            accounts=self.accounts,
            logins=LoginDoctor(
                catalog=self.catalog,
                accounts=self.accounts,
                reach=self.reach,
                ends_at=lambda login: self._credentials(login).ends_at,
                history=timedelta(days=self.settings.history_days),
                now=self.now,
            ),
            signs=self.health.signs,
            knock=knock,
            data=self.settings.data,
            base=self.settings.webhook_base if self.settings.calls_wanted else "",
            now=self.now,
        )

    def rebuild(self, progress: Callable[[Iterable[str]], Iterable[str]]) -> Rebuilt:
        """Make the catalog anew; the old file is renamed, never removed."""
        self._keep(WorkerLock(self.settings.data / "worker.lock"))
        if self.settings.database:
            return self._rebuilt(self.catalog, progress)
        current = Path(self.settings.catalog_address)
        fresh = current.with_name("catalog.rebuilding.sqlite3")
        rename_database(fresh, None)
        with closing(Catalog.open(str(fresh))) as catalog:
            rebuilt = self._rebuilt(catalog, progress)
        old = f"catalog.before-rebuild-{self.now():%Y%m%dT%H%M%S}.sqlite3"
        rename_database(current, current.with_name(old))
        rename_database(fresh, current)
        return rebuilt

    def _rebuilt(
        self, catalog: Catalog, progress: Callable[[Iterable[str]], Iterable[str]]
    ) -> Rebuilt:
        rebuilt = Rebuild(self.archive, catalog).run(progress)
        return replace(rebuilt, sendings=replace(self.outbox_upkeep, catalog=catalog).restore())

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

    def ask_for(self, name: str) -> int:
        """Ask for a `look` at every mailbox, or a `list` of it; how many there are."""
        with self.catalog.transaction() as tx:
            mailboxes = tx.mailboxes.present()
            for mailbox in mailboxes:
                place = Place(mailbox.login, self.now())
                tx.jobs.request(name, mailbox.id, self.now(), self.now(), place)
        return len(mailboxes)

    def left(self, name: str) -> Left:
        """How many jobs of a kind are left, and how long RingCentral's limits make them last."""
        with self.catalog.reading() as tx:
            lanes = tx.jobs.left_in_lanes(name)
        known = [(jobs, lane) for lane, jobs in lanes.items() if lane in self.logins]
        seconds = [jobs / self.reach(lane).documents_per_second() for jobs, lane in known]
        return Left(sum(lanes.values()), max(seconds, default=0.0))

    def drain(self, name: str, progress: Callable[[int, int], None] | None = None) -> None:
        """Do all work of one kind here and now, waiting for rate limits where it must."""
        store = cast(LaneStore, InOwnTransaction(self.catalog, "jobs"))
        around = self.surrounding
        drain = Drain(store, self.runner.run, self.now, around.wait)
        drain.all_of(name, self.settings.workers, progress)

    def work(self) -> None:
        """Be the worker until SIGTERM or SIGINT."""
        self._keep(WorkerLock(self.settings.data / "worker.lock"))
        self.settings.require_ringcentral()
        porters = self.porters(self.runner.run)
        consumer = self.bell.consumer(
            hint=self.runner.hint,
            run=porters.answer,
            sweep=self.sweep,
            workers=self.settings.workers,
        )
        self.upkeep.start()
        # Not before: it takes whatever this worker holds for what a dead one has left.
        with porters.start(self.lanes_of_porters()):
            consumer.run()

    def sweep(self) -> None:
        """Have everything done that is unfinished, in whatever way it was forgotten."""
        self.upkeep.sweep()
        self.teller.ask_for_forgotten()

    def front_door(self) -> FrontDoor:
        """The web process's part. The catalog is opened only when somebody asks how we are."""

        def judge() -> Sequence[Sign]:
            return replace(self.health, key_advice=list).signs()

        api = self.api if self.settings.api else None
        return FrontDoor(self.webhook_door(), HealthPage(judge, self.now), api)

    def webhook_door(self) -> Door:
        """Takes notifications in: each is durable before it is answered."""
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


def rename_database(file: Path, to: Path | None) -> None:
    """Rename a closed SQLite database together with what lies beside it; None removes it."""
    for end in ("", "-wal", "-shm"):
        part = file.with_name(file.name + end)
        if part.exists() and to is not None:
            part.rename(to.with_name(to.name + end))
        else:
            part.unlink(missing_ok=True)


def front_door() -> FrontDoor:
    """The web process's door, wired from the environment; the process closes it by ending."""
    return House(read_settings().require_ringcentral()).front_door()
