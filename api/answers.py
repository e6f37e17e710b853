"""Turns every error under /api into a problem document, without a word of what must stay inside."""

import json
import logging
import traceback
from collections.abc import Callable

from flask import Response, request
from werkzeug.exceptions import HTTPException

from api.problems import CONTENT_TYPE, Problem, fault_of, faults_of, of_status
from errors import (
    ArchiveError,
    CatalogError,
    KeyMissing,
    KeyReused,
    Later,
    NotSendable,
    UserError,
    WrongState,
)

log = logging.getLogger(__name__)

Teller = Callable[[Exception], Response]
ROOT = "/api/"
KEY_ADVICE = (
    "Documents are read with the archive's private key, and this process has none. Start the web"
    " process with FAXKEEP_ARCHIVE_KEY, or read documents on a machine that has the key."
)
RETRY_SECONDS = 5
OF_A_PERSON = {KeyReused: "key-reused", WrongState: "wrong-state"}


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
    if isinstance(error, UserError):
        return _of_a_person(error)
    if isinstance(error, Later):
        seconds = max(1, round(error.retry_after or RETRY_SECONDS))
        return Problem("later", str(error), headers={"Retry-After": str(seconds)})
    if isinstance(error, (ArchiveError, CatalogError)):
        return _of_the_house(error)
    log.error("A request failed with an unexpected %s.\n%s", type(error).__name__, _places(error))
    return Problem("fault")


def _of_a_person(error: UserError) -> Problem:
    """What whoever asks can mend; the words are made for that."""
    if isinstance(error, NotSendable):
        return Problem("invalid", errors=[fault_of(each) for each in error.problems])
    return Problem(OF_A_PERSON.get(type(error), "invalid"), str(error))


def _of_the_house(error: ArchiveError | CatalogError) -> Problem:
    if isinstance(error, KeyMissing):
        return Problem("key-missing", KEY_ADVICE)
    log.error("The API cannot answer: %s", error)
    if isinstance(error, CatalogError):
        return Problem("catalog", headers={"Retry-After": str(RETRY_SECONDS)})
    return Problem("archive", "`faxkeep verify` says what is wrong with it.")


def _places(error: Exception) -> str:
    """Where it happened. Its words are left out: they may hold what was sent to us."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()


def _of_framework(error: HTTPException) -> Problem:
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    data = getattr(error, "data", None) or {}
    places = (data.get("messages") or {}).values()
    faults = [fault for messages in places for fault in faults_of(messages)]
    if error.code == 400 and faults:
        return Problem("malformed", "; ".join(fault.detail for fault in faults))
    if faults:
        return Problem("invalid", errors=faults)
    return of_status(error.code or 500, headers)
