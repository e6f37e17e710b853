"""What is seen in passing: RingCentral's clock, its refusals, and the end of a JWT."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import FaxkeepError
from ringcentral_api import Credentials, RingCentral, Stores, Timing, Watch
from ringcentral_api.calls import LIGHT, Call
from ringcentral_api.replies import LONGEST_PAUSE, clock_skew, retry_after
from tests.ringcentral_api.fakes import (
    Answer,
    FakeTime,
    FileTokens,
    MemoryRates,
    Server,
    failure,
)

NOON = datetime(2028, 2, 29, 12, tzinfo=UTC).timestamp()
OK = Answer(body={"records": []}, headers={"Date": "Tue, 29 Feb 2028 12:00:07 GMT"})


@dataclass
class Noted:
    """An observer that writes down what it is told."""

    skews: list[float] = field(default_factory=list)
    refusals: list[tuple[str, int, str]] = field(default_factory=list)

    def saw_time(self, skew: float) -> None:
        self.skews.append(skew)

    def saw_refusal(self, operation: str, status: int, code: str) -> None:
        self.refusals.append((operation, status, code))


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def watched(
    credentials: Credentials, rates: MemoryRates, tokens: FileTokens, noted: Noted
) -> Iterator[RingCentral]:
    time = FakeTime(NOON)
    watch = Watch(Timing(time.clock, time.wait), noted)
    with RingCentral(credentials, Stores(rates, tokens), watch) as client:
        yield client


@pytest.mark.parametrize(
    ("date", "skew"),
    [
        ("Tue, 29 Feb 2028 12:00:00 GMT", 0.5),
        ("Tue, 29 Feb 2028 11:59:00 GMT", -59.5),
        ("Tue, 29 Feb 2028 07:00:00 -0500", 0.5),
        ("Tue, 29 Feb 2028 12:00:00", 0.5),
        ("Wed, 01 Mar 2028 00:00:00 GMT", 12 * 3600 + 0.5),
        ("Thu, 30 Feb 2028 12:00:00 GMT", None),
        ("tomorrow", None),
        ("", None),
        ("1835438400", None),
    ],
)
def test_how_far_a_clock_is_ahead(date: str, skew: float | None) -> None:
    assert clock_skew({"Date": date}, NOON) == skew
    assert clock_skew({"dATE": date}, NOON) == skew


def test_without_a_date_nothing_is_known() -> None:
    assert clock_skew({}, NOON) is None
    assert clock_skew({"X-Date": "Tue, 29 Feb 2028 12:00:00 GMT"}, NOON) is None


@given(
    value=st.text(max_size=40) | st.from_regex(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
)
def test_no_date_is_too_odd(value: str) -> None:
    clock_skew({"Date": value}, NOON)
    pause = retry_after({"Retry-After": value}, NOON)
    assert pause is None or 0.0 <= pause <= LONGEST_PAUSE


def test_every_answer_tells_the_time(watched: RingCentral, server: Server, noted: Noted) -> None:
    server.say(OK, Answer(body={"records": []}, headers={"Date": "never"}), OK)
    for _ in range(3):
        watched.extensions()
    assert noted.skews == [7.5, 7.5]
    assert noted.refusals == []


def test_each_refusal_is_told_also_of_a_call_that_then_succeeds(
    watched: RingCentral, server: Server, noted: Noted
) -> None:
    server.say(failure(503, "CMN-201"), failure(429, "CMN-301", {"Retry-After": "1"}), OK)
    with pytest.raises(FaxkeepError):
        watched.extensions()
    watched.extensions()
    operation = "GET /account/*/extension"
    assert noted.refusals == [(operation, 503, "CMN-201"), (operation, 429, "CMN-301")]


def test_a_token_that_is_replaced_is_told_as_well(
    watched: RingCentral, server: Server, noted: Noted
) -> None:
    server.say(failure(401, "OAU-213"), OK)
    watched.extensions()
    assert noted.refusals == [("GET /account/*/extension", 401, "OAU-213")]


def test_a_refusal_without_a_code_has_none(
    watched: RingCentral, server: Server, noted: Noted
) -> None:
    server.say(Answer(404, b"<html>Jane Roe was here</html>"))
    with pytest.raises(FaxkeepError):
        watched.message("7", "8")
    assert noted.refusals == [("GET /account/*/extension/*/message-store/*", 404, "")]


def test_what_is_broken_off_is_no_refusal(
    watched: RingCentral, server: Server, noted: Noted
) -> None:
    server.say(None)
    with pytest.raises(FaxkeepError):
        watched.extensions()
    assert (noted.skews, noted.refusals) == ([], [])


def test_where_a_refused_call_was_made_is_told_without_any_id() -> None:
    path = "account/~/extension/400129284008/message-store/1,2,3/content/77"
    call = Call("GET", f"https://h/restapi/v1.0/{path}?access_token=x", LIGHT)
    assert call.operation == "GET /account/*/extension/*/message-store/*/content/*"


# --- the end of a JWT -----------------------------------------------------------------------


def ends_at(jwt: str) -> datetime | None:
    return Credentials("https://a", "https://b", "app", "the-secret", jwt).ends_at


def jwt_with(payload: bytes) -> str:
    return f"head.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.signature"


@pytest.mark.parametrize(
    ("exp", "expected"),
    [
        (NOON, datetime(2028, 2, 29, 12, tzinfo=UTC)),
        (NOON + 0.5, datetime(2028, 2, 29, 12, 0, 0, 500_000, tzinfo=UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (None, None),
        (str(int(NOON)), None),
        ([NOON], None),
        (float("nan"), None),
        (float("inf"), None),
        (-(10**30), None),
    ],
)
def test_when_a_jwt_ends(exp: object, expected: datetime | None) -> None:
    assert ends_at(jwt_with(json.dumps({"exp": exp, "sub": "1"}).encode())) == expected


@pytest.mark.parametrize(
    "jwt",
    ["", ".", "..", "head", "head.!!!.x", "head.ä.x", jwt_with(b"\xff\xfe"), jwt_with(b"no json")],
)
def test_a_jwt_that_tells_nothing_has_no_known_end(jwt: str) -> None:
    assert ends_at(jwt) is None


@given(st.text(max_size=60) | st.binary(max_size=60).map(jwt_with))
def test_no_jwt_is_too_odd(jwt: str) -> None:
    ends_at(jwt)


def test_credentials_are_printed_and_named_without_their_secrets() -> None:
    made = Credentials("https://a", "https://b", "app", "the-secret", "the.jwt.text")
    for told in (repr(made), made.user):
        assert "the-secret" not in told
        assert "jwt.text" not in told


def test_another_jwt_is_another_user(credentials: Credentials) -> None:
    other = Credentials("https://a", "https://b", credentials.client_id, "s", "another.jwt.text")
    assert other.user != credentials.user
    assert other.user.startswith(f"{credentials.client_id}:")
