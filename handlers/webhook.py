"""The door RingCentral knocks at: check the secret, keep the notification durably, answer.

RingCentral wants status 200 within 3 s in at most 1,024 bytes, head included, and suspends a
subscription whose door is slow or chatty. So nothing is fetched here and nothing is explained.
developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks
"""

import hmac
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from catalog import RawEvent
from errors import CatalogError
from subscriptions.knocking import OWN_MARK

blueprint = Blueprint("webhook", __name__)

MAX_BODY = 64 * 1024
_SHORT_PRINTABLE = re.compile(r"[!-~]{1,128}")
KEEP_SECONDS = 2.5
"""How long a notification may wait for the disk; past that the answer is 503, and RingCentral
counts one failure instead of a time-out."""
_strangers = threading.BoundedSemaphore(2)
"""A stranger's slow body holds a thread of the server; not all of them."""


@dataclass(frozen=True)
class Nameplate:
    """One account's webhook: the unguessable part of its address, and its verification token."""

    account: str
    part: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Door:
    """What the webhook needs; stands on the application as `extensions["webhook"]`.

    `keep(arrival, timeout)` returns when the arrival is durable; `shook_hands(named)` is told of a
    handshake, and whether it came with our secret.
    """

    nameplates: Sequence[Nameplate]
    keep: Callable[[RawEvent, float], None]
    now: Callable[[], datetime]
    shook_hands: Callable[[bool], None] = lambda named: None


@blueprint.post("/webhooks/ringcentral/<part>", provide_automatic_options=False)
@blueprint.post("/webhooks/ringcentral/<part>/<int:number>", provide_automatic_options=False)
def knock(part: str, number: int = 0) -> Response:
    """Answer a handshake or take in one notification. `number` tells subscriptions apart."""
    door: Door = current_app.extensions["webhook"]
    nameplate = _meant(door, part)
    if nameplate is None:
        return _answer(404)
    echo = request.headers.get("Validation-Token", "")
    if not _is_ringcentral(nameplate.secret, echo):
        return _meet_stranger(door, echo)
    body = _body()
    if not body:
        return _handshake(door, echo, named=True)
    content_type = (request.content_type or "")[:200]
    return _take_in(door, RawEvent(door.now(), content_type, body, nameplate.account), echo)


def _meant(door: Door, part: str) -> Nameplate | None:
    """Whose address it is. All are always compared, so that the time tells nothing."""
    given = part.encode()
    matches = [each for each in door.nameplates if hmac.compare_digest(given, each.part.encode())]
    return matches[0] if matches else None


def _meet_stranger(door: Door, echo: str) -> Response:
    """Without the secret only the handshake is welcome, and it is empty.

    A body is not waited for; where only reading tells whether there is one, few may take long.
    """
    if "Transfer-Encoding" not in request.headers:
        return _answer(401) if request.content_length else _handshake(door, echo, named=False)
    if not _strangers.acquire(blocking=False):
        return _answer(401)
    try:
        return _answer(401) if _body() else _handshake(door, echo, named=False)
    finally:
        _strangers.release()


def _body() -> bytes:
    """The whole body.

    Raises:
        RequestEntityTooLarge: it is longer than MAX_BODY. One byte more is let in to see that:
            werkzeug cuts a chunked body off at its limit without a word.
    """
    request.max_content_length = MAX_BODY + 1
    body = request.get_data(cache=False)
    if len(body) > MAX_BODY:
        raise RequestEntityTooLarge
    return body


def _take_in(door: Door, arrival: RawEvent, echo: str) -> Response:
    try:
        door.keep(arrival, KEEP_SECONDS)
    except (CatalogError, TimeoutError):
        current_app.logger.exception("A notification could not be kept; it was answered 503.")
        return _answer(503)
    return _answer(200, echo)


def _handshake(door: Door, echo: str, *, named: bool) -> Response:
    """The empty request at registration wants its token back; anything odd is refused."""
    if not _SHORT_PRINTABLE.fullmatch(echo):
        return _answer(400)
    if not echo.startswith(OWN_MARK):
        door.shook_hands(named)
    return _answer(200, echo)


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


def short_error(error: Exception) -> Response:
    """Any error in as few bytes as possible: a framework's page could exceed the limit."""
    if isinstance(error, HTTPException):
        return _answer(error.code or 500)
    # Told here, because Flask would tell the address, whose end is a secret.
    kind = type(error).__name__
    current_app.logger.error("A request failed with an unexpected %s.", kind, exc_info=error)
    return _answer(500)
