"""What an export holds, laid out as RingCentral documents it: a zip of JSON, zips of documents."""

import io
import json
import zipfile
from collections.abc import Iterator

from simulator.ask import Json
from simulator.faxes import Fax
from simulator.state import Extension
from simulator.views import message
from simulator.world import World

Files = dict[str, bytes]
"""The files of one zip by name."""
Chosen = list[tuple[Extension, list[Fax]]]
_PER_FILE = 30 + 46  # its two headers (APPNOTE 4.3.7 and 4.3.12); the name stands in both
_PER_ZIP = 22  # the end of central directory record (4.3.16)


def archives(world: World, chosen: Chosen) -> tuple[Files, ...]:
    """All zips of an export of these extensions' faxes: the one of JSON first."""
    listing = {f"{_folder(extension)}.json": _listing(world, faxes) for extension, faxes in chosen}
    return (listing, *_documents(chosen, world.settings.export_zip_bytes))


def _folder(extension: Extension) -> str:
    return f"account/{extension.account_id}/extension/{extension.id}/message-store"


def _listing(world: World, faxes: list[Fax]) -> bytes:
    records = [message(world, fax) for fax in faxes]
    if world.settings.mask_export:
        for record in records:
            _mask(record)
    return json.dumps({"records": records}, indent=1).encode()


def _mask(record: Json) -> None:
    """Hide the last four digits of every phone number."""
    for party in (record["from"], *record["to"]):
        if "phoneNumber" in party:
            party["phoneNumber"] = _masked(party["phoneNumber"])
    record["subject"] = _masked(record["subject"])


def _masked(number: str) -> str:
    return f"{number[:-4]}XXXX" if number else ""


def _documents(chosen: Chosen, most: int) -> list[Files]:
    """Rendered documents, in as many sets as it takes for zips of `most` bytes."""
    sets: list[Files] = []
    room = 0
    for name, data in _named(chosen):
        if not sets or _weight(name, data) > room:
            sets.append({})
            room = most - _PER_ZIP
        sets[-1][name] = data
        room -= _weight(name, data)
    return sets


def _named(chosen: Chosen) -> Iterator[tuple[str, bytes]]:
    for extension, faxes in chosen:
        for fax in faxes:
            if fax.document is not None and fax.rendered:
                yield f"{_folder(extension)}/content/{fax.id}", fax.document.data


def _weight(name: str, data: bytes) -> int:
    return _PER_FILE + 2 * len(name) + len(data)


def size(files: Files) -> int:
    """Bytes of the zip they make."""
    return _PER_ZIP + sum(_weight(name, data) for name, data in files.items())


def zipped(files: Files) -> bytes:
    """The zip they make, without compression."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()
