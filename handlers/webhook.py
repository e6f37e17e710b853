"""The door RingCentral knocks at: check the secret, keep the notification durably, answer.

RingCentral wants status 200 within 3 s in at most 1,024 bytes, head included, and suspends a
subscription whose door is slow or chatty. So nothing is fetched here and nothing is explained.
developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from catalog import RawEvent
from errors import CatalogError

blueprint = Blueprint("webhook", __name__)

MAX_BODY = 64 * 1024
_SHORT_PRINTABLE = re.compile(r"[!-~]{1,128}")
KEEP_SECONDS = 2.5
"""How long a notification may wait for the disk; past that the answer is 503, and RingCentral
counts one failure instead of a time-out."""


@dataclass(frozen=True)
class Door:
    """What the webhook needs; stands on the application as `extensions["webhook"]`.

    `keep(arrival, timeout)` returns when the arrival is durable; `part` is the unguessable end of
    the address and `secret` the verification token.
    """

    part: str
    secret: str
    keep: Callable[[RawEvent, float], None]
    now: Callable[[], datetime]


@blueprint.post("/webhooks/ringcentral/<part>")
def knock(part: str) -> Response:
    """Answer a handshake or take in one notification."""
    door: Door = current_app.extensions["webhook"]
    if not hmac.compare_digest(part.encode(), door.part.encode()):
        return _answer(404)
    body = request.get_data(cache=False)
    echo = request.headers.get("Validation-Token", "")
    if not body:
        return _handshake(echo)
    if not _is_ringcentral(door.secret, echo):
        return _answer(401)
    return _take_in(door, RawEvent(door.now(), (request.content_type or "")[:200], body), echo)


def _take_in(door: Door, arrival: RawEvent, echo: str) -> Response:
    try:
        door.keep(arrival, KEEP_SECONDS)
    except (CatalogError, TimeoutError):
        current_app.logger.exception("A notification could not be kept; it was answered 503.")
        return _answer(503)
    return _answer(200, echo)


def _handshake(echo: str) -> Response:
    """The empty request at registration wants its token back; anything odd is refused."""
    return _answer(200, echo) if _SHORT_PRINTABLE.fullmatch(echo) else _answer(400)


def _is_ringcentral(secret: str, echo: str) -> bool:
    """The secret comes as `Verification-Token`; the guide since 2023 spells it `Validation-Token`.

    Both are always compared, so that the time tells nothing.
    """
    named = request.headers.get("Verification-Token", "")
    matches = [
        hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())
        for given in (named, echo)
    ]
    return any(matches)


def _answer(status: int, echo: str = "") -> Response:
    """An empty answer. The content type is demanded even so; the token only if it is harmless."""
    response = Response(status=status, content_type="application/json")
    if _SHORT_PRINTABLE.fullmatch(echo):
        response.headers["Validation-Token"] = echo
    return response


def short_error(error: HTTPException) -> Response:
    """Any HTTP error in as few bytes as possible: a framework's page could exceed the limit."""
    return _answer(error.code or 500)
