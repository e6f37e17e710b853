"""Commands that prove: the archive against its ledger, and completeness day by day."""

import re
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from archive import Keys
from archive.completeness import LARGEST, Checked, check_bundle, fingerprint
from archive.key_files import read_public_key
from commands.opening import EXIT_FINDINGS, as_json, open_house
from errors import ArchiveError, UserError
from handlers.attesting import Attested
from handlers.export import private_file
from printing import bar, bar_of, cell, show_json, show_rows

NOTED_DIGITS = 16
"""Hex digits of a ledger line's hash that a person notes: 64 bits, for nobody can choose them."""
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--sample", default="100%", help="Re-read only this share of the faxes, as in 5%.")
@click.option("--seed", default=0, help="Which sample, to repeat one.")
@click.option("--noted", help="The end of the ledger as an earlier run told it, LINE:HASH.")
@as_json
def verify(sample: str, seed: int, noted: str | None, as_json: bool) -> None:
    """Re-read the archive and name everything that is missing, changed or extra.

    Each run tells where the ledger ends. Note that away from this machine and give it to a later
    run: so even a whole archive and catalog put back to an older state are noticed.
    """
    with open_house() as house:
        proof = house.proof
        findings = list(proof.verify(share(sample), seed, progress=bar_of("Verifying")))
        findings += proof.still_holds(*noted_line(noted)) if noted else []
        with house.catalog.reading() as tx:
            counts = tx.faxes.count_by_state()
            tail = tx.ledger.tail()
    bad = [finding for finding in findings if finding.kind != "note"]
    end = f"; the ledger ends with {tail.seq}:{tail.hash[:NOTED_DIGITS]}" if tail else ""
    empty = f"All is well: {counts.get('archived', 0)} archived faxes{end}."
    show_rows([asdict(finding) for finding in findings], as_json, empty)
    sys.exit(EXIT_FINDINGS if bad else 0)


@click.command()
@click.option("--from", "first", type=DAY, help="The first day (UTC), as in 2026-11-01.")
@click.option("--to", "last", type=DAY, help="The last day (UTC).")
@click.option("--mailbox", help="Only this mailbox (account-extension).")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the statements, signed, into this file.",
)
@click.option(
    "--check",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Check such a file instead; needs neither archive nor catalog.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="With --check: the ledger.pub to believe, from a place of its own.",
)
@as_json
def statement(
    first: datetime | None,
    last: datetime | None,
    mailbox: str | None,
    output: Path | None,
    file: Path | None,
    key: Path | None,
    as_json: bool,
) -> None:
    """State that every fax RingCentral had between two days is in the archive, unchanged.

    Each mailbox and day has a statement that names every fax RingCentral listed, and whether it is
    archived, pending, refused or lost. This command puts those of some days together, re-reads
    every file they name, signs the result into the ledger, and says what is missing.
    """
    if file is not None:
        sys.exit(_check(file, key, as_json))
    if first is None or last is None:
        raise UserError("Say which days: --from 2026-11-01 --to 2026-11-30.")
    with open_house() as house:
        days = first.date(), last.date()
        attested = house.attestor.attest(*days, mailbox, bar_of("Re-reading"))
    if output is not None:
        with private_file(output) as written:
            written.write(attested.bundle)
    _show(attested, as_json)
    sys.exit(0 if attested.is_complete else EXIT_FINDINGS)


@click.command()
def rebuild() -> None:
    """Make the catalog anew from the archive alone; an old one is kept beside it."""
    with open_house() as house:
        rebuilt = house.rebuild(progress=lambda folders: bar(folders, "Reading back"))
    click.echo(
        f"Read back {rebuilt.faxes} faxes, {rebuilt.asides} refused documents,"
        f" {rebuilt.losses} losses, {rebuilt.statements} statements and"
        f" {rebuilt.ledger_lines} ledger lines."
    )
    if rebuilt.sendings:
        click.echo(f"{rebuilt.sendings} faxes of the outbox were put back; see `faxkeep outbox`.")
    for problem in rebuilt.unreadable:
        click.echo(problem, err=True)
    sys.exit(EXIT_FINDINGS if rebuilt.unreadable else 0)


@click.command()
@click.option("--rotate", is_flag=True, help="Make a new archive key; no fax is touched.")
@as_json
def keys(rotate: bool, as_json: bool) -> None:
    """Show the keys, where they lie, and what to do about them."""
    with open_house() as house:
        if rotate:
            count = house.archive.keys.rotate_archive_key()
            said = f"The keys of {count} months are now closed with a new archive key."
            click.echo(said, err=as_json)
        rows = [status._asdict() for status in house.archive.keys.status()]
        own = _own_fingerprint(house.archive.keys)
    show_rows(rows, as_json, "No keys.")
    if own and not as_json:
        click.echo(f"\nThe ledger's key has the fingerprint {own}.")


