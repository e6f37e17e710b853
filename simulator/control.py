"""The control endpoints: a thin JSON layer over the methods of `Simulator`."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from simulator.ask import Json, body_of
from simulator.changes import Inbound
from simulator.extensions import NewAccount, NewExtension
from simulator.faults import MEANINGS, Fault
from simulator.rates import Limit
from simulator.refusals import Refusal, not_found
from simulator.shaping import build
from simulator.state import Party
from simulator.wire import Application, Request, Response, answer

if TYPE_CHECKING:
    from simulator.simulator import Simulator


@dataclass(frozen=True)
class Order:
    """One control request: the path's id, the body and the request itself."""

    id: str
    body: Json
    request: Request


class Control:
    """Answers /control itself and hands every other path to the API."""

    def __init__(self, simulator: "Simulator", api: Application) -> None:
        self._simulator = simulator
        self._api = api

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        if not request.path.startswith("/control"):
            return self._api(request)
        try:
            return self._obey(request)
        except Refusal as refusal:
            return answer(refusal.body(), refusal.status)
        except (ValueError, KeyError) as problem:
            return answer({"message": f"Not understood: {problem}"}, 400)

    def _obey(self, request: Request) -> Response:
        for endpoint in ENDPOINTS:
            found = endpoint.pattern.match(request.path.rstrip("/"))
            if found and request.method == endpoint.method:
                order = Order(found.groupdict().get("id", ""), body_of(request), request)
                result = endpoint.action(self._simulator, order)
                return result if isinstance(result, Response) else answer(result)
        raise not_found()


