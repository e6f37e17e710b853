"""What the documents say is true: settings, commands, exit codes, tables, links and examples."""

import ast
import re
import shlex
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest

import errors
import settings
from catalog import Catalog, EventJournal
from cli import cli
from settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    page
    for page in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in page.relative_to(ROOT).parts)
)
SETTINGS_PAGE = ROOT / "docs" / "reference" / "settings.md"
EXAMPLE = ROOT / ".env.example"
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
SETTING = re.compile(r"\b(?:RC|FAXKEEP)_[A-Z][A-Z_]*\b")
GIVEN_OUT = {"verify.py"}
"""Files that Faxkeep writes for others."""
OF_THE_TESTS = {"FAXKEEP_TEST_PROCESSES"}


def page_ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


every_page = pytest.mark.parametrize("page", PAGES, ids=page_ids)


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", page.read_text())


def inline_code(page: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", prose(page))


def first_cells(text: str) -> Iterator[list[str]]:
    """The cells of each table row."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip().strip("|").split(" | ")]


# --- settings ------------------------------------------------------------------------------


def settings_read() -> dict[str, str]:
    """Every setting that `from_env` takes from its reader, with its default as text."""
    found = {}
    for node in ast.walk(ast.parse((ROOT / "settings.py").read_text())):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="reader")),
                args=[ast.Constant(value=str(name)), *more],
            ):
                found[name] = default_of(more)
    return found


def default_of(arguments: list[ast.expr]) -> str:
    match arguments[:1]:
        case [ast.Constant(value=value)]:
            return str(value)
        case [ast.Name(id=name)]:
            return str(getattr(settings, name))
        case [ast.Call()]:
            return "computed"
    return ""


SETTINGS = settings_read()


def test_the_source_was_understood() -> None:
    assert {"RC_USER_JWT", "FAXKEEP_DATA", "FAXKEEP_LOG"} <= SETTINGS.keys()
    assert SETTINGS["FAXKEEP_PORT"] == "8080"
    assert SETTINGS["RC_SERVER_URL"] == settings.RINGCENTRAL


def test_every_setting_is_described_with_its_default_and_nothing_else_is() -> None:
    described = {
        cells[0].strip("`"): cells[1].strip("`")
        for cells in first_cells(SETTINGS_PAGE.read_text())
        if SETTING.fullmatch(cells[0].strip("`")) and len(cells) == 3
    }

    assert described.keys() == SETTINGS.keys()
    for name, default in SETTINGS.items():
        assert described[name] == (default or "none") or default in ("", "computed"), name


def test_the_example_lists_every_setting_once_and_nothing_else() -> None:
    lines = re.findall(r"^#?([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    given = [(name, value) for name, value in lines if not name.endswith("_FILE")]

    assert sorted(name for name, _ in given) == sorted(SETTINGS)
    assert {n.removesuffix("_FILE") for n, _ in lines} == SETTINGS.keys()
    for name, value in given:
        assert value in (SETTINGS[name], "") or name == "RC_MEDIA_URL", name


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_can_be_given_as_a_file(name: str, tmp_path: Path) -> None:
    with pytest.raises(errors.SettingsError, match=f"{name}_FILE"):
        Settings.from_env({f"{name}_FILE": str(tmp_path / "absent")})


@every_page
def test_no_page_names_an_unknown_setting(page: Path) -> None:
    known = {*SETTINGS, *(f"{name}_FILE" for name in SETTINGS), *OF_THE_TESTS}

    assert set(SETTING.findall(page.read_text())) <= known


# --- commands ------------------------------------------------------------------------------


def test_the_generated_blocks_are_fresh() -> None:
    checked = subprocess.run(
        [sys.executable, "script/docs.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, f"run script/docs\n{checked.stdout}{checked.stderr}"


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option_is_in_the_reference(name: str) -> None:
    text = (ROOT / "docs" / "reference" / "commands.md").read_text()
    _, _, section = text.partition(f"\n## {name}\n")
    section = section.partition("\n## ")[0]

    for parameter in cli.commands[name].params:
        spellings = parameter.opts if isinstance(parameter, click.Option) else []
        assert all(spelling in section for spelling in spellings), parameter.name
    assert section


def spoken(page: Path) -> Iterator[list[str]]:
    """The words of each shell command on a page: what stands after a `$` in a code block."""
    for _, block in FENCE.findall(page.read_text()):
        for line in re.findall(r"^ *\$ (.*)$", block, re.MULTILINE):
            for part in re.split(r" && | \| |; ", line):
                yield shlex.split(part, comments=True)
    for code in inline_code(page):
        if re.match(r"(\./)?faxkeep [a-z]", code) or code.startswith("script/"):
            yield shlex.split(code)


def faxkeep_words(words: list[str]) -> list[str] | None:
    """What is said to Faxkeep's command line; None if the command is another program."""
    for place, word in enumerate(words):
        if word == "faxkeep" and place > 0:
            return None  # a user or a unit of that name
        if word in ("faxkeep", "./faxkeep") or word.endswith("/faxkeep/faxkeep"):
            return words[place + 1 :]
    return None


def meant(said: list[str]) -> click.Command:
    """The command that is said; of a group, the one within it."""
    command = cli.commands[said[0]]
    if isinstance(command, click.Group):
        return command.commands.get(said[1] if len(said) > 1 else "", command)
    return command


@every_page
def test_every_example_is_a_command_that_exists(page: Path) -> None:
    for words in spoken(page):
        said = faxkeep_words(words)
        if said and said[0].isalpha() and said[0].islower():
            command = meant(said)
            known = {"-h", "--help", *(o for p in command.params for o in p.opts)}
            used = {word.partition("=")[0] for word in said if re.match(r"--?[a-z]", word)}
            assert used <= known, words
        for word in words:
            if word.startswith("script/"):
                assert (ROOT / word).is_file(), words


# --- errors and tables ---------------------------------------------------------------------


def family(base: type[errors.FaxkeepError]) -> Iterator[type[errors.FaxkeepError]]:
    yield base
    for child in base.__subclasses__():
        yield from family(child)


def test_the_exit_codes_are_those_of_the_errors() -> None:
    text = (ROOT / "docs" / "reference" / "errors.md").read_text()
    told = {int(cells[0]) for cells in first_cells(text) if cells[0].isdigit()}
    interrupted = 130

    assert told == {0, interrupted, *(each.exit_code for each in family(errors.FaxkeepError))}


def columns(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c"
            " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
        )
        return {f"{table}.{column}" for table, column in rows}


def columns_told() -> set[str]:
    text = (ROOT / "docs" / "reference" / "catalog.md").read_text()
    told = set()
    for section in text.split("\n## ")[1:]:
        tables = re.findall(r"^\| column of `(\w+)`", section, re.MULTILINE)
        for table, rows in zip(
            tables or [re.match(r"\w+", section)[0]],  # type: ignore[index]
            re.split(r"^\| column.*$", section, flags=re.MULTILINE)[1:],
            strict=True,
        ):
            first = rows.partition("\n\n")[0]
            told |= {
                f"{table}.{name}"
                for cells in first_cells(first)
                for name in re.findall(r"`(\w+)`", cells[0])
            }
    return told


def test_every_column_is_described_and_no_other(tmp_path: Path) -> None:
    catalog, journal = tmp_path / "catalog.sqlite3", tmp_path / "events.sqlite3"
    Catalog.open(str(catalog)).close()
    EventJournal.open(str(journal)).close()

    assert columns_told() == columns(catalog) | columns(journal)


# --- links, names and paths ----------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.exists(), target
        assert not anchor or anchor in anchors(goal), target


def test_every_page_is_in_the_index() -> None:
    docs = ROOT / "docs"
    index = docs / "README.md"
    linked = {
        (docs / target.partition("#")[0]).resolve()
        for target in re.findall(r"\]\(([^)\s]+)\)", index.read_text())
    }

    assert {page for page in PAGES if docs in page.parents} - {index} <= linked


@every_page
def test_every_source_file_a_page_names_exists(page: Path) -> None:
    texts = [*inline_code(page), *(block for _, block in FENCE.findall(page.read_text()))]
    named = re.findall(r"(?<![\w/.-])((?:[a-z_]+/)*[a-z_]+\.py)\b", "\n".join(texts))

    assert [path for path in named if not ((ROOT / path).exists() or path in GIVEN_OUT)] == []


def readme_rooms() -> set[str]:
    _, _, plan = (ROOT / "README.md").read_text().partition("| room |")
    table = plan.partition("\n\n")[0]
    return {name for cells in first_cells(table) for name in re.findall(r"`([^`]+)`", cells[0])}


def test_the_readme_shows_exactly_the_rooms_there_are() -> None:
    modules = {path.name for path in ROOT.glob("*.py")}
    packages = {f"{path.parent.name}/" for path in ROOT.glob("*/__init__.py")} - {"benchmarks/"}

    assert readme_rooms() == modules | packages


def test_every_failpoint_the_readme_names_exists() -> None:
    source = "\n".join(path.read_text() for path in ROOT.glob("*/*.py"))
    exists = set(re.findall(r'failpoint\("([^"]+)"\)', source))
    row = next(
        line for line in (ROOT / "README.md").read_text().splitlines() if "failpoint" in line
    )
    named = set(re.findall(r"`([a-z-]+)`", row))

    assert named
    assert named <= exists


# --- the changelog -------------------------------------------------------------------------


def test_the_changelog_has_the_form_and_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    released = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d", h) for h in headings[1:]]
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))

    assert headings[0] == "[Unreleased]"
    assert all(released)
    assert released[0] is not None
    assert released[0][1] == version
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
