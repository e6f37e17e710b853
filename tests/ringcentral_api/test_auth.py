"""One token for all workers: who logs in, when, and what the others do meanwhile."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from errors import Later, LoginRefused, RingCentralError, Unreachable
from ringcentral_api import Credentials, RingCentral, Stores, Timing, Watch
from ringcentral_api.sealing import Seal
from tests.ringcentral_api.fakes import (
    Answer,
    FakeTime,
    FileTokens,
    MemoryRates,
    Server,
    failure,
    token,
)

ROOT = Path(__file__).parents[2]
NINE = Answer(body={"id": 9})


def test_a_login_is_asked_with_the_jwt_and_kept_sealed(
    api: RingCentral, server: Server, tokens: FileTokens, credentials: Credentials
) -> None:
    api.log_in()
    (request,) = server.requests
    assert request.headers["authorization"] == "Basic YXBwOnRoZS1zZWNyZXQ="
    assert request.body == (
        b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=the.jwt.text"
    )
    stored = tokens.read(credentials.user)
    assert stored is not None
    assert "token-1" not in stored[0]
    assert not any(word in repr(credentials) for word in ("the-secret", "the.jwt.text"))
    assert "the.jwt" not in credentials.user


def test_a_seal_opens_under_its_own_credentials_only(credentials: Credentials) -> None:
    sealed = Seal(credentials).close(b"plain")
    assert Seal(credentials).open(sealed) == b"plain"
    assert Seal(replace(credentials, jwt="other")).open(sealed) is None
    assert Seal(replace(credentials, client_secret="other")).open(sealed) is None
    for changed in ("", "x", "ü", sealed[:-4], sealed[4:], "A" + sealed[1:] + "AAAA"):
        assert Seal(credentials).open(changed) is None


@pytest.mark.parametrize(
    ("lifetime", "age", "logins"),
    [(3600, 3479, 1), (3600, 3481, 2), (60, 47, 1), (60, 49, 2), (3600, 5000, 2)],
)
def test_a_token_is_renewed_ahead_of_its_end(
    api: RingCentral, server: Server, time: FakeTime, lifetime: int, age: int, logins: int
) -> None:
    server.log_in = lambda request: token(lifetime=lifetime)
    api.log_in()
    time.now += age
    api.log_in()
    assert server.logins == logins


def test_while_one_renews_the_others_go_on_with_the_old_token(
    api: RingCentral, server: Server, time: FakeTime, tokens: FileTokens, credentials: Credentials
) -> None:
    server.say(NINE)
    api.log_in()
    time.now += 3500
    assert tokens.claim_renewal(credentials.user, time.now, time.now + 60)
    api.message("7", "9")
    assert (server.logins, time.waits) == (1, [])


def test_without_a_token_the_others_wait_and_then_ask_for_patience(
    api: RingCentral, server: Server, time: FakeTime, tokens: FileTokens, credentials: Credentials
) -> None:
    assert tokens.claim_renewal(credentials.user, time.now, time.now + 60)
    with pytest.raises(Later):
        api.log_in()
    assert 4.9 < sum(time.waits) < 5.5
    assert server.logins == 0


def test_the_renewal_of_a_dead_worker_is_free_again(
    api: RingCentral, server: Server, time: FakeTime, tokens: FileTokens, credentials: Credentials
) -> None:
    assert tokens.claim_renewal(credentials.user, time.now, time.now + 2)
    api.log_in()
    assert server.logins == 1


def test_many_threads_log_in_once(live_api: RingCentral, server: Server) -> None:
    server.say(NINE)
    start = threading.Barrier(16)

    def work() -> str:
        start.wait()
        return live_api.message("7", "9").id

    with ThreadPoolExecutor(16) as pool:
        found = [each.result() for each in [pool.submit(work) for _ in range(16)]]
    assert found == ["9"] * 16
    assert server.logins == 1


def test_many_processes_log_in_once(server: Server, tmp_path: Path) -> None:
    server.say(NINE)
    FileTokens(tmp_path / "shared.db")
    command = [
        *(sys.executable, "-m", "tests.ringcentral_api.log_in_once"),
        *(server.url, str(tmp_path / "shared.db")),
    ]
    workers = [subprocess.Popen(command, cwd=ROOT) for _ in range(5)]
    assert [worker.wait(60) for worker in workers] == [0] * 5
    assert (server.logins, len(server.asked())) == (1, 5)


@pytest.mark.parametrize("code", ["OAU-128", "OAU-213", "AGW-402", ""])
def test_a_refused_token_is_replaced_once(api: RingCentral, server: Server, code: str) -> None:
    server.say(failure(401, code), NINE)
    assert api.message("7", "9").id == "9"
    assert (server.logins, len(server.asked())) == (2, 2)


def test_a_second_refusal_is_final(api: RingCentral, server: Server) -> None:
    server.say(failure(401, "OAU-213"))
    with pytest.raises(LoginRefused):
        api.message("7", "9")
    assert (server.logins, len(server.asked())) == (2, 2)


def test_a_401_about_something_else_costs_no_login(api: RingCentral, server: Server) -> None:
    server.say(failure(401, "OAU-151"))
    with pytest.raises(LoginRefused):
        api.message("7", "9")
    assert (server.logins, len(server.asked())) == (1, 1)


def test_a_token_refused_to_many_is_replaced_by_one(live_api: RingCentral, server: Server) -> None:
    issued = iter(["old", "new"])
    server.log_in = lambda request: token(next(issued))
    server.script = lambda request: (
        failure(401, "OAU-213") if request.headers["authorization"] == "Bearer old" else NINE
    )
    live_api.log_in()
    with ThreadPoolExecutor(8) as pool:
        found = [each.id for each in pool.map(lambda _: live_api.message("7", "9"), range(8))]
    assert found == ["9"] * 8
    assert server.logins == 2


def test_a_refused_login_is_said_plainly_and_not_repeated(
    api: RingCentral, server: Server, time: FakeTime
) -> None:
    server.log_in = lambda request: failure(400, "OAU-213", error="invalid_grant")
    for _ in range(3):
        with pytest.raises(LoginRefused, match="check the JWT"):
            api.log_in()
    assert server.logins == 1
    time.now += 91
    server.log_in = lambda request: token()
    api.log_in()
    assert server.logins == 2


def test_a_silent_login_is_tried_three_times(
    api: RingCentral, server: Server, time: FakeTime
) -> None:
    server.log_in = lambda request: Answer(503)
    with pytest.raises(Unreachable):
        api.log_in()
    assert (server.logins, time.waits) == (3, [10.0, 10.0])
    server.log_in = lambda request: token()
    api.log_in()


def test_when_the_renewal_fails_the_old_token_serves_to_its_end(
    api: RingCentral, server: Server, time: FakeTime
) -> None:
    server.say(NINE)
    api.log_in()
    server.log_in = lambda request: failure(429, "CMN-301", {"Retry-After": "60"})
    time.now += 3500
    assert api.message("7", "9").id == "9"
    time.now += 150
    with pytest.raises(Later):
        api.message("7", "9")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"access_token": "a b", "expires_in": 60},
        {"access_token": "a\r\nX: y", "expires_in": 60},
        {"access_token": "a", "expires_in": 0},
        {"access_token": "a"},
    ],
)
def test_a_login_without_a_token_is_a_broken_answer(
    api: RingCentral, server: Server, body: object
) -> None:
    server.log_in = lambda request: Answer(body=body)
    with pytest.raises(Unreachable):
        api.log_in()


def test_a_changed_secret_makes_a_fresh_login(
    api: RingCentral,
    server: Server,
    credentials: Credentials,
    rates: MemoryRates,
    tokens: FileTokens,
    time: FakeTime,
) -> None:
    api.log_in()
    other = replace(credentials, client_secret="new-secret")
    with RingCentral(other, Stores(rates, tokens), Watch(Timing(time.clock, time.wait))) as changed:
        changed.log_in()
    assert server.logins == 2


def test_no_error_tells_a_secret(api: RingCentral, server: Server) -> None:
    server.say(Answer(400, {"errorCode": "the-secret token-1", "message": "+1555 token-1"}))
    with pytest.raises(RingCentralError) as caught:
        api.message("7", "9")
    assert "token-1" not in f"{caught.value!r} {caught.value.code} {caught.value.parameter}"


def test_logging_in_anew_takes_no_token_from_before(api: RingCentral, server: Server) -> None:
    api.log_in()
    api.log_in()
    assert server.logins == 1
    api.log_in_anew()
    assert server.logins == 2


def test_logging_in_anew_without_a_token_is_one_login(api: RingCentral, server: Server) -> None:
    api.log_in_anew()
    assert server.logins == 1
