"""Commands for the tokens of the HTTP API: made, listed, revoked."""

import re
from dataclasses import asdict
from datetime import timedelta

import click

from api.tokens import SCOPES, Wish
from commands.opening import as_json, open_house
from errors import UserError
from printing import show_json, show_rows

_SPAN = re.compile(r"([0-9]{1,4})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}


@click.group()
def tokens() -> None:
    """Make, list and revoke the tokens with which programs use the HTTP API."""


@tokens.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(SCOPES),
    help="What it allows; may be given more than once.",
)
@click.option("--mailbox", "mailboxes", multiple=True, help="Only this mailbox; may be repeated.")
@click.option("--expires", help="How long it is good, as in 12h, 90d or 52w.  [default: for ever]")
@as_json
def create(
    name: str,
    scopes: tuple[str, ...],
    mailboxes: tuple[str, ...],
    expires: str | None,
    as_json: bool,
) -> None:
    """Make a token called NAME, and show it this once.

    Faxkeep keeps only its hash. Whoever loses it makes another one and revokes this.
    """
    wish = Wish(name, scopes, mailboxes, span(expires) if expires else None)
    with open_house() as house:
        text, made = house.keyring.create(wish)
    if as_json:
        show_json({"token": text, "id": made.id, "name": name, "expires_at": made.expires_at})
        return
    click.echo(text)
    click.echo("Keep it like a password; it is not shown again.", err=True)


@tokens.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List every token there ever was, without what only its holder knows."""
    with open_house() as house:
        rows = [asdict(each) for each in house.keyring.list()]
    for row in rows:
        del row["hash"]
    show_rows(rows, as_json, "No tokens: nobody can use the HTTP API.")


@tokens.command()
@click.argument("token")
def revoke(token: str) -> None:
    """End a TOKEN, named by its name or id, at once."""
    with open_house() as house:
        ended = house.keyring.revoke(token)
    click.echo(f"{ended.name} is revoked.")


def span(text: str) -> timedelta:
    """`90d` as 90 days."""
    form = _SPAN.fullmatch(text)
    if form is None:
        raise UserError("--expires takes hours, days or weeks, as in 12h, 90d or 52w.")
    return timedelta(hours=int(form[1]) * _HOURS[form[2]])
