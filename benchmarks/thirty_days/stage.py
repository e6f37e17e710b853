"""RingCentral's side of the play, the installation's settings, and everything that happens."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.processes import free_port
from benchmarks.thirty_days.clock import SharedClock
from benchmarks.thirty_days.processes import Child
from benchmarks.thirty_days.scenario import HOUR, MINUTE, Happening, Scale, account_of
from simulator import Fault, Inbound, Limit, NewExtension, Plan, Refusal, Simulator

DRAWN = 24
"""So many different pages are drawn; what is appended makes each fax its own."""
OWN_LOGINS = 5
"""So many users of the second account log in by themselves."""
ERRORS = ("LineBusy", "NoAnswer", "CallFailed", "InvalidNumber")


@dataclass(frozen=True)
class Blocked:
    """A time in which nobody could fetch: anything, an account's faxes, or one mailbox's."""

    start: datetime
    end: datetime
    account: str = ""
    extension: str = ""


@dataclass
class Stage:
    """Everything that is there. `later` are happenings that follow from others."""

    simulator: Simulator
    clock: SharedClock
    scale: Scale
    folder: Path
    worker: Child
    web: Child
    environment: dict[str, str]
    accounts: list[dict[str, Any]]
    chance: random.Random
    began: datetime
    pages: list[bytes] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    purged: dict[str, datetime] = field(default_factory=dict)
    later: list[tuple[datetime, Callable[[], None]]] = field(default_factory=list)
    worker_down: datetime | None = None
    away_until: datetime | None = None
    kills: int = 0
    _count: int = 0

    def extension(self, mailbox: int) -> tuple[str, str]:
        """The account's id and the extension's of a mailbox of the scenario."""
        account, place = account_of(mailbox, self.scale.accounts)
        told = self.accounts[account]
        return str(told["id"]), str(told["extensions"][place]["id"])

    # Our processes

    def start_worker(self) -> None:
        self.worker.start()
        if self.worker_down is not None:
            self.blocked.append(Blocked(self.worker_down, self.clock.now()))
            self.worker_down = None

    def kill_worker(self) -> None:
        self.worker.kill()
        self.kills += 1
        self.worker_down = self.worker_down or self.clock.now()

    def back_later(self, child: Child, seconds: float) -> None:
        """Start a process again after a while, unless all of us are away then."""

        def back() -> None:
            if child.lives or self.away_until is not None:
                return
            self.start_worker() if child is self.worker else child.start()

        self.after(seconds, back)

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self.later.append((self.clock.now() + timedelta(seconds=seconds), act))

    def due_later(self, now: datetime) -> list[Callable[[], None]]:
        """What follows from something that happened, and is due; each once."""
        due = [act for at, act in sorted(self.later, key=lambda each: each[0]) if at <= now]
        self.later = [(at, act) for at, act in self.later if at > now]
        return due

    # What happens

    def apply(self, happening: Happening) -> None:
        """Let it happen now."""
        dice = random.Random(happening.dice)
        act = getattr(self, "_" + happening.what.replace(" ", "_"))
        act(happening, dice)

    def _document(self, dice: random.Random) -> Inbound:
        self._count += 1
        drawn = dice.choice(self.pages)
        kind = "application/pdf" if drawn.startswith(b"%PDF") else "image/tiff"
        return Inbound(pages=1, content_type=kind, document=drawn + b"%%%08d\n" % self._count)

    def _receive(self, happening: Happening, dice: random.Random) -> None:
        _, extension = self.extension(happening.mailbox)
        if self._is_there(extension):
            self.simulator.receive(self._document(dice), extension=extension)

    def _send(self, happening: Happening, dice: random.Random) -> None:
        _, extension = self.extension(happening.mailbox)
        if not self._is_there(extension):
            return
        numbers = [
            f"+1202555{dice.randrange(10_000):04d}" for _ in range(dice.choice((1, 1, 1, 3)))
        ]
        fax_id = self.simulator.send(numbers, extension=extension)

        def finish() -> None:
            if dice.random() < 0.2:
                self._finish(fax_id, dice.choice(numbers), dice.choice(ERRORS))
            for number in numbers:
                self._finish(fax_id, number)

        self.after(dice.uniform(30, 600), finish)

    def _finish(self, fax_id: str, number: str, error: str = "") -> None:
        """End it for one recipient, unless that is over, or the fax is gone."""
        with suppress(Refusal):
            self.simulator.finish(fax_id, number=number, error=error)

    def _is_there(self, extension: str) -> bool:
        return any(
            each["id"] == extension
            for account in self.simulator.accounts()
            for each in account["extensions"]
        )

    def _kill_worker(self, happening: Happening, dice: random.Random) -> None:
        if self.worker.lives:
            self.kill_worker()
            self.back_later(self.worker, dice.uniform(10, 5 * MINUTE))

    def _kill_web(self, happening: Happening, dice: random.Random) -> None:
        if self.web.lives:
            self.web.kill()
            self.kills += 1
            self.back_later(self.web, dice.uniform(10, 20 * MINUTE))

    def _our_outage(self, happening: Happening, dice: random.Random) -> None:
        self.away_until = self.clock.now() + timedelta(seconds=self.scale.outage)
        if self.worker.lives:
            self.kill_worker()
        if self.web.lives:
            self.web.kill()

        def back() -> None:
            if self.away_until is not None and self.clock.now() < self.away_until:
                return  # a second outage began during the first
            self.away_until = None
            if not self.web.lives:
                self.web.start()
            if not self.worker.lives:
                self.start_worker()

        self.after(self.scale.outage, back)

    def _their_outage(self, happening: Happening, dice: random.Random) -> None:
        seconds = self.scale.outage
        now = self.clock.now()
        self.blocked.append(Blocked(now, now + timedelta(seconds=seconds + 20 * MINUTE)))
        self.simulator.fault("outage", Fault(seconds=seconds))

    def _subscription(self, dice: random.Random) -> str:
        alive = [each for each in self.simulator.subscriptions() if each["status"] == "Active"]
        return str(dice.choice(alive)["id"]) if alive else ""

    def _blacklist(self, happening: Happening, dice: random.Random) -> None:
        if subscription := self._subscription(dice):
            self.simulator.blacklist_subscription(subscription)

    def _expire_subscription(self, happening: Happening, dice: random.Random) -> None:
        if subscription := self._subscription(dice):
            self.simulator.expire_subscription(subscription)

    def _disable_filters(self, happening: Happening, dice: random.Random) -> None:
        if subscription := self._subscription(dice):
            self.simulator.disable_filters(subscription)

    def _revoke_tokens(self, happening: Happening, dice: random.Random) -> None:
        self.simulator.revoke_tokens()

    def _throttle(self, happening: Happening, dice: random.Random) -> None:
        self.simulator.fault("throttled", Fault(count=dice.randrange(1, 6), seconds=60))

    def _sync_refused(self, happening: Happening, dice: random.Random) -> None:
        self.simulator.fault("sync_refused", Fault(count=dice.randrange(1, 4)))

    def _sync_full(self, happening: Happening, dice: random.Random) -> None:
        self.simulator.fault("sync_full", Fault(count=dice.randrange(1, 4)))

    def _list_empty(self, happening: Happening, dice: random.Random) -> None:
        self.simulator.fault("list_empty", Fault(count=dice.randrange(1, 4)))

    def _forget(self, happening: Happening, dice: random.Random) -> None:
        """The sync forgets changes of one mailbox for a while, and so do the calls about it."""
        _, extension = self.extension(happening.mailbox)
        path = f"/extension/{extension}/"
        self.simulator.fault("sync_forgets", Fault(probability=0.5, path=path))
        self.after(2 * HOUR, lambda: self.simulator.clear_faults("sync_forgets"))

    def _hide(self, happening: Happening, dice: random.Random) -> None:
        _, extension = self.extension(happening.mailbox)
        if self._is_there(extension):
            (fax_id,) = self.simulator.receive(self._document(dice), extension=extension)
            self.simulator.hide(fax_id, dice.uniform(MINUTE, 3 * HOUR))

    def _alive(self, happening: Happening, direction: str = "") -> list[dict[str, Any]]:
        _, extension = self.extension(happening.mailbox)
        return [
            each
            for each in self.simulator.truth()
            if each["extensionId"] == extension
            and each["availability"] == "Alive"
            and not each["evicted"]
            and not each["extensionRemoved"]
            and direction in ("", each["direction"])
        ]

    def _mark(self, happening: Happening, dice: random.Random) -> None:
        """Somebody reads a fax in RingCentral's app."""
        if alive := self._alive(happening, "Inbound"):
            fax_id = dice.choice(alive[-20:])["id"]
            self.simulator.mark(fax_id, "Read")
            self.read.add(fax_id)

    def _delete(self, happening: Happening, dice: random.Random) -> None:
        if alive := self._alive(happening):
            self.simulator.delete(dice.choice(alive)["id"])

    def _purge(self, happening: Happening, dice: random.Random) -> None:
        """Somebody deletes a fax for good, at once or later."""
        if alive := self._alive(happening):
            fax_id = str(dice.choice(alive)["id"])
            self.simulator.delete(fax_id, purge=True)
            self.purged[fax_id] = self.clock.now()

    def _lost_call(self, happening: Happening, dice: random.Random) -> None:
        _, extension = self.extension(happening.mailbox)
        if self._is_there(extension):
            self.simulator.lose_inbound(extension)

    def _come(self, happening: Happening, dice: random.Random) -> None:
        """A new extension, which receives faxes from the next minutes on."""
        account = self.accounts[0]
        kind = dice.choice(("User", "FaxUser"))
        made = self.simulator.add_extension(str(account["id"]), NewExtension(type=kind))
        extension = str(made["id"])

        def receive() -> None:
            if self._is_there(extension):
                self.simulator.receive(self._document(dice), extension=extension)

        for _ in range(10):
            self.after(dice.uniform(MINUTE, 48 * HOUR), receive)

    def _go(self, happening: Happening, dice: random.Random) -> None:
        """An extension is removed, with all its faxes; never an administrator's."""
        account = self.accounts[0]
        extension = str(dice.choice(account["extensions"][1:])["id"])
        if self._is_there(extension):
            self.simulator.remove_extension(extension)

    def _rename(self, happening: Happening, dice: random.Random) -> None:
        _, extension = self.extension(happening.mailbox)
        if self._is_there(extension):
            self.simulator.change_extension(extension, name=f"Room {dice.randrange(100)}")

    def _unreadable(self, happening: Happening, dice: random.Random) -> None:
        """An administrator may not read one mailbox of the first account for a day."""
        account = self.accounts[0]
        extension = str(dice.choice(account["extensions"][1:])["id"])
        if not self._is_there(extension):
            return
        now = self.clock.now()
        # A mailbox that was refused is tried again at least hourly.
        end = now + timedelta(seconds=self.scale.outage * 4 + 2 * HOUR)
        self.blocked.append(Blocked(now, end, extension=extension))
        self.simulator.change_extension(extension, readable=False)

        def readable() -> None:
            if self._is_there(extension):
                self.simulator.change_extension(extension, readable=True)

        self.after(self.scale.outage * 4, readable)

    def _new_credentials(self, happening: Happening, dice: random.Random) -> None:
        """The third account's secret and JWT are changed; we are told two hours later."""
        account = self.accounts[2]
        administrator = account["extensions"][0]
        now = self.clock.now()
        fresh = self.simulator.new_credentials(str(administrator["id"]))
        end = now + timedelta(seconds=2 * HOUR + 20 * MINUTE)
        self.blocked.append(Blocked(now, end, account=str(account["id"])))

        def told() -> None:
            write_secrets(self.folder, 2, fresh["RC_APP_CLIENT_SECRET"], [fresh["RC_USER_JWT"]])
            for child in (self.worker, self.web):
                if child.lives:
                    self.kill_worker() if child is self.worker else child.kill()
                    self.back_later(child, 5)

        self.after(2 * HOUR, told)