@dataclass(frozen=True)
class Endpoint:
    """One thing control can do, in words and as a function."""

    method: str
    path: str
    words: str
    action: Callable[["Simulator", Order], Any]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches the path."""
        return re.compile("^/control" + self.path.replace("{id}", "(?P<id>[^/]+)") + "$")


def _help(_: "Simulator", __: Order) -> Any:
    return {
        "endpoints": [f"{each.method} /control{each.path} -- {each.words}" for each in ENDPOINTS],
        "faults": MEANINGS,
    }


def _add_account(simulator: "Simulator", order: Order) -> Any:
    people = [build(NewExtension, each) for each in order.body.get("extensions", [{}])]
    return simulator.add_account(NewAccount(str(order.body.get("name", "")), people))


def _receive(simulator: "Simulator", order: Order) -> Any:
    body = dict(order.body)
    extension, count = str(body.pop("extension", "")), int(body.pop("count", 1))
    return {"ids": simulator.receive(inbound(body), extension=extension, count=count)}


def inbound(body: Json) -> Inbound:
    """An inbound fax as JSON describes it: from, name, pages, content_type, document_base64."""
    known = {"from", "name", "pages", "content_type", "document_base64"}
    if unknown := set(body) - known:
        raise ValueError(f"there is no {sorted(unknown)[0]} to set")
    sender = Party(str(body["from"]), str(body.get("name", ""))) if "from" in body else None
    coded = body.get("document_base64")
    try:
        document = base64.b64decode(coded, validate=True) if coded is not None else None
    except (binascii.Error, TypeError):
        raise ValueError("document_base64 is not base64") from None
    return Inbound(sender, int(body.get("pages", 0)), str(body.get("content_type", "")), document)


def _send(simulator: "Simulator", order: Order) -> Any:
    body = order.body
    extension, pages = str(body.get("extension", "")), int(body.get("pages", 1))
    return {"id": simulator.send(list(body["to"]), extension=extension, pages=pages)}


def _finish(simulator: "Simulator", order: Order) -> Any:
    names = ("status", "error", "number")
    simulator.finish(order.id, **{name: str(order.body.get(name, "")) for name in names})
    return {}


def _sicken(simulator: "Simulator", order: Order) -> Any:
    body = dict(order.body)
    simulator.sicken(order.id, str(body.pop("name")), build(Fault, body))
    return {}


def _document(simulator: "Simulator", order: Order) -> Any:
    data = simulator.document(order.id)
    return Response(200, data, {"Content-Type": "application/octet-stream"})


def _fault(simulator: "Simulator", order: Order) -> Any:
    simulator.fault(order.id, build(Fault, order.body))
    return _faults(simulator, order)


def _faults(simulator: "Simulator", _: Order) -> Any:
    return {name: asdict(fault) for name, fault in simulator.faults().items()}


def _clear(simulator: "Simulator", order: Order) -> Any:
    simulator.clear_faults(order.id)
    return _faults(simulator, order)


def _bad_day(simulator: "Simulator", order: Order) -> Any:
    simulator.bad_day()
    return _faults(simulator, order)


def _limits(simulator: "Simulator", order: Order) -> Any:
    for group, values in order.body.items():
        simulator.limit(group, build(Limit, values))
    return {group: asdict(limit) for group, limit in simulator.limits().items()}


def _settings(simulator: "Simulator", order: Order) -> Any:
    simulator.change_settings(**order.body)
    return asdict(simulator.settings())


def _done(action: Callable[["Simulator", Order], None]) -> Callable[["Simulator", Order], Any]:
    """An action with nothing to tell answers an empty object."""

    def do(simulator: "Simulator", order: Order) -> Any:
        action(simulator, order)
        return {}

    return do


def _requests(simulator: "Simulator", order: Order) -> Any:
    names = ("method", "path", "since")
    return simulator.requests(**{name: order.request.one(name) for name in names})


def _notifications(simulator: "Simulator", order: Order) -> Any:
    one = order.request.one
    return {"records": simulator.notifications(one("subscription"), one("since"))}


ENDPOINTS = (
    Endpoint("GET", "", "this list", _help),
    Endpoint(
        "GET",
        "/accounts",
        "accounts, extensions and their credentials",
        lambda simulator, _: {"records": simulator.accounts()},
    ),
    Endpoint("POST", "/accounts", "add one: {name, extensions: [{name, type, ...}]}", _add_account),
    Endpoint(
        "PATCH",
        "/accounts/{id}",
        "set scopes, inbox_limit, retention_days, hipaa, other_extensions, refresh_tokens",
        lambda simulator, order: simulator.change_account(order.id, **order.body),
    ),
    Endpoint(
        "POST",
        "/accounts/{id}/extensions",
        "add one: {name, type, admin, content_type, status}",
        lambda simulator, order: simulator.add_extension(order.id, build(NewExtension, order.body)),
    ),
    Endpoint(
        "PATCH",
        "/extensions/{id}",
        "set name, type, status, admin, content_type",
        lambda simulator, order: simulator.change_extension(order.id, **order.body),
    ),
    Endpoint(
        "POST",
        "/faxes",
        "receive: {extension, count, from, name, pages, content_type, document_base64}",
        _receive,
    ),
    Endpoint("POST", "/faxes/sent", "send from the desktop app: {to: [], extension, pages}", _send),
    Endpoint(
        "POST",
        "/faxes/lost",
        "an inbound call that failed: {extension}",
        lambda simulator, order: {
            "callId": simulator.lose_inbound(str(order.body.get("extension", "")))
        },
    ),
    Endpoint("POST", "/faxes/{id}/finish", "end a sent fax: {status, error, number}", _finish),
    Endpoint(
        "POST",
        "/faxes/{id}/render",
        "its document is ready",
        _done(lambda simulator, order: simulator.render(order.id)),
    ),
    Endpoint(
        "POST",
        "/faxes/{id}/mark",
        "read status set in the desktop app: {readStatus}",
        _done(lambda simulator, order: simulator.mark(order.id, str(order.body["readStatus"]))),
    ),
    Endpoint(
        "POST",
        "/faxes/{id}/delete",
        "deleted in the desktop app: {purge}",
        _done(
            lambda simulator, order: simulator.delete(
                order.id, purge=order.body.get("purge") is True
            )
        ),
    ),
    Endpoint(
        "POST",
        "/faxes/{id}/fault",
        "a content fault for one fax: {name, tries, seconds, status}",
        _sicken,
    ),
    Endpoint("GET", "/faxes/{id}/document", "its true bytes", _document),
    Endpoint("GET", "/clock", "the time", lambda simulator, _: {"now": simulator.now()}),
    Endpoint(
        "POST",
        "/clock",
        "let time pass: {advance: seconds}",
        lambda simulator, order: {"now": simulator.advance(float(order.body["advance"]))},
    ),
    Endpoint("GET", "/faults", "the faults set now", _faults),
    Endpoint("PUT", "/faults/{id}", "set one: {probability, count, seconds, ...}", _fault),
    Endpoint("DELETE", "/faults/{id}", "clear one", _clear),
    Endpoint("DELETE", "/faults", "clear all", _clear),
    Endpoint("POST", "/bad-day", "a mixture of all faults", _bad_day),
    Endpoint("GET", "/limits", "rate limits", _limits),
    Endpoint("PUT", "/limits", "set some: {group: {requests, window, penalty}}", _limits),
    Endpoint("GET", "/settings", "settings", _settings),
    Endpoint("PUT", "/settings", "set some", _settings),
    Endpoint(
        "GET",
        "/subscriptions",
        "every subscription",
        lambda simulator, _: {"records": simulator.subscriptions()},
    ),
    Endpoint(
        "POST",
        "/subscriptions/{id}/expire",
        "it ends now",
        _done(lambda simulator, order: simulator.expire_subscription(order.id)),
    ),
    Endpoint(
        "POST",
        "/subscriptions/{id}/blacklist",
        "suspend it: {reason}",
        _done(
            lambda simulator, order: simulator.blacklist_subscription(
                order.id, str(order.body.get("reason", ""))
            )
        ),
    ),
    Endpoint(
        "POST",
        "/subscriptions/{id}/disable-filters",
        "these, or all, never fire: {filters: []}",
        _done(
            lambda simulator, order: simulator.disable_filters(
                order.id, list(order.body.get("filters", []))
            )
        ),
    ),
    Endpoint(
        "POST",
        "/tokens/revoke",
        "end sessions: {extension}, or all",
        lambda simulator, order: {
            "ended": simulator.revoke_tokens(str(order.body.get("extension", "")))
        },
    ),
    Endpoint(
        "GET",
        "/truth",
        "every fax ever held",
        lambda simulator, _: {"records": simulator.truth()},
    ),
    Endpoint("GET", "/requests", "requests; ?method= &path= &since=", _requests),
    Endpoint("GET", "/notifications", "delivery tries; ?subscription= &since=", _notifications),
    Endpoint(
        "DELETE",
        "/journal",
        "forget requests and notifications",
        _done(lambda simulator, _: simulator.forget()),
    ),
)
