"""One call from question to answer: authorized, paced, followed, and repeated where that helps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import requests

from errors import FaxkeepError, LoginRefused, RingCentralError, Unreachable
from ringcentral_api.auth import SharedToken, Token
from ringcentral_api.calls import Call
from ringcentral_api.governor import Governor, Timing
from ringcentral_api.replies import (
    Reply,
    clock_skew,
    error_for,
    next_pause,
    retry_after,
    token_refused,
)
from ringcentral_api.stores import Observer, Unobserved
from ringcentral_api.transport import Transport, read_problem

PAUSES = (2.0, 4.0)
"""Seconds between the tries of one call; more patience is the jobs' business."""
MAX_REDIRECTS = 5

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Watch:
    """How time goes by, and who is told what was seen."""

    timing: Timing = field(default_factory=Timing)
    observer: Observer = field(default_factory=Unobserved)


class Exchange:
    """Makes calls; every error that leaves is one of `errors`."""

    def __init__(
        self, transport: Transport, governor: Governor, token: SharedToken, watch: Watch
    ) -> None:
        self._transport = transport
        self._governor = governor
        self._token = token
        self._timing = watch.timing
        self._observer = watch.observer

    def fetch(self, call: Call, read: Callable[[requests.Response], Answer]) -> Answer:
        """Make the call and read its 2xx answer; a refused token is replaced once."""
        token = self._token.current()
        try:
            return self._repeated(call, token, read)
        except LoginRefused as error:
            if not token_refused(error):
                raise
        self._token.drop(token)
        return self._repeated(call, self._token.current(), read)

    def _repeated(
        self, call: Call, token: Token, read: Callable[[requests.Response], Answer]
    ) -> Answer:
        attempt = 0
        while True:
            try:
                return read(self._followed(call, token))
            except Unreachable as error:
                pause = next_pause(error, attempt, PAUSES) if call.reads else None
                if pause is None:
                    raise
            self._timing.wait(pause)
            attempt += 1

    def _followed(self, call: Call, token: Token) -> requests.Response:
        for _ in range(MAX_REDIRECTS + 1):
            response = self._send(call, token)
            if 200 <= response.status_code < 300:
                return response
            with response:
                following = self._transport.redirected(call, response)
                if following is None:
                    raise self._failure(call, response)
            call = following
        raise RingCentralError("RingCentral redirects in circles.", status=response.status_code)

    def _send(self, call: Call, token: Token) -> requests.Response:
        self._governor.admit(call.group)
        response = self._transport.send(call, f"Bearer {token.value}")
        self._governor.learn(call.group, response.headers)
        skew = clock_skew(response.headers, self._timing.clock())
        if skew is not None:
            self._observer.saw_time(skew)
        return response

    def _failure(self, call: Call, response: requests.Response) -> FaxkeepError:
        pause = retry_after(response.headers, self._timing.clock())
        if response.status_code == 429:
            self._governor.stop(call.group, pause)
        problem = read_problem(response)
        self._observer.saw_refusal(call.operation, response.status_code, problem.code)
        return error_for(Reply(response.status_code, problem, pause))
