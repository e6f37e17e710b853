"""Commands that look something up: faxes, their documents, notifications, jobs."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from catalog import FaxQuery
from commands.opening import as_json, open_house
from commands.showing import fax_row, for_people, one_fax
from errors import UserError
from printing import show_rows


def fax_filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose faxes; the command gets them as one FaxQuery."""

    @click.option("--mailbox", help="Only this mailbox (account-extension).")
    @click.option("--direction", type=click.Choice(["Inbound", "Outbound"], case_sensitive=False))
    @click.option("--number", help="Only faxes from or to this number.")
    @click.option("--since", type=click.DateTime(), help="Created at or after (UTC).")
    @click.option("--until", type=click.DateTime(), help="Created before (UTC).")
    @wraps(command)
    def chosen(since: datetime | None, until: datetime | None, **options: Any) -> Any:
        names = ("mailbox", "direction", "number")
        query = FaxQuery(
            **{name: options.pop(name) for name in names},
            since=since and since.replace(tzinfo=UTC),
            until=until and until.replace(tzinfo=UTC),
        )
        return command(query=query, **options)

    return chosen


@click.command()
@fax_filters
@click.option("--state", type=click.Choice(["pending", "archived", "refused", "lost"]))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@as_json
def faxes(query: FaxQuery, state: str | None, limit: int, as_json: bool) -> None:
    """List faxes, the newest first."""
    with open_house() as house, house.catalog.reading() as tx:
        found = tx.faxes.list(FaxQuery(**{**asdict(query), "state": state, "limit": limit}))
        rows = [fax_row(fax, tx.faxes.recipients(fax.id)) for fax in found]
    show_rows(rows if as_json else list(map(for_people, rows)), as_json, "No faxes.")


@click.command("open")
@click.argument("fax")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; - for a pipe.",
)
@click.option("--document", "number", default=1, show_default=True, help="Which one, from 1.")
def open_(fax: str, output: Path | None, number: int) -> None:
    """Write a fax's document as it was received: to --output, or to a pipe."""
    to_pipe = output is None or str(output) == "-"
    if to_pipe and sys.stdout.isatty():
        raise UserError("Say where the document shall go: --output FILE, or a pipe.")
    with open_house() as house:
        with house.catalog.reading() as tx:
            found = one_fax(tx.faxes.find(fax))
        if output is None or to_pipe:
            house.export.document(found, number, sys.stdout.buffer)
        else:
            house.export.into_file(found, number, output)


@click.command()
@click.option("--unreadable", is_flag=True, help="Only those that could not be read.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@as_json
def events(unreadable: bool, limit: int, as_json: bool) -> None:
    """List the notifications that came, the newest first."""
    with open_house() as house:
        rows = [asdict(event) for event in house.journal.list(unreadable, limit)]
    if not as_json and not unreadable:
        rows = [{k: v for k, v in row.items() if k not in ("body", "content_type")} for row in rows]
    show_rows(rows, as_json, "No notifications.")


@click.command()
@click.option("--given-up", is_flag=True, help="Only those that are tried no more.")
@click.option("--retry", "again", help="Try this one again (its argument), or 'all'.")
@as_json
def jobs(given_up: bool, again: str | None, as_json: bool) -> None:
    """List what waits to be done or was given up, with the reason."""
    with open_house() as house:
        if again:
            with house.catalog.transaction() as tx:
                count = tx.jobs.revive(None, None if again == "all" else again, house.now())
            rows = [{"retried": count}] if as_json else []
            show_rows(rows, as_json, f"{count} will be tried again.")
            return
        with house.catalog.reading() as tx:
            rows = [asdict(job) for job in tx.jobs.list(True if given_up else None)]
    show_rows(rows, as_json, "Nothing waits.")
