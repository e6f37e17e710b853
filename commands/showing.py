"""Commands that show one fax with all that became of it, and the calls that were made."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from catalog import CallRow, DeliveryStep, Fax, Recipient, Transaction
from commands.opening import as_json, open_house
from errors import UserError
from handlers.call_joining import is_missed_row
from handlers.losses import told_evidence
from handlers.outcomes import FAILURES
from printing import cell, show_json, show_rows
from ringcentral_api import Reason, failure_reason, reason_of_call

NOT_YET = "not yet known"
LISTS = ("recipients", "steps", "calls", "documents", "asides")


@click.command()
@click.argument("fax")
@as_json
def show(fax: str, as_json: bool) -> None:
    """Show everything known of one FAX (its id, or RingCentral's message id)."""
    with open_house() as house, house.catalog.reading() as tx:
        details = _details(tx, one_fax(tx.faxes.find(fax)))
    if as_json:
        show_json(details)
        return
    single = {k: v for k, v in _for_people(details).items() if k not in (*LISTS, "evidence")}
    show_rows([{"": name, " ": value} for name, value in single.items()])
    if details["evidence"]:
        click.echo("\nevidence of its loss")
        show_rows([{"": name, " ": value} for name, value in details["evidence"].items()])
    for part in LISTS:
        click.echo(f"\n{part}")
        show_rows([_for_people(row) for row in details[part]])
    for row in details["recipients"]:
        if row["advice"]:
            who = row["number"] or row["name"] or "the recipient"
            click.echo(cell(f"\n{who}: {row['reason']} {row['advice']}").lstrip())


@click.command()
@click.option("--missed", is_flag=True, help="Only of faxes to us that did not arrive.")
@click.option("--mailbox", help="Only this mailbox (account-extension).")
@click.option("--since", type=click.DateTime(), help="Begun at or after (UTC).")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@as_json
def calls(
    missed: bool, mailbox: str | None, since: datetime | None, limit: int, as_json: bool
) -> None:
    """List the fax calls that RingCentral's call log tells of, the newest first."""
    with open_house() as house, house.catalog.reading() as tx:
        found = tx.call_records.list(since and since.replace(tzinfo=UTC), mailbox)
    chosen = [call for call in found if not missed or is_missed_row(call)][:limit]
    rows = [asdict(call) for call in chosen] if as_json else [_call_line(each) for each in chosen]
    show_rows(rows, as_json, "No calls.")


def fax_row(fax: Fax, recipients: Sequence[Recipient]) -> dict[str, object]:
    """A fax as one line of a list."""
    numbers = [recipient.number or recipient.name or "?" for recipient in recipients]
    return {
        "id": fax.id,
        "created": fax.created_at,
        "direction": fax.direction,
        "from": fax.from_number,
        "to": ", ".join(numbers),
        "pages": fax.pages,
        "status": _status(fax, recipients),
        "state": f"{fax.state} {fax.state_reason}".strip(),
    }


def for_people(row: dict[str, object]) -> dict[str, object]:
    """A line of a list with words where there is no number yet."""
    return {**row, "pages": NOT_YET if row["pages"] is None else row["pages"]}


def one_fax(found: list[Fax]) -> Fax:
    """The only one. Raises UserError."""
    if len(found) == 1:
        return found[0]
    if not found:
        raise UserError("No such fax. `faxkeep faxes` lists them.")
    raise UserError("Several accounts have that message id; give the whole id of the fax.")


def _status(fax: Fax, recipients: Sequence[Recipient]) -> str:
    """RingCentral's word for the fax, or each that its recipients have: none hides another."""
    told = [each.status for each in recipients if each.status]
    counts = {status: told.count(status) for status in told}
    if len(counts) <= 1:
        return fax.message_status
    return ", ".join(f"{count} {status}" for status, count in counts.items())


def _details(tx: Transaction, fax: Fax) -> dict[str, Any]:
    steps = tx.faxes.steps(fax.id)
    return {
        **asdict(fax),
        "evidence": told_evidence(fax),
        "recipients": [_recipient(each) for each in tx.faxes.recipients(fax.id)],
        "steps": [_step(each) for each in steps],
        "calls": [asdict(each) for each in tx.call_records.of(fax.id)],
        "documents": [asdict(each) for each in tx.documents.of(fax.id)],
        "asides": [asdict(each) for each in tx.asides.of(fax.id)],
    }


def _recipient(recipient: Recipient) -> dict[str, object]:
    why = _why(recipient.status, recipient.error_code)
    row = {k: v for k, v in asdict(recipient).items() if k != "raw"}
    return {**row, "reason": why and why.words, "advice": why and why.advice}


def _step(step: DeliveryStep) -> dict[str, object]:
    why = _why(step.status, step.error_code)
    return {**asdict(step), "reason": why and why.words}


def _why(status: str | None, code: str | None) -> Reason | None:
    return failure_reason(code) if status in FAILURES or code else None


def _for_people(row: dict[str, Any]) -> dict[str, Any]:
    """What of a row fits into a table."""
    hidden = ("raw", "advice", "account_id", "mailbox_id") if "joined_by" in row else (
        "raw", "advice"
    )  # fmt: skip
    shown = {name: value for name, value in row.items() if name not in hidden}
    if "message_status" in shown and shown["pages"] is None:
        shown["pages"] = NOT_YET
    return shown


def _call_line(call: CallRow) -> dict[str, object]:
    failed = call.result not in ("Sent", "Received")
    return {
        "began": call.started_at,
        "seconds": call.seconds,
        "direction": call.direction,
        "from": call.from_number,
        "to": call.to_number,
        "result": call.result,
        "in words": reason_of_call(call.result, call.reason).words if failed else "",
        "fax": call.fax_id or None,
    }
