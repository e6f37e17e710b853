"""Message sync: a full one defines a frame, an incremental one returns what changed inside it."""

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from simulator.ask import Ask, Json
from simulator.clock import iso, parse
from simulator.faxes import Fax
from simulator.messages import TYPES
from simulator.refusals import Refusal, invalid
from simulator.views import message
from simulator.wire import Response, answer
from simulator.world import World

OVERLAP = timedelta(seconds=5)
"""An incremental sync looks back a little further (guide: message-sync)."""


@dataclass(frozen=True)
class Frame:
    """What a sync token stands for; `date_to` empty means open."""

    extension_id: str
    date_from: str
    date_to: str
    directions: list[str]
    types: list[str]
    synced: str


def sync_messages(ask: Ask) -> Response:
    """GET message-sync. Raises Refusal (400 MSG-333) for a token that is bad or too old."""
    kind = ask.request.one("syncType") or "FSync"
    if kind not in ("FSync", "ISync"):
        raise invalid("syncType")
    if kind == "FSync":
        return _full(ask, _frame(ask))
    frame = _opened(ask)
    if ask.world.faults.strike("sync_full"):
        response = _full(ask, frame)
        response.fault = f"sync_full {response.fault}".strip()
        return response
    return _incremental(ask, frame)


def _frame(ask: Ask) -> Frame:
    start, end = ask.window()
    return Frame(
        extension_id=ask.extension().id,
        date_from=iso(start),
        date_to=iso(end) if ask.request.one("dateTo") else "",
        directions=ask.several("direction", ("Inbound", "Outbound")),
        types=ask.several("messageType", TYPES),
        synced="",
    )


def _full(ask: Ask, frame: Frame) -> Response:
    alive = [fax for fax in ask.mailbox().shown() if fax.availability == "Alive"]
    lie = ask.world.faults.strike("list_empty", ask.request.path)
    response = _answer(ask, frame, [] if lie else _within(frame, alive), "FSync")
    response.fault = "list_empty" if lie else ""
    return response


def _incremental(ask: Ask, frame: Frame) -> Response:
    changed, strike = _changed(ask, frame), ask.world.faults.strike
    told = [fax for fax in changed if not strike("sync_forgets", ask.request.path)]
    response = _answer(ask, frame, told, "ISync")
    response.fault = "sync_forgets" if len(told) < len(changed) else ""
    return response


def _changed(ask: Ask, frame: Frame) -> list[Fax]:
    """What changed since the frame's last sync, evicted faxes too, newest first."""
    mailbox, since = ask.mailbox(), parse(frame.synced) - OVERLAP
    changed = [fax for fax in mailbox.shown() if fax.modified >= since]
    faxes = _within(frame, [*changed, *mailbox.evicted_since(since)])
    return sorted(faxes, key=lambda fax: int(fax.id), reverse=True)


def _within(frame: Frame, faxes: list[Fax]) -> list[Fax]:
    """Those inside the frame, in their order."""
    start = parse(frame.date_from)
    end = parse(frame.date_to) if frame.date_to else datetime.max.replace(tzinfo=start.tzinfo)
    return [
        fax
        for fax in faxes
        if start <= fax.created <= end
        and fax.direction in (frame.directions or [fax.direction])
        and "Fax" in (frame.types or ["Fax"])
    ]


def _answer(ask: Ask, frame: Frame, faxes: list[Fax], kind: str) -> Response:
    now = ask.world.clock.now()
    count = ask.number("recordCount", 2**31 - 1)
    token = seal(ask.world, Frame(**{**asdict(frame), "synced": iso(now)}))
    info: Json = {"syncType": kind, "syncToken": token, "syncTime": iso(now)}
    if len(faxes) > count:
        info["olderRecordsExist"] = True
    records = [_record(ask.world, fax) for fax in faxes[:count]]
    uri = f"{ask.world.url}{ask.request.path}"
    return answer({"uri": uri, "records": records, "syncInfo": info})


def _record(world: World, fax: Fax) -> Json:
    if fax.availability == "Alive":
        return message(world, fax)
    return {"id": world.rest_id(fax.id), "availability": fax.availability}


def seal(world: World, frame: Frame) -> str:
    """The frame as an opaque token."""
    text = json.dumps(asdict(frame), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mark(world, text) + text).decode().rstrip("=")


def _mark(world: World, text: bytes) -> bytes:
    return hmac.digest(f"sync:{world.seed}".encode(), text, hashlib.sha256)[:8]


def _opened(ask: Ask) -> Frame:
    frame = _unseal(ask.world, ask.request.one("syncToken"))
    if frame is None or frame.extension_id != ask.extension().id:
        raise _refused()
    age = ask.world.clock.now() - parse(frame.synced)
    too_old = age > timedelta(days=ask.world.settings.sync_token_days)
    if too_old or ask.world.faults.strike("sync_refused"):
        raise _refused()
    return frame


def _unseal(world: World, token: str) -> Frame | None:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    mark, text = raw[:8], raw[8:]
    if not hmac.compare_digest(mark, _mark(world, text)):
        return None
    return Frame(**json.loads(text))


def _refused() -> Refusal:
    text = "Parameter [syncToken] is invalid. Full synchronization is required"
    return Refusal(400, "MSG-333", text, parameter="syncToken")
