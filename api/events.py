"""The address that tells what came to pass, in order, to whoever goes on from where it was."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from marshmallow import Schema, fields

from api.answers import ROOT
from api.blueprint import ApiBlueprint
from api.fields import Moment, PageAsked, sure
from api.gate import holder, needs
from api.paging import bad_cursor, cursor_at, position_of
from api.services import services
from api.tokens import READ
from catalog import Outcome, Transaction

blueprint = ApiBlueprint("events", __name__, url_prefix=f"{ROOT}v1")
SCANNED_AT_MOST = 5_000
"""Events that one request looks through for those of a token's mailboxes."""
BATCH = 500
FURTHEST = 2**63 - 1


class EventBody(Schema):
    """One thing that came to pass. No number, no name: ask for the fax."""

    id = sure(fields.String, "The same whenever it is told: by it you know a repetition.")
    kind = sure(
        fields.String,
        "`received`, `sent`, `failed`, `corrected`, `stuck`, `at-risk`, `lost`, `blind-window` or"
        " `login-failing`.",
    )
    at = sure(Moment, "When Faxkeep came to know it.")
    mailbox = sure(fields.String, "Whose; empty where it is nobody's.", attribute="mailbox_id")
    fax = sure(fields.String, "Which fax; empty where it is none.", attribute="fax_id")
    direction = sure(fields.String, "`Inbound`, `Outbound` or empty.")
    facts = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(),
        required=True,
        metadata={"description": "Status, reason, advice, pages and the like."},
    )


class EventPageBody(Schema):
    """What came to pass since the cursor, the oldest first."""

    items = fields.List(fields.Nested(EventBody), required=True)
    next = sure(fields.String, "Always there: pass it next time, however much later that is.")
    more = sure(fields.Boolean, "Whether there is more to fetch at once.")


@blueprint.get("/events")
@needs(READ)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, EventPageBody)
def list_events(asked: dict[str, Any]) -> dict[str, object]:
    """Follow what comes to pass

    Without a cursor it begins with the oldest. Keep `next`, and ask again with it: nothing is told
    twice, nothing is left out.
    """
    limit, place = asked["limit"], _sequence(asked.get("cursor", ""))
    items: list[Outcome] = []
    seen = 0
    with services().catalog().reading() as tx:
        for seq, outcome in islice(_after(tx, place), SCANNED_AT_MOST):
            place, seen = seq, seen + 1
            items += [outcome] if _concerns(outcome) else []
            if len(items) == limit:
                break
    more = len(items) == limit or seen == SCANNED_AT_MOST
    return {"items": items, "next": cursor_at("events", str(place)), "more": more}


def _after(tx: Transaction, seq: int) -> Iterator[tuple[int, Outcome]]:
    while batch := tx.outcomes.after(seq, BATCH):
        yield from batch
        seq = batch[-1][0]


def _concerns(outcome: Outcome) -> bool:
    """Whether this token may see it; one of no mailbox is for tokens that see them all."""
    return holder().may_see(outcome.mailbox_id)


def _sequence(cursor: str) -> int:
    if not cursor:
        return 0
    position = position_of("events", cursor)
    if not position.isdecimal() or int(position) > FURTHEST:
        raise bad_cursor()
    return int(position)