def _own_fingerprint(keys: Keys) -> str:
    """What readers of evidence and statements compare; empty when the key cannot be read."""
    try:
        return fingerprint(keys.ledger_public_key())
    except ArchiveError:
        return ""


def _show(attested: Attested, as_json: bool) -> None:
    told = {
        "complete": attested.is_complete,
        "from": attested.first_day,
        "to": attested.last_day,
        "mailboxes": len(attested.mailboxes),
        **attested.totals,
        "files_reread": attested.reread,
        "ledger_line": attested.line,
        "days_without_statement": [list(each) for each in attested.missing],
        "changed": [asdict(finding) for finding in attested.findings],
        "contradicted": [f"{each.mailbox_id} {each.day}" for each in attested.contradicted],
        "ended": attested.ended,
    }
    if as_json:
        show_json(told)
        return
    click.echo(sentence(attested))
    for mailbox, day in attested.missing:
        click.echo(f"no statement: mailbox {mailbox}, {day}")
    for finding in attested.findings:
        click.echo(f"{finding.kind} {finding.what}: {finding.where}: {finding.detail}")
    for each in attested.contradicted:
        click.echo(f"contradicted: mailbox {each.mailbox_id}, {each.day}: {each.contradiction}")
    for words in endings(attested.ended, attested.last_day):
        click.echo(words)
    click.echo(f"Signed as line {attested.line} of the ledger.")


def sentence(attested: Attested) -> str:
    """What can be said of these days, in one sentence."""
    between = f"between {attested.first_day} and {attested.last_day} (UTC)"
    totals = attested.totals
    if attested.is_complete:
        return (
            f"Every fax that RingCentral listed in {len(attested.mailboxes)} mailboxes {between}"
            f" is in the archive, {totals['archived']} in all, and none of their"
            f" {attested.reread} files has changed."
        )
    return (
        f"Of {totals['listed']} faxes {between}: {totals['archived']} archived,"
        f" {totals['pending']} pending, {totals['refused']} refused, {totals['lost']} lost;"
        f" {len(attested.missing)} days without a statement, {len(attested.findings)} files"
        " changed or missing."
    )


def endings(ended: Mapping[str, str], last_day: str) -> list[str]:
    """Of which mailboxes nothing is said of the last days: nobody looked any more."""
    within = sorted((mailbox, day) for mailbox, day in ended.items() if day < last_day)
    return [cell(f"watched no longer: mailbox {mailbox}, after {day}") for mailbox, day in within]


def _check(file: Path, key: Path | None, as_json: bool) -> int:
    try:
        trusted = read_public_key(key) if key is not None else None
    except ArchiveError:
        raise UserError("The file given with --key holds no public key of a ledger.") from None
    if file.stat().st_size > LARGEST:
        raise ArchiveError("The file is larger than any that Faxkeep writes.")
    checked = check_bundle(file.read_bytes(), trusted)
    told = {
        "valid": not checked.findings,
        "complete": checked.is_complete,
        "from": checked.first_day,
        "to": checked.last_day,
        "mailboxes": list(checked.mailboxes),
        **checked.totals,
        "days_without_statement": [list(each) for each in checked.admitted],
        "ended": dict(checked.ended),
        "key_sha256": checked.fingerprint,
        "findings": [asdict(finding) for finding in checked.findings],
    }
    if as_json:
        show_json(told)
    else:
        show_rows([asdict(finding) for finding in checked.findings], empty=_valid(checked, key))
    return EXIT_FINDINGS if checked.findings else 0


def _valid(checked: Checked, key: Path | None) -> str:
    """What a file without findings says, line by line."""
    totals, days = checked.totals, f"{checked.first_day} to {checked.last_day}"
    said = [
        f"Valid: {days}, {len(checked.mailboxes)} mailboxes, {totals['listed']} faxes listed,"
        f" {totals['archived']} archived, {totals['pending']} pending, {totals['refused']} refused,"
        f" {totals['lost']} lost."
    ]
    if not checked.is_complete:
        said.append("Not complete: when it was made, not all was archived, stated and unchanged.")
    said += [cell(f"no statement: mailbox {box}, {day}") for box, day in checked.admitted]
    said += endings(checked.ended, checked.last_day)
    if key is None:
        said.append(f"Its key's SHA-256 is {checked.fingerprint}: compare it with yours.")
    return "\n".join(said)


def share(text: str) -> float:
    """`5%` or `0.05` as 0.05."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        raise UserError("--sample takes a share such as 5% (more than 0, at most 100%).")
    return value


def noted_line(text: str) -> tuple[int, str]:
    """`22:9f86d081884c7d65` as (22, "9f86d081884c7d65")."""
    number, _, digits = text.partition(":")
    if not re.fullmatch(r"[0-9]{1,18}", number) or len(digits) < NOTED_DIGITS:
        raise UserError("--noted takes what an earlier `verify` told, such as 22:9f86d081884c7d65.")
    return int(number), digits.lower()
