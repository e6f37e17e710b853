"""Commands about the outbox: what waits and what became of it, cancel it, end a doubt."""

import click

from catalog import Sending, SendingQuery
from catalog.sending_rows import STATES
from commands.handing import told_whole
from commands.opening import as_json, open_house
from commands.sending import who
from errors import UserError
from handlers.outbox import AGAIN, GIVE_UP, SENT, Decision, Whole
from printing import show_json, show_rows


@click.group()
def outbox() -> None:
    """Look at the faxes that are to be sent or were, cancel one, or end a doubt about it."""


@outbox.command("list")
@click.option("--state", type=click.Choice(STATES))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.option("--before", metavar="ID", help="Only those older than this one: the next page.")
@as_json
def list_(state: str | None, limit: int, before: str | None, as_json: bool) -> None:
    """List them, the newest first."""
    with open_house() as house:
        found = house.outbox.list(SendingQuery(state=state, limit=limit, before=before))
        wholes = [whole for each in found if (whole := house.outbox.find(each.id))]
    if as_json:
        show_json([told_whole(whole) for whole in wholes])
        return
    show_rows([_row(whole) for whole in wholes], empty="The outbox is empty.")


@outbox.command()
@click.argument("sending")
@as_json
def show(sending: str, as_json: bool) -> None:
    """Show everything known of one SENDING (its id, as `outbox list` tells it)."""
    with open_house() as house:
        whole = house.outbox.find(sending)
    if whole is None:
        raise UserError("There is no such fax in the outbox. `faxkeep outbox list` lists them.")
    if as_json:
        show_json(told_whole(whole))
        return
    told = told_whole(whole)
    parts = {name: told.pop(name) for name in ("to", "documents")}
    show_rows([{"": name, " ": value} for name, value in told.items() if value not in ("", None)])
    for name, rows in parts.items():
        click.echo(f"\n{name}")
        show_rows(rows)


@outbox.command()
@click.argument("sending")
@as_json
def cancel(sending: str, as_json: bool) -> None:
    """Have a SENDING that waits never sent."""
    with open_house() as house:
        _say(house.outbox.cancel(sending, who()), as_json)


@outbox.command()
@click.argument("sending")
@click.option("--sent", metavar="MESSAGE", help="It was sent, as this message of RingCentral's.")
@click.option("--again", is_flag=True, help="It was not sent: send it again.")
@click.option("--give-up", is_flag=True, help="Forget it, sent or not.")
@as_json
def decide(sending: str, sent: str | None, again: bool, give_up: bool, as_json: bool) -> None:
    """End the doubt about a SENDING that is unsure, after a look at RingCentral."""
    choices = [Decision(SENT, sent or "")] if sent else []
    choices += [Decision(AGAIN)] if again else []
    choices += [Decision(GIVE_UP)] if give_up else []
    if len(choices) != 1:
        raise UserError("Say one of --sent MESSAGE, --again and --give-up.")
    with open_house() as house:
        _say(house.outbox.decide(sending, choices[0], who()), as_json)


def _say(sending: Sending, as_json: bool) -> None:
    if as_json:
        show_json(sending)
    else:
        click.echo(f"{sending.id} is {sending.state}.")


def _row(whole: Whole) -> dict[str, object]:
    sending = whole.sending
    return {
        "id": sending.id,
        "ordered": sending.requested_at,
        "state": sending.state,
        "to": ", ".join(each.number for each in whole.to),
        "documents": len(whole.documents) or f"of {sending.original_message_id}",
        "due": sending.due_at,
        "fax": sending.fax_id,
        "why": sending.reason,
    }
