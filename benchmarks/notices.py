"""How soon somebody is told what became of a fax, over loopback, with others who never answer.

A simulated RingCentral with its real limits, `faxkeep serve` with its own settings, and three
destinations: a webhook that answers, one that refuses every connection, one that takes them and
says nothing. Faxes reach their ends one after another: a busy mailbox, then as fast as RingCentral
lets one user send (10 a minute), then all in one second. Received ones come in between downloads
of which RingCentral allows 40 a minute; what of these is left over is waited for first.

"From the change" is from the moment the simulator has the new status, so it holds RingCentral's
notification, our look and the telling. "From the outcome" is from the moment we knew.
"""

import base64
import json
import random
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measuring import Goal, percentile, quick_wanted, show
from benchmarks.processes import free_port, running
from serving import own_command, wait_for_port
from settings import Settings
from simulator import Inbound, Simulator

GOAL_SECONDS = 5.0
BUSY, CEILING = 10.0, 6.0
"""Seconds from one change to the next; the second is RingCentral's ceiling of sending."""
BACKLOG_SECONDS = 45.0
PATIENCE_SECONDS = 120.0
NUMBER = "+12025550101"
SECRET = "whsec_" + base64.b64encode(random.Random(1).randbytes(32)).decode()
PLAN = """
[[destination]]
name = "answers"
channel = "webhook"
url = "http://127.0.0.1:{port}/"
secret_file = "secret"

[[destination]]
name = "refuses"
channel = "webhook"
url = "http://127.0.0.1:{refusing}/"
secret_file = "secret"

[[destination]]
name = "hangs"
channel = "webhook"
url = "http://127.0.0.1:{hanging}/"
secret_file = "secret"

[[rule]]
to = ["answers", "refuses", "hangs"]
"""


@dataclass
class Receiver:
    """Notes when each notice came: by type and message id, with the outcome's own time."""

    came: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    doubles: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def take(self, body: bytes) -> None:
        now, told = time.time(), json.loads(body)
        key = told["type"], str(told["data"].get("fax", "")).partition("-")[2]
        known = datetime.fromisoformat(told["timestamp"]).timestamp()
        with self._guard:
            self.doubles += key in self.came
            self.came.setdefault(key, (now, known))


def main(*, quick: bool) -> None:
    """Measure and print."""
    count = 8 if quick else 25
    receiver = Receiver()
    with (
        tempfile.TemporaryDirectory(prefix="faxkeep-bench-") as folder,
        Simulator(seed=5) as simulator,
        _listening(receiver) as port,
        socket.create_server(("127.0.0.1", 0)) as silent,
    ):
        chosen = _settings(Path(folder), simulator, port, silent.getsockname()[1])
        with running(own_command("serve"), chosen):
            wait_for_port(Settings.from_env(chosen))
            _wait(lambda: bool(simulator.subscriptions()), "a subscription")
            busy = _spaced(simulator, receiver, count, BUSY)
            ceiling = _spaced(simulator, receiver, count, CEILING)
            burst = _burst(simulator, receiver, count)
            received = _received(simulator, receiver, count)
    print(f"{count} faxes each; beside it one destination that refuses and one that hangs")
    rows = [
        _row(f"sent faxes, {BUSY:g} s apart", receiver, busy),
        _row(f"sent faxes, {CEILING:g} s apart", receiver, ceiling),
        _row("sent faxes, all in one second", receiver, burst),
        _row("received faxes (fetched and archived first)", receiver, received),
    ]
    show(
        rows,
        [
            Goal(
                f"status change to notice, {BUSY:g} s apart, p99 s",
                percentile(_from_change(receiver, busy), 0.99),
                high=GOAL_SECONDS,
            ),
            Goal(
                f"status change to notice, {CEILING:g} s apart, p99 s",
                percentile(_from_change(receiver, ceiling), 0.99),
                high=GOAL_SECONDS,
            ),
            Goal(
                "outcome to notice, p99 s",
                percentile(_from_outcome(receiver, {**busy, **ceiling, **burst, **received}), 0.99),
                high=GOAL_SECONDS,
            ),
            Goal("notices that came twice", receiver.doubles, high=0),
        ],
    )


Changes = dict[tuple[str, str], float]
"""When something came to pass at RingCentral, by the type of its notice and its message id."""


def _sent(simulator: Simulator, count: int) -> list[str]:
    """So many faxes on their way, which the installation has had the time to see."""
    found = [simulator.send([NUMBER], pages=1) for _ in range(count)]
    time.sleep(20)
    return found


def _spaced(simulator: Simulator, receiver: Receiver, count: int, spacing: float) -> Changes:
    changes: Changes = {}
    for number, message_id in enumerate(_sent(simulator, count)):
        changes |= _end(simulator, message_id, fails=number % 3 == 0)
        time.sleep(spacing)
    _await(receiver, changes)
    return changes


def _burst(simulator: Simulator, receiver: Receiver, count: int) -> Changes:
    changes: Changes = {}
    for number, message_id in enumerate(_sent(simulator, count)):
        changes |= _end(simulator, message_id, fails=number % 3 == 0)
    _await(receiver, changes)
    return changes


def _received(simulator: Simulator, receiver: Receiver, count: int) -> Changes:
    changes: Changes = {}
    time.sleep(BACKLOG_SECONDS)
    for _ in range(count):
        (message_id,) = simulator.receive(Inbound(pages=1))
        changes["fax.received", message_id] = time.time()
        time.sleep(CEILING)
    _await(receiver, changes)
    return changes


def _end(simulator: Simulator, message_id: str, *, fails: bool) -> Changes:
    simulator.finish(message_id, error="LineBusy" if fails else "")
    return {("fax.failed" if fails else "fax.sent", message_id): time.time()}


def _await(receiver: Receiver, changes: Changes) -> None:
    _wait(lambda: changes.keys() <= receiver.came.keys(), "every notice")


def _wait(condition: Any, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.05)


def _from_change(receiver: Receiver, changes: Changes) -> list[float]:
    return [receiver.came[key][0] - at for key, at in changes.items()]


def _from_outcome(receiver: Receiver, changes: Changes) -> list[float]:
    return [receiver.came[key][0] - receiver.came[key][1] for key in changes]


def _row(name: str, receiver: Receiver, changes: Changes) -> dict[str, object]:
    whole, own = _from_change(receiver, changes), _from_outcome(receiver, changes)
    return {
        "what": name,
        "from the change: p50 s": _seconds(whole, 0.5),
        "p99 s": _seconds(whole, 0.99),
        "from the outcome: p50 ms": f"{1000 * median(own):.0f}",
        "p99 ms": f"{1000 * percentile(own, 0.99):.0f}",
    }


def _seconds(values: Sequence[float], share: float) -> str:
    return f"{percentile(values, share):.2f}"


def _settings(folder: Path, simulator: Simulator, port: int, hanging: int) -> dict[str, str]:
    file = folder / "notifications.toml"
    file.write_text(PLAN.format(port=port, refusing=free_port(), hanging=hanging))
    (folder / "secret").write_text(SECRET)
    own = free_port()
    return {
        **simulator.env,
        "FAXKEEP_DATA": str(folder / "data"),
        "FAXKEEP_PORT": str(own),
        "FAXKEEP_PUBLIC_URL": f"http://127.0.0.1:{own}",
        "FAXKEEP_NOTIFICATIONS": str(file),
        "FAXKEEP_LOG": "ERROR",
    }


@contextmanager
def _listening(receiver: Receiver) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()


if __name__ == "__main__":
    main(quick=quick_wanted(__doc__))
