"""The sliding window, and the penalty that every request restarts."""

from simulator import Limit
from simulator.rates import Rates

MAILBOX = "/restapi/v1.0/account/~/extension/~"
KEY = ("1", "app", "Light")


def test_the_window_slides():
    rates = Rates({"Light": Limit(2, window=60, penalty=10)})
    assert [rates.take(KEY, now).retry_after for now in (0, 50)] == [0, 0]
    assert rates.take(KEY, 61).retry_after == 0
    assert rates.take(KEY, 62).retry_after == 10
    assert rates.take(KEY, 111).remaining == 0


def test_a_request_in_the_penalty_restarts_it():
    rates = Rates({"Light": Limit(1, window=5, penalty=60)})
    rates.take(KEY, 0)
    assert rates.take(KEY, 1).retry_after == 60
    assert rates.take(KEY, 60).retry_after == 60
    assert rates.take(KEY, 100).retry_after == 60
    assert rates.take(KEY, 160).retry_after == 0


def test_groups_and_users_are_counted_apart():
    rates = Rates({"Light": Limit(1), "Heavy": Limit(1)})
    keys = [("1", "app", "Light"), ("1", "app", "Heavy"), ("2", "app", "Light")]
    assert [rates.take(key, 0).retry_after for key in keys] == [0, 0, 0]


def test_answers_carry_the_limit_and_429_its_pause(simulator, client):
    simulator.limit("Light", Limit(2))
    first = client.get(MAILBOX)
    assert first.headers["X-Rate-Limit-Group"] == "light"
    assert first.headers["X-Rate-Limit-Limit"] == "2"
    assert first.headers["X-Rate-Limit-Remaining"] == "1"
    assert first.headers["X-Rate-Limit-Window"] == "60"
    client.get(MAILBOX)
    refused = client.get(MAILBOX)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    simulator.advance(59)
    assert client.get(MAILBOX).status_code == 429
    simulator.advance(59)
    assert client.get(MAILBOX).status_code == 429
    simulator.advance(61)
    assert client.get(MAILBOX).status_code == 200


def test_logging_in_is_limited_to_five_a_minute(simulator, client):
    simulator.limit("Auth", Limit(5))
    statuses = [client.login().status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
