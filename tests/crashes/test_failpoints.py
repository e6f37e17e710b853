"""A process that dies at any step of a fax's way loses nothing and keeps nothing twice."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crashes.doomed import Doom
from tests.crashes.outgoing import ORDERING, SENDING
from tests.crashes.scenes import scene
from tests.crashes.steps import steps_in_source

WORKING = (
    "sync-recorded",
    "sync-committed",
    "event-read",
    "download-started",
    "mid-download",
    "checked",
    "fax staged",
    "fax renamed",
    "fax published",
    "before-commit",
    "after-commit",
    "before-ledger-copy",
    "ledger written",
    "ledger synced",
    "month staged",
    "month renamed",
    "month published",
    "aside staged",
    "aside renamed",
    "aside published",
    "revision staged",
    "revision renamed",
    "revision published",
    "before-amend-commit",
    "statement staged",
    "statement renamed",
    "statement published",
    "before-statement-commit",
    "notice-carried",
)
ANSWERING = ("event-stored",)
AT_ONCE = 4
DIED = -9
Key = tuple[str, int]
KEYS = [
    (step, passing)
    for step in (*WORKING, *ANSWERING)
    for passing in (1, 2)
    if passing == 1 or not step.startswith("month")  # a month's key is made once
]
Fate = tuple[int, list[str]]
"""How the doomed process ended, and what a healthy one left undone."""


@pytest.fixture(scope="module")
def fates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Key, Future[Fate]]]:
    """Every crash, several at a time: most of the time goes by in waiting."""
    folder = tmp_path_factory.mktemp("crashes")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {key: pool.submit(_crash, folder, seed, key) for seed, key in enumerate(KEYS)}
        pool.shutdown(cancel_futures=True)


def _crash(folder: Path, seed: int, key: Key) -> Fate:
    step, passing = key
    is_web = step in ANSWERING
    with scene(folder / str(seed), seed, webhook=is_web) as played:
        if is_web:
            ended = played.die_answering(Doom(step, passing))
        else:
            played.prepare(step)
            ended = played.die(Doom(step, passing))
        return ended, played.heal()


@pytest.mark.parametrize(("step", "passing"), KEYS)
def test_a_crash_leaves_no_trace(fates: dict[Key, Future[Fate]], step: str, passing: int) -> None:
    assert fates[step, passing].result() == (DIED, [])


def test_every_failpoint_is_tried() -> None:
    """Those of a fax's way out are tried in test_outgoing."""
    assert steps_in_source() == {*WORKING, *ANSWERING, *ORDERING, *SENDING}
