"""The ground floor: databases, archive, doorbell, and a client for each login."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar, cast

from accounts import Account, Login
from archive import Archive
from catalog import Catalog, EventJournal
from errors import ArchiveError, Later, UserError
from handlers.upkeep import SWEEP_SPACING
from jobs.bell import Bell
from ringcentral_api import (
    Credentials,
    RateStore,
    RingCentral,
    SendingClient,
    Stores,
    Timing,
    TokenStore,
    Watch,
)
from settings import Settings
from wiring.adapters import InOwnTransaction, Sightings

log = logging.getLogger(__name__)

Part = TypeVar("Part")

PATIENCE_SECONDS = 5.0
"""How long a thread waits for its turn at RingCentral before it does something else."""
NO_LOGIN_SECONDS = 300.0


def utc_now() -> datetime:
    return datetime.now(UTC)


def pass_by(step: str) -> None:
    """The failpoint of a process that is not meant to fail."""


@dataclass
class Surrounding:
    """How time goes by: the clock, how to wait, and how long a thread waits for its turn."""

    now: Callable[[], datetime] = utc_now
    wait: Callable[[float], object] = time.sleep
    patience: float = PATIENCE_SECONDS


class Ground:
    """What everything stands on, made when it is first asked for, closed together."""

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
        self._senders: dict[str, SendingClient] = {}
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
        self._senders.clear()
        while self._opened:
            self._opened.pop().close()

    def __enter__(self) -> Self:
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
            self._apis[login] = self._keep(RingCentral(*self._way_to_ringcentral(login)))
        return self._apis[login]

    def sender(self, login: str) -> SendingClient:
        """The client of a login that sends; it shares limits and token with the other one.

        Raises:
            Later: the settings have no such login (any more).
        """
        if login not in self._senders:
            self._senders[login] = self._keep(SendingClient(*self._way_to_ringcentral(login)))
        return self._senders[login]

    def _way_to_ringcentral(self, name: str) -> tuple[Credentials, Stores, Watch]:
        if name not in self.logins:
            raise Later("No login of the settings reaches this mailbox.", NO_LOGIN_SECONDS)
        around = self.surrounding
        timing = Timing(lambda: self.now().timestamp(), around.wait, around.patience)
        rates = cast(RateStore, InOwnTransaction(self.catalog, "limits"))
        tokens = cast(TokenStore, InOwnTransaction(self.catalog, "tokens"))
        watch = Watch(timing, Sightings(self.catalog, name, self.now))
        return self._credentials(name), Stores(rates, tokens), watch

    def _credentials(self, name: str) -> Credentials:
        account, login = self.logins[name]
        return Credentials(
            server_url=account.server_url,
            media_url=account.media_url,
            client_id=account.client_id,
            client_secret=account.client_secret,
            jwt=login.jwt,
        )

    def _keep(self, part: Part) -> Part:
        self._opened.append(part)
        return part
