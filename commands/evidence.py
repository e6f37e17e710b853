"""The command that makes evidence of one fax for others, and checks such a file."""

import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click

from archive.evidence import Checked, check, fingerprint, told, trusted_fingerprint
from commands.opening import EXIT_FINDINGS, as_json, open_house
from commands.proving import noted_line
from commands.showing import one_fax
from errors import UserError
from handlers.evidence import Wish
from handlers.export import new_private_file, private_file
from printing import cell, show_json

FILE = click.Path(path_type=Path, dir_okay=False)
PIPE = Path("-")
MOST_NOTE = 500


@click.command()
@click.argument("fax", required=False)
@click.option(
    "-o",
    "--output",
    type=FILE,
    help="The file to write; evidence-FAX.zip if not given, - for a pipe.",
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it is there already.")
@click.option("--chain", is_flag=True, help="With all later lines of the ledger; see the guide.")
@click.option("--note", default="", help="For whom it is, or why: shown in the evidence.")
@click.option(
    "--check",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Check such a file instead; needs neither archive nor catalog.",
)
@click.option("--key", help="With --check: the ledger.pub to believe, or its fingerprint.")
@click.option("--noted", help="With --check: a line of the ledger noted before, LINE:HASH.")
@as_json
def evidence(
    fax: str | None,
    output: Path | None,
    overwrite: bool,
    chain: bool,
    note: str,
    file: Path | None,
    key: str | None,
    noted: str | None,
    as_json: bool,
) -> None:
    """Write everything that is known of one FAX into a signed ZIP that anybody can check.

    It holds the document as it was faxed, who sent what to whom, every delivery step with
    RingCentral's own record, the place in the ledger, a page for people, and a verifier. Keep in
    mind that it is not encrypted. The ledger gets a line that it was made.
    """
    if file is not None:
        sys.exit(_check(file, key, noted, as_json))
    if fax is None:
        raise UserError("Say which fax: its id, or RingCentral's message id.")
    if len(note) > MOST_NOTE:
        raise UserError(f"--note takes at most {MOST_NOTE} characters.")
    with open_house() as house:
        with house.catalog.reading() as tx:
            found = one_fax(tx.faxes.find(fax))
        target = output or Path(f"evidence-{found.id}.zip")
        with _opened(target, overwrite) as into:
            made = house.evidence.make(found.id, into, Wish(chain, note))
        key = fingerprint(house.archive.keys.ledger_public_key())
    is_piped = target == PIPE
    if as_json and not is_piped:
        show_json({**asdict(made), "file": str(target), "key_sha256": key})
        return
    where = "written" if is_piped else f"in {target}"
    click.echo(
        f"The evidence is {where}, and entered as line {made.line} of the ledger.", err=is_piped
    )
    said = f"Tell its reader by another way the fingerprint of the ledger's key: {key}"
    click.echo(said, err=is_piped)
    if made.state != "archived":
        click.echo(f"It holds no document: this fax is {made.state}.", err=is_piped)


def _opened(target: Path, overwrite: bool) -> AbstractContextManager[BinaryIO]:
    if target != PIPE:
        return private_file(target) if overwrite else new_private_file(target)
    if sys.stdout.isatty():
        raise UserError("Say where the evidence shall go: --output FILE, or a pipe.")
    return nullcontext(sys.stdout.buffer)


def _check(file: Path, key: str | None, noted: str | None, as_json: bool) -> int:
    try:
        trusted = trusted_fingerprint(key) if key else ""
    except (ValueError, OSError):
        raise UserError("--key takes a ledger.pub, or the 64 hex digits of its SHA-256.") from None
    with file.open("rb") as opened:
        checked = check(opened, trusted, noted_line(noted) if noted else None)
    if as_json:
        show_json(_told(checked))
    else:
        click.echo("\n".join(map(cell, told(checked).splitlines())))
    return EXIT_FINDINGS if checked.problems else 0


def _told(checked: Checked) -> dict[str, object]:
    return {"valid": not checked.problems, **asdict(checked)}
