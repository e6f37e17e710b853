"""How the command line shows things: tables, JSON, bars; nothing that could steer a terminal."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from archive import utc_text


def show_rows(
    rows: Sequence[Mapping[str, object]], as_json: bool = False, empty: str = "none"
) -> None:
    """Print rows of equal keys as an aligned table, or as a JSON array."""
    if as_json:
        show_json([dict(row) for row in rows])
    elif rows:
        click.echo("\n".join(table(rows)))
    else:
        click.echo(empty)


def show_json(value: object) -> None:
    click.echo(json.dumps(value, default=plain_value, indent=2))


def table(rows: Sequence[Mapping[str, object]]) -> Iterable[str]:
    """The lines of an aligned table with a head."""
    cells = [list(rows[0])] + [[cell(value) for value in row.values()] for row in rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    for row in cells:
        padded = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        yield "  ".join(padded).rstrip()


def cell(value: object) -> str:
    """A value on one line; control characters of a sender's name must not reach the terminal."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))


def plain_value(value: Any) -> object:
    """What JSON cannot hold by itself."""
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"cannot print a {type(value).__name__}")


def bar(items: Iterable[Any], label: str) -> Iterator[Any]:
    """The items, with a progress bar where a person watches."""
    with click.progressbar(
        items, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as shown:
        yield from shown


def bar_of(
    label: str, seconds_left: Callable[[], float] | None = None
) -> Callable[[int, int], None]:
    """A progress callback (done, all) that draws a bar where a person watches.

    Without `seconds_left` the time that is left is guessed from the time that went by.
    """
    shown: list[Any] = []

    def told(_: object) -> str:
        seconds = seconds_left() if seconds_left else 0.0
        return f"about {duration(seconds)} left" if seconds else ""

    def progress(done: int, total: int) -> None:
        if not shown:
            shown.append(
                click.progressbar(
                    length=total,
                    label=label,
                    file=sys.stderr,
                    hidden=not sys.stderr.isatty(),
                    show_eta=seconds_left is None,
                    show_pos=True,
                    item_show_func=told if seconds_left else None,
                )
            )
        shown[0].length = total
        shown[0].update(done - shown[0].pos, label)
        if done >= total:
            shown[0].render_finish()

    return progress


def stage_bar() -> Callable[[str, int, int], None]:
    """A progress callback (stage, done, all) with a bar for each stage, one after another."""
    bars: dict[str, Callable[[int, int], None]] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            bars.clear()
            bars[stage] = bar_of(stage)
        bars[stage](done, total)

    return progress


def duration(seconds: float) -> str:
    """A time that is left, as people say it: `2 h 5 min`, `12 min`, `a minute`."""
    minutes = round(seconds / 60)
    if minutes <= 1:
        return "a minute"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
