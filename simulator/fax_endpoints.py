"""The control endpoints about faxes."""

import base64
import binascii
from typing import TYPE_CHECKING, Any

from simulator.arrivals import Inbound
from simulator.ask import Json
from simulator.faults import Fault
from simulator.faxes import Party
from simulator.orders import Endpoint, Order, done
from simulator.shaping import build
from simulator.wire import Response

if TYPE_CHECKING:
    from simulator.simulator import Simulator


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


def _step(simulator: "Simulator", order: Order) -> Any:
    names = ("error", "number")
    told = {name: str(order.body.get(name, "")) for name in names}
    simulator.step(order.id, str(order.body["status"]), **told)
    return {}


def _dial(simulator: "Simulator", order: Order) -> Any:
    simulator.dial(order.id, str(order.body["error"]), number=str(order.body.get("number", "")))
    return {}


def _sicken(simulator: "Simulator", order: Order) -> Any:
    body = dict(order.body)
    simulator.sicken(order.id, str(body.pop("name")), build(Fault, body))
    return {}


def _document(simulator: "Simulator", order: Order) -> Any:
    data = simulator.document(order.id)
    return Response(200, data, {"Content-Type": "application/octet-stream"})


FAX_ENDPOINTS = (
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
        "POST", "/faxes/{id}/step", "a recipient's status: any {status, error, number}", _step
    ),
    Endpoint(
        "POST", "/faxes/{id}/dial", "a call failed, the fax stays queued: {error, number}", _dial
    ),
    Endpoint(
        "POST",
        "/faxes/{id}/render",
        "its document is ready",
        done(lambda simulator, order: simulator.render(order.id)),
    ),
    Endpoint(
        "POST",
        "/faxes/{id}/mark",
        "read status set in the desktop app: {readStatus}",
        done(lambda simulator, order: simulator.mark(order.id, str(order.body["readStatus"]))),
    ),
    Endpoint(
        "POST",
        "/faxes/{id}/delete",
        "deleted in the desktop app: {purge}",
        done(
            lambda simulator, order: simulator.delete(
                order.id, purge=order.body.get("purge") is True
            )
        ),
    ),
    Endpoint(
        "POST",
        "/faxes/{id}/hide",
        "it is not shown for a while: {seconds}",
        done(lambda simulator, order: simulator.hide(order.id, float(order.body["seconds"]))),
    ),
    Endpoint(
        "POST",
        "/faxes/{id}/fault",
        "a content fault for one fax: {name, tries, seconds, status}",
        _sicken,
    ),
    Endpoint("GET", "/faxes/{id}/document", "its true bytes", _document),
)
