"""A worker, and a web process, that kill themselves at the n-th passing of a named step."""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.serving import make_server

from app import create_app
from settings import read_settings
from tests.journeys.commands import become
from wiring import House


@dataclass(frozen=True)
class Doom:
    """Where a process dies: at this passing (from 1) of this step."""

    step: str
    passing: int


def doomed(doom: Doom) -> Callable[[str], None]:
    """A failpoint that no clean-up survives: SIGKILL, as from a power cut or the kernel."""
    lock = threading.Lock()
    passed = 0

    def failpoint(step: str) -> None:
        nonlocal passed
        if step != doom.step:
            return
        with lock:
            passed += 1
            if passed == doom.passing:
                os.kill(os.getpid(), signal.SIGKILL)

    return failpoint


def work(environment: dict[str, str], log: str, doom: Doom) -> None:
    """Be a worker until the doom strikes."""
    become(environment, log, log)
    with House(read_settings(), doomed(doom)) as house:
        house.work()


def answer(environment: dict[str, str], log: str, doom: Doom) -> None:
    """Be a web process until the doom strikes."""
    become(environment, log, log)
    settings = read_settings()
    with House(settings, doomed(doom)) as house:
        application = create_app(house.front_door())
        make_server(settings.host, settings.port, application, threaded=True).serve_forever()
