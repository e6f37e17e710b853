"""One login with the personal JWT: what is asked, how often it is tried, what was issued."""

import base64
import re
from dataclasses import dataclass, field

import requests

from errors import FaxkeepError, Unreachable
from ringcentral_api.calls import AUTH, Call
from ringcentral_api.credentials import Credentials
from ringcentral_api.governor import Governor, Timing
from ringcentral_api.reading import as_object, number, text
from ringcentral_api.replies import Reply, login_error_for, next_pause, retry_after
from ringcentral_api.transport import Transport, read_json, read_problem

PAUSES = (10.0, 10.0)
"""Seconds between tries, as RingCentral's guide wants them at the token endpoint."""
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TOKEN = re.compile(r"[!-~]{1,16384}")


@dataclass(frozen=True)
class Issued:
    """An access token, its scopes and its life in seconds."""

    token: str = field(repr=False)
    scope: str
    lifetime: int


class Login:
    """Asks for a token; permanent refusals are LoginRefused, 429 is Later, the rest Unreachable."""

    def __init__(
        self, credentials: Credentials, transport: Transport, governor: Governor, timing: Timing
    ) -> None:
        pair = f"{credentials.client_id}:{credentials.client_secret}".encode()
        self._basic = "Basic " + base64.b64encode(pair).decode()
        self._call = Call(
            "POST",
            credentials.server_url.rstrip("/") + "/restapi/oauth/token",
            AUTH,
            form={"grant_type": _GRANT, "assertion": credentials.jwt},
        )
        self._transport = transport
        self._governor = governor
        self._timing = timing

    def ask(self) -> Issued:
        """Log in, with a few tries when the server does not answer."""
        attempt = 0
        while True:
            try:
                return self._ask_once()
            except Unreachable as error:
                pause = next_pause(error, attempt, PAUSES)
                if pause is None:
                    raise
            self._timing.wait(pause)
            attempt += 1

    def _ask_once(self) -> Issued:
        self._governor.admit(AUTH)
        response = self._transport.send(self._call, self._basic)
        self._governor.learn(AUTH, response.headers)
        if response.status_code != 200:
            raise self._refusal(response)
        return _issued(read_json(response))

    def _refusal(self, response: requests.Response) -> FaxkeepError:
        pause = retry_after(response.headers, self._timing.clock())
        if response.status_code == 429:
            self._governor.stop(AUTH, pause)
        return login_error_for(Reply(response.status_code, read_problem(response), pause))


def _issued(answer: object) -> Issued:
    body = as_object(answer, "a token is not an object")
    token, lifetime = text(body.get("access_token")) or "", number(body.get("expires_in"))
    if not _TOKEN.fullmatch(token) or not lifetime:
        raise Unreachable("RingCentral's answer cannot be read: a login returned no token.")
    return Issued(token, text(body.get("scope")) or "", lifetime)
