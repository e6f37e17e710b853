"""Back door: the command line. Gathers the commands and tells every error; decides nothing."""

import os
import sys
from pathlib import Path

import click

from commands import (
    evidence,
    exporting,
    fetching,
    filling,
    looking,
    outbox,
    proving,
    running,
    sending,
    showing,
    telling,
    tokens,
    watching,
)
from errors import FaxkeepError
from settings import VERSION

COMMANDS = (
    running.demo,
    running.serve,
    running.web,
    running.work,
    fetching.login,
    fetching.subscribe,
    fetching.sync,
    filling.backfill,
    filling.import_,
    sending.send,
    sending.resend,
    sending.cover_pages,
    outbox.outbox,
    looking.faxes,
    showing.show,
    showing.calls,
    looking.open_,
    exporting.export,
    looking.events,
    looking.jobs,
    telling.notify,
    telling.notices,
    watching.status,
    watching.doctor,
    watching.census,
    watching.gaps,
    proving.verify,
    proving.statement,
    evidence.evidence,
    proving.rebuild,
    proving.keys,
    tokens.tokens,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="Faxkeep", message="%(prog)s %(version)s")
def cli() -> None:
    """Faxkeep keeps every fax a RingCentral account receives or sends, and can prove it.

    Exit codes: 0 done; 1 failed, or something needs a person; 2 wrong use or settings;
    4 RingCentral refused or is away; 5 the archive is not as it should be; 6 a document failed its
    check; 7 the catalog cannot be used; 75 too early, try again later.
    """


for command in COMMANDS:
    cli.add_command(command)


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
