"""What every command needs: the installation that it works on, and its common options."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from settings import read_settings
from wiring import House

EXIT_FINDINGS = 5
"""Something is missing, changed or extra; the same code as a damaged archive."""
EXIT_NOT_WELL = 1
"""Something needs a person."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@contextmanager
def open_house(*, founding: bool = False) -> Iterator[House]:
    """What is there already; a command that only looks must not make a new archive somewhere."""
    with House(read_settings(), founding=founding) as house:
        yield house