def raised(seed: int, scale: Scale, folder: Path) -> Stage:
    """A stage with RingCentral open and our processes not yet started."""
    clock_file = folder / "clock"
    clock = SharedClock(clock_file)
    simulator = Simulator(seed, Plan(accounts=scale.accounts), clock)
    simulator.start()
    accounts = simulator.accounts()
    simulator.fault("event_dropped", Fault(probability=0.08))
    simulator.fault("event_doubled", Fault(probability=0.08))
    simulator.fault("event_late", Fault(probability=0.08, seconds=1800))
    simulator.fault("event_reordered", Fault(probability=0.05))
    simulator.fault("server_error", Fault(probability=0.01))
    simulator.fault("cut_before", Fault(probability=0.005))
    simulator.fault("cut_after", Fault(probability=0.005))
    for sickness in ("content_html", "content_short", "content_partial", "content_cut"):
        simulator.fault(sickness, Fault(probability=0.01, tries=2))
    simulator.fault("content_not_ready", Fault(probability=0.03, tries=2, status=409))
    environment = _settings(folder, accounts, simulator)
    log = folder / "log"
    stage = Stage(
        simulator=simulator,
        clock=clock,
        scale=scale,
        folder=folder,
        worker=Child("worker", environment, clock_file, log),
        web=Child("web", environment, clock_file, log),
        environment=environment,
        accounts=accounts,
        chance=random.Random(seed),
        began=clock.now(),
    )
    stage.pages = _drawn(seed)
    return stage


