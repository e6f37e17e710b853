"""Whatever happens to process, connection or clock: one key, one fax, one answer."""

import threading
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.served import DESK, Served
from tests.api.test_sendings import LETTER, in_outbox, order

STEPS = ("order-kept", "before-order-commit", "order-entered")


class Crash(Exception):
    """The process dies here, as far as its client can tell."""


@pytest.mark.parametrize("step", STEPS)
def test_a_request_that_was_cut_off_can_be_repeated(api: Served, step: str) -> None:
    fatal = {step}

    def failpoint(name: str) -> None:
        if name in fatal:
            raise Crash

    api.house.failpoint = failpoint
    cut = order(api, key="order-7")
    fatal.clear()

    answers = [order(api, key="order-7") for _ in range(3)]

    assert cut.status_code == 500
    assert [each.status_code for each in answers] == [202] * 3
    assert len({each.text for each in answers}) == 1
    assert [each["id"] for each in in_outbox(api)] == [answers[0].json["id"]]


@pytest.mark.parametrize("number", range(5))
def test_two_processes_that_get_the_same_request_at_once_send_one_fax(
    api: Served, number: int
) -> None:
    processes = [api, Served.over(api.house, api.clock)]
    token = api.token("send")
    together = threading.Barrier(len(processes) * 2)
    answers: list[TestResponse] = []

    def ask(one: Served) -> None:
        together.wait(30)
        headers = {"Idempotency-Key": '"k"'}
        answers.append(one.ask("/faxes", token, "POST", json=LETTER, headers=headers))

    threads = [threading.Thread(target=ask, args=(one,)) for one in processes * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    by_status: dict[int, list[Any]] = {}
    for answer in answers:
        by_status.setdefault(answer.status_code, []).append(answer.json)
    assert by_status.keys() <= {202, 409}
    assert len({each["id"] for each in by_status[202]}) == 1
    assert len(in_outbox(api)) == 1


def test_a_repetition_after_it_was_sent_gets_the_first_answer(api: Served) -> None:
    first = order(api, key="k")
    sending_id = first.json["id"]
    api.clock.pass_time(minutes=5)
    with api.house.catalog.transaction() as tx:
        tx.sendings.begin(sending_id, api.clock())
        begun = tx.sendings.get(sending_id)
        assert begun is not None
        tx.sendings.mark_sent(begun, "4711", api.clock())

    again = order(api, key="k")

    assert (again.status_code, again.json) == (202, first.json)
    now = api.told(f"/sendings/{sending_id}")
    assert (now["state"], now["fax"], now["attempts"]) == ("sent", "1-4711", 1)


def test_a_repetition_is_not_checked_again(api: Served) -> None:
    body = {**LETTER, "send_at": "2026-11-23T12:30:00Z", "mailbox": DESK}
    first = order(api, body, key="k")
    api.clock.pass_time(hours=1)

    assert order(api, body, key="k").json == first.json
    assert order(api, body, key="other").status_code == 422
