"""A scripted RingCentral on the loopback and a client of it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringcentral_api import Credentials, RingCentral, Stores, Timing, Watch
from tests.ringcentral_api.fakes import FakeTime, FileTokens, MemoryRates, Server


def _serve() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    """The API host."""
    yield from _serve()


@pytest.fixture
def media() -> Iterator[Server]:
    """The media host."""
    yield from _serve()


@pytest.fixture
def stranger() -> Iterator[Server]:
    """A host that is none of RingCentral's."""
    yield from _serve()


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def rates() -> MemoryRates:
    return MemoryRates()


@pytest.fixture
def tokens(tmp_path: Path) -> FileTokens:
    return FileTokens(tmp_path / "tokens.db")


@pytest.fixture
def credentials(server: Server, media: Server) -> Credentials:
    return Credentials(server.url, media.url, "app", "the-secret", "the.jwt.text")


@pytest.fixture
def api(
    credentials: Credentials, rates: MemoryRates, tokens: FileTokens, time: FakeTime
) -> Iterator[RingCentral]:
    with RingCentral(
        credentials, Stores(rates, tokens), Watch(Timing(time.clock, time.wait))
    ) as client:
        yield client


@pytest.fixture
def live_api(
    credentials: Credentials, rates: MemoryRates, tokens: FileTokens
) -> Iterator[RingCentral]:
    """The same in real time, for many threads."""
    with RingCentral(credentials, Stores(rates, tokens), Watch(Timing(patience=30.0))) as client:
        yield client
