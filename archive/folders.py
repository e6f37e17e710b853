"""The names in an archive: its fax folders and files, walked in order, few held at a time."""

import re
from collections.abc import Iterator
from pathlib import Path

_FAX = (r"\d{4}", r"\d{2}", r"\d{2}", r"[A-Za-z0-9-]+", r"(?:in|out)bound-[A-Za-z0-9-]+")
_ASIDE = ("aside", r"[A-Za-z0-9-]+", r"(?:in|out)bound-[A-Za-z0-9-]+", r"[0-9a-f]{16}")
RECORD = re.compile(r"fax(?:\.(\d{1,6}))?\.json\.age")
DOCUMENT = re.compile(r"document(?:-\d{1,4})?(?:\.pdf|\.tiff)?\.age")


def fax_folders(root: Path) -> Iterator[str]:
    """Name every fax folder, sorted."""
    return _matching(root, _FAX, "")


def aside_folders(root: Path) -> Iterator[str]:
    """Name every folder of bytes set aside, sorted."""
    return _matching(root, _ASIDE, "")


def kept_files(root: Path) -> Iterator[str]:
    """Name every file, whatever it is, under the years, under aside and under statements."""
    for path in sorted(root.iterdir()):
        if path.name in ("aside", "statements") or re.fullmatch(r"\d{4}", path.name):
            yield from _files(path, path.name)


def latest_revision(folder: Path) -> int:
    """Return the highest revision of the record in a fax folder; 0 when there is none."""
    found = [RECORD.fullmatch(path.name) for path in folder.iterdir()]
    return max((int(match[1] or 1) for match in found if match), default=0)


def record_name(revision: int) -> str:
    """Name the record file of a revision; the first has no number."""
    return "fax.json.age" if revision == 1 else f"fax.{revision}.json.age"


def _matching(folder: Path, patterns: tuple[str, ...], prefix: str) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if not re.fullmatch(patterns[0], path.name) or not path.is_dir():
            continue
        if len(patterns) == 1:
            yield prefix + path.name
        else:
            yield from _matching(path, patterns[1:], f"{prefix}{path.name}/")


def _files(path: Path, name: str) -> Iterator[str]:
    if path.is_symlink() or not path.is_dir():
        yield name
        return
    for inner in sorted(path.iterdir()):
        yield from _files(inner, f"{name}/{inner.name}")
