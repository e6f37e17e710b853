"""The simulator as one object: two HTTP ports, and a method for everything control can do."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from simulator import calls, changes, content, desktop, founding, truth
from simulator.api import Api
from simulator.changes import Inbound
from simulator.clock import Clock, iso
from simulator.control import Control
from simulator.delivery import Courier, blacklist
from simulator.extensions import NewAccount, NewExtension
from simulator.faults import Fault, bad_day
from simulator.rates import Limit
from simulator.refusals import not_found
from simulator.sessions import Sessions
from simulator.settings import Settings
from simulator.shaping import assign
from simulator.state import Account, Extension, Subscription
from simulator.subscriptions import view
from simulator.wire import Server
from simulator.world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """How a simulator begins: where it listens, and how many extensions each account has."""

    host: str = "127.0.0.1"
    port: int = 0
    accounts: Sequence[int] = (3,)
    settings: Settings = field(default_factory=Settings)


class Simulator:
    """RingCentral on this machine: `start`, use `url`, `media_url` and `env`, `stop`.

    Also a context manager. Methods raise Refusal (404) for ids there are none of, and ValueError
    or KeyError for values that make no sense.
    """

    def __init__(self, seed: int = 0, plan: Plan | None = None, clock: Clock | None = None) -> None:
        self._plan = plan or Plan()
        self._world = World(seed, replace(self._plan.settings), clock or Clock())
        self._logins = Sessions(self._world)
        self._courier = Courier(self._world)
        self._world.carrier = self._courier
        self._servers: list[Server] = []
        for size in self._plan.accounts:
            founding.found_account(self._world, founding.standard_account(size))

    def start(self) -> Self:
        """Listen on both ports."""
        control = Control(self, Api(self._world, self._logins))
        media = Api(self._world, self._logins, media=True)
        self._servers = [
            Server((self._plan.host, self._plan.port), control),
            Server((self._plan.host, 0), media),
        ]
        self._world.url, self._world.media_url = (server.url for server in self._servers)
        self._world.agenda.start()
        return self

    def stop(self) -> None:
        """Close every connection and end every thread."""
        for server in self._servers:
            server.close()
        self._world.agenda.close()
        self._courier.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # Where it is, and who lives there

    @property
    def url(self) -> str:
        """The API host."""
        return self._world.url

    @property
    def media_url(self) -> str:
        """The media host."""
        return self._world.media_url

    @property
    def control_url(self) -> str:
        """Where the control endpoints are."""
        return f"{self._world.url}/control"

    @property
    def env(self) -> dict[str, str]:
        """What a client needs to log in as the first account's administrator."""
        return self.env_for()

    def env_for(self, extension_id: str = "") -> dict[str, str]:
        """What a client needs to log in as this extension's user."""
        with self._world.lock:
            return truth.environment(self._world, self._extension(extension_id))

    def accounts(self) -> list[Json]:
        """Every account, its extensions and their credentials."""
        with self._world.lock:
            return [truth.account_view(self._world, each) for each in self._world.accounts.values()]

    def add_account(self, new: NewAccount) -> Json:
        """Add an account."""
        with self._world.lock:
            return truth.account_view(self._world, founding.found_account(self._world, new))

    def add_extension(self, account_id: str, new: NewExtension) -> Json:
        """Add an extension; an event tells of it."""
        with self._world.lock:
            account = self._account(account_id)
            extension = founding.found_extension(self._world, account, new)
            return truth.extension_view(self._world, extension)

    def change_account(self, account_id: str = "", **values: Any) -> Json:
        """Set scopes, inbox_limit, retention_days, hipaa, other_extensions or refresh_tokens."""
        with self._world.lock:
            account = self._account(account_id)
            if "scopes" in values:
                values["scopes"] = frozenset(values["scopes"])
            names = "scopes inbox_limit retention_days hipaa other_extensions refresh_tokens"
            assign(account, names.split(), values)
            changes.sweep(self._world)
            return truth.account_view(self._world, account)

    def change_extension(self, extension_id: str, **values: Any) -> Json:
        """Set name, type, status, admin or content_type."""
        with self._world.lock:
            extension = self._extension(extension_id)
            assign(extension, ["name", "type", "status", "admin", "content_type"], values)
            return truth.extension_view(self._world, extension)

    # Faxes

    def receive(
        self, inbound: Inbound | None = None, *, extension: str = "", count: int = 1
    ) -> list[str]:
        """Let `count` faxes arrive at an extension (default: the first); returns their ids."""
        if not 1 <= count <= 10_000:
            raise ValueError("count must be 1 to 10000")
        with self._world.lock:
            owner = self._extension(extension)
            faxes = changes.receive(self._world, owner, inbound or Inbound(), count)
            return [fax.id for fax in faxes]

    def send(self, to: Sequence[str], *, extension: str = "", pages: int = 1) -> str:
        """Send a fax as from the desktop app; returns its id."""
        with self._world.lock:
            outbound = desktop.outbound(self._world, to, pages)
            return changes.submit(self._world, self._extension(extension), outbound).id

    def render(self, fax_id: str) -> None:
        """A queued outbound fax has been rendered: page count and content appear."""
        with self._world.lock:
            changes.render(self._world, self._world.fax(fax_id))

    def finish(self, fax_id: str, *, status: str = "", error: str = "", number: str = "") -> None:
        """End an outbound fax: Sent, or failed with the faxErrorCode `error`.

        Applies to the recipient with this phone `number`, or to all.
        """
        with self._world.lock:
            fax = self._world.fax(fax_id)
            chosen = desktop.chosen(fax, number)
            changes.set_outcome(self._world, fax, status=status, error=error, recipients=chosen)

    def lose_inbound(self, extension: str = "") -> str:
        """An inbound fax call fails; returns the id of the call, its only trace."""
        with self._world.lock:
            return calls.log_lost(self._world, self._extension(extension)).id

    def mark(self, fax_id: str, read_status: str) -> None:
        """Somebody marks a fax Read or Unread in the desktop app."""
        with self._world.lock:
            changes.mark(self._world, self._world.fax(fax_id), read_status)

    def delete(self, fax_id: str, *, purge: bool = False) -> None:
        """Somebody deletes a fax in the desktop app."""
        with self._world.lock:
            changes.delete(self._world, self._world.fax(fax_id), purge=purge)

    def document(self, fax_id: str) -> bytes:
        """The bytes of a fax as RingCentral holds them."""
        with self._world.lock:
            document = self._world.fax(fax_id).document
            if document is None:
                raise not_found("document")
            return document.data

    # Time, faults, limits, settings

    def now(self) -> str:
        """The simulator's time."""
        return iso(self._world.clock.now())

    def advance(self, seconds: float) -> str:
        """Let time pass: what falls due is done before this returns."""
        with self._world.lock:
            self._world.clock.advance(seconds)
            self._world.agenda.run_due()
            changes.sweep(self._world)
        return self.now()

    def fault(self, name: str, fault: Fault | None = None) -> None:
        """Set a fault (see `faults.MEANINGS`); without `fault` it always strikes."""
        with self._world.lock:
            self._world.faults.set(name, fault or Fault())

    def faults(self) -> dict[str, Fault]:
        """The faults set now."""
        with self._world.lock:
            return dict(self._world.faults.active)

    def clear_faults(self, name: str = "") -> None:
        """Clear one fault, or all, also those that single faxes have caught."""
        with self._world.lock:
            self._world.faults.clear(name)
            content.heal(self._world, name)

    def sicken(self, fax_id: str, name: str, fault: Fault | None = None) -> None:
        """Give one fax a content fault for `tries` requests, or for `seconds` of the clock."""
        with self._world.lock:
            content.infect(self._world, self._world.fax(fax_id), name, fault or Fault())

    def bad_day(self) -> None:
        """Set the seeded mixture in which everything happens and every fax heals."""
        with self._world.lock:
            for name, fault in bad_day().items():
                self._world.faults.set(name, fault)

    def limits(self) -> dict[str, Limit]:
        """The rate limits by group."""
        with self._world.lock:
            return dict(self._world.rates.limits)

    def limit(self, group: str, limit: Limit) -> None:
        """Set a group's limit and forget what was counted."""
        with self._world.lock:
            if group not in self._world.rates.limits:
                raise KeyError(group)
            self._world.rates.limits[group] = limit
            self._world.rates.forgive()

    def settings(self) -> Settings:
        """A copy of the settings."""
        with self._world.lock:
            return replace(self._world.settings)

    def change_settings(self, **values: Any) -> None:
        """Set fields of Settings."""
        with self._world.lock:
            assign(self._world.settings, [each.name for each in fields(Settings)], values)

    # Subscriptions and tokens

    def subscriptions(self) -> list[Json]:
        """Every subscription, whoever made it."""
        with self._world.lock:
            return [view(self._world, each) for each in self._world.subscriptions.values()]

    def expire_subscription(self, subscription_id: str) -> None:
        """It ends now."""
        with self._world.lock:
            self._subscription(subscription_id).extend(self._world.clock.now(), 0)

    def blacklist_subscription(self, subscription_id: str, reason: str = "") -> None:
        """It is suspended now."""
        text = reason or "I/O operation is failed. Details: [Read timed out]"
        with self._world.lock:
            blacklist(self._world, self._subscription(subscription_id), text)

    def disable_filters(self, subscription_id: str, filters: Sequence[str] = ()) -> None:
        """These filters (default: all) are reported as disabled and never fire."""
        with self._world.lock:
            subscription = self._subscription(subscription_id)
            subscription.disabled = list(filters or subscription.filters)

    def revoke_tokens(self, extension_id: str = "") -> int:
        """End the sessions of one user, or of all; returns how many."""
        with self._world.lock:
            return self._logins.revoke(extension_id=extension_id)

    # What happened

    def truth(self) -> list[Json]:
        """Every fax ever held."""
        with self._world.lock:
            return truth.truth(self._world)

    def requests(self, *, method: str = "", path: str = "", since: str = "") -> Json:
        """The requests made (control apart): `records`, `counts` and `total`."""
        with self._world.lock:
            return self._world.journal.requests(method, path, since)

    def notifications(self, subscription_id: str = "", since: str = "") -> list[Json]:
        """Every try to deliver a notification."""
        with self._world.lock:
            return self._world.journal.notifications(subscription_id, since)

    def forget(self) -> None:
        """Empty the journal of requests and notifications."""
        with self._world.lock:
            self._world.journal.forget()

    def wait_delivered(self, timeout: float = 10) -> bool:
        """Wait (real seconds) until no notification is under way; held and late ones apart."""
        deadline = time.monotonic() + timeout
        while not self._courier.idle:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)
        return True

    def _account(self, account_id: str) -> Account:
        first = next(iter(self._world.accounts), "")
        account = self._world.accounts.get(account_id or first)
        if account is None:
            raise not_found("accountId")
        return account

    def _extension(self, extension_id: str) -> Extension:
        for extension in self._world.extensions():
            if extension_id in ("", extension.id):
                return extension
        raise not_found("extensionId")

    def _subscription(self, subscription_id: str) -> Subscription:
        if subscription_id not in self._world.subscriptions:
            raise not_found("subscriptionId")
        return self._world.subscriptions[subscription_id]
