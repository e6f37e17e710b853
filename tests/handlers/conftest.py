"""One web process for the tests of the door, and a house without processes for the others."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator import Clock, Inbound, Simulator
from tests.handlers.answering import Answerer, answering
from tests.handlers.household import Household, opened
from tests.handlers.knocking import ServedDoor

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def web_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDoor]:
    folder = tmp_path_factory.mktemp("journal")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("log") / "web"
    command = [sys.executable, "-m", "tests.handlers.served_door", str(port), str(folder)]
    with log.open("wb") as told:
        process = subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=told)
    try:
        served = ServedDoor(port, folder, log)
        served.wait_until_open()
        yield served
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def door(web_process: ServedDoor) -> ServedDoor:
    web_process.reset()
    return web_process


@pytest.fixture(scope="session")
def page() -> Inbound:
    """One page, drawn once."""
    simulator = Simulator()
    (message_id,) = simulator.receive(Inbound(pages=1))
    return Inbound(pages=1, document=simulator.document(message_id))


@pytest.fixture
def home(tmp_path: Path, page: Inbound) -> Iterator[Household]:
    """A house that watches one mailbox."""
    with opened(tmp_path, page, Clock()) as made:
        yield made


@pytest.fixture
def still(tmp_path: Path, page: Inbound) -> Iterator[Household]:
    """A house in which it is noon of a Monday, and time goes by only where a test passes it."""
    with opened(tmp_path, page, Clock(lambda: NOON)) as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, page: Inbound) -> Iterator[Household]:
    """A house that watches every mailbox of an account of three, with one login."""
    with opened(tmp_path, page, Clock(), FAXKEEP_MAILBOXES="all") as made:
        yield made


@pytest.fixture(scope="session")
def running_answerer() -> Iterator[Answerer]:
    with answering() as answerer:
        yield answerer


@pytest.fixture
def answerer(running_answerer: Answerer) -> Answerer:
    running_answerer.status = 200
    return running_answerer


@pytest.fixture
def called(tmp_path: Path, page: Inbound, answerer: Answerer) -> Iterator[Household]:
    """The office, with a public address that answers and no subscription yet; time stands still."""
    chosen = {"FAXKEEP_MAILBOXES": "all", "FAXKEEP_PUBLIC_URL": answerer.url}
    with opened(tmp_path, page, Clock(lambda: NOON), **chosen) as made:
        yield made
