"""Turns every error under /api into a problem document, without a word of what must stay inside."""

import json
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping

from flask import Response, request
from werkzeug.exceptions import HTTPException

from api.problems import CONTENT_TYPE, Fault, Problem, of_status
from errors import ArchiveError, CatalogError, KeyMissing, Later

log = logging.getLogger(__name__)

Teller = Callable[[Exception], Response]
ROOT = "/api/"
KEY_ADVICE = (
    "Documents are read with the archive's private key, and this process has none. Start the web"
    " process with FAXKEEP_ARCHIVE_KEY, or read documents on a machine that has the key."
)
RETRY_SECONDS = 5


def errors_below(root: str, otherwise: Teller) -> Teller:
    """An error handler for the whole application: ours below `root`, else the other one."""

    def tell(error: Exception) -> Response:
        return tell_problem(error) if request.path.startswith(root) else otherwise(error)

    return tell


def tell_problem(error: Exception) -> Response:
    """The problem document for any error."""
    return response_of(_problem(error))


def response_of(problem: Problem) -> Response:
    """A problem as an answer."""
    body = json.dumps(problem.document())
    answer = Response(body, problem.status, content_type=CONTENT_TYPE)
    answer.headers.update(problem.headers)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return _of_framework(error)
    if isinstance(error, KeyMissing):
        return Problem("key-missing", KEY_ADVICE)
    if isinstance(error, Later):
        seconds = max(1, round(error.retry_after or RETRY_SECONDS))
        return Problem("later", str(error), headers={"Retry-After": str(seconds)})
    if isinstance(error, CatalogError):
        log.error("The catalog refused a request of the API: %s", error)
        return Problem("catalog", headers={"Retry-After": str(RETRY_SECONDS)})
    if isinstance(error, ArchiveError):
        log.error("The archive could not serve the API: %s", error)
        return Problem("archive", "`faxkeep verify` says what is wrong with it.")
    log.error("A request failed with an unexpected %s.\n%s", type(error).__name__, _places(error))
    return Problem("fault")


def _places(error: Exception) -> str:
    """Where it happened. Its words are left out: they may hold what was sent to us."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()


def _of_framework(error: HTTPException) -> Problem:
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    data = getattr(error, "data", None) or {}
    faults = list(_faults(data.get("messages") or {}, ()))
    if error.code == 400 and faults:
        return Problem("malformed", "; ".join(fault.detail for fault in faults))
    if faults:
        return Problem("invalid", errors=faults)
    return of_status(error.code or 500, headers)


def _faults(messages: object, place: tuple[str, ...]) -> Iterator[Fault]:
    """What the argument parser found, each with its place; the first part names the location."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _faults(inner, (*place, str(name)))
    elif isinstance(messages, list):
        field = ".".join(part for part in place[1:] if part != "_schema")
        yield from (Fault(field, str(each)) for each in messages)
