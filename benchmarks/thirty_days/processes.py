"""Our two processes under the shared clock: each does at a tick what is due, and says when done.

The worker is the real one but for its doorbell: huey waits in real time, so the tick rings instead.
It sweeps as every minute, then runs whatever is due with as many threads as in earnest.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from benchmarks.thirty_days.clock import FollowingClock
from catalog import DOOR
from errors import FaxkeepError
from serving import start_log
from settings import Settings
from wiring import House, Surrounding, pass_by

MOST_ROUNDS = 500
FAR = timedelta(days=2)
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["benchmarks.thirty_days.processes"])


class Silent:
    """A doorbell nobody hears: the tick finds what is due."""

    def ring(self, name: str, argument: str, delay: float = 0.0) -> None:
        """Ring for nobody."""

    def hint(self, name: str, argument: str = "") -> None:
        """Hint at nothing."""

    def close(self) -> None:
        """Close nothing."""


class Child:
    """One process that is ticked, and can be killed at any moment."""

    def __init__(self, kind: str, environment: Mapping[str, str], clock: Path, log: Path) -> None:
        self._kind = kind
        self._arguments = (dict(environment), str(clock), str(log))
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    @property
    def lives(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Start it; returns when it is ready."""
        self._pipe, far = _FORKING.Pipe()
        target = {"worker": _work, "web": _answer}[self._kind]
        self._process = _FORKING.Process(target=target, args=(far, *self._arguments), daemon=True)
        self._process.start()
        far.close()
        self._receive(60.0)

    def begin_tick(self) -> None:
        """Have it do what is due."""
        assert self._pipe is not None
        self._pipe.send("tick")

    def end_tick(self) -> datetime | None:
        """When the next thing is due; RuntimeError with what went wrong."""
        return self._receive(600.0)

    def kill(self) -> None:
        """SIGKILL: no clean-up survives it."""
        assert self._process is not None
        assert self._pipe is not None
        self._process.kill()
        self._process.join()
        self._pipe.close()
        self._process = None

    def _receive(self, within: float) -> datetime | None:
        assert self._pipe is not None
        if not self._pipe.poll(within):
            raise RuntimeError(f"the {self._kind} process does not come to rest")
        told: datetime | str | None = self._pipe.recv()
        if isinstance(told, str):
            raise RuntimeError(told)
        return told


def opened(
    environment: dict[str, str], clock: str, failpoint: Callable[[str], None] = pass_by
) -> House:
    """An installation that lives by the shared clock, and never waits."""
    settings = Settings.from_env(environment)
    around = Surrounding(FollowingClock(Path(clock)).now, lambda seconds: None, patience=0.0)
    house = House(settings, failpoint, surrounding=around)
    vars(house)["bell"] = Silent()
    return house


def _work(pipe: Connection, environment: dict[str, str], clock: str, log: str) -> None:
    _write_to(log)
    house = opened(environment, clock)
    start_log(house.settings)
    if not house.try_to_be_the_worker():
        pipe.send("another worker holds the lock")
        return
    house.upkeep.start()
    pipe.send(None)
    with ThreadPoolExecutor(house.settings.workers) as pool, suppress(EOFError):
        while pipe.recv() == "tick":
            try:
                pipe.send(tick(house, pool))
            except FaxkeepError as error:
                pipe.send(f"the worker failed: {error}")


def tick(house: House, pool: ThreadPoolExecutor) -> datetime | None:
    """Do all that is due; when the next thing is."""
    house.upkeep.sweep()
    for _ in range(MOST_ROUNDS):
        now = house.now()
        with house.catalog.reading() as tx:
            coming = tx.jobs.coming(now + FAR, now)
        due = [(name, target) for name, target, at in coming if at <= now]
        if not due:
            return min((at for _, _, at in coming), default=None)
        for future in wait([pool.submit(house.runner.run, *each) for each in due]).done:
            future.result()
    raise FaxkeepError(f"it never comes to rest: {due}")


def _answer(pipe: Connection, environment: dict[str, str], clock: str, log: str) -> None:
    _write_to(log)
    house = opened(environment, clock)
    start_log(house.settings)
    settings = house.settings
    server = make_server(
        settings.host,
        settings.port,
        create_app(house.front_door()),
        threaded=True,
        request_handler=_Quiet,
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipe.send(None)
    with suppress(EOFError):
        while pipe.recv() == "tick":
            house.journal.note_sign(DOOR, house.now())
            pipe.send(None)


class _Quiet(WSGIRequestHandler):
    """Logs no request."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


def _write_to(log: str) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
