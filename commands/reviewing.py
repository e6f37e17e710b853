"""What a person is shown of a fax before it is sent: all that is wrong, or what it will be."""

import sys
from typing import Any

import click

from catalog import Mailbox
from errors import NotSendable
from printing import cell, show_json
from sending import OutgoingFax, Review


def refuse(looked: Review, as_json: bool) -> None:
    """Say everything that is wrong."""
    if as_json:
        show_json({"problems": [vars(each) for each in looked.problems]})
    else:
        for each in looked.problems:
            click.echo(f"{each.words} {each.advice}", err=True)
        click.echo("Nothing was sent.", err=True)
    sys.exit(NotSendable.exit_code)


def tell(fax: OutgoingFax, looked: Review, sender: Mailbox | None, as_json: bool) -> None:
    """What is about to be sent, as a person checks it."""
    documents = [{"name": each.name, "bytes": each.size} for each in fax.documents]
    told: dict[str, Any] = {
        "to": [f"{each.number} {each.name}".strip() for each in fax.to],
        "documents": documents,
        "pages": looked.pages,
        "at": fax.send_at,
        "hints": [f"{each.words} {each.advice}" for each in looked.hints],
    }
    if as_json:
        show_json(told)
        return
    lines = [("to", each) for each in told["to"]]
    lines += [("document", f"{each['name']}, {each['bytes']:,} bytes") for each in documents]
    lines.append(("pages", _pages(fax, looked)))
    if sender:
        lines.append(("from", f"{sender.extension_number or sender.id} {sender.name}".strip()))
    if fax.send_at:
        lines.append(("at", f"{fax.send_at:%Y-%m-%d %H:%M %Z}"))
    lines += [("note", each) for each in told["hints"]]
    for name, value in lines:
        click.echo(f"{name:<10}{cell(value)}", err=sender is not None)


def _pages(fax: OutgoingFax, looked: Review) -> str:
    """Only RingCentral knows how it sets a text, and how long its cover page gets."""
    is_certain = fax.cover_index == 0 and None not in looked.counts
    return f"{looked.pages}" if is_certain else f"{looked.pages} or more"


def confirm(is_certain: bool) -> None:
    """Ask whoever sits at a terminal; a script has said what it wants."""
    if not is_certain and sys.stdin.isatty():
        click.confirm("Send it?", abort=True, err=True)
