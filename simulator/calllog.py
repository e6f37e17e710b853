"""The call log of a user or of the company."""

import json
from datetime import timedelta

from simulator.ask import Ask, Json
from simulator.clock import iso
from simulator.faxes import Party
from simulator.messages import MOST_IDS, VENDOR
from simulator.refusals import Refusal, not_found, permission_missing
from simulator.state import Call
from simulator.wire import Response, answer

DIRECTIONS = ("Inbound", "Outbound")


def list_calls(ask: Ask) -> Response:
    """GET call-log: newest first, the last 24 hours unless told otherwise."""
    start, end = ask.window()
    types, directions = ask.several("type", ("Voice", "Fax")), ask.several("direction", DIRECTIONS)
    number, session = ask.request.one("phoneNumber"), ask.request.one("sessionId")
    found = [
        call
        for call in sorted(_calls(ask), key=lambda call: call.started, reverse=True)
        if start <= call.started <= end
        and "Fax" in (types or ["Fax"])
        and call.direction in (directions or [call.direction])
        and number in ("", call.sender.number.lstrip("+"), call.target.number.lstrip("+"))
        and session in ("", call.session_id)
    ]
    shown, around = ask.page(found)
    return answer({**around, "records": [_view(ask, call) for call in shown]})


def read_call(ask: Ask) -> Response:
    """GET call-log/{id}, or up to 50 ids with commas (207, as vendor JSON)."""
    ids = [part for part in ask.ids["call"].split(",") if part]
    if len(ids) > MOST_IDS:
        raise Refusal(400, "CMN-106", "Batch request size is too large")
    known = {call.id: call for call in _calls(ask)}
    if len(ids) == 1:
        if ids[0] not in known:
            raise not_found("callRecordId")
        return answer(_view(ask, known[ids[0]]))
    parts = [_part(ask, call_id, known.get(call_id)) for call_id in ids]
    return Response(207, json.dumps(parts).encode(), {"Content-Type": VENDOR})


def _part(ask: Ask, call_id: str, call: Call | None) -> Json:
    if call is None:
        missing = not_found("callRecordId")
        return {"resourceId": call_id, "status": 404, "body": missing.body()}
    return {"resourceId": call_id, "status": 200, "body": _view(ask, call)}


def _calls(ask: Ask) -> list[Call]:
    lag = timedelta(seconds=ask.world.settings.call_log_lag)
    shown = ask.world.clock.now() - lag
    calls = [call for call in ask.account().calls if not lag or call.ended <= shown]
    if "extension" in ask.ids:
        wanted = ask.extension().id
        return [call for call in calls if call.extension_id == wanted]
    if not ask.caller.extension.admin:
        raise permission_missing("FullCompanyCallLog")
    return calls


def _view(ask: Ask, call: Call) -> Json:
    account = ask.account()
    base = f"{ask.world.url}/restapi/v1.0/account/{account.id}"
    mailbox = f"{base}/extension/{call.extension_id}"
    body: Json = {
        "id": call.id,
        "uri": f"{mailbox}/call-log/{call.id}",
        "sessionId": call.session_id,
        "telephonySessionId": f"s-{call.session_id}",
        "type": "Fax",
        "direction": call.direction,
        "action": "Incoming Fax" if call.direction == "Inbound" else "Outgoing Fax",
        "result": call.result,
        "startTime": iso(call.started),
        "duration": round(call.seconds),
        "durationMs": round(call.seconds * 1000),
        "from": _party(call.sender),
        "to": _party(call.target),
        "extension": {"id": int(call.extension_id), "uri": mailbox},
        "internalType": "LongDistance",
        "transport": "PSTN",
    }
    if call.reason:
        body |= {"reason": call.reason, "reasonDescription": call.description}
    if call.fax_id and not ask.world.settings.omit_call_message:
        uri = f"{mailbox}/message-store/{call.fax_id}"
        body["message"] = {"id": call.fax_id, "type": "Fax", "uri": uri}
    return body | _details(ask, call, body)


def _details(ask: Ask, call: Call, body: Json) -> Json:
    if ask.request.one("view") != "Detailed":
        return {}
    names = ("type", "direction", "action", "result", "startTime", "duration", "from", "to")
    leg = {name: body[name] for name in names} | {"legType": "Accept", "master": True}
    return {"legs": [leg], "lastModifiedTime": iso(call.ended)}


def _party(party: Party) -> Json:
    shown = {"phoneNumber": party.number, "name": party.name, "location": party.location}
    return {name: value for name, value in shown.items() if value}
