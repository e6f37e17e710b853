"""Every decision about an answer, as tables."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import (
    FaxkeepError,
    Later,
    LoginRefused,
    NotFound,
    PermissionMissing,
    RateLimited,
    RingCentralError,
    SyncTokenRefused,
    Unreachable,
)
from ringcentral_api.replies import (
    Problem,
    RateNews,
    Reply,
    error_for,
    login_error_for,
    next_pause,
    penalty,
    problem_in,
    rate_news,
    retry_after,
    token_refused,
)

on_a_busy_machine = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("status", "code", "parameter", "expected"),
    [
        (400, "MSG-333", "", SyncTokenRefused),
        (400, "CMN-101", "syncToken", SyncTokenRefused),
        (400, "CMN-101", "dateFrom", RingCentralError),
        (400, "CMN-102", "", NotFound),
        (400, "SUB-522", "", RingCentralError),
        (401, "OAU-128", "", LoginRefused),
        (401, "OAU-213", "", LoginRefused),
        (401, "AGW-402", "", LoginRefused),
        (401, "", "", LoginRefused),
        (403, "CMN-401", "", PermissionMissing),
        (403, "CMN-408", "", PermissionMissing),
        (403, "CMN-404", "", PermissionMissing),
        (403, "SUB-405", "", PermissionMissing),
        (403, "SUB-406", "", PermissionMissing),
        (403, "SUB-505", "", RingCentralError),
        (403, "", "", RingCentralError),
        (404, "CMN-102", "", NotFound),
        (404, "", "", NotFound),
        (404, "SUB-507", "", NotFound),
        (408, "", "", Unreachable),
        (409, "", "", RingCentralError),
        (416, "CMN-107", "", Unreachable),
        (429, "CMN-301", "", RateLimited),
        (429, "", "", RateLimited),
        (500, "CMN-201", "", Unreachable),
        (502, "", "", Unreachable),
        (503, "", "", Unreachable),
        (200, "MSG-368", "", Later),
        (404, "MSG-368", "", Later),
        (418, "", "", RingCentralError),
    ],
)
def test_which_error_an_answer_is(
    status: int, code: str, parameter: str, expected: type[FaxkeepError]
) -> None:
    error = error_for(Reply(status, Problem(code, parameter)))
    assert type(error) is expected
    assert str(error).endswith(".")
    if isinstance(error, RingCentralError):
        assert (error.status, error.code) == (status, code)


@pytest.mark.parametrize(
    ("status", "code", "expected", "advice"),
    [
        (400, "OAU-213", LoginRefused, "check the JWT"),
        (400, "invalid_grant", LoginRefused, "check the JWT"),
        (401, "OAU-153", LoginRefused, "client secret"),
        (400, "unauthorized_client", LoginRefused, "JWT auth flow"),
        (400, "OAU-147", LoginRefused, "locked"),
        (400, "OAU-141", LoginRefused, "disabled"),
        (404, "", LoginRefused, "server URL"),
        (429, "CMN-301", RateLimited, ""),
        (408, "", Unreachable, ""),
        (500, "", Unreachable, ""),
    ],
)
def test_which_error_a_failed_login_is(
    status: int, code: str, expected: type[FaxkeepError], advice: str
) -> None:
    error = login_error_for(Reply(status, Problem(code)))
    assert type(error) is expected
    assert advice in str(error)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, "OAU-128", True),
        (401, "OAU-213", True),
        (401, "", True),
        (401, "AGW-402", True),
        (401, "OAU-151", False),
        (401, "CMN-405", False),
        (403, "OAU-128", False),
    ],
)
def test_when_a_fresh_login_may_help(status: int, code: str, expected: bool) -> None:
    assert token_refused(LoginRefused("", status=status, code=code)) is expected


@pytest.mark.parametrize(
    ("wished", "attempt", "expected"),
    [
        (None, 0, 2.0),
        (None, 1, 4.0),
        (None, 2, None),
        (0.0, 0, 2.0),
        (3.0, 0, 3.0),
        (4.0, 1, 4.0),
        (5.0, 0, None),
        (3600.0, 1, None),
    ],
)
def test_when_a_call_is_repeated(
    wished: float | None, attempt: int, expected: float | None
) -> None:
    error = Unreachable("", retry_after=wished)
    assert next_pause(error, attempt, (2.0, 4.0)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"errors": [{"errorCode": "CMN-102"}]}, Problem("CMN-102")),
        (
            {"errorCode": "InvalidParameter", "errors": [{"errorCode": "CMN-101"}]},
            Problem("CMN-101"),
        ),
        ({"errorCode": "CMN-101", "parameterName": "x"}, Problem("CMN-101", "x")),
        ({"errors": [], "errorCode": "CMN-1"}, Problem("CMN-1")),
        ({"error": "invalid_grant", "errors": [{"errorCode": "OAU-210"}]}, Problem("OAU-210")),
        ({"error": "invalid_client"}, Problem("invalid_client")),
        (
            {"errorCode": "CMN-401", "message": "needs to have [ReadMessages] permission"},
            Problem("CMN-401", permission="ReadMessages"),
        ),
        ({"errorCode": "no code +15551234567"}, Problem()),
        ("text", Problem()),
        (None, Problem()),
    ],
)
def test_what_an_error_body_says(body: object, expected: Problem) -> None:
    assert problem_in(body) == expected


def test_a_missing_permission_is_named() -> None:
    error = error_for(Reply(403, Problem("CMN-401", permission="ReadMessages")))
    assert "ReadMessages" in str(error)


@on_a_busy_machine
@given(JSON, st.integers(100, 599))
def test_no_error_body_breaks_the_reading_or_gets_into_the_words(body: Any, status: int) -> None:
    problem = problem_in({"errors": [body], "message": "+15551234567", "errorCode": "a b"})
    assert "555" not in str(error_for(Reply(status, problem)))


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Rate-Limit-Limit": "40", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Window": "60"},
        {"x-rate-limit-limit": "40", "x-rate-limit-remaining": "0", "x-rate-limit-window": "60"},
        {"X-RateLimit-Limit": "40", "X-RateLimit-Remaining": "0", "X-RateLimit-Window": " 60 "},
    ],
)
def test_rate_headers_in_any_spelling(headers: dict[str, str]) -> None:
    assert rate_news(headers) == RateNews(40, 0, 60)


@on_a_busy_machine
@given(st.dictionaries(st.sampled_from(["X-Rate-Limit-Limit", "Retry-After"]), st.text()))
def test_odd_headers_are_silent_or_sane(headers: dict[str, str]) -> None:
    rate_news(headers)
    pause = retry_after(headers, 0.0)
    assert pause is None or 0 <= pause <= 24 * 3600


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7", 7),
        ("0", 0),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("999999999", 24 * 3600),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(value: str, expected: float | None) -> None:
    assert retry_after({"retry-AFTER": value}, 100.0) == expected


@pytest.mark.parametrize(("told", "expected"), [(None, 30), (0, 1), (45, 45)])
def test_the_penalty_after_429(told: float | None, expected: float) -> None:
    assert penalty(told) == expected
