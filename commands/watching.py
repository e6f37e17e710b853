"""Commands that tell whether all is well, who is watched, and when RingCentral did not call."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import click

from catalog import BlindWindow, KnownExtension, KnownNumber, Mailbox, Transaction
from commands.opening import EXIT_NOT_WELL, as_json, open_house
from handlers.diagnosis import DO, FINE, NOTE, Diagnosis
from handlers.doctor import report
from handlers.export import private_file
from handlers.health import is_well
from handlers.sign import many
from printing import cell, show_json, show_rows
from settings import VERSION


@click.command()
@as_json
def status(as_json: bool) -> None:
    """Say whether all is well, and if not, what to do. Exit code 0 only if nothing needs a person.

    Asks RingCentral nothing: it tells what the running service knows.
    """
    with open_house() as house:
        found = house.health.signs()
        with house.catalog.reading() as tx:
            counts = tx.faxes.count_by_state()
            mailboxes = tx.mailboxes.present()
            last = max(tx.traffic.last_received().values(), default=None)
    told = {
        "well": is_well(found),
        "mailboxes": len(mailboxes),
        "faxes": counts,
        "last_received": last,
        "signs": [asdict(sign) for sign in found],
    }
    if as_json:
        show_json(told)
    else:
        states = ", ".join(f"{count} {state}" for state, count in counts.items()) or "no faxes"
        since = f"; the last one came {last:%Y-%m-%d %H:%M} UTC" if last else ""
        boxes = many(len(mailboxes), "mailbox", "mailboxes")
        click.echo(f"{boxes} watched; {states}{since}.")
        for sign in found:
            click.echo(f"\n{sign.severity.upper()}: {sign.words}\n  {sign.advice}".rstrip())
        if told["well"]:
            click.echo("All is well.")
    sys.exit(0 if told["well"] else EXIT_NOT_WELL)


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write what was found into this file, fit to be sent to whoever helps you.",
)
@as_json
def doctor(output: Path | None, as_json: bool) -> None:
    """Examine the installation: permissions, mailboxes, webhook, clock; what is fine, what to do.

    Asks RingCentral some ten questions for each login, and changes nothing. The file of -o holds
    no number, name or secret. Exit code 0 only if nothing is to be done.
    """
    found = []
    with open_house(founding=True) as house:
        house.take_census()
        for each in house.doctor.examine():
            found.append(each)
            if not as_json:
                click.echo(line_of(each))
        told = report(found, VERSION, house.now())
    if output is not None:
        with private_file(output) as file:
            file.write(json.dumps(told, indent=2).encode())
    to_do = sum(each.verdict == DO for each in found)
    if as_json:
        show_json(told)
    else:
        click.echo(f"\nTo be done: {to_do}." if to_do else "\nNothing is to be done.")
    sys.exit(EXIT_NOT_WELL if to_do else 0)


def line_of(each: Diagnosis) -> str:
    """One line, and what to do below it."""
    mark = {FINE: "fine", DO: "DO  ", NOTE: "note"}[each.verdict]
    advice = f"\n      {each.advice}" if each.advice else ""
    what = each.what if each.what.endswith("?") else f"{each.what}:"
    return cell(f"{mark}  {each.area}: {what} {each.words}") + advice


@click.command()
@click.option("--unwatched", is_flag=True, help="Only those that nobody watches.")
@as_json
def census(unwatched: bool, as_json: bool) -> None:
    """List every extension and fax number there is, who watches it, and why if nobody does."""
    with open_house() as house, house.catalog.reading() as tx:
        rows = [*_extensions(tx), *_numbers(tx)]
    empty = "Nothing is known yet: the worker counts when it starts."
    if unwatched and rows:
        rows = [row for row in rows if not row["watched"]]
        empty = "Everything that is known is watched."
    for row in rows if not as_json else ():
        row["watched"] = "yes" if row["watched"] else "no"
    show_rows(rows, as_json, empty)


@click.command()
@click.option("--since", type=click.DateTime(), help="Only those that ended since then (UTC).")
@as_json
def gaps(since: datetime | None, as_json: bool) -> None:
    """List the times in which RingCentral was not calling us, and what they cost.

    No fax is lost in a gap: when it ends, its mailboxes are listed whole. `faxes` counts those that
    came meanwhile and were found without a call.
    """
    moment = since and since.replace(tzinfo=UTC)
    with open_house() as house, house.catalog.reading() as tx:
        windows = tx.windows.list(moment)
        names = {mailbox.id: mailbox for mailbox in tx.mailboxes.all()}
        rows = [_gap_row(tx, list(group), names) for group in _alike(windows)]
    show_rows(rows, as_json, "RingCentral was calling all the time.")


def _alike(windows: list[BlindWindow]) -> list[list[BlindWindow]]:
    """Windows of several mailboxes with one cause and time are one gap."""

    def key(window: BlindWindow) -> tuple[datetime, datetime, str]:
        end = window.ended_at or datetime.max.replace(tzinfo=UTC)
        return window.started_at, end, window.cause

    ordered = sorted(windows, key=key, reverse=True)
    return [list(group) for _, group in groupby(ordered, key)]


def _gap_row(
    tx: Transaction, windows: list[BlindWindow], names: dict[str, Mailbox]
) -> dict[str, object]:
    first = windows[0]
    listed = [window.listed_at for window in windows]
    mailboxes = [names[each.mailbox_id] for each in windows if each.mailbox_id in names]
    numbers = [mailbox.extension_number or mailbox.extension_id for mailbox in mailboxes]
    return {
        "from": first.started_at,
        "to": first.ended_at,
        "lasted": _lasted(first),
        "mailboxes": ", ".join(numbers) if len(numbers) <= 4 else f"{len(numbers)} of them",
        "faxes": sum(tx.windows.found(window) for window in windows),
        "made up for": max((e for e in listed if e), default=None) if all(listed) else None,
        "cause": first.cause,
    }


def _lasted(window: BlindWindow) -> str:
    if window.ended_at is None:
        return "lasts"
    seconds = int((window.ended_at - window.started_at).total_seconds())
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds % 60} s"


def _extensions(tx: Transaction) -> list[dict[str, object]]:
    mailboxes = {mailbox.id: mailbox for mailbox in tx.mailboxes.all()}
    counted = {f"{each.account_id}-{each.extension_id}": each for each in tx.census.extensions()}
    known = [_extension(each, mailboxes.get(name)) for name, each in counted.items()]
    others = (mailbox for name, mailbox in mailboxes.items() if name not in counted)
    return [*known, *map(_uncounted, others)]


def _extension(told: KnownExtension, mailbox: Mailbox | None) -> dict[str, object]:
    if mailbox is not None and mailbox.is_present:  # a list may lack one that is still there
        watched, how = mailbox.status == "watched", _way(mailbox)
    elif told.gone_at is not None:
        watched, how = False, f"gone since {told.gone_at:%Y-%m-%d}"
    else:
        watched, how = False, told.unwatched_reason or "not counted yet"
    return {
        "account": told.account,
        "what": f"extension {told.number or told.extension_id}",
        "name": told.name,
        "kind": told.kind,
        "watched": watched,
        "how": how,
    }


def _uncounted(mailbox: Mailbox) -> dict[str, object]:
    """A mailbox of an account whose extensions nobody listed."""
    return {
        "account": mailbox.login.partition("/")[0],
        "what": f"extension {mailbox.extension_number or mailbox.extension_id}",
        "name": mailbox.name,
        "kind": "",
        "watched": mailbox.status == "watched",
        "how": _way(mailbox),
    }


def _way(mailbox: Mailbox) -> str:
    if mailbox.status != "watched":
        return f"{mailbox.status}: {mailbox.status_reason}"
    if mailbox.called_at and not mailbox.uncalled_reason:
        return f"called about, read by {mailbox.login}"
    why = f" ({mailbox.uncalled_reason})" if mailbox.uncalled_reason else ""
    return f"looked at by {mailbox.login}{why}"


def _numbers(tx: Transaction) -> list[dict[str, object]]:
    read = {f"{m.account_id}-{m.extension_id}" for m in tx.mailboxes.all() if m.status == "watched"}
    return [_number(each, read) for each in tx.census.numbers() if each.gone_at is None]


def _number(told: KnownNumber, read: set[str]) -> dict[str, object]:
    watched = f"{told.account_id}-{told.extension_id}" in read
    how = f"leads to extension {told.extension_id}" + ("" if watched else ", which nobody watches")
    if not told.extension_id:
        how = "leads to no extension: RingCentral's settings say where its faxes go"
    return {
        "account": told.account,
        "what": f"number {told.number}",
        "name": told.usage,
        "kind": told.kind,
        "watched": watched,
        "how": how,
    }
