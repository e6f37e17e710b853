"""The floor plan holds: imports only go down, and rooms of one floor do not know each other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = [
    {"errors"},
    {"accounts"},
    {"environment"},
    {"settings"},
    {"ringcentral_api", "catalog", "archive", "jobs", "notifications"},
    {"subscriptions", "sending"},
    {"handlers", "api", "dashboard"},
    {"wiring"},
    {"serving", "printing"},
    {"demo"},
    {"commands"},
    {"app", "cli"},
]
APART = "simulator"
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
OURS = {*FLOOR_OF, APART}


def rooms() -> list[str]:
    present = {path.stem if path.suffix == ".py" else path.name for path in ROOT.iterdir()}
    return sorted(present & OURS)


def modules(room: str) -> list[Path]:
    single = ROOT / f"{room}.py"
    return [single] if single.exists() else sorted((ROOT / room).rglob("*.py"))


def imported_rooms(source: str) -> Iterator[str]:
    """Every room of ours that the source imports, lazily or under TYPE_CHECKING too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        yield from ({name.split(".")[0] for name in names} & OURS)


def is_allowed(room: str, imported: str) -> bool:
    if room == imported:
        return True
    if APART in (room, imported):
        return False
    return FLOOR_OF[imported] < FLOOR_OF[room]


@pytest.mark.parametrize("room", rooms())
def test_imports_only_go_down(room: str) -> None:
    wrong = [
        f"{module.relative_to(ROOT)} imports {imported}"
        for module in modules(room)
        for imported in imported_rooms(module.read_text())
        if not is_allowed(room, imported)
    ]

    assert wrong == []


@pytest.mark.parametrize("room", rooms())
def test_every_module_opens_with_its_room_sign(room: str) -> None:
    unsigned = [
        str(module.relative_to(ROOT))
        for module in modules(room)
        if not ast.get_docstring(ast.parse(module.read_text()))
    ]

    assert unsigned == []


def test_only_settings_reads_the_environment() -> None:
    readers = {
        str(module.relative_to(ROOT))
        for room in rooms()
        for module in modules(room)
        if "os.environ" in module.read_text() or "getenv" in module.read_text()
    }

    assert readers == {"settings.py"}


def test_the_plan_itself_would_notice() -> None:
    source = "def f():\n    from handlers import sync\n    import catalog.open\n"

    assert set(imported_rooms(source)) == {"handlers", "catalog"}
    assert not is_allowed("archive", "catalog")
    assert not is_allowed("handlers", "simulator")
    assert is_allowed("handlers", "catalog")
