"""The account-wide export: a task that takes its time, then zips of records and of documents."""

import io
import json
import zipfile
from datetime import datetime, timedelta

from simulator.ask import Ask, Json
from simulator.clock import iso, parse
from simulator.faxes import Fax
from simulator.refusals import Refusal, invalid, not_found, permission_missing
from simulator.tasks import TASK_TIME, Task
from simulator.views import message
from simulator.wire import Response, answer

MOST_TASKS = 2
ZIP_BYTES = 1024**3
TYPES = ("Fax", "SMS", "VoiceMail", "Pager")


def create_report(ask: Ask) -> Response:
    """POST message-store-report: accepted (202), two at once at most."""
    account, now, body = _administered(ask), ask.world.clock.now(), ask.json()
    unfinished = [task for task in ask.world.tasks.values() if not task.done(now)]
    if len([task for task in unfinished if task.account_id == account]) >= MOST_TASKS:
        raise Refusal(429, "CMN-303", "Too many message store report tasks")
    task = _task(ask, body, now)
    ask.world.tasks[task.id] = task
    return answer(_view(ask, task), 202)


def read_report(ask: Ask) -> Response:
    """GET message-store-report/{task}."""
    return answer(_view(ask, _find(ask)))


def list_archives(ask: Ask) -> Response:
    """GET message-store-report/{task}/archive: sizes and links, none before it is completed."""
    task = _find(ask)
    if not task.done(ask.world.clock.now()):
        return answer({"records": []})
    uri = f"{_uri(ask, task)}/archive"
    records = [
        {"size": len(data), "uri": f"{uri}/{number}"}
        for number, data in enumerate(_archives(ask, task))
    ]
    return answer({"records": records})


def read_archive(ask: Ask) -> Response:
    """GET message-store-report/{task}/archive/{number}: 0 holds JSON, the others documents."""
    archives, number = _archives(ask, _find(ask)), ask.ids["number"]
    if not number.isdecimal() or int(number) >= len(archives):
        raise not_found("archiveId")
    return Response(200, archives[int(number)], {"Content-Type": "application/zip"})


def _administered(ask: Ask) -> str:
    if not ask.caller.extension.admin:
        raise permission_missing("Users")
    return ask.account().id


def _task(ask: Ask, body: Json, now: datetime) -> Task:
    try:
        end = parse(str(body["dateTo"])) if "dateTo" in body else now
        start = parse(str(body["dateFrom"])) if "dateFrom" in body else end - timedelta(days=1)
    except ValueError:
        raise invalid("dateFrom") from None
    types = tuple(body.get("messageTypes") or TYPES)
    if not set(types) <= set(TYPES):
        raise invalid("messageTypes")
    account, extension = ask.caller.account.id, ask.caller.extension.id
    task_id = f"{account}-{extension}-{ask.world.new_uuid().replace('-', '')}"
    return Task(task_id, account, extension, start, end, types, now)


def _find(ask: Ask) -> Task:
    task = ask.world.tasks.get(ask.ids["task"])
    if task is None or task.account_id != _administered(ask):
        raise not_found("taskId")
    return task


def _uri(ask: Ask, task: Task) -> str:
    return f"{ask.world.url}/restapi/v1.0/account/{task.account_id}/message-store-report/{task.id}"


def _view(ask: Ask, task: Task) -> Json:
    done = task.done(ask.world.clock.now())
    body: Json = {
        "id": task.id,
        "uri": _uri(ask, task),
        "status": "Completed" if done else "InProgress",
        "accountId": task.account_id,
        "extensionId": task.extension_id,
        "dateFrom": iso(task.date_from),
        "dateTo": iso(task.date_to),
        "startTime": iso(task.created),
        "messageTypes": list(task.types),
    }
    return body | ({"finishTime": iso(task.created + TASK_TIME)} if done else {})


def _archives(ask: Ask, task: Task) -> list[bytes]:
    faxes = [
        fax
        for extension in ask.account().extensions.values()
        for fax in extension.mailbox.known.values()
        if fax.availability == "Alive" and task.date_from <= fax.created <= task.date_to
    ]
    chosen = faxes if "Fax" in task.types else []
    records = [message(ask.world, fax) for fax in chosen]
    listing = _zip({"messages.json": json.dumps({"records": records}, indent=1).encode()})
    return [listing, *(_zip(files) for files in _filled(chosen))]


def _filled(faxes: list[Fax]) -> list[dict[str, bytes]]:
    """Documents by name, in as many sets as the size of one zip asks for."""
    sets: list[dict[str, bytes]] = []
    room = 0
    for fax in faxes:
        if fax.document is None or not fax.rendered:
            continue
        if not sets or len(fax.document.data) > room:
            sets.append({})
            room = ZIP_BYTES
        ending = "tiff" if fax.document.content_type == "image/tiff" else "pdf"
        sets[-1][f"{fax.extension_id}/{fax.id}.{ending}"] = fax.document.data
        room -= len(fax.document.data)
    return sets


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()
