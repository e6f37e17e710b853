"""Writes the parts of docs/reference that the source already says: commands, errors, the HTTP API.

A generated block stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import errors  # noqa: E402
from api import description  # noqa: E402
from api.problems import KINDS  # noqa: E402
from cli import cli  # noqa: E402

REFERENCE = ROOT / "docs" / "reference"
WIDTH = 100
BLOCK = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def commands() -> str:
    """The help text of every command, as the terminal shows it."""
    return "\n".join(f"## {name}\n\n```text\n{text}\n```\n" for name, text in _helps())


def _helps() -> Iterator[tuple[str, str]]:
    for name, command in sorted(_commands(cli)):
        context = click.Context(
            command,
            info_name=f"faxkeep {name}",
            terminal_width=WIDTH,
            help_option_names=["-h", "--help"],
        )
        yield name, command.get_help(context)


def _commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command, and those of a group as `tokens create`."""
    for name, command in group.commands.items():
        yield before + name, command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")


def error_tree() -> str:
    """Every error with its exit code, whether repeating can help, and its promise."""
    rows = ["| error | exit code | permanent | installation | meaning |", "|---|---|---|---|---|"]
    for error in _family(errors.FaxkeepError):
        marks = ["yes" if mark else "no" for mark in (error.permanent, error.installation_wide)]
        meaning = (error.__doc__ or "").strip().splitlines()[0]
        cells = [f"`{error.__name__}`", str(error.exit_code), *marks, meaning]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _family(base: type[errors.FaxkeepError]) -> Iterator[type[errors.FaxkeepError]]:
    yield base
    for child in base.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _family(child)


def problems() -> str:
    """Every kind of problem document."""
    rows = ["| kind | status | title |", "|---|---|---|"]
    rows += [f"| `{kind}` | {status} | {title} |" for kind, (status, title) in KINDS.items()]
    return "\n".join(rows) + "\n"


BLOCKS: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "errors": error_tree,
    "problems": problems,
}


def renewed(text: str) -> str:
    """The page with every generated block as the source has it now."""
    return BLOCK.sub(lambda found: found[1] + BLOCKS[found[2]]() + found[3], text)


def main(words: list[str]) -> int:
    """Rewrite the pages; with --check only name the stale ones, and return 1 if there are any."""
    if words not in ([], ["--check"]):
        print("usage: script/docs [--check]", file=sys.stderr)
        return 2
    fresh = {page: renewed(page.read_text()) for page in sorted(REFERENCE.glob("*.md"))}
    fresh[REFERENCE / "openapi.json"] = json.dumps(description(), indent=2) + "\n"
    stale = [page for page, text in fresh.items() if not page.exists() or page.read_text() != text]
    for page in stale:
        print(f"{'stale' if words else 'rewritten'}: {page.relative_to(ROOT)}")
        if not words:
            page.write_text(fresh[page])
    return 1 if words and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