def _drawn(seed: int) -> list[bytes]:
    """A few real pages of both kinds."""
    with Simulator(seed) as press:
        press.change_account(inbox_limit=10_000)
        kinds = ("application/pdf", "image/tiff")
        made = [
            press.receive(Inbound(pages=1, content_type=kinds[number % 4 == 0]))[0]
            for number in range(DRAWN)
        ]
        return [press.document(fax_id) for fax_id in made]


def _settings(folder: Path, accounts: list[dict[str, Any]], simulator: Simulator) -> dict[str, str]:
    """Three accounts: read by an administrator; partly by logins of their own; without webhook."""
    tables = []
    for number, account in enumerate(accounts):
        users = account["extensions"][: OWN_LOGINS if number == 1 else 1]
        environments = [each["env"] for each in users]
        jwts = [each["RC_USER_JWT"] for each in environments]
        write_secrets(folder, number, environments[0]["RC_APP_CLIENT_SECRET"], jwts)
        table = f"""[[account]]
name = "account-{number}"
client_id = "{environments[0]["RC_APP_CLIENT_ID"]}"
client_secret_file = "secret-{number}"
mailboxes = ["all"]
webhook = {"false" if number == 2 else "true"}
server_url = "{simulator.url}"
media_url = "{simulator.media_url}"
"""
        logins = [
            f'\n[[account.login]]\njwt_file = "jwt-{number}-{place}"\n'
            for place in range(len(jwts))
        ]
        tables.append(table + "".join(logins))
    (folder / "accounts.toml").write_text("\n".join(tables))
    port = free_port()
    return {
        "FAXKEEP_ACCOUNTS": str(folder / "accounts.toml"),
        "FAXKEEP_DATA": str(folder / "data"),
        "FAXKEEP_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "FAXKEEP_PORT": str(port),
        "FAXKEEP_POLL_SECONDS": "3600",
        "FAXKEEP_WORKER_NAME": "thirty-days",
        "FAXKEEP_LOG": "WARNING",
    }


def write_secrets(folder: Path, account: int, secret: str, jwts: list[str]) -> None:
    """Put an account's secrets where its settings look for them."""
    (folder / f"secret-{account}").write_text(secret)
    for place, jwt in enumerate(jwts):
        (folder / f"jwt-{account}-{place}").write_text(jwt)


def heal(stage: Stage) -> None:
    """The bad days are over: no fault is left, and everybody is there."""
    simulator = stage.simulator
    simulator.clear_faults()
    for group in simulator.limits():
        simulator.limit(group, Limit(simulator.limits()[group].requests))
    for told in simulator.truth():
        for each in told["recipients"]:
            if told["direction"] == "Outbound" and each["status"] == "Queued":
                with suppress(Refusal):
                    simulator.finish(told["id"], number=each["number"])
