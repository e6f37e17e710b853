"""Sends notifications over a few kept connections, as fast as they are answered.

With wrk where it is installed: it takes a tenth of the processor time of the server it drives.
Otherwise with threads of our own in two processes, whose own ceiling is then part of the result.
"""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from benchmarks.measuring import percentile

CONNECTIONS = 16
PROCESSES = 2
PATIENCE_SECONDS = 30
SCRIPT = Path(__file__).with_name("load.lua")
TEMPLATE = """{"uuid":"UUID","event":"/restapi/v1.0/account/400131426008/extension/400131426008/fax\
?direction=Inbound","timestamp":"2026-11-23T08:15:30.123Z","subscriptionId":"0a1b2c3d-4e5f-6071-\
8293-a4b5c6d7e8f9","ownerId":"400131426008","body":{"id":1724099576319,"to":[{"phoneNumber":\
"+16505550100","name":"Front Desk"}],"from":{"phoneNumber":"+14155550102","name":"Records Office"},\
"type":"Fax","creationTime":"2026-11-23T08:15:29.000Z","readStatus":"Unread","priority":"Normal",\
"attachments":[{"id":1724099576319,"uri":"https://media.ringcentral.com/restapi/v1.0/account/\
400131426008/extension/400131426008/message-store/1724099576319/content/1724099576319","type":\
"RenderedDocument","contentType":"application/pdf"}],"direction":"Inbound","availability":"Alive",\
"messageStatus":"Received","faxResolution":"High","faxPageCount":2,"lastModifiedTime":\
"2026-11-23T08:15:30.000Z"}}"""


@dataclass(frozen=True)
class Knocks:
    """What came of one load: answers with status 200, seconds, and latencies in milliseconds."""

    answered: int
    seconds: float
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return self.answered / self.seconds


def tool() -> str:
    """Which load generator this machine has."""
    return "wrk" if shutil.which("wrk") else "own processes"


def knock(url: str, secret: str, seconds: float) -> Knocks:
    """Load `url` for `seconds`. Raises RuntimeError when one answer was not 200."""
    loaded = _by_wrk if shutil.which("wrk") else _by_processes
    return loaded(url, secret, seconds)


def _by_wrk(url: str, secret: str, seconds: float) -> Knocks:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as template:
        template.write(TEMPLATE)
        template.flush()
        size = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", f"--timeout={PATIENCE_SECONDS}s"]
        command = ["wrk", *size, "-s", str(SCRIPT), url, "--", template.name, secret, uuid4().hex]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    words = next(line for line in output.splitlines() if line.startswith("figures")).split()
    answered, duration, p50, p99, bad = map(int, words[1:])
    if bad:
        raise RuntimeError(f"{bad} requests were not answered with 200")
    return Knocks(answered, duration / 1e6, p50 / 1e3, p99 / 1e3)


def _by_processes(url: str, secret: str, seconds: float) -> Knocks:
    one = partial(_one_process, url, secret)
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        parts = list(pool.map(one, [seconds] * PROCESSES))
    taken = [took for part in parts for took in part]
    return Knocks(len(taken), seconds, percentile(taken, 0.5) * 1e3, percentile(taken, 0.99) * 1e3)


def _one_process(url: str, secret: str, seconds: float) -> list[float]:
    deadline = time.monotonic() + seconds
    threads = CONNECTIONS // PROCESSES
    with ThreadPoolExecutor(threads) as pool:
        waits = [
            pool.submit(lambda: list(_one_line(url, secret, deadline))) for _ in range(threads)
        ]
        return [took for wait in waits for took in wait.result()]


def _one_line(url: str, secret: str, deadline: float) -> Iterator[float]:
    """Seconds each answer took, over one connection."""
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or 80)
    with socket.create_connection(address, timeout=PATIENCE_SECONDS) as line:
        answers = line.makefile("rb")
        while (begun := time.monotonic()) < deadline:
            body = TEMPLATE.replace("UUID", uuid4().hex, 1).encode()
            head = (
                f"POST {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                f"Verification-Token: {secret}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            line.sendall(head.encode() + body)
            if not answers.readline().startswith(b"HTTP/1.1 200"):
                raise RuntimeError("a request was not answered with 200")
            while field := answers.readline().strip():
                assert not field.lower().startswith(b"content-length: ") or field.endswith(b" 0")
            yield time.monotonic() - begun
