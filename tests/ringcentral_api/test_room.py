"""What the room may never do, read from its own source."""

import ast
import tomllib
from pathlib import Path

from ringcentral_api.transport import VERSION

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "ringcentral_api").glob("*.py"))
ALLOWED = {"requests", "cryptography", "errors", "ringcentral_api"}


def test_only_faxes_subscriptions_exports_and_the_login_are_ever_written() -> None:
    writing = {"POST", "PUT", "PATCH", "DELETE"}
    found = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Constant) and node.value in writing:
                found.add((source.stem, node.value))
    assert found == {
        ("fax_call", "POST"),
        ("fax_request", "POST"),
        ("login", "POST"),
        ("reports", "POST"),
        *(("subscriptions", method) for method in ("POST", "PUT", "DELETE")),
    }


def test_the_archiving_client_cannot_send() -> None:
    makes_faxes = {"fax_call", "fax_request", "sending_client"}
    knowing = {
        source.stem
        for source in SOURCES
        if any(f"ringcentral_api.{each} " in source.read_text() for each in makes_faxes)
    }
    assert knowing == {"__init__", "fax_call", "sending_client"}


def test_the_room_imports_nothing_of_the_house() -> None:
    import sys

    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            roots = {name.split(".")[0] for name in names}
            assert roots <= ALLOWED | set(sys.stdlib_module_names), source.name


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
