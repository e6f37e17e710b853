"""The bytes of a fax, from the media host: whole, in ranges, or as sick as the fault has it."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote

from simulator.ask import Ask
from simulator.faults import CONTENT, Fault
from simulator.faxes import Ailment, Document, Fax
from simulator.messages import find
from simulator.refusals import Refusal, not_found
from simulator.wire import Response
from simulator.world import World

HTML = b"<!DOCTYPE html><html><body><h1>Service temporarily unavailable</h1></body></html>"
RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


@dataclass(frozen=True)
class Span:
    """Bytes from `start` up to, not including, `end`."""

    start: int
    end: int


def read_content(ask: Ask) -> Response:
    """GET message-store/{id}/content/{attachmentId} on the media host."""
    fax = find(ask.mailbox(), ask.ids["message"])
    document = fax.document
    if document is None or ask.ids["attachment"] != fax.attachment_id:
        raise not_found("attachmentId")
    if fax.availability == "Purged":
        raise not_found("messageId")
    if not fax.rendered:
        raise not_ready(409)
    ailment = attack(ask.world, fax)
    response = _whole_or_range(ask, document)
    response.headers |= _disposition(ask, fax)
    if ailment:
        response = ail(response, document, ailment)
        response.fault = ailment.name
    return response


def not_ready(status: int) -> Refusal:
    """MSG-368; its HTTP status is not documented, so callers must go by the code."""
    return Refusal(status, "MSG-368", "Fax message processing is in progress")


def on_platform_host(ask: Ask) -> Response:
    """Content asked for on the API host: not there, or redirected, as the settings have it."""
    if ask.world.settings.platform_content != "redirect":
        raise not_found("attachmentId")
    where = f"{ask.world.media_url}{ask.request.path}"
    return Response(302, b"", {"Location": where})


def infect(world: World, fax: Fax, name: str, fault: Fault) -> None:
    """Give one fax a content fault. Raises KeyError for a name that is none."""
    if name not in CONTENT:
        raise KeyError(name)
    until = None
    if fault.seconds:
        until = world.clock.now() + timedelta(seconds=fault.seconds)
    fax.ailment = Ailment(name, fault.tries, until, fault.status)
    fax.examined = world.faults.generation


def heal(world: World, name: str = "") -> None:
    """Every fax with this ailment, or with any, is well."""
    for fax in world.faxes():
        if fax.ailment and name in ("", fax.ailment.name):
            fax.ailment = None


def attack(world: World, fax: Fax) -> Ailment | None:
    """The ailment this request meets; each fax catches at most one by chance, and gets well."""
    if fax.ailment is None and fax.examined != world.faults.generation:
        _catch(world, fax)
    ailment = fax.ailment
    if ailment is None:
        return None
    if ailment.until is not None:
        over = world.clock.now() >= ailment.until
    else:
        over = ailment.tries <= 0
        ailment.tries -= 1
    if over:
        fax.ailment = None
    return fax.ailment


def _catch(world: World, fax: Fax) -> None:
    fax.examined = world.faults.generation
    strikes = ((name, world.faults.strike(name)) for name in CONTENT)
    name, fault = next((each for each in strikes if each[1]), ("", None))
    if fault is None:
        return
    tries = fault.tries
    if fault.probability < 1:
        tries = world.draw("ailments").randint(1, max(1, tries))
    infect(world, fax, name, replace(fault, tries=tries))


def ail(response: Response, document: Document, ailment: Ailment) -> Response:
    """The good response made bad. Raises Refusal for `content_not_ready`."""
    whole, half = response.body, max(1, len(response.body) // 2)
    match ailment.name:
        case "content_not_ready":
            raise not_ready(ailment.status)
        case "content_cut":
            response.cut_at = half
        case "content_short":
            response.body = whole[:half]
        case "content_partial" if response.status == 200:
            response.status, response.body = 206, whole[:half]
            response.headers["Content-Range"] = f"bytes 0-{half - 1}/{len(whole)}"
        case "content_html":
            return Response(200, HTML, {"Content-Type": "text/html; charset=utf-8"})
        case "content_wrong_type":
            tiff = document.content_type == "image/tiff"
            response.headers["Content-Type"] = "application/pdf" if tiff else "image/tiff"
    return response


def _whole_or_range(ask: Ask, document: Document) -> Response:
    size = len(document.data)
    headers = {"Content-Type": document.content_type, "Accept-Ranges": "bytes"}
    span = requested(ask.request.headers.get("range", ""), size)
    if span is None:
        return Response(200, document.data, headers)
    headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    return Response(206, document.data[span.start : span.end], headers)


def requested(header: str, size: int) -> Span | None:
    """The one range asked for (RFC 9110 section 14), or None for all of it.

    Raises Refusal (416 CMN-107) for a range outside the document.
    """
    asked = RANGE.match(header.strip())
    if asked is None or asked.groups() == ("", ""):
        return None
    first, last = asked.groups()
    if not first:
        span = Span(max(0, size - int(last)), size)
    else:
        span = Span(int(first), min(int(last) + 1, size) if last else size)
    if not span.start < span.end <= size:
        raise Refusal(416, "CMN-107", "Requested range is not satisfiable")
    return span


def _disposition(ask: Ask, fax: Fax) -> dict[str, str]:
    kind = ask.request.one("contentDisposition")
    if kind not in ("Inline", "Attachment"):
        return {}
    name = ask.request.one("contentDispositionFilename") or f"fax-{fax.id}"
    return {"Content-Disposition": f"{kind.lower()}; filename*=UTF-8''{quote(name, safe='')}"}
