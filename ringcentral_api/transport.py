"""One request on the wire and one bounded answer; authorization leaves for allowed hosts only."""

import json
import threading
from dataclasses import replace
from http.cookiejar import DefaultCookiePolicy
from typing import Self

import requests
from requests.adapters import HTTPAdapter

from errors import Unreachable
from ringcentral_api.calls import Call
from ringcentral_api.hosts import Hosts
from ringcentral_api.replies import Problem, problem_in

VERSION = "0.1.0"
TIMEOUTS = (10.0, 60.0)
"""Seconds to connect, and between two pieces of an answer."""
JSON_SECONDS = 120.0
"""For a whole JSON answer: a server that trickles must not hold a worker for ever."""
LARGEST_JSON = 16 * 1024 * 1024
_PIECE = 64 * 1024
_SAME_METHOD = frozenset({307, 308})
_REDIRECTS = frozenset({301, 302, 303}) | _SAME_METHOD


class Transport:
    """Sends single requests; safe for many threads (the sessions keep no state: no cookies)."""

    TIMEOUTS = TIMEOUTS

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._sessions = {origin: _session() for origin in hosts.origins}

    def send(self, call: Call, authorization: str) -> requests.Response:
        """Send it once, follow nothing, leave the body unread.

        Raises HostRefused before anything is sent, and Unreachable when no answer came.
        """
        session = self._sessions[self._hosts.origin(call.url)]
        try:
            return session.request(
                call.method,
                call.url,
                params=call.params,
                json=call.body,
                data=call.payload,
                headers={**call.headers, "Authorization": authorization},
                allow_redirects=False,
                stream=True,
                timeout=self.TIMEOUTS,
            )
        except requests.RequestException as error:
            raise _no_answer(error) from None  # its text holds the address with its parameters

    def redirected(self, call: Call, response: requests.Response) -> Call | None:
        """The call a redirect asks for; None when it is none that may be followed.

        Raises HostRefused when it leads outside. A change is never turned into a GET.
        """
        status, location = response.status_code, response.headers.get("Location")
        if location is None or status not in (_REDIRECTS if call.reads else _SAME_METHOD):
            return None
        return replace(call, url=self._hosts.follow(response.url, location), params=())

    def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            session.close()


class Deadline:
    """Shuts an answer's connection down after some seconds, whatever its pieces' pace.

    A body without a length then looks complete, so the reader asks `check` before believing it.
    """

    def __init__(self, response: requests.Response, seconds: float) -> None:
        self._passed = threading.Event()
        self._response = response
        self._timer = threading.Timer(seconds, self._strike)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()

    def check(self) -> None:
        """Raises Unreachable when the time was up."""
        if self._passed.is_set():
            raise Unreachable("RingCentral's answer took too long.")

    def _strike(self) -> None:
        self._passed.set()
        self._response.raw.shutdown()


def read_json(response: requests.Response) -> object:
    """The body as JSON, at most LARGEST_JSON bytes; Unreachable when it cannot be read."""
    body = read_body(response)
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise _unreadable(response, "it is not JSON") from None


def read_problem(response: requests.Response) -> Problem:
    """What an error answer says; nothing when its body is no error of RingCentral's."""
    try:
        return problem_in(read_json(response))
    except Unreachable:
        return Problem()


def read_body(response: requests.Response) -> bytes:
    """The whole body, at most LARGEST_JSON bytes, and the connection given back."""
    body = bytearray()
    with response, Deadline(response, JSON_SECONDS) as deadline:
        try:
            for piece in response.iter_content(_PIECE):
                body += piece
                if len(body) > LARGEST_JSON:
                    raise _unreadable(response, "it is too large")
        except requests.RequestException as error:
            raise _no_answer(error) from None
        finally:
            deadline.check()
    return bytes(body)


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no .netrc: it would replace our Authorization
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update(
        {
            "User-Agent": f"Faxkeep/{VERSION}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
    )
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=32, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _unreadable(response: requests.Response, why: str) -> Unreachable:
    return Unreachable(f"RingCentral's answer cannot be read: {why}.", status=response.status_code)


def _no_answer(error: requests.RequestException) -> Unreachable:
    kind = type(error).__name__
    return Unreachable(f"RingCentral could not be reached or broke off its answer ({kind}).")
