"""The message store export of a whole account: a task that is asked for, polled and downloaded.

developers.ringcentral.com/guide/messaging/message-store/message-exports-report. All of it is Heavy.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from errors import NotFound, Unreachable
from ringcentral_api.calls import HEAVY, Call
from ringcentral_api.directory import ACCOUNT, records_of
from ringcentral_api.reading import as_object, number, spelled, text

PATH = f"{ACCOUNT}/message-store-report"
_TASK = re.compile(r"[A-Za-z0-9-]{1,200}")


@dataclass(frozen=True)
class Report:
    """An export task; `status` is Accepted, Pending, InProgress, AttemptFailed, Completed, ..."""

    id: str
    status: str


@dataclass(frozen=True)
class ReportFile:
    """One zip of a finished export; `size` in bytes."""

    uri: str
    size: int | None


def create_call(server_url: str, date_from: datetime, date_to: datetime) -> Call:
    """Ask for all faxes created between two moments; at most two tasks run at a time."""
    body = {"dateFrom": spelled(date_from), "dateTo": spelled(date_to), "messageTypes": ["Fax"]}
    return Call("POST", server_url + PATH, HEAVY, body=body)


def task_call(server_url: str, task_id: str) -> Call:
    """How far a task is."""
    return Call("GET", _one(server_url, task_id), HEAVY)


def files_call(server_url: str, task_id: str) -> Call:
    """The zips of a finished task: the first holds records, the others documents."""
    return Call("GET", _one(server_url, task_id) + "/archive", HEAVY)


def report_from(answer: object) -> Report:
    """Read a task; Unreachable without an id."""
    body = as_object(answer, "an export task is not an object")
    task_id = text(body.get("id")) or ""
    if not _TASK.fullmatch(task_id):
        raise Unreachable("RingCentral's answer cannot be read: an export task has no id.")
    return Report(task_id, text(body.get("status")) or "")


def files_from(answer: object) -> Sequence[ReportFile]:
    """Read the list of zips."""
    told = ((text(each.get("uri")), number(each.get("size"))) for each in records_of(answer))
    return [ReportFile(uri, size) for uri, size in told if uri]


def _one(server_url: str, task_id: str) -> str:
    if not _TASK.fullmatch(task_id):
        raise NotFound("That is not the id of an export task.")
    return f"{server_url}{PATH}/{task_id}"
