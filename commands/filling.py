"""Commands that fill the archive with what was there before: RingCentral's history, other files."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from catalog import Mailbox
from commands.opening import EXIT_FINDINGS, as_json, open_house
from errors import Later, UserError
from handlers.account_export import Tally
from handlers.exported import is_export
from handlers.importing import GOOD, Outcome
from handlers.loose import Defaults, is_document, loose_documents
from handlers.sources import Tree, opened
from printing import bar_of, duration, show_json, show_rows, stage_bar
from wiring import House

WATCH_SECONDS = 1.0


@click.command()
@click.option(
    "--export",
    "by_export",
    is_flag=True,
    help="First have RingCentral export each account: a handful of calls for thousands of faxes."
    " Takes an administrator's login.",
)
@as_json
def backfill(by_export: bool, as_json: bool) -> None:
    """Fetch everything RingCentral still holds, and first what it will delete first.

    Stop it whenever you like, and run it again: it goes on where it was. While a worker runs, that
    one does the work, and this only watches. Exit code 75: some faxes are still to be fetched.
    """
    tally = Tally()
    with open_house(founding=True) as house:
        is_worker = house.try_to_be_the_worker()
        if is_worker:
            house.upkeep.start()
        for account in house.accounts:
            house.census.take(account)
        house.ask_for("list")
        _do(house, is_worker, "list", bar_of("Listing"))
        for account in house.accounts if by_export else ():
            house.account_export.bring_in(account, tally, stage_bar())
        _tell_estimate(house)
        archiving = bar_of("Archiving", lambda: house.left("archive").seconds)
        _do(house, is_worker, "archive", archiving)
        with house.catalog.reading() as tx:
            counts = tx.faxes.count_by_state()
        left = house.left("archive").jobs
    if as_json:
        show_json({"faxes": counts, "left": left, "export": tally.counts})
    else:
        click.echo(", ".join(f"{state} {count}" for state, count in counts.items()) or "no faxes")
        _tell_problems(tally)
    if left:
        click.echo(f"{left} faxes are still to be fetched; `faxkeep jobs` says why.", err=True)
    sys.exit(Later.exit_code if left else 0)


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--mailbox",
    help="Whose documents these are: account-extension, or the extension's number. Files of"
    " RingCentral's export say it themselves.",
)
@click.option(
    "--direction",
    type=click.Choice(["inbound", "outbound"]),
    default="inbound",
    help="For documents that do not say it themselves.",
)
@as_json
def import_(paths: tuple[Path, ...], mailbox: str | None, direction: str, as_json: bool) -> None:
    """Archive documents from zips of RingCentral's export, or from another archiver's folder.

    Each passes the same check as one from RingCentral. One whose name holds the message id of a
    fax that is pending, refused or lost is kept as that fax's document; one that is there already
    is left out. An `index.csv` as `faxkeep export` writes it is read.
    """
    tally = Tally()
    with open_house() as house, opened(paths) as trees:
        exports = [tree for tree in trees if is_export(tree)]
        house.export_import.take_all(exports, tally, stage_bar())
        for tree in trees:
            if tree not in exports:
                _take_loose(house, tree, lambda: _chosen(house, mailbox), direction, tally)
    if as_json:
        told = [{"file": name, **vars(outcome)} for name, outcome in tally.problems]
        show_json({"documents": tally.counts, "problems": told})
    else:
        said = ", ".join(f"{what} {count}" for what, count in sorted(tally.counts.items()))
        click.echo(said or "There is no document in it.")
        _tell_problems(tally)
    sys.exit(EXIT_FINDINGS if tally.problems else 0)


def _take_loose(
    house: House, tree: Tree, mailbox: Callable[[], Mailbox], direction: str, tally: Tally
) -> None:
    if not any(is_document(entry) for entry in tree.entries()):
        return
    defaults = Defaults(mailbox(), direction.capitalize())
    found = list(loose_documents(tree, defaults))
    progress = stage_bar()
    for done, (entry, origin) in enumerate(found, 1):
        with tree.open(entry.name) as file:
            tally.note(entry.name, house.importer.take_loose(file, origin))
        progress("Importing", done, len(found))


def _chosen(house: House, named: str | None) -> Mailbox:
    """The mailbox that a person means, by its id or its extension number."""
    with house.catalog.reading() as tx:
        mailboxes = tx.mailboxes.all()
    fitting = [each for each in mailboxes if named in (None, each.id, each.extension_number)]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(f"{each.id} ({each.extension_number or each.name})" for each in mailboxes)
    problem = "Say with --mailbox whose documents these are" if not named else "No such mailbox"
    raise UserError(f"{problem}. Known are: {known or 'none; run `faxkeep sync` first'}.")


def _do(house: House, is_worker: bool, name: str, bar: Callable[[int, int], None]) -> None:
    """Do the work of a kind, or watch the worker do it."""
    if is_worker:
        house.drain(name, bar)
        return
    total = left = house.left(name).jobs
    while left:
        total = max(total, left)
        bar(total - left, total)
        house.surrounding.wait(WATCH_SECONDS)
        left = house.left(name).jobs
    if total:
        bar(total, total)


def _tell_estimate(house: House) -> None:
    left = house.left("archive")
    if left.jobs:
        time = duration(left.seconds)
        click.echo(f"{left.jobs} faxes to fetch; RingCentral's limits make that {time}.", err=True)


def _tell_problems(tally: Tally) -> None:
    rows = [_problem(name, outcome) for name, outcome in tally.problems]
    if rows:
        show_rows(rows)


def _problem(name: str, outcome: Outcome) -> dict[str, object]:
    assert outcome.what not in GOOD
    return {"outcome": outcome.what, "file": name, "fax": outcome.fax_id, "why": outcome.why}
