"""Finds every failpoint in the source, so that a new one cannot be left untested."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("handlers", "archive", "catalog", "jobs", "subscriptions", "ringcentral_api", "wiring")
PUBLISHING = ("publish", "publish_file")


def steps_in_source() -> set[str]:
    """The names of all failpoints; `{what} staged` counts once for each thing published."""
    calls = list(_calls())
    things = {
        ast.literal_eval(call.args[-1])
        for call in calls
        if _name(call) in PUBLISHING and call.args and _is_text(call.args[-1])
    }
    found: set[str] = set()
    for call in calls:
        if _name(call).removeprefix("_") == "failpoint":
            found |= _names(call.args[0], {str(thing) for thing in things})
    return found


def _calls() -> Iterator[ast.Call]:
    for room in ROOMS:
        for path in sorted((ROOT / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    yield node


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _names(step: ast.expr, things: set[str]) -> set[str]:
    match step:
        case ast.Constant(value=str(name)):
            return {name}
        case ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant(value=str(end))]):
            return {thing + end for thing in things}
    raise AssertionError(f"a failpoint's name cannot be read: {ast.unparse(step)}")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
