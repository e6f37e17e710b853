"""Every control endpoint, in words and as a call of one of `Simulator`'s methods."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from simulator.extensions import NewAccount, NewExtension
from simulator.faults import MEANINGS, Fault
from simulator.fax_endpoints import FAX_ENDPOINTS
from simulator.orders import Endpoint, Order, done
from simulator.rates import Limit
from simulator.shaping import build

if TYPE_CHECKING:
    from simulator.simulator import Simulator


def _help(_: "Simulator", __: Order) -> Any:
    return {
        "endpoints": [f"{each.method} /control{each.path} -- {each.words}" for each in ENDPOINTS],
        "faults": MEANINGS,
    }


def _add_account(simulator: "Simulator", order: Order) -> Any:
    people = [build(NewExtension, each) for each in order.body.get("extensions", [{}])]
    return simulator.add_account(NewAccount(str(order.body.get("name", "")), people))


def _add_number(simulator: "Simulator", order: Order) -> Any:
    names = ("usage", "type", "extension")
    usage, kind, extension = (str(order.body.get(name, "")) for name in names)
    return simulator.add_number(order.id, usage, kind, extension)


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


def _requests(simulator: "Simulator", order: Order) -> Any:
    names = ("method", "path", "since")
    return simulator.requests(**{name: order.request.one(name) for name in names})


def _notifications(simulator: "Simulator", order: Order) -> Any:
    one = order.request.one
    records = simulator.notifications(one("subscription"), one("since"))
    return {"records": records, "counts": simulator.notification_counts()}


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
        "add one: {name, type, admin, content_type, status, jwt_expires}",
        lambda simulator, order: simulator.add_extension(order.id, build(NewExtension, order.body)),
    ),
    Endpoint("POST", "/accounts/{id}/numbers", "add one: {usage, type, extension}", _add_number),
    Endpoint(
        "PATCH",
        "/extensions/{id}",
        "set name, type, status, admin, content_type, readable, jwt_expires",
        lambda simulator, order: simulator.change_extension(order.id, **order.body),
    ),
    Endpoint(
        "DELETE",
        "/extensions/{id}",
        "it is removed with all it has",
        done(lambda simulator, order: simulator.remove_extension(order.id)),
    ),
    Endpoint(
        "POST",
        "/extensions/{id}/credentials",
        "a new client secret and a new JWT; all sessions end",
        lambda simulator, order: {"env": simulator.new_credentials(order.id)},
    ),
    *FAX_ENDPOINTS,
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
    Endpoint("POST", "/bad-day", "a mixture of faults that heal", _bad_day),
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
        done(lambda simulator, order: simulator.expire_subscription(order.id)),
    ),
    Endpoint(
        "POST",
        "/subscriptions/{id}/blacklist",
        "suspend it: {reason}",
        done(
            lambda simulator, order: simulator.blacklist_subscription(
                order.id, str(order.body.get("reason", ""))
            )
        ),
    ),
    Endpoint(
        "POST",
        "/subscriptions/{id}/disable-filters",
        "these, or all, never fire: {filters: []}",
        done(
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
        done(lambda simulator, _: simulator.forget()),
    ),
)
