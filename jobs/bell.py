"""The doorbell between processes, on huey: it may be lost or ring twice without harm.

huey also gives the thread pool and the timetable. Its queue is disposable: a worker starts by
emptying it, because whatever is due stands in the catalog.
"""

import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from huey import SqliteHuey, crontab
from huey.registry import Message
from huey.serializer import Serializer

log = logging.getLogger(__name__)

Ring = Callable[[str, str], None]

_NO_RING = Message("", "", None, 0, 0, None, (), {}, None, None, None, None, None, None, None)


class Bell:
    """Rings for jobs from any process, and answers the rings in the worker."""

    def __init__(self, file: Path) -> None:
        # Without fsync: a ring lost in a power cut is found by the sweep.
        self._huey = SqliteHuey(
            "faxkeep", filename=str(file), fsync=False, results=False, serializer=_PlainRings()
        )
        self._answers: dict[str, Ring] = {}
        self._ring: Any = self._huey.task(name="ring")(self._answer)
        file.chmod(0o600)

    def hint(self, name: str, argument: str = "") -> None:
        """Tell the worker of a reason to run a job that may have no row yet."""
        self._ring("hint", name, argument)

    def ring(self, name: str, argument: str, delay: float = 0.0) -> None:
        """Tell the worker that a job is due, now or in `delay` seconds."""
        if delay > 0:
            self._ring.schedule(args=("run", name, argument), delay=delay)
        else:
            self._ring("run", name, argument)

    def consumer(self, hint: Ring, run: Ring, sweep: Callable[[], None], workers: int) -> Any:
        """A huey consumer whose `run()` answers rings until SIGTERM, or until Ctrl-C.

        SIGTERM waits for the jobs in hand, for half a minute at most; Ctrl-C does not.
        """
        self._huey.flush()
        self._answers = {"hint": hint, "run": run}
        self._huey.periodic_task(crontab(minute="*"), name="sweep")(sweep)
        self._huey.task(name="sweep-now")(sweep)()
        return self._huey.create_consumer(
            workers=workers,
            initial_delay=0.02,
            backoff=1.3,
            max_delay=0.2,
            check_worker_health=True,
            shutdown_timeout=30,
            graceful_signal="TERM",
        )

    def close(self) -> None:
        self._huey.storage.close()

    def _answer(self, kind: str, name: str, argument: str) -> None:
        self._answers[kind](name, argument)


class _PlainRings(Serializer):  # type: ignore[misc]
    """A ring as JSON; huey's own pickle would run whatever somebody wrote into the file."""

    def _serialize(self, data: Message) -> bytes:
        eta = data.eta and data.eta.isoformat()
        return json.dumps([data.id, data.name, eta, data.args]).encode()

    def _deserialize(self, data: bytes) -> Message:
        ring, name, eta, arguments = json.loads(data)
        due = eta and datetime.fromisoformat(eta)
        return _NO_RING._replace(id=ring, name=name, eta=due, args=tuple(arguments))


class CoalescedHint:
    """Hints at most once per `spacing` seconds, off the caller's thread: it never delays a door."""

    def __init__(self, hint: Callable[[], None], spacing: float = 0.1) -> None:
        self._hint = hint
        self._spacing = spacing
        self._wanted = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="doorbell", daemon=True)
        self._thread.start()

    def __call__(self) -> None:
        self._wanted.set()

    def close(self) -> None:
        self._closed.set()
        self._wanted.set()
        self._thread.join()

    def _loop(self) -> None:
        while not self._closed.is_set():
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._hint()
            except Exception:
                # The event is durable already; the sweep finds it without the bell.
                log.warning("The doorbell could not be rung; the sweep will find the event.")
            self._closed.wait(self._spacing)
