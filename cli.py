"""Back door: the command line. Parses and prints, decides nothing."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

import demo as demonstration
import serving
from catalog import Fax, FaxQuery, Recipient
from errors import FaxkeepError, RingCentralError, UserError
from printing import show_json, show_rows
from settings import VERSION, read_settings
from wiring import House

EXIT_FINDINGS = 5
"""`verify` found something missing, changed or extra; the same code as a damaged archive."""

NOTED_DIGITS = 16
"""Hex digits of a ledger line's hash that a person notes: 64 bits, for nobody can choose them."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@contextmanager
def open_house(*, founding: bool = False) -> Iterator[House]:
    """What is there already; a command that only looks must not make a new archive somewhere."""
    with House(read_settings(), founding=founding) as house:
        yield house


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="Faxkeep", message="%(prog)s %(version)s")
def cli() -> None:
    """Faxkeep keeps every fax a RingCentral account receives or sends, and can prove it.

    Exit codes: 0 done; 1 failed; 2 wrong use or settings; 4 RingCentral refused or is away;
    5 the archive is not as it should be; 6 a document failed its check; 7 the catalog cannot
    be used; 75 too early, try again later.
    """


@cli.command()
@click.option("--once", is_flag=True, help="Exit by itself: 0 only if all went well.")
@click.option("--faxes", default=12, show_default=True, help="How many faxes arrive.")
@click.option("--seed", default=7, show_default=True, help="Which bad day it is.")
def demo(once: bool, faxes: int, seed: int) -> None:
    """Show the main job on this machine, with a simulated RingCentral on a bad day."""
    sys.exit(demonstration.run(once=once, faxes=faxes, seed=seed))


@cli.command()
def serve() -> None:
    """Run web process and worker together until Ctrl-C."""
    serving.serve(read_settings().require_ringcentral())


@cli.command()
def web() -> None:
    """Run only the web process that takes in notifications."""
    serving.web(read_settings().require_ringcentral())


@cli.command()
def work() -> None:
    """Run only the worker that fetches and archives."""
    settings = read_settings().require_ringcentral()
    serving.start_log(settings)
    with House(settings) as house:
        house.work()


@cli.command()
@click.option("--check", is_flag=True, help="Also show what the login may do.")
@as_json
def login(check: bool, as_json: bool) -> None:
    """Log in to RingCentral and show who we are."""
    with open_house(founding=True) as house:
        identity = house.api.who_am_i()
        row: dict[str, object] = asdict(identity)
        if check:
            scopes = house.api.scopes()
            wanted = ("ReadAccounts", "ReadMessages", "SubscriptionWebhook")
            row["missing permissions"] = ", ".join(w for w in wanted if w not in scopes) or "none"
            row["not needed"] = "EditMessages" if "EditMessages" in scopes else "none"
    show_rows([row], as_json, "")


@cli.command()
@click.option("--off", is_flag=True, help="Remove our subscriptions instead.")
@as_json
def subscribe(off: bool, as_json: bool) -> None:
    """Have RingCentral call our webhook; needs FAXKEEP_PUBLIC_URL and a running web process."""
    with open_house(founding=True) as house:
        if not house.settings.public_url:
            raise UserError("FAXKEEP_PUBLIC_URL is not set, so RingCentral has no address to call.")
        if off:
            rows = [{"removed": each} for each in house.subscriptions.remove_all()]
        else:
            house.require_mailboxes()
            report = house.subscriptions.ensure(house.now())
            named = {
                "actions": "; ".join(report.actions),
                "disabled_filters": ", ".join(each.filter for each in report.disabled_filters),
            }
            rows = [{**asdict(report), **named}]
    show_rows(rows, as_json, "There was none of ours.")


@cli.command()
def sync() -> None:
    """Look at every mailbox now and archive what is new, or have the running worker do it."""
    with open_house(founding=True) as house:
        if not house.try_to_be_the_worker():
            house.ask_for_looks()
            click.echo("The running worker has been asked to look now.")
            return
        house.upkeep.start()
        for mailbox in house.upkeep.discover():
            house.runner.run("look", mailbox.id)
        with house.catalog.reading() as tx:
            due = [(n, a) for n, a in tx.jobs.due(house.now(), 100_000) if n == "archive"]
        for name, argument in bar(due, "Archiving"):
            house.runner.run(name, argument)
        with house.catalog.reading() as tx:
            counts = tx.faxes.count_by_state()
            failed = [job.reason for job in tx.jobs.list() if job.name == "look" and job.reason]
    click.echo(", ".join(f"{state} {count}" for state, count in counts.items()) or "no faxes")
    for reason in failed:
        click.echo(reason, err=True)
    sys.exit(RingCentralError.exit_code if failed else 0)


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


