"""What an answer means: which error it is, how long to wait, what it tells of the rate."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

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
from ringcentral_api.reading import inner, number, objects, text

STILL_PROCESSING = "MSG-368"
SUBSCRIPTION_LIMIT = "SUB-505"
PENALTY = 30.0
"""Seconds of pause after a 429 that does not tell its own."""
LONGEST_PAUSE = 24 * 3600.0

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_.\[\]-]{0,59}")
_PERMISSION = re.compile(r"\[([A-Za-z]{3,40})\]")
_NO_PERMISSION = frozenset(f"CMN-{n}" for n in (109, 401, 402, 403, 404, 408))
_PASSING = frozenset({408, 416})  # 416: what was being fetched has changed; from the start, then
_ADVICE = {
    "SUB-505": "the app has as many subscriptions as it may; delete old ones",
    "SUB-508": "an event filter is not valid",
    "SUB-520": "the public address did not return the Validation-Token",
    "SUB-522": "the public address did not answer with status 200",
    "SUB-524": "the public address's certificate is not valid; often intermediates are missing",
    "SUB-525": "the public address answered too slowly, too much or without a content type",
    "OAU-147": "the account is locked; an administrator must unlock it",
    "OAU-148": "the account is locked; an administrator must unlock it",
    "OAU-151": "this login may not do that",
}
_LOGIN_ADVICE = {
    "invalid_client": "check the client id and the client secret",
    "OAU-153": "check the client id and the client secret",
    "OAU-146": "check the client id and the client secret",
    "unauthorized_client": "the app must allow the JWT auth flow; check its settings",
    "unsupported_grant_type": "the app must allow the JWT auth flow; check its settings",
    "OAU-136": "the user of the JWT is disabled; make a JWT with an active user",
    "OAU-141": "the user of the JWT is disabled; make a JWT with an active user",
    "OAU-147": "the account is locked; an administrator must unlock it",
    "OAU-148": "the account is locked; an administrator must unlock it",
    "": "check the server URL",
}
_JWT_ADVICE = "check the JWT: whether it has expired, is for this app and for this server URL"


@dataclass(frozen=True)
class Problem:
    """What an error body says, without its words: they may hold numbers and names."""

    code: str = ""
    parameter: str = ""
    permission: str = ""


@dataclass(frozen=True)
class Reply:
    """An answer that is not the one hoped for."""

    status: int
    problem: Problem = Problem()
    retry_after: float | None = None


@dataclass(frozen=True)
class RateNews:
    """What the rate headers tell; None where they are silent. `window` in seconds."""

    limit: int | None
    remaining: int | None
    window: float | None


def problem_in(body: object) -> Problem:
    """Read an error body: `errors[0]` first, then the top level, then OAuth's `error`."""
    top = inner(body)
    sources = [*objects(top.get("errors"))[:1], top]

    def first(key: str, pattern: re.Pattern[str]) -> str:
        candidates = (text(source.get(key)) or "" for source in sources)
        return next((value for value in candidates if pattern.fullmatch(value)), "")

    named = (_PERMISSION.search(text(source.get("message")) or "") for source in sources)
    return Problem(
        code=first("errorCode", _CODE) or first("error", _CODE),
        parameter=first("parameterName", _PARAMETER),
        permission=next((match[1] for match in named if match), ""),
    )


def error_for(reply: Reply) -> FaxkeepError:
    """The error an answer means; decided by status and errorCode, never by words."""
    if reply.problem.code == STILL_PROCESSING:
        pause = reply.retry_after or PENALTY
        return Later(f"RingCentral is still processing the fax ({STILL_PROCESSING}).", pause)
    return _waiting(reply) or _refusal(_kind(reply), reply, _advice(reply))


def login_error_for(reply: Reply) -> FaxkeepError:
    """The error a refused login means: anything but a passing trouble is for a person to mend."""
    code = reply.problem.code
    return _waiting(reply) or _refusal(LoginRefused, reply, _LOGIN_ADVICE.get(code, _JWT_ADVICE))


def token_refused(error: RingCentralError) -> bool:
    """Whether a 401 is about the token, so that a fresh login may cure it.

    OAU-151 is about the method, CMN-405 about the user: a new token would be refused as well.
    """
    about_token = not error.code or error.code.startswith(("OAU-", "AGW-"))
    return error.status == 401 and about_token and error.code != "OAU-151"


