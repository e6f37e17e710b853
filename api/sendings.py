"""Addresses that send: a new fax, the outbox, one sending, its cancellation."""

import heapq
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from flask import request

from api.answers import ROOT
from api.blueprint import ApiBlueprint
from api.gate import ASKING, holder, needs
from api.idempotency import fingerprint_of, key_of
from api.new_fax import further_faults, hints_for, wish_of
from api.new_fax_bodies import NewFaxBody, NewFaxForm
from api.paging import bad_cursor, cursor_at, position_of
from api.problems import Fault, Problem
from api.sending_bodies import PromisedBody, SendingBody, SendingPageBody, SendingsAsked
from api.services import FaxWish, Outbox, WholeSending, services
from api.tokens import ADMIN, READ, SEND
from api.uploads import FORM, JSON, receive
from catalog import IdempotencyKey, Sending, SendingQuery
from catalog.sending_rows import CANCELLED, WAITING

blueprint = ApiBlueprint("sendings", __name__, url_prefix=f"{ROOT}v1")
LOCATION = {
    "Location": {"description": "Where to ask what became of it.", "schema": {"type": "string"}}
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A name for this request, in quotes. Repeated with the same key it is answered"
    " the same, and no second fax goes out.",
    "schema": {"type": "string", "pattern": r'^"[A-Za-z0-9._-]{1,255}"$'},
    "example": '"order-4711"',
}
BODY = {
    "required": True,
    "content": {
        JSON: {"schema": NewFaxBody},
        FORM: {"schema": NewFaxForm},
    },
}


@blueprint.post("/faxes")
@needs(SEND, policy=ASKING)
@blueprint.problems(400, 408, 409, 411, 413, 415, 422)
@blueprint.doc(requestBody=BODY, parameters=[KEY])
@blueprint.response(202, PromisedBody, headers=LOCATION)
def send_fax() -> Any:
    """Send a fax

    It is checked, kept, and promised: the answer comes before RingCentral has it. A form also has
    files, each in a part called `document`. All that is wrong with it is told at once.
    """
    key = key_of(request.headers.get("Idempotency-Key"))
    with services().in_hand.hold(holder().token_id, key), ExitStack() as stack:
        wish, faults = wish_of(receive(stack), stack)
        named = IdempotencyKey(holder().token_id, key, _fingerprint(wish)) if key else None
        accepted = None if faults else _earlier(named)
        # Before it is promised: what can fail afterwards has the fax repeated and sent twice.
        hints = [] if faults else hints_for(wish.fax)
        accepted = accepted or _accept(wish, faults, named)
    whole = _outbox().find(accepted.id)
    assert whole is not None
    where = f"{ROOT}v1/sendings/{accepted.id}"
    return {**as_promised(whole), "hints": hints}, 202, {"Location": where}


@blueprint.get("/sendings")
@needs(READ)
@blueprint.arguments(SendingsAsked, location="query")
@blueprint.response(200, SendingPageBody)
def list_sendings(asked: dict[str, Any]) -> dict[str, object]:
    """List the outbox

    The newest first: what waits, what was sent, what a person must look at.
    """
    limit, cursor = asked.pop("limit"), asked.pop("cursor", "")
    query = SendingQuery(**asked, limit=limit + 1)
    if cursor:
        query = replace(query, before=_last(cursor))
    found = list(_newest(query))
    items = [whole for each in found[:limit] if (whole := _outbox().find(each.id))]
    more = len(found) > limit
    return {"items": items, "next": cursor_at("sendings", found[limit - 1].id) if more else None}


@blueprint.get("/sendings/<sending_id>")
@needs(READ, SEND)
@blueprint.problems(404)
@blueprint.response(200, SendingBody)
def get_sending(sending_id: str) -> object:
    """Tell what became of a sending

    A token that may only send sees those that it asked for itself.
    """
    return visible_sending(sending_id)


