"""A working day of sending: orders come in, RingCentral has its moods, the worker dies.

At the end each fax was sent once, each end was told once, and evidence of each fax verifies.

Time is the simulator's; worker, database, calls, kills and the receiver of the notices are real.
"""

import base64
import io
import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from archive.evidence import verifier
from benchmarks.measuring import Goal, quick_wanted, show
from benchmarks.thirty_days.clock import SharedClock
from benchmarks.thirty_days.processes import Child, opened
from handlers.ordering import Order
from sending import OutgoingFax, Recipient, document_from_text
from simulator import Fault, Simulator
from simulator.changes import ERRORS
from wiring import House

SECRET = base64.b64encode(bytes(range(32))).decode()
MINUTE = 60.0
MOST_CALM_MINUTES = 24 * 60
PLAN = """
[[destination]]
name = "books"
channel = "webhook"
url = "{url}"
secret_file = "secret"

[[rule]]
to = ["books"]
directions = ["Outbound"]
"""


@dataclass(frozen=True)
class Scale:
    """How many faxes, how many of them fail, how often the worker dies, in how many minutes."""

    sends: int = 200
    failures: int = 60
    kills: int = 20
    minutes: int = 480


@dataclass(frozen=True)
class Played:
    """What was wrong at the end, in words, and some counts."""

    faults: list[str]
    kills: int
    told: int
    repeated: int
    throttled: int
    seconds: float


class Books(ThreadingHTTPServer):
    """Receives signed notices and keeps each, however often it comes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.notices: dict[str, dict[str, Any]] = {}
        self.times: Counter[str] = Counter()
        self.forged = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/notices"

    def take(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Keep a notice, if it is ours: as the specification's own library judges."""
        try:
            Webhook(SECRET).verify(body, {name.lower(): text for name, text in headers.items()})
        except Exception:
            self.forged += 1
            return
        told = json.loads(body)
        self.times[told["id"]] += 1
        self.notices[told["id"]] = told


