"""Every operation of the API: path, rate limit group and the scope it needs."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator import (
    calllog,
    content,
    extensions,
    messages,
    numbers,
    reports,
    sending,
    subscriptions,
    sync,
)
from simulator.ask import Ask
from simulator.wire import Response

Operation = Callable[[Ask], Response]


@dataclass(frozen=True)
class Route:
    """One operation of the API. `locked` false: it takes the world's lock itself."""

    methods: str
    pattern: re.Pattern[str]
    operation: Operation
    group: str
    scope: str = ""
    locked: bool = True


def _route(methods: str, path: str, operation: Operation, group: str, scope: str = "") -> Route:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", f"/restapi/v1.0{path}")
    locked = operation not in (subscriptions.create_subscription, sending.create_fax)
    return Route(methods, re.compile(f"^{pattern}$"), operation, group, scope, locked)


_ACCOUNT = "/account/{account}"
_EXTENSION = _ACCOUNT + "/extension/{extension}"
_STORE = _EXTENSION + "/message-store"
_REPORT = _ACCOUNT + "/message-store-report"
_CONTENT = _STORE + "/{message}/content/{attachment}"

MEDIA_ROUTES = (_route("GET HEAD", _CONTENT, content.read_content, "Medium", "ReadMessages"),)
ROUTES = (
    _route("GET", _ACCOUNT + "/extension", extensions.list_extensions, "Medium", "ReadAccounts"),
    _route("GET", _ACCOUNT + "/phone-number", numbers.list_numbers, "Heavy", "ReadAccounts"),
    _route("GET", _EXTENSION, extensions.read_extension, "Light", "ReadAccounts"),
    _route("GET", _STORE, messages.list_messages, "Light", "ReadMessages"),
    _route("DELETE", _STORE, messages.delete_by_filter, "Medium", "EditMessages"),
    _route("GET", _STORE + "/{message}", messages.read_message, "Light", "ReadMessages"),
    _route("PUT PATCH", _STORE + "/{message}", messages.update_message, "Medium", "EditMessages"),
    _route("DELETE", _STORE + "/{message}", messages.delete_message, "Medium", "EditMessages"),
    _route("GET", _CONTENT, content.on_platform_host, "Medium", "ReadMessages"),
    _route("GET", _EXTENSION + "/message-sync", sync.sync_messages, "Light", "ReadMessages"),
    _route("POST", _EXTENSION + "/fax", sending.create_fax, "Heavy", "Faxes"),
    _route("GET", _EXTENSION + "/call-log", calllog.list_calls, "Heavy", "ReadCallLog"),
    _route("GET", _EXTENSION + "/call-log/{call}", calllog.read_call, "Heavy", "ReadCallLog"),
    _route("GET", _ACCOUNT + "/call-log", calllog.list_calls, "Heavy", "ReadCallLog"),
    _route("GET", _ACCOUNT + "/call-log/{call}", calllog.read_call, "Heavy", "ReadCallLog"),
    _route("GET", "/dictionary/fax-cover-page", extensions.list_cover_pages, "Light"),
    _route(
        "GET",
        _ACCOUNT + "/message-store-configuration",
        extensions.read_configuration,
        "Light",
        "EditAccounts",
    ),
    _route(
        "PUT",
        _ACCOUNT + "/message-store-configuration",
        extensions.update_configuration,
        "Light",
        "EditAccounts",
    ),
    _route("POST", _REPORT, reports.create_report, "Heavy", "ReadMessages"),
    _route("GET", _REPORT + "/{task}", reports.read_report, "Heavy", "ReadMessages"),
    _route("GET", _REPORT + "/{task}/archive", reports.list_archives, "Heavy", "ReadMessages"),
    _route(
        "GET", _REPORT + "/{task}/archive/{number}", reports.read_archive, "Heavy", "ReadMessages"
    ),
    _route("GET", "/subscription", subscriptions.list_subscriptions, "Light"),
    _route(
        "POST",
        "/subscription",
        subscriptions.create_subscription,
        "Medium",
        "SubscriptionWebhook",
    ),
    _route("GET", "/subscription/{subscription}", subscriptions.read_subscription, "Light"),
    _route("PUT", "/subscription/{subscription}", subscriptions.update_subscription, "Medium"),
    _route("DELETE", "/subscription/{subscription}", subscriptions.delete_subscription, "Medium"),
    _route("POST", "/subscription/{subscription}/renew", subscriptions.renew_subscription, "Light"),
)
