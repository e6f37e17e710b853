"""The account-wide export: a task is made, asked about, and its zips are fetched."""

from dataclasses import replace
from datetime import datetime, timedelta

from simulator.ask import Ask, Json
from simulator.clock import iso, parse
from simulator.export import Chosen, Files, archives, size, zipped
from simulator.faxes import Fax
from simulator.refusals import Refusal, invalid, not_found, permission_missing
from simulator.tasks import Task
from simulator.wire import Response, answer

MOST_TASKS = 2
TYPES = ("Fax", "SMS", "VoiceMail", "Pager")


def create_report(ask: Ask) -> Response:
    """POST message-store-report: accepted (202), two at once at most.

    It shows the account as it is now, whenever its archives are fetched.
    """
    account, now, body = _administered(ask), ask.world.clock.now(), ask.json()
    unfinished = [task for task in ask.world.tasks.values() if now < task.end]
    if len([task for task in unfinished if task.account_id == account]) >= MOST_TASKS:
        raise Refusal(429, "CMN-303", "Too many message store report tasks")
    task = _task(ask, body, now)
    if ask.world.faults.strike("report_failed", ask.request.path):
        task = replace(task, failing=True)
    else:
        task = replace(task, archives=archives(ask.world, _chosen(ask, task)))
    ask.world.tasks[task.id] = task
    return answer(_view(ask, task), 202)


def read_report(ask: Ask) -> Response:
    """GET message-store-report/{task}."""
    return answer(_view(ask, _find(ask)))


def list_archives(ask: Ask) -> Response:
    """GET message-store-report/{task}/archive: sizes and links, none before it is completed."""
    task = _find(ask)
    uri = f"{_uri(ask, task)}/archive"
    records = [
        {"size": size(files), "uri": f"{uri}/{number}"}
        for number, files in enumerate(_finished(ask, task))
    ]
    return answer({"records": records})


def read_archive(ask: Ask) -> Response:
    """GET message-store-report/{task}/archive/{number}: 0 holds JSON, the others documents."""
    finished, number = _finished(ask, _find(ask)), ask.ids["number"]
    if not number.isdecimal() or int(number) >= len(finished):
        raise not_found("archiveId")
    return Response(200, zipped(finished[int(number)]), {"Content-Type": "application/zip"})


def _finished(ask: Ask, task: Task) -> tuple[Files, ...]:
    return task.archives if ask.world.clock.now() >= task.end else ()


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


def _chosen(ask: Ask, task: Task) -> Chosen:
    """Every extension with its faxes of the task's time, if faxes were asked for."""
    return [
        (extension, [fax for fax in extension.mailbox.known.values() if _fits(fax, task)])
        for extension in ask.account().extensions.values()
    ]


def _fits(fax: Fax, task: Task) -> bool:
    alive = fax.availability == "Alive" and "Fax" in task.types
    return alive and task.date_from <= fax.created <= task.date_to


def _find(ask: Ask) -> Task:
    task = ask.world.tasks.get(ask.ids["task"])
    if task is None or task.account_id != _administered(ask):
        raise not_found("taskId")
    return task


def _uri(ask: Ask, task: Task) -> str:
    return f"{ask.world.url}/restapi/v1.0/account/{task.account_id}/message-store-report/{task.id}"


def _view(ask: Ask, task: Task) -> Json:
    now = ask.world.clock.now()
    body: Json = {
        "id": task.id,
        "uri": _uri(ask, task),
        "status": task.status(now),
        "accountId": task.account_id,
        "extensionId": task.extension_id,
        "dateFrom": iso(task.date_from),
        "dateTo": iso(task.date_to),
        "startTime": iso(task.created),
        "messageTypes": list(task.types),
    }
    return body | ({"finishTime": iso(task.end)} if now >= task.end else {})
