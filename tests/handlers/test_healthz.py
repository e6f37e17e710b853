"""The page a monitor asks: the judgement of `status`, without a word about anybody."""

import ast
import inspect
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app import create_app
from errors import CatalogError
from handlers import signs_of_mailboxes, signs_of_ours, signs_of_telling
from handlers.health import NOTE, PROBLEM, WARNING, Sign
from handlers.healthz import FRESH, STALE, UNKNOWN, WORDS, HealthPage
from handlers.webhook import Door
from tests.handlers.household import Household
from wiring import FrontDoor

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
DISK = Sign(PROBLEM, "disk", "", "The disk of the archive has 3 MiB left.", "Make room.")
SILENCE = Sign(WARNING, "silence", "400-621", "Mailbox 101 is silent.", "Send it a fax.")
KEYS = Sign(NOTE, "keys", "0", "Move the recovery key away.")


@dataclass
class Judge:
    """Finds what a test says, and counts how often it was asked."""

    found: list[Sign] = field(default_factory=list)
    fault: CatalogError | None = None
    asked: int = 0
    now: datetime = NOW

    def __call__(self) -> Sequence[Sign]:
        self.asked += 1
        if self.fault:
            raise self.fault
        return self.found

    def client(self) -> FlaskClient:
        door = Door([], lambda event, timeout: None, lambda: NOW)
        return create_app(FrontDoor(door, HealthPage(self, lambda: self.now))).test_client()


@pytest.mark.parametrize(
    ("found", "code", "status"),
    [
        ([], 200, "ok"),
        ([KEYS], 200, "ok"),
        ([SILENCE, KEYS], 200, "warning"),
        ([DISK, SILENCE], 503, "problem"),
    ],
)
def test_only_a_problem_fails_the_check(found: list[Sign], code: int, status: str) -> None:
    answer = Judge(found).client().get("/healthz")
    assert (answer.status_code, answer.get_json()["status"]) == (code, status)


def test_it_says_in_plain_words_what_is_wrong_and_about_nobody() -> None:
    answer = Judge([DISK, SILENCE, SILENCE]).client().get("/healthz")
    told = answer.get_json()
    assert told["problems"] == {"disk": "The disk is filling."}
    assert told["warnings"] == {"silence": "A mailbox is unusually silent."}
    assert b"101" not in answer.data
    assert b"400-621" not in answer.data


def test_a_catalog_that_cannot_be_read_is_a_problem() -> None:
    answer = Judge(fault=CatalogError("no such file")).client().get("/healthz")
    assert (answer.status_code, list(answer.get_json()["problems"])) == (503, ["unknown"])
    assert b"no such file" not in answer.data


def test_many_questions_cost_one_judgement() -> None:
    judge = Judge()
    client = judge.client()
    for _ in range(50):
        client.get("/healthz")
    assert judge.asked == 1
    judge.found, judge.now = [DISK], NOW + FRESH
    assert client.get("/healthz").status_code == 503
    assert judge.asked == 2


def test_nobody_waits_for_a_judgement_that_takes_long() -> None:
    begun, over, now = threading.Event(), threading.Event(), [NOW]

    def judge() -> Sequence[Sign]:
        if now[0] > NOW:
            begun.set()
            over.wait(10)
        return [SILENCE]

    page = HealthPage(judge, lambda: now[0])
    page.signs()
    now[0] = NOW + FRESH
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(page.signs)
        assert begun.wait(10)
        assert page.signs() == [SILENCE]
        now[0] = NOW + STALE
        assert page.signs() == [UNKNOWN]
        assert not slow.done()
        over.set()
        assert slow.result() == [SILENCE]


def test_a_clock_that_was_set_back_keeps_no_old_judgement() -> None:
    judge = Judge()
    client = judge.client()
    client.get("/healthz")
    judge.now = NOW - timedelta(days=1)
    client.get("/healthz")
    assert judge.asked == 2


def test_it_is_only_read() -> None:
    client = Judge().client()
    assert client.post("/healthz").status_code == 405
    assert client.options("/healthz").status_code == 405


def test_every_kind_of_sign_has_its_words() -> None:
    sources = map(inspect.getsource, (signs_of_ours, signs_of_mailboxes, signs_of_telling))
    tree = ast.parse("\n".join(sources))
    kinds = {
        str(call.args[1].value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Sign"
        and isinstance(call.args[1], ast.Constant)
        and not (isinstance(call.args[0], ast.Name) and call.args[0].id == "NOTE")
    }
    assert kinds
    assert kinds | {"unknown"} == WORDS.keys()


def test_the_house_answers_it_from_the_catalog(home: Household) -> None:
    client = create_app(home.house.front_door()).test_client()
    told = client.get("/healthz").get_json()
    assert "worker" in told["problems"]
