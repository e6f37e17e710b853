"""The gate before every address of the API: who asks, whether that is allowed, and how often.

Answers to strangers are those of RFC 6750.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, request
from werkzeug.datastructures import Authorization

from api.pace import Policy
from api.problems import Problem
from api.services import services
from api.tokens import Holder

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])
READING = Policy("read", 600, 60.0)
ASKING = Policy("send", 60, 60.0)
"""For everything that makes or changes something."""
CHALLENGE = 'Bearer realm="faxkeep"'


def needs(*scopes: str, policy: Policy = READING) -> Callable[[View], View]:
    """The view is for holders of a token that allows one of these; the outermost decorator."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            admit(scopes, policy)
            return view(*args, **kwargs)

        documented: Any = guarded
        documented._apidoc = {**getattr(view, "_apidoc", {}), "scopes": scopes}
        return documented  # type: ignore[no-any-return]

    return decorate


def holder() -> Holder:
    """Who makes this request; only behind `needs`."""
    found: Holder = g.holder
    return found


def admit(scopes: tuple[str, ...], policy: Policy) -> None:
    """Let the request in.

    Raises:
        Problem: there is no good token, it does not allow that, or it came too often.
    """
    found = _recognized()
    g.holder = found
    g.pace = services().pace.take(found.token_id, policy, services().steady())
    if g.pace.wait:
        raise Problem("too-many")
    if not any(found.may(scope) for scope in scopes):
        scope = scopes[0]
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'
        raise Problem(
            "not-allowed",
            f"It takes a token with the scope {' or '.join(scopes)}.",
            headers={"WWW-Authenticate": challenge},
        )


def _recognized() -> Holder:
    parsed = Authorization.from_header(request.headers.get("Authorization"))
    if parsed is None or parsed.type != "bearer":
        raise Problem("no-token", headers={"WWW-Authenticate": CHALLENGE})
    if not parsed.token:
        challenge = f'{CHALLENGE}, error="invalid_request"'
        raise Problem("malformed-authorization", headers={"WWW-Authenticate": challenge})
    found = services().keyring.holder(parsed.token)
    if found is None:
        challenge = f'{CHALLENGE}, error="invalid_token"'
        raise Problem("bad-token", headers={"WWW-Authenticate": challenge})
    return found


def after_each(response: Response) -> Response:
    """Headers of every answer below /api, and the line of the log that says who read what.

    The line names token, address and fax, and nothing that a query or body may hold.
    """
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    if "pace" in g:
        response.headers.update(g.pace.headers())
    who = g.holder.name if "holder" in g else "nobody"
    rule = request.url_rule.rule if request.url_rule else "an unknown address"
    ids = [_harmless(str(value)) for value in (request.view_args or {}).values()]
    log.info("%s: %s -> %d", who, " ".join([request.method[:10], rule, *ids]), response.status_code)
    return response


def _harmless(text: str) -> str:
    """An id as the log may have it: a stranger could write anything there."""
    known = text.isascii() and all(c.isalnum() or c in "-_" for c in text) and len(text) <= 64
    return text if known else "?"
