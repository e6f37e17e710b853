"""Starts the long-running processes: web server, worker, or both under one supervisor."""

import logging
import socket
import sys
import time
from contextlib import closing
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from errors import UserError
from jobs.supervisor import Supervisor
from settings import Settings

log = logging.getLogger(__name__)

THREADS = 64
"""Blocking threads of the web process: they mostly wait together for one fsync."""

CONNECTIONS = 8192
"""Open at a time; silent ones cost little and end in seconds, but would keep others waiting."""

WEB_START_SECONDS = 15.0


def start_log(settings: Settings) -> None:
    """Log to stderr, without any library's chatter."""
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for chatty in ("huey", "urllib3", "PIL", "pikepdf"):
        logging.getLogger(chatty).setLevel("WARNING")


def web(settings: Settings) -> None:
    """Serve the webhook in this process until SIGTERM or SIGINT."""
    require_free_port(settings)
    start_log(settings)
    server = Granian(
        target="app:create_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=1,
        blocking_threads=THREADS,
        log_level=LogLevels.error,
        log_access=False,
        working_dir=Path(__file__).parent,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=5_000),
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
    )
    log.info("The webhook listens on http://%s:%d.", settings.host, settings.port)
    server.serve()


def serve(settings: Settings) -> None:
    """Run web process and worker; the worker starts when RingCentral's handshake would succeed."""
    require_free_port(settings)
    start_log(settings)
    supervisor = Supervisor()
    try:
        supervisor.start(own_command("web"))
        wait_for_port(settings)
        supervisor.start(own_command("work"))
        supervisor.run()
    finally:
        supervisor.stop()


def own_command(*words: str) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name("cli.py")), *words]


def require_free_port(settings: Settings) -> None:
    """Raises UserError when something listens there already."""
    try:
        with closing(socket.create_server((settings.host, settings.port))):
            pass
    except OSError:
        raise UserError(
            f"Port {settings.port} on {settings.host} cannot be used; something else may be"
            " listening there. Set FAXKEEP_PORT to another one."
        ) from None


def wait_for_port(settings: Settings) -> None:
    """Return when the web process answers. Raises UserError when it does not in time."""
    deadline = time.monotonic() + WEB_START_SECONDS
    while time.monotonic() < deadline:
        try:
            with closing(socket.create_connection((settings.host, settings.port), timeout=1)):
                return
        except OSError:
            time.sleep(0.05)
    raise UserError("The web process did not start; its messages above say why.")
