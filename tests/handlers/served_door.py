"""A web process for the tests: the real application on the real server, with a folder as journal.

The HTTP API is on, so that what is promised of the webhook is promised beside it.

Run with the port and the folder; the folder also says what is to go wrong (a file `fault`).
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app import create_app
from catalog import RawEvent
from errors import CatalogError
from handlers.healthz import HealthPage
from handlers.webhook import Door, Nameplate
from settings import Settings
from wiring import FrontDoor, House

PART = "0123456789abcdef0123456789abcdef"
SECRET = "the-verification-token"
FAULTS = {
    "refuses": CatalogError("The disk is full."),
    "hangs": TimeoutError(),
    "breaks": RuntimeError("a fault of ours, with a lot to say " * 40),
}


def utc_now() -> datetime:
    return datetime.now(UTC)


def door_on(folder: Path) -> Door:
    def keep(event: RawEvent, timeout: float) -> None:
        fault = folder / "fault"
        if fault.exists():
            raise FAULTS[fault.read_text()]
        (folder / f"{uuid4()}.event").write_bytes(event.body)

    nameplate = Nameplate("main", PART, SECRET)
    return Door([nameplate], keep, utc_now)


def create() -> Flask:
    folder = Path(os.environ["DOOR_TEST_FOLDER"])
    door = door_on(folder)
    house = House(Settings(data=folder.with_name("house")))
    return create_app(FrontDoor(door, HealthPage(list, utc_now), house.api))


if __name__ == "__main__":
    os.environ["DOOR_TEST_FOLDER"] = sys.argv[2]
    Granian(
        "tests.handlers.served_door:create",
        factory=True,
        interface=Interfaces.WSGI,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        workers=1,
        blocking_threads=4,
        log_level=LogLevels.error,
        log_access=False,
    ).serve()