@blueprint.delete("/sendings/<sending_id>")
@needs(SEND, policy=ASKING)
@blueprint.problems(404, 409)
@blueprint.response(200, SendingBody)
def cancel_sending(sending_id: str) -> object:
    """Cancel a sending

    While it waits. Whoever asked for it may cancel it, and an administrator.
    """
    whole = visible_sending(sending_id)
    if not (_is_own(whole.sending) or holder().may(ADMIN)):
        raise Problem("not-allowed", "Another token asked for it.")
    if whole.sending.state != CANCELLED:
        _outbox().cancel(sending_id, signature())
    return visible_sending(sending_id)


def visible_sending(sending_id: str) -> WholeSending:
    """The sending, if this token may see it.

    Raises:
        Problem: there is none, or it is none of the token's business.
    """
    whole = _outbox().find(sending_id)
    if whole is None or not holder().may_see(whole.sending.mailbox_id):
        raise Problem("unknown")
    if not holder().may(READ) and not _is_own(whole.sending):
        raise Problem("unknown")
    return whole


def signature() -> str:
    """How the outbox names whoever asked."""
    return f"token {holder().name} {holder().token_id}"


def _is_own(sending: Sending) -> bool:
    return sending.requested_by == signature()


def _earlier(named: IdempotencyKey | None) -> Sending | None:
    """What was promised under this key before: a repetition is not checked again.

    Raises:
        Problem: it was promised for another request.
    """
    if named is None:
        return None
    with services().catalog().reading() as tx:
        sending, fingerprint = tx.sendings.with_key(named) or (None, named.fingerprint)
    if fingerprint != named.fingerprint:
        raise Problem("key-reused")
    return sending


def _accept(wish: FaxWish, faults: list[Fault], named: IdempotencyKey | None) -> Sending:
    mailbox_id, unclear = sending_mailbox(wish.mailbox_id)
    faults = [*faults, *unclear]
    if faults:
        raise Problem("invalid", errors=[*faults, *further_faults(wish.fax, faults)])
    return _outbox().accept(replace(wish, mailbox_id=mailbox_id), signature(), named)


def sending_mailbox(asked: str) -> tuple[str, list[Fault]]:
    """Which mailbox is meant by its id or extension number, or by "" where there is only one."""
    with services().catalog().reading() as tx:
        seen = [each for each in tx.mailboxes.present() if holder().may_see(each.id)]
    meant = [each.id for each in seen if asked in ("", each.id, each.extension_number)]
    if len(meant) == 1:
        return meant[0], []
    words = "There is no such mailbox to send from." if asked else "Say from which mailbox."
    return "", [Fault("mailbox", words, f"There are: {', '.join(each.id for each in seen)}.")]


def _fingerprint(wish: FaxWish) -> str:
    fax = wish.fax
    return fingerprint_of(
        {
            "mailbox": wish.mailbox_id,
            "to": [[each.number, each.name] for each in fax.to],
            "documents": [[each.name, each.content_type] for each in fax.documents],
            "digests": wish.digests,
            "cover": [fax.cover_index, fax.cover_text],
            "how": [fax.resolution, fax.country, fax.send_at and fax.send_at.isoformat()],
        }
    )


def as_promised(whole: WholeSending) -> dict[str, object]:
    """A sending as it was when it was promised: a repetition is told what the first was told."""
    first = replace(
        whole.sending,
        state=WAITING,
        state_at=whole.sending.requested_at,
        reason="",
        advice="",
        attempts=0,
        message_id=None,
    )
    return {"sending": first, "to": whole.to, "documents": whole.documents}


def _last(cursor: str) -> str:
    whole = _outbox().find(position_of("sendings", cursor))
    if whole is None or not holder().may_see(whole.sending.mailbox_id):
        raise bad_cursor()
    return whole.sending.id


def _newest(query: SendingQuery) -> Iterator[Sending]:
    """The sendings of a query, in as far as this token may see them."""
    seen = holder().mailboxes
    if not seen:
        return iter(_outbox().list(query))
    boxes = [each for each in seen if query.mailbox in (None, each)]
    lists = [_outbox().list(replace(query, mailbox=each)) for each in boxes]
    return heapq.merge(*lists, key=lambda one: (one.requested_at, one.id), reverse=True)


def _outbox() -> Outbox:
    return services().outbox()
