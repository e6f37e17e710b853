"""A process that dies at any step of a fax's way out neither loses it nor has it sent twice."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crashes.doomed import Doom
from tests.crashes.outgoing import ORDERING, SENDING, office

AT_ONCE = 3
DIED = -9
Key = tuple[str, int]
KEYS = [(step, passing) for step in (*ORDERING, *SENDING) for passing in (1, 2)]
Fate = tuple[int, list[str]]
"""How the doomed process ended, and what healthy ones left undone."""


@pytest.fixture(scope="module")
def fates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Key, Future[Fate]]]:
    """Every crash, several at a time."""
    folder = tmp_path_factory.mktemp("crashes")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {key: pool.submit(_crash, folder, seed, key) for seed, key in enumerate(KEYS)}
        pool.shutdown(cancel_futures=True)


def _crash(folder: Path, seed: int, key: Key) -> Fate:
    step, passing = key
    with office(folder / str(seed), seed) as made:
        made.order(3)
        if step in ORDERING:
            ended = made.die_ordering(Doom(step, passing))
        else:
            if step == "looked":
                made.lose_answers(2)
                assert made.work() == 0
                made.pass_time(61)
            ended = made.work(Doom(step, passing))
        made.heal()
        return ended, list(made.faults())


@pytest.mark.parametrize(("step", "passing"), KEYS)
def test_a_crash_neither_loses_nor_doubles(
    fates: dict[Key, Future[Fate]], step: str, passing: int
) -> None:
    assert fates[step, passing].result() == (DIED, [])


def test_an_order_that_was_promised_survives_its_process(tmp_path: Path) -> None:
    with office(tmp_path / "office", 1) as made:
        made.die_ordering(Doom("order-entered", 1))
        assert [each.requested_by for each in made.all()] == ["bob"]


def test_an_order_that_was_not_promised_is_not_sent(tmp_path: Path) -> None:
    with office(tmp_path / "office", 1) as made:
        for step in ORDERING[:-1]:
            assert made.die_ordering(Doom(step, 1)) == DIED
        made.heal()
        assert made.all() == []
        assert made.taken() == []
