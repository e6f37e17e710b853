"""Requests keep to the rate limits and out of penalties, and repeat only where that helps."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from errors import FaxkeepError, Later, Unreachable
from ringcentral_api import Credentials, RingCentral, SubscriptionSpec
from tests.ringcentral_api.fakes import Answer, FakeTime, MemoryRates, Server, failure

NINE = Answer(body={"id": 9})
SLOW_DOWN = failure(429, "CMN-301", {"Retry-After": "45"})


def test_nothing_goes_into_a_penalty(api: RingCentral, server: Server, time: FakeTime) -> None:
    server.say(SLOW_DOWN, NINE)
    with pytest.raises(Later) as caught:
        api.message("7", "9")
    assert caught.value.retry_after == 45
    for age in (0, 20, 19):
        time.now += age
        with pytest.raises(Later):
            api.message("7", "9")
    assert len(server.asked()) == 1
    time.now += 6
    assert api.message("7", "9").id == "9"


def test_a_penalty_without_its_length_lasts_half_a_minute(
    api: RingCentral, server: Server, time: FakeTime
) -> None:
    server.say(Answer(429))
    with pytest.raises(Later) as caught:
        api.message("7", "9")
    assert caught.value.retry_after == 30


def test_a_penalty_stops_its_own_group_only(
    api: RingCentral, server: Server, media: Server
) -> None:
    server.say(SLOW_DOWN)
    media.say(Answer(body=b"%PDF-"))
    with pytest.raises(Later):
        api.message("7", "9")
    with api.download(media.url + "/x") as download:
        assert list(download.chunks()) == [b"%PDF-"]


def test_a_short_wait_is_waited_and_a_long_one_is_for_later(
    api: RingCentral, server: Server, time: FakeTime, rates: MemoryRates, credentials: Credentials
) -> None:
    server.say(NINE)
    rates.pause(credentials.user, "Light", time.now + 5)
    api.message("7", "9")
    assert time.waits == [5]
    rates.pause(credentials.user, "Light", time.now + 5.1)
    with pytest.raises(Later):
        api.message("7", "9")
    assert time.waits == [5]


def test_the_server_limits_are_learnt(
    api: RingCentral, server: Server, rates: MemoryRates, credentials: Credentials
) -> None:
    told = {"x-rate-limit-limit": "3", "x-rate-limit-remaining": "0", "x-rate-limit-window": "60"}
    server.say(Answer(body={"id": 9}, headers=told))
    api.message("7", "9")
    assert rates.limits[(credentials.user, "Light")] == (3, 60)
    with pytest.raises(Later):
        api.message("7", "9")


def test_many_threads_stay_within_the_limit(api: RingCentral, server: Server) -> None:
    server.say(NINE)

    def ask(_: int) -> bool:
        try:
            return api.message("7", "9").id == "9"
        except Later:
            return False

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(ask, range(80))) == 50
    assert len(server.asked()) == 50


def test_logins_have_a_limit_too(
    api: RingCentral, server: Server, time: FakeTime, rates: MemoryRates, credentials: Credentials
) -> None:
    rates.pause(credentials.user, "Auth", time.now + 60)
    with pytest.raises(Later):
        api.log_in()
    assert server.logins == 0


@pytest.mark.parametrize(
    "bad",
    [None, Answer(500), Answer(503, headers={"Retry-After": "3"}), Answer(408), Answer(body=b"x")],
)
def test_a_read_is_tried_three_times(api: RingCentral, server: Server, bad: Answer | None) -> None:
    server.say(bad, bad, NINE)
    assert api.message("7", "9").id == "9"
    server.say(bad)
    with pytest.raises(Unreachable):
        api.message("7", "9")
    assert len(server.asked()) == 6


def test_a_long_wish_of_a_server_in_trouble_is_for_the_jobs(
    api: RingCentral, server: Server, time: FakeTime
) -> None:
    server.say(Answer(503, headers={"Retry-After": "120"}))
    with pytest.raises(Unreachable) as caught:
        api.message("7", "9")
    assert (caught.value.retry_after, time.waits) == (120, [])


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_a_refusal_is_not_repeated(api: RingCentral, server: Server, status: int) -> None:
    server.say(Answer(status))
    with pytest.raises(FaxkeepError):
        api.message("7", "9")
    assert len(server.asked()) == 1


@pytest.mark.parametrize("bad", [None, Answer(500), Answer(body=b"x")])
def test_a_change_is_not_repeated_blindly(
    api: RingCentral, server: Server, bad: Answer | None
) -> None:
    server.say(bad)
    with pytest.raises(Unreachable):
        api.create_subscription(SubscriptionSpec("https://me/w", ("/x",), 60, "v"))
    assert len(server.asked()) == 1
