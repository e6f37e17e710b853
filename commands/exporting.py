"""The command that brings things out: documents into a folder, or a register of some days."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from catalog import FaxQuery
from commands.looking import fax_filters
from commands.opening import EXIT_FINDINGS, open_house
from commands.proving import DAY
from errors import UserError
from handlers.export import private_file
from handlers.register import write_csv, write_json
from printing import bar

Write = Callable[[Iterable[dict[str, Any]], BinaryIO], int]
FORMS: dict[str, Write] = {".csv": write_csv, ".json": write_json}


@click.command()
@click.option("--to", required=True, help="A folder; with --from, the last day (UTC) instead.")
@click.option("--from", "first", type=DAY, help="A register from this day (UTC) on, as 2026-11-01.")
@click.option(
    "-o",
    "--output",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The register's file, .csv or .json; give it twice for both. CSV into a pipe without it.",
)
@fax_filters
def export(query: FaxQuery, to: str, first: datetime | None, files: tuple[Path, ...]) -> None:
    """Write archived faxes as ordinary PDF and TIFF files, with an index.csv, into a folder.

    With --from and --to: write a register instead, a row for each fax and recipient of these days,
    in whatever state. It holds no document, and needs no key.
    """
    if first is not None:
        _register(query, (first, _day(to)), files)
        return
    if files:
        raise UserError("-o is for a register: say of which days, with --from and --to.")
    folder = Path(to)
    with open_house() as house:
        archived = FaxQuery(**{**asdict(query), "state": "archived"})
        chosen = house.export.faxes(archived)
        exported = house.export.into_folder(bar(chosen, "Exporting"), folder)
    click.echo(f"{exported.documents} documents of {len(chosen)} faxes are in {folder}.")
    for problem in exported.problems:
        click.echo(problem, err=True)
    sys.exit(EXIT_FINDINGS if exported.problems else 0)


def _register(query: FaxQuery, days: tuple[datetime, datetime], files: tuple[Path, ...]) -> None:
    if query.since or query.until:
        raise UserError("--since and --until do not go with a register: --from and --to say it.")
    unknown = [file for file in files if file.suffix.lower() not in FORMS]
    if unknown:
        raise UserError("A register is written as .csv or .json: let the file's name say which.")
    if not files and sys.stdout.isatty():
        raise UserError("Say where the register shall go: -o FILE.csv, or a pipe.")
    between = days[0].date(), days[1].date()
    with open_house() as house:
        if not files:
            write_csv(house.register.rows(between, query), sys.stdout.buffer)
        for file in files:
            with private_file(file) as into:
                rows = bar(house.register.rows(between, query), "Listing")
                count = FORMS[file.suffix.lower()](rows, into)
            click.echo(f"{count} rows are in {file}.")


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UserError("With --from, --to takes the last day, as in 2026-11-30.") from None
