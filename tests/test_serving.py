"""The web process answers RingCentral however many strangers hold the line."""

import resource
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from serving import wait_for_port
from settings import Settings, environment_with

ROOT = Path(__file__).parent.parent
STRANGERS = 1100
"""More than the server's own default lets in."""


def test_silent_connections_keep_no_handshake_waiting(tmp_path: Path) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))
    settings = {
        "FAXKEEP_DATA": str(tmp_path / "data"),
        "FAXKEEP_PORT": str(free_port()),
        "RC_APP_CLIENT_ID": "id",
        "RC_APP_CLIENT_SECRET": "secret",
        "RC_USER_JWT": "jwt",
    }
    chosen = Settings.from_env(settings)
    with ExitStack() as stack:
        web = [sys.executable, "cli.py", "web"]
        process = subprocess.Popen(web, cwd=ROOT, env=environment_with(settings))
        stack.callback(process.wait)
        stack.callback(process.terminate)
        wait_for_port(chosen)
        for _ in range(STRANGERS):
            stack.enter_context(connected(chosen))
        assert b" 200 " in handshake(chosen)


def connected(settings: Settings) -> socket.socket:
    return socket.create_connection((settings.host, settings.port), timeout=5)


def handshake(settings: Settings) -> bytes:
    part = settings.accounts[0].webhook_part
    head = f"POST /webhooks/ringcentral/{part} HTTP/1.1\r\nHost: faxes.example\r\n"
    with connected(settings) as line:
        line.sendall(f"{head}Validation-Token: abc\r\nContent-Length: 0\r\n\r\n".encode())
        return line.recv(1024)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
