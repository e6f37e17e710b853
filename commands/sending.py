"""Commands that send: a new fax, one again or on, and which cover pages there are."""

import os
import pwd
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from catalog import Mailbox
from commands.handing import deliver
from commands.opening import as_json, open_house
from commands.reviewing import confirm, refuse, tell
from commands.showing import one_fax
from errors import UserError
from handlers.ordering import Order, Resend, sending_mailbox
from printing import show_rows
from sending import (
    HIGH,
    LOW,
    Document,
    OutgoingFax,
    Recipient,
    cover_index,
    document_from_file,
    document_from_text,
    flatten,
    review,
)
from wiring import House

NO_COVER = ("none", "0")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_to = click.option(
    "--to",
    "to",
    multiple=True,
    metavar="NUMBER[=NAME]",
    help="A recipient; may be given more than once. The name goes on the cover page.",
)
_country = click.option(
    "--country", default="US", show_default=True, help="Of numbers without a country code."
)
_wait = click.option("--wait", is_flag=True, help="Wait until RingCentral tells how it ended.")
_yes = click.option("--yes", is_flag=True, help="Do not ask whether it is right.")


@dataclass(frozen=True)
class Chosen:
    """The options of `send` that say what the fax is like."""

    text: tuple[str, ...]
    cover: str | None
    cover_text: str
    resolution: str
    at: str | None
    country: str
    flatten: bool


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_to
@click.option("--text", multiple=True, help="A text as a document of its own, before the files.")
@click.option("--cover", metavar="NAME", help="The cover page, by name or number; none for none.")
@click.option("--cover-text", default="", help="What the cover page says, up to 1,024 letters.")
@click.option("--resolution", type=click.Choice([HIGH, LOW], case_sensitive=False), default=HIGH)
@click.option("--at", metavar="TIME", help="Send it then: 08:30, or 2026-12-01T08:30 (local).")
@click.option("--from", "mailbox", default="", help="From this mailbox (its id or extension).")
@_country
@click.option("--flatten", is_flag=True, help="Make form fields and notes part of the pages.")
@click.option("--dry-run", is_flag=True, help="Only say what would be sent, and what is wrong.")
@_wait
@_yes
@as_json
def send(
    files: tuple[Path, ...],
    to: tuple[str, ...],
    mailbox: str,
    dry_run: bool,
    wait: bool,
    yes: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Send FILES as one fax, in this order, and tell whether RingCentral has taken it.

    Everything that is wrong is said at once, before anything is sent. Where a worker runs, it sends
    the fax; otherwise this command does. Exit code 0: taken (with --wait: arrived everywhere), or
    left to the worker; 1: it failed for somebody; 2: something is wrong with it; 4: RingCentral
    refused it; 8: whether it was taken is not known yet; 75: it waits, and no worker runs.
    """
    chosen = Chosen(**options)
    with open_house(founding=True) as house:
        fax = _fax(house, files, to, chosen, mailbox)
        looked = review(fax, house.now())
        if looked.problems:
            refuse(looked, as_json)
        if dry_run:
            tell(fax, looked, None, as_json)
            return
        sender = _mailbox(house, mailbox)
        if not as_json:
            tell(fax, looked, sender, as_json)
        confirm(yes or as_json)
        made = house.outbox.accept(Order(fax, sender.id, who()))
        deliver(house, made, wait=wait, as_json=as_json)


@click.command()
@click.argument("fax")
@_to
@_country
@_wait
@_yes
@as_json
def resend(
    fax: str, to: tuple[str, ...], country: str, wait: bool, yes: bool, as_json: bool
) -> None:
    """Have RingCentral send a failed FAX again, or any FAX on to others with --to.

    The document does not travel: RingCentral still has it. Exit codes as for `send`.
    """
    with open_house() as house:
        with house.catalog.reading() as tx:
            found = one_fax(tx.faxes.find(fax))
        if not as_json:
            whom = f"to {', '.join(to)}" if to else "to whom it did not reach"
            click.echo(f"Fax {found.id} goes {whom}.", err=True)
        confirm(yes or as_json)
        wish = Resend(found.id, recipients(to), who(), country)
        deliver(house, house.outbox.resend(wish), wait=wait, as_json=as_json)


@click.command("cover-pages")
@click.option("--from", "mailbox", default="", help="Those of this mailbox's login.")
@as_json
def cover_pages(mailbox: str, as_json: bool) -> None:
    """List the cover pages that RingCentral offers, for --cover."""
    with open_house(founding=True) as house:
        pages = house.sender(_mailbox(house, mailbox).login).cover_pages()
    show_rows([{"number": each.index, "name": each.name} for each in pages], as_json, "None.")


def recipients(to: Sequence[str]) -> tuple[Recipient, ...]:
    """`NUMBER` or `NUMBER=NAME` each."""
    parts = (each.partition("=") for each in to)
    return tuple(Recipient(number.strip(), name.strip()) for number, _, name in parts)


def send_time(text: str, now: datetime) -> datetime:
    """`HH:MM` is the next such time here; a date with time is local unless it names a zone.

    `now` is the local time. UserError for anything else.
    """
    if clock := _CLOCK.fullmatch(text):
        today = now.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        return today if today > now else today + timedelta(days=1)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError("--at takes a time such as 08:30 or 2026-12-01T08:30.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def who() -> str:
    """The person at the keyboard, as the system knows them."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _fax(
    house: House, files: Sequence[Path], to: Sequence[str], chosen: Chosen, mailbox: str
) -> OutgoingFax:
    documents = [document_from_text(text, f"text-{n}.txt") for n, text in enumerate(chosen.text, 1)]
    documents += [_document(path, chosen.flatten) for path in files]
    at = send_time(chosen.at, house.now().astimezone()) if chosen.at else None
    return OutgoingFax(
        to=recipients(to),
        documents=tuple(documents),
        cover_index=_cover(house, chosen.cover, mailbox),
        cover_text=chosen.cover_text,
        resolution=chosen.resolution,
        send_at=at,
        country=chosen.country,
    )


def _document(path: Path, is_flattened: bool) -> Document:
    document = document_from_file(path)
    return flatten(document) if is_flattened and path.suffix.lower() == ".pdf" else document


def _cover(house: House, name: str | None, mailbox: str) -> int | None:
    if name is None or name.lower() in NO_COVER:
        return None if name is None else 0
    return cover_index(name, house.sender(_mailbox(house, mailbox).login).cover_pages())


def _mailbox(house: House, named: str) -> Mailbox:
    house.take_census()
    with house.catalog.reading() as tx:
        return sending_mailbox(tx, named)
