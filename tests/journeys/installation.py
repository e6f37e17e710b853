"""A whole installation in processes of its own, beside a simulated RingCentral in ours."""

import hashlib
import io
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from catalog import Aside, DocumentRow, Fax, FaxQuery, LedgerRow, Recipient
from handlers.export import all_faxes
from serving import own_command, wait_for_port
from settings import Settings, environment_with
from simulator import Limit, Simulator
from tests.journeys import commands
from tests.journeys.commands import Outcome
from wiring import House

PATIENCE_SECONDS = 45.0
PLENTY = Limit(5_000, window=5)
"""A short window too: after a 429 nothing is asked until it is over."""


class Installation:
    """One data folder, the settings that belong to it, and the processes running on it."""

    def __init__(self, simulator: Simulator, folder: Path, chosen: Mapping[str, str]) -> None:
        self.simulator = simulator
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.port = free_port()
        self.environment = {
            **simulator.env,
            "FAXKEEP_DATA": str(self.data),
            "FAXKEEP_PORT": str(self.port),
            "FAXKEEP_POLL_SECONDS": "10",
            "FAXKEEP_LOOK_SPACING": "1",
            **chosen,
        }
        self._children: list[subprocess.Popen[bytes]] = []
        self._forked: list[BaseProcess] = []

    # Processes

    def spawn(self, *words: str) -> subprocess.Popen[bytes]:
        """Start one of the long-running commands as a person would."""
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                own_command(*words), env=environment_with(self.environment), stdout=log, stderr=log
            )
        self._children.append(child)
        return child

    def serve(self) -> subprocess.Popen[bytes]:
        """Start web process and worker; returns when RingCentral calls."""
        child = self.spawn("serve")
        wait_until(self.is_subscribed, f"a subscription; see {self.log}")
        return child

    def web(self) -> subprocess.Popen[bytes]:
        """Start the web process; returns when it answers."""
        child = self.spawn("web")
        wait_for_port(self.settings)
        return child

    def work(self) -> BaseProcess:
        """Start the worker alone, quickly; returns when it is the one."""
        worker = commands.start(environment_with(self.environment), self.log, "work")
        self._forked.append(worker)
        lock = self.data / "worker.lock"
        holds = f"{worker.pid}\n"
        wait_until(lambda: lock.is_file() and lock.read_text() == holds, "the worker's lock")
        return worker

    def end(self, worker: BaseProcess) -> None:
        """Stop a worker that `work` started, in good order.

        One that has only just begun has no handler for the signal yet, and simply ends.
        """
        worker.terminate()
        self._forked.remove(worker)
        assert commands.ended(worker) in (0, -signal.SIGTERM)

    def kill(self, worker: BaseProcess) -> None:
        """Kill a worker that `work` started, as a power cut would."""
        worker.kill()
        self._forked.remove(worker)
        assert commands.ended(worker) == -9

    def faxkeep(self, *words: str) -> Outcome:
        """Run a command to its end."""
        return commands.run(environment_with(self.environment), *words)

    def told(self, *words: str) -> Any:
        """What a command tells as JSON."""
        outcome = self.faxkeep(*words, "--json")
        assert outcome.err == ""
        return json.loads(outcome.out)

    def findings(self) -> list[str]:
        """What `verify` finds, as `kind what where`."""
        return [f"{each['kind']} {each['what']} {each['where']}" for each in self.told("verify")]

    def close(self) -> None:
        """End every process, whatever happened."""
        for child in self._children:
            if child.poll() is None:
                child.terminate()
        for worker in self._forked:
            worker.kill()
            commands.ended(worker)
        for child in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(40)
            child.kill()
            child.wait()
        self._forked.clear()
        if "house" in vars(self):
            self.house.close()

    # What it knows

    @cached_property
    def settings(self) -> Settings:
        return Settings.from_env(self.environment)

    @cached_property
    def house(self) -> House:
        """Our own view of the data folder."""
        return House(self.settings)

    def forget(self) -> None:
        """Close our own view, because the files beneath it are about to change."""
        if "house" in vars(self):
            self.house.close()
            del self.house

    def faxes(self, state: str | None = None) -> list[Fax]:
        with self.house.catalog.reading() as tx:
            return list(all_faxes(tx, FaxQuery(state=state)))

    def fax(self, message_id: str) -> Fax | None:
        """The fax with RingCentral's id; None while we know nothing of it."""
        with self.house.catalog.reading() as tx:
            return next(iter(tx.faxes.find(message_id)), None)

    def states(self, *message_ids: str) -> list[str]:
        """The state of each fax, "unknown" for one we know nothing of."""
        found = [self.fax(message_id) for message_id in message_ids]
        return [fax.state if fax else "unknown" for fax in found]

    def are_archived(self, *message_ids: str) -> bool:
        return set(self.states(*message_ids)) <= {"archived"}

    def known(self, message_id: str) -> Fax:
        found = self.fax(message_id)
        assert found is not None
        return found

    def documents(self, message_id: str) -> list[DocumentRow]:
        fax_id = self.known(message_id).id
        with self.house.catalog.reading() as tx:
            return tx.documents.of(fax_id)

    def asides(self, message_id: str) -> list[Aside]:
        fax_id = self.known(message_id).id
        with self.house.catalog.reading() as tx:
            return tx.asides.of(fax_id)

    def recipients(self, message_id: str) -> list[Recipient]:
        fax_id = self.known(message_id).id
        with self.house.catalog.reading() as tx:
            return tx.faxes.recipients(fax_id)

    def ledger(self) -> list[LedgerRow]:
        with self.house.catalog.reading() as tx:
            return list(tx.ledger.after(0, 1_000_000))

    def plain(self, fax: Fax) -> bytes:
        """The first document of an archived fax as the archive gives it back."""
        into = io.BytesIO()
        self.house.export.document(fax, 1, into)
        return into.getvalue()

    # What RingCentral knows

    def is_subscribed(self) -> bool:
        return any(
            each["status"] == "Active"
            and not each["expired"]
            and not each.get("disabledFilters")
            and str(self.port) in each["deliveryMode"]["address"]
            for each in self.simulator.subscriptions()
        )

    def has_all(self) -> bool:
        """Whether every fax that RingCentral holds is archived with its present status."""
        known = {fax.message_id: fax for fax in self.faxes("archived")}
        return all(
            record["id"] in known
            and known[record["id"]].message_status == record["status"]
            and not known[record["id"]].unrecorded
            for record in self.simulator.truth()
        )

    def wait_for_all(self, within: float = PATIENCE_SECONDS) -> None:
        wait_until(self.has_all, "every fax to be archived", within)

    def lies(self) -> list[str]:
        """Every way in which the archive and RingCentral's own truth differ."""
        archived = {fax.message_id: fax for fax in self.faxes("archived")}
        held = {record["id"]: record for record in self.simulator.truth()}
        found = [f"{each} is not archived" for each in held.keys() - archived.keys()]
        found += [f"{each} does not exist" for each in archived.keys() - held.keys()]
        for message_id in held.keys() & archived.keys():
            found += self._lies_of(archived[message_id], held[message_id])
        return found

    def _lies_of(self, fax: Fax, record: Mapping[str, Any]) -> Iterator[str]:
        if hashlib.sha256(self.plain(fax)).hexdigest() != record["document"]["sha256"]:
            yield f"the document of {fax.message_id} differs"
        pairs = (
            ("status", fax.message_status),
            ("pages", fax.pages),
            ("direction", fax.direction),
            ("availability", fax.availability),
        )
        yield from (
            f"{name} of {fax.message_id} is {ours}" for name, ours in pairs if ours != record[name]
        )

    def writes(self) -> list[str]:
        """Requests that changed, or would have changed, a message at RingCentral."""
        return [
            f"{each['method']} {each['path']}"
            for each in self.simulator.requests(path="message-store")["records"]
            if each["method"] != "GET"
        ]


@contextmanager
def installed(
    simulator: Simulator, folder: Path, *, webhook: bool = False, **chosen: str
) -> Iterator[Installation]:
    """An installation whose processes are gone at the end."""
    made = Installation(simulator, folder, chosen)
    if webhook:
        made.environment["FAXKEEP_PUBLIC_URL"] = f"http://127.0.0.1:{made.port}"
    try:
        yield made
    finally:
        made.close()


def without_limits(simulator: Simulator) -> None:
    """Let RingCentral take as many requests as there are, so that a test takes seconds."""
    for group in simulator.limits():
        simulator.limit(group, PLENTY)


def wait_until(
    condition: Callable[[], object], what: str, within: float = PATIENCE_SECONDS
) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"waited {within:.0f} s in vain for {what}"
        time.sleep(0.03)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def modes_below(folder: Path) -> Iterator[tuple[str, int]]:
    """Every file and folder with its permission bits."""
    for parent, _, names in os.walk(folder):
        for path in (Path(parent), *(Path(parent, name) for name in names)):
            with suppress(FileNotFoundError):
                yield str(path.relative_to(folder)), path.lstat().st_mode & 0o777
