"""Decides what a message tells us that we did not know: pure functions of columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from catalog.columns import Row, to_column
from catalog.fax_rows import DeliveryStep, NewFax, Recipient

MATERIAL = (
    "message_status",
    "availability",
    "pages",
    "resolution",
    "subject",
    "from_number",
    "from_name",
    "origin",
)
"""What makes a fax worth recording again. Not read_status: people flip it in RingCentral's app."""

NEWS = (*MATERIAL, "read_status", "created_at", "modified_at", "raw")
"""All that a message may renew in the row of its fax."""

RANK = {"call-log": 0, "import": 1, "export": 2, "event": 3, "message-store": 4}
"""Who is believed more. An export may have masked numbers, and an event is of unknown age."""

StepState = tuple[str, str | None]
"""Status and error code of one recipient."""


def message_columns(fax: NewFax) -> dict[str, Any]:
    """RingCentral's side of the row, as the columns will hold it."""
    names = (field.name for field in fields(NewFax) if field.name != "recipients")
    return {"id": fax.id} | {name: to_column(getattr(fax, name)) for name in names}


def recipient_columns(recipients: Iterable[Recipient]) -> list[dict[str, Any]]:
    """The recipients in their order, as the columns will hold them."""
    names = [field.name for field in fields(Recipient) if field.name != "raw"]
    return [
        {name: to_column(getattr(recipient, name)) for name in names} for recipient in recipients
    ]


def outdated(stored: Row, incoming: Mapping[str, Any]) -> bool:
    """Whether the message is older news than the row.

    The message store outranks an event, whose body is a snapshot of unknown age; among equals the
    later modification wins. As this orders all messages, the order of arrival does not matter.
    """
    return _age(incoming) < _age(stored)


def news(stored: Row, incoming: Mapping[str, Any]) -> set[str]:
    """The columns that the message would change."""
    return {name for name in NEWS if stored[name] != incoming[name]}


def in_known_order(fax: NewFax, known: Sequence[Row]) -> NewFax:
    """The fax with its recipients in the order in which they are known, if they are the same ones.

    RingCentral promises no order, and a step must not be taken for that of another recipient.
    """
    places = {row["recipient_id"]: place for place, row in enumerate(known)}
    told = [to_column(recipient.recipient_id) for recipient in fax.recipients]
    if None in places or len(places) < len(known) or sorted(map(str, told)) != sorted(places):
        return fax
    ordered = sorted(fax.recipients, key=lambda each: places[to_column(each.recipient_id)])
    return replace(fax, recipients=tuple(ordered))


def new_steps(fax: NewFax, known: Sequence[DeliveryStep], now: datetime) -> list[DeliveryStep]:
    """The steps, seen now, that differ from each recipient's last one."""
    last = {step.position: step for step in known}
    return [
        DeliveryStep(
            position=position,
            step=last[position].step + 1 if position in last else 1,
            status=state[0],
            error_code=state[1],
            seen_at=now,
            raw=raw,
        )
        for position, state, raw in _states(fax)
        if position not in last or (last[position].status, last[position].error_code) != state
    ]


def _age(row: Mapping[str, Any]) -> tuple[int, str]:
    return RANK[row["origin"]], row["modified_at"] or ""


def _states(fax: NewFax) -> list[tuple[int, StepState, str]]:
    states = [
        (position, (to_column(entry.status), to_column(entry.error_code)), entry.raw)
        for position, entry in enumerate(fax.recipients)
        if entry.status is not None
    ]
    return states or [(0, (to_column(fax.message_status), None), fax.raw)]