@cli.command()
@fax_filters
@click.option("--state", type=click.Choice(["pending", "archived", "refused", "lost"]))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@as_json
def faxes(query: FaxQuery, state: str | None, limit: int, as_json: bool) -> None:
    """List faxes, the newest first."""
    with open_house() as house, house.catalog.reading() as tx:
        found = tx.faxes.list(FaxQuery(**{**asdict(query), "state": state, "limit": limit}))
        rows = [fax_row(fax, tx.faxes.recipients(fax.id)) for fax in found]
    show_rows(rows, as_json, "No faxes.")


@cli.command()
@click.argument("fax")
@as_json
def show(fax: str, as_json: bool) -> None:
    """Show everything known of one FAX (its id, or RingCentral's message id)."""
    with open_house() as house, house.catalog.reading() as tx:
        found = one_fax(tx.faxes.find(fax))
        details = {
            **asdict(found),
            "recipients": tx.faxes.recipients(found.id),
            "steps": tx.faxes.steps(found.id),
            "documents": tx.documents.of(found.id),
            "asides": tx.asides.of(found.id),
        }
    if as_json:
        show_json(details)
        return
    single = {k: v for k, v in without_raw(details).items() if not isinstance(v, list)}
    show_rows([{"": name, " ": value} for name, value in single.items()])
    for part in ("recipients", "steps", "documents", "asides"):
        click.echo(f"\n{part}")
        show_rows([without_raw(asdict(row)) for row in details[part]])


@cli.command("open")
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


@cli.command()
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False))
@fax_filters
def export(query: FaxQuery, folder: Path) -> None:
    """Write archived faxes as ordinary PDF and TIFF files, with an index.csv, into a folder."""
    with open_house() as house:
        archived = FaxQuery(**{**asdict(query), "state": "archived"})
        chosen = house.export.faxes(archived)
        exported = house.export.into_folder(bar(chosen, "Exporting"), folder)
    click.echo(f"{exported.documents} documents of {len(chosen)} faxes are in {folder}.")
    for problem in exported.problems:
        click.echo(problem, err=True)
    sys.exit(EXIT_FINDINGS if exported.problems else 0)


@cli.command()
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


@cli.command()
def rebuild() -> None:
    """Make the catalog anew from the archive alone; an old one is kept beside it."""
    with open_house() as house:
        rebuilt = house.rebuild(progress=lambda folders: bar(folders, "Reading back"))
    click.echo(
        f"Read back {rebuilt.faxes} faxes, {rebuilt.asides} refused documents"
        f" and {rebuilt.ledger_lines} ledger lines."
    )
    for problem in rebuilt.unreadable:
        click.echo(problem, err=True)
    sys.exit(EXIT_FINDINGS if rebuilt.unreadable else 0)


@cli.command()
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


@cli.command()
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


@cli.command()
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
    show_rows(rows, as_json, "No keys.")


def fax_row(fax: Fax, recipients: Sequence[Recipient]) -> dict[str, object]:
    numbers = [recipient.number or recipient.name or "?" for recipient in recipients]
    return {
        "id": fax.id,
        "created": fax.created_at,
        "direction": fax.direction,
        "from": fax.from_number,
        "to": ", ".join(numbers),
        "pages": fax.pages,
        "status": fax.message_status,
        "state": f"{fax.state} {fax.state_reason}".strip(),
    }


def one_fax(found: list[Fax]) -> Fax:
    if len(found) == 1:
        return found[0]
    if not found:
        raise UserError("No such fax. `faxkeep faxes` lists them.")
    raise UserError("Several accounts have that message id; give the whole id of the fax.")


def without_raw(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "raw"}


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
    if not number.isdecimal() or len(digits) < NOTED_DIGITS:
        raise UserError("--noted takes what an earlier `verify` told, such as 22:9f86d081884c7d65.")
    return int(number), digits.lower()


def bar(items: Iterable[Any], label: str) -> Iterator[Any]:
    """The items, with a progress bar where a person watches."""
    with click.progressbar(
        items, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as shown:
        yield from shown


def bar_of(label: str) -> Callable[[int, int], None]:
    """A progress callback (done, all) that draws a bar where a person watches."""
    shown: list[Any] = []

    def progress(done: int, total: int) -> None:
        if not shown:
            hidden = not sys.stderr.isatty()
            shown.append(
                click.progressbar(length=total, label=label, file=sys.stderr, hidden=hidden)
            )
        shown[0].update(done - shown[0].pos)
        if done >= total:
            shown[0].render_finish()

    return progress


def without_names(error: OSError) -> str:
    """What went wrong, and in which folder: a file's own name may hold a phone number."""
    where = f" in {Path(os.fsdecode(error.filename)).parent}" if error.filename else ""
    return f"{error.strerror or type(error).__name__}: something{where} cannot be used."


def main() -> None:
    # What we write holds patients' data, whichever library or option creates the file.
    os.umask(0o077)
    try:
        cli.main(standalone_mode=False, prog_name="faxkeep")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except FaxkeepError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        click.echo(without_names(error), err=True)
        sys.exit(FaxkeepError.exit_code)


if __name__ == "__main__":
    main()