def rate_news(headers: Mapping[str, str]) -> RateNews:
    """Read `X-Rate-Limit-*` in either of its spellings and any case."""
    lower = {key.casefold(): value for key, value in headers.items()}

    def read(name: str) -> int | None:
        value = lower.get(f"x-rate-limit-{name}", lower.get(f"x-ratelimit-{name}"))
        return number(value.strip()) if value else None

    return RateNews(read("limit"), read("remaining"), read("window"))


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """`Retry-After` in seconds, from seconds or a date (RFC 9110, 10.2.3), within a day."""
    value = next((v.strip() for k, v in headers.items() if k.casefold() == "retry-after"), "")
    seconds: float | None = number(value)
    if seconds is None and value:
        seconds = _seconds_until(value, now)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_PAUSE)


def clock_skew(headers: Mapping[str, str], now: float) -> float | None:
    """How many seconds the server's `Date` is ahead of ours, to about a second; None untold."""
    value = next((v for k, v in headers.items() if k.casefold() == "date"), "")
    ahead = _seconds_until(value, now) if value else None
    return None if ahead is None else ahead + 0.5  # it counts whole seconds only


def penalty(retry_after: float | None) -> float:
    """How long a 429 stops the whole group: a request inside would start the penalty anew."""
    return PENALTY if retry_after is None else max(retry_after, 1.0)


def next_pause(error: Unreachable, attempt: int, pauses: Sequence[float]) -> float | None:
    """Seconds before try number `attempt` + 1 (from 0); None when it is for the jobs to repeat."""
    if attempt >= len(pauses):
        return None
    wished = error.retry_after or 0.0
    return max(pauses[attempt], wished) if wished <= pauses[-1] else None


def _waiting(reply: Reply) -> FaxkeepError | None:
    code = reply.problem.code
    if reply.status == 429:
        pause = penalty(reply.retry_after)
        return RateLimited(f"RingCentral asks us to slow down{_named(reply)}.", pause)
    if reply.status in _PASSING or reply.status >= 500:
        message = f"RingCentral is in trouble{_named(reply)}; it will be tried again."
        return Unreachable(message, status=reply.status, code=code, retry_after=reply.retry_after)
    return None


def _kind(reply: Reply) -> type[RingCentralError]:
    status, code = reply.status, reply.problem.code
    if status == 401:
        return LoginRefused
    if status == 400 and _is_about_sync_token(reply.problem):
        return SyncTokenRefused
    if status == 403 and _is_about_permission(code):
        return PermissionMissing
    if status == 404 or code == "CMN-102":
        return NotFound
    return RingCentralError


def _is_about_sync_token(problem: Problem) -> bool:
    named = problem.code == "CMN-101" and problem.parameter.casefold() == "synctoken"
    return problem.code == "MSG-333" or named


def _is_about_permission(code: str) -> bool:
    other_extension = code.startswith("SUB-") and code != SUBSCRIPTION_LIMIT
    return code in _NO_PERMISSION or other_extension


def _advice(reply: Reply) -> str:
    kind, problem = _kind(reply), reply.problem
    if kind is PermissionMissing and problem.permission:
        return f"the app or its user needs the permission {problem.permission}"
    if kind is PermissionMissing and problem.code.startswith("SUB-"):
        return "this user may not subscribe to other extensions; use each extension's own login"
    by_kind: dict[type[RingCentralError], str] = {
        PermissionMissing: "the app or its user lacks a permission; an administrator can grant it",
        LoginRefused: "the login is no longer accepted; check the app and the JWT",
        NotFound: "there is no such thing (any more)",
        SyncTokenRefused: "the sync token is no longer good; a full synchronization is required",
    }
    default = f"the parameter {problem.parameter} is not accepted" if problem.parameter else ""
    return _ADVICE.get(problem.code, by_kind.get(kind, default or "the request is not accepted"))


def _refusal(kind: type[RingCentralError], reply: Reply, advice: str) -> RingCentralError:
    message = f"RingCentral refuses{_named(reply)}: {advice}."
    problem = reply.problem
    return kind(message, status=reply.status, code=problem.code, parameter=problem.parameter)


def _named(reply: Reply) -> str:
    return f" ({' '.join(filter(None, (str(reply.status), reply.problem.code)))})"


def _seconds_until(http_date: str, now: float) -> float | None:
    try:
        moment = parsedate_to_datetime(http_date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, OverflowError):
        return None