class _Desk(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Books)
        self.server.take(self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class Day:
    """Everything that is there."""

    simulator: Simulator
    house: House
    worker: Child
    books: Books
    dice: random.Random
    errors: list[str] = field(default_factory=list)
    """What still has to fail, and how; "" for what succeeds."""
    kills: int = 0

    def minute(self, *, kill: bool = False) -> None:
        """Let the worker do what is due, or die over it; then a minute goes by."""
        self.worker.begin_tick()
        if kill:
            time.sleep(self.dice.uniform(0, 0.5))  # the moment is the test
            self.worker.kill()
            self.kills += 1
            self.worker.start()
            self.worker.begin_tick()
        self.worker.end_tick()
        self.simulator.advance(MINUTE)

    def end_some(self) -> None:
        """RingCentral comes to the end of about half of what it is sending."""
        for told in self.outbound():
            (recipient,) = told["recipients"]
            if recipient["status"] == "Queued" and self.dice.random() < 0.5:
                error = self.errors.pop() if self.errors else ""
                self.simulator.finish(told["id"], number=recipient["number"], error=error)

    def outbound(self) -> list[dict[str, Any]]:
        return [each for each in self.simulator.truth() if each["direction"] == "Outbound"]

    def order(self, number: int) -> None:
        """Each is another text, so that none can be taken for another."""
        text = document_from_text(f"This is fax number {number} of the day.")
        to = Recipient(f"+1202555{100 + number % 90:04d}")
        self.house.outbox.accept(Order(OutgoingFax((to,), (text,), cover_index=0), by="benchmark"))


def play(seed: int, scale: Scale, folder: Path) -> Played:
    """The whole day, and the judgement."""
    began = time.monotonic()
    with raised(seed, folder) as day:
        day.errors = _ends(scale, day.dice)
        _work_through(day, scale)
        _calm_down(day)
        day.worker.kill()
        faults = [*_wrong_faxes(day, scale), *_wrong_notices(day), *_wrong_proof(day)]
        throttled = sum(
            each["count"] for each in day.simulator.requests()["counts"] if each["status"] == 429
        )
        return Played(
            faults=faults,
            kills=day.kills,
            told=len(day.books.notices),
            repeated=sum(day.books.times.values()) - len(day.books.times),
            throttled=throttled,
            seconds=time.monotonic() - began,
        )


@contextmanager
def raised(seed: int, folder: Path) -> Iterator[Day]:
    """An installation with its worker, a receiver, and RingCentral in a mood."""
    clock = SharedClock(folder / "clock", still=True)
    books = Books()
    threading.Thread(target=books.serve_forever, daemon=True).start()
    (folder / "secret").write_text(f"whsec_{SECRET}")
    (folder / "secret").chmod(0o600)
    (folder / "notifications.toml").write_text(PLAN.format(url=books.url))
    with Simulator(seed=seed, clock=clock) as simulator:
        environment = {
            **simulator.env,
            "FAXKEEP_DATA": str(folder / "data"),
            "FAXKEEP_NOTIFICATIONS": str(folder / "notifications.toml"),
        }
        worker = Child("worker", environment, folder / "clock", folder / "log")
        with opened(environment, str(folder / "clock")) as house:
            for account in house.accounts:
                house.census.take(account)
            worker.start()
            try:
                yield Day(simulator, house, worker, books, random.Random(seed))
            finally:
                if worker.lives:
                    worker.kill()
                books.shutdown()
                books.server_close()


def _ends(scale: Scale, dice: random.Random) -> list[str]:
    """How each fax ends: every code in turn among the failures."""
    codes = sorted(ERRORS)
    failing = [codes[number % len(codes)] for number in range(scale.failures)]
    ends = failing + [""] * (scale.sends - scale.failures)
    dice.shuffle(ends)
    return ends


def _work_through(day: Day, scale: Scale) -> None:
    """Orders come at any minute; now and then RingCentral throttles, cuts, or fails."""
    simulator, dice = day.simulator, day.dice
    simulator.fault("server_error", Fault(probability=0.02))
    simulator.fault("cut_before", Fault(probability=0.02))
    simulator.fault("cut_after", Fault(probability=0.02))
    coming = Counter(dice.randrange(scale.minutes) for _ in range(scale.sends))
    deaths = set(dice.sample(range(scale.minutes), scale.kills))
    ordered = 0
    for minute in range(scale.minutes):
        for _ in range(coming[minute]):
            day.order(ordered)
            ordered += 1
        if dice.random() < 0.02:
            simulator.fault("throttled", Fault(count=dice.randrange(1, 4), seconds=60))
        day.end_some()
        day.minute(kill=minute in deaths)


def _calm_down(day: Day) -> None:
    """Until everything has come to its end and was told, or a day is over."""
    day.simulator.clear_faults()
    for _ in range(MOST_CALM_MINUTES):
        day.end_some()
        if not _is_open(day):
            return
        day.minute()


def _is_open(day: Day) -> bool:
    """Whether anything is still on its way: orders, faxes, documents, notices."""
    with day.house.catalog.reading() as tx:
        orders = tx.sendings.count_by_state()
        states = tx.faxes.count_by_state()
        untold = bool(tx.outcomes.untold(1))
        jobs = tx.jobs.coming(day.house.now(), day.house.now())
    is_sending = any(
        each["status"] == "Queued" for told in day.outbound() for each in told["recipients"]
    )
    waiting = orders.get("waiting", 0) + orders.get("sending", 0) + states.get("pending", 0)
    behind = any(name in ("tell", "deliver", "look", "archive") for name, *_ in jobs)
    return bool(waiting or is_sending or untold or behind or len(_missing(day)))


def _true_ends(day: Day) -> dict[str, tuple[str, str]]:
    """What became of each fax, by its message id: the type of its notice, and the code."""
    ends = {}
    for told in day.outbound():
        (recipient,) = told["recipients"]
        failed = recipient["status"] in ("SendingFailed", "DeliveryFailed")
        code = str(recipient.get("error") or "") if failed else ""
        ends[str(told["id"])] = ("fax.failed" if failed else "fax.sent", code)
    return ends


def _missing(day: Day) -> set[str]:
    told = {each["data"].get("fax", "").rpartition("-")[2] for each in day.books.notices.values()}
    return set(_true_ends(day)) - told


def _wrong_faxes(day: Day, scale: Scale) -> Iterator[str]:
    """What was sent more than once, or not at all."""
    texts = Counter(each["sources"][0]["sha256"] for each in day.outbound())
    with day.house.catalog.reading() as tx:
        states = tx.sendings.count_by_state()
    if len(texts) != scale.sends or texts.total() != scale.sends:
        yield f"{scale.sends} ordered, {len(texts)} sent, {texts.total() - len(texts)} twice"
    if states != {"sent": scale.sends}:
        yield f"the outbox is left with {states}"
    failed = Counter(kind for kind, _ in _true_ends(day).values())["fax.failed"]
    if failed != scale.failures:
        yield f"{failed} failed at RingCentral instead of {scale.failures}: the play is wrong"


def _wrong_notices(day: Day) -> Iterator[str]:
    """Ends that were not told, told falsely, or told under two ids."""
    told: Counter[tuple[str, str, str]] = Counter()
    for notice in day.books.notices.values():
        data = notice["data"]
        message = data.get("fax", "").rpartition("-")[2]
        told[(message, notice["type"], data.get("error_code") or "")] += 1
    true = Counter((message, *end) for message, end in _true_ends(day).items())
    yield from (f"not told: {each}" for each in (true - told).elements())
    yield from (f"told, but not so: {each}" for each in (told - true).elements())
    if day.books.forged:
        yield f"{day.books.forged} notices with a wrong signature"


def _wrong_proof(day: Day) -> Iterator[str]:
    """Evidence that does not verify, and whatever `verify` finds."""
    for message in _true_ends(day):
        with day.house.catalog.reading() as tx:
            found = tx.faxes.find(message)
        if len(found) != 1 or found[0].state != "archived":
            yield f"fax {message} is not archived"
            continue
        file = io.BytesIO()
        day.house.evidence.make(found[0].id, file)
        file.seek(0)
        yield from (f"evidence of {message}: {each}" for each in verifier.check(file).problems)
    yield from (f"verify: {each}" for each in day.house.proof.verify(1.0, 0, _say_nothing))


def _say_nothing(*progress: object) -> None:
    """Report no progress."""


def main() -> None:
    """Play it and tell."""
    scale = Scale(40, 34, 4, 90) if quick_wanted(__doc__) else Scale()
    with tempfile.TemporaryDirectory() as folder, suppress(KeyboardInterrupt):
        played = play(1, scale, Path(folder))
        for fault in played.faults:
            print(fault)
        row = {name: value for name, value in vars(played).items() if name != "faults"}
        show([{"sends": scale.sends, **row}], [Goal("faults", len(played.faults), high=0)])


if __name__ == "__main__":
    main()
