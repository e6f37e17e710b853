"""Shows the main job on this machine: a simulated RingCentral on a bad day, and Faxkeep beside it.

The simulator is another program: it is started and asked over HTTP, never imported.
"""

import hashlib
import io
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import requests

from catalog import Fax, FaxQuery
from errors import FaxkeepError, UserError
from handlers.export import all_faxes
from printing import cell
from serving import own_command, wait_for_port
from settings import Settings, environment_with
from wiring import House

PATIENCE_SECONDS = 180.0
LOOK_SECONDS = 0.05
STANDARD_PAGES = (1, 3, 1, 12, 2, 5)
FORMATS = ("application/pdf", "image/tiff")
WRITES = ("PUT", "PATCH", "DELETE")


def run(*, once: bool, faxes: int, seed: int) -> int:
    """Run the demonstration; the exit code is 0 only if everything is true that it shows."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        try:
            stage = Stage.build(stack, seed)
            code = stage.play(faxes, random.Random(seed))  # noqa: S311 - a repeatable show
            if not once:
                stage.stay()
        except KeyboardInterrupt:
            click.echo("\nStopping ...")
            code = 0
        return code


@dataclass
class Stage:
    """The simulator's control, our installation, and the clock that started with us."""

    control: str
    house: House
    environment: dict[str, str]
    log: Path
    shown: set[str] = field(default_factory=set)
    arrived: dict[str, float] = field(default_factory=dict)

    @classmethod
    def build(cls, stack: ExitStack, seed: int) -> "Stage":
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faxkeep-demo-")))
        simulator = stack.enter_context(_simulator(seed))
        port = _free_port()
        chosen = {
            **simulator["env"],
            "FAXKEEP_DATA": str(folder / "data"),
            "FAXKEEP_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "FAXKEEP_PORT": str(port),
            "FAXKEEP_POLL_SECONDS": "10",
        }
        settings = Settings.from_env(chosen)
        click.echo(f"RingCentral, simulated (seed {seed}): {simulator['url']}")
        log = folder / "faxkeep.log"
        stack.enter_context(_installation(chosen, log))
        wait_for_port(settings)
        house = stack.enter_context(House(settings))
        click.echo(f"Faxkeep, web process and worker: {settings.public_url}")
        return cls(simulator["control_url"], house, chosen, log)

    def play(self, faxes: int, chance: random.Random) -> int:
        """Let faxes arrive, show each as it is archived, then the list and the proof."""
        self._wait(self._subscribed, "RingCentral to accept the webhook")
        click.echo("RingCentral has shaken hands with the webhook and will call it.")
        self._ask("POST", "/bad-day")
        click.echo("From here on it has a bad day: errors, lost calls, broken documents.\n")
        for number in range(faxes):
            self._receive(number)
            self._show_for(chance.uniform(0.1, 0.6))
        self._wait(self._all_archived, "every fax to be archived")
        self._show_news()
        click.echo()
        self._command("faxes")
        click.echo()
        verified = self._command("verify")
        problems = list(self._lies())
        for problem in problems:
            click.echo(f"NOT TRUE: {problem}")
        if problems or verified:
            return 1
        click.echo(
            f"All {len(self._truth())} faxes that RingCentral holds are archived, readable and"
            " unchanged; every read status is untouched."
        )
        return 0

    def stay(self) -> None:
        """Stay up until Ctrl-C, with a fax now and then."""
        settings = " ".join(f"{name}={value}" for name, value in self._ours().items())
        click.echo(f"\nLook around from another terminal:\n  {settings} ./faxkeep faxes")
        click.echo("A fax arrives every 20 seconds. Ctrl-C ends it all.\n")
        number = len(self.arrived)
        while True:
            self._receive(number)
            self._show_for(20.0)
            number += 1

    def _ours(self) -> dict[str, str]:
        return {"FAXKEEP_DATA": self.environment["FAXKEEP_DATA"]}

    def _receive(self, number: int) -> None:
        body = {
            "pages": STANDARD_PAGES[number % len(STANDARD_PAGES)],
            "content_type": FORMATS[number % 2],
        }
        (fax_id,) = self._ask("POST", "/faxes", body)["ids"]
        self.arrived[fax_id] = time.monotonic()

    def _show_for(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._show_news()
            time.sleep(LOOK_SECONDS)

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            self._show_news()
            if time.monotonic() > deadline:
                click.echo(self.log.read_text()[-4000:], err=True)
                raise UserError(f"Waited {PATIENCE_SECONDS:.0f} s in vain for {what}.")
            time.sleep(LOOK_SECONDS)

    def _show_news(self) -> None:
        for fax in self._archived():
            if fax.id in self.shown:
                continue
            self.shown.add(fax.id)
            took = time.monotonic() - self.arrived.get(fax.message_id, time.monotonic())
            with self.house.catalog.reading() as tx:
                (document, *_) = tx.documents.of(fax.id)
            click.echo(
                f"archived  {fax.message_id}  from {cell(fax.from_number)}"
                f"  {document.kind:<4}  {document.pages:>2} pages  {document.size / 1024:6.0f} KiB"
                f"  sha256 {document.sha256[:12]}  {took:5.1f} s after it arrived"
            )

    def _archived(self) -> list[Fax]:
        with self.house.catalog.reading() as tx:
            return list(all_faxes(tx, FaxQuery(state="archived")))

    def _subscribed(self) -> bool:
        found = self._ask("GET", "/subscriptions")["records"]
        return any(each.get("status") == "Active" for each in found)

    def _all_archived(self) -> bool:
        return {fax.message_id for fax in self._archived()} >= {f["id"] for f in self._truth()}

    def _truth(self) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = self._ask("GET", "/truth")["records"]
        return records

    def _lies(self) -> Iterator[str]:
        """Each way in which the archive and RingCentral's own truth differ."""
        held = {record["id"]: record for record in self._truth()}
        for fax in self._archived():
            record = held.pop(fax.message_id)
            if record["readStatus"] != "Unread":
                yield f"the read status of {fax.message_id} was changed"
            if self._plain_hash(fax) != record["document"]["sha256"]:
                yield f"the document of {fax.message_id} differs from RingCentral's"
        for fax_id in held:
            yield f"{fax_id} is not archived"
        for method in WRITES:
            seen = self._ask("GET", f"/requests?method={method}&path=message-store")["records"]
            if seen:
                yield f"{len(seen)} {method} requests touched the message store"

    def _plain_hash(self, fax: Fax) -> str:
        into = io.BytesIO()
        try:
            self.house.export.document(fax, 1, into)
        except FaxkeepError:
            return "unreadable"
        return hashlib.sha256(into.getvalue()).hexdigest()

    def _command(self, *words: str) -> int:
        click.echo(f"$ ./faxkeep {' '.join(words)}")
        sys.stdout.flush()
        return subprocess.run(
            own_command(*words), env=environment_with(self.environment), check=False
        ).returncode

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = requests.request(method, self.control + path, json=body, timeout=10)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def _simulator(seed: int) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "simulator", "--seed", str(seed)]
    here = Path(__file__).parent
    with subprocess.Popen(
        command, cwd=here, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


@contextmanager
def _installation(chosen: dict[str, str], log: Path) -> Iterator[None]:
    with (
        log.open("wb") as output,
        subprocess.Popen(
            own_command("serve"),
            env=environment_with(chosen),
            stderr=output,
            stdout=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
