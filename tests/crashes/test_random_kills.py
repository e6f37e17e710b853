"""A worker that is killed again and again, at any moment, over a stream of faxes."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import Fault, Inbound
from tests.crashes.scenes import KINDS, Scene, scene

KILLS = 25
PAGES = (1, 1, 2, 6)


@pytest.fixture(params=[101, 102])
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path / "scene", request.param) as made:
        yield made


def stream(played: Scene, chance: random.Random, over: threading.Event) -> None:
    """Faxes until it is over: received, refused at first, sent, and changed again."""
    simulator = played.simulator
    while not over.wait(chance.uniform(0.02, 0.2)):
        inbound = Inbound(pages=chance.choice(PAGES), content_type=chance.choice(KINDS))
        (message_id,) = simulator.receive(inbound)
        if chance.random() < 0.2:
            simulator.sicken(message_id, "content_html", Fault(tries=1))
        if chance.random() < 0.2:
            sent = simulator.send(["+12025550111"])
            simulator.finish(sent)
        if chance.random() < 0.1:
            simulator.finish(sent_by(played), status="Delivered")


def sent_by(played: Scene) -> str:
    """The last fax sent, or one sent now."""
    sent = [each["id"] for each in played.simulator.truth() if each["direction"] == "Outbound"]
    return sent[-1] if sent else played.simulator.send(["+12025550111"])


def test_no_moment_is_a_bad_one(played: Scene) -> None:
    made, chance, over = played.installation, played.chance, threading.Event()
    begun = time.monotonic()
    assert made.faxkeep("sync").code == 0  # logs in, so that no kill leaves a login half done
    slowness = max(1.0, (time.monotonic() - begun) / 0.3)  # of a busy machine
    arriving = threading.Thread(target=stream, args=(played, random.Random(chance.random()), over))
    arriving.start()
    try:
        for _ in range(KILLS):
            worker = made.work()
            time.sleep(chance.uniform(0.05, 0.6) * slowness)  # the moment is the test
            made.kill(worker)
    finally:
        over.set()
        arriving.join()
    assert len(made.faxes("archived")) > KILLS // 5, "the workers got nothing done between kills"
    assert played.heal() == []
