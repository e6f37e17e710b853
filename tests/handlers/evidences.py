"""One evidence of each kind of fax, made by a house wired as in production, and ways to harm it."""

import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.evidence import Checked, check
from errors import DocumentRefused
from handlers.evidence import Made, Wish
from tests.handlers.household import Household

ANN, BEN, CID = "+12025550101", "+12025550102", "+12025550103"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def make(home: Household, message_id: str, wish: Wish = Wish()) -> tuple[Made, bytes]:  # noqa: B008
    into = io.BytesIO()
    made = home.house.evidence.make(home.id_of(message_id), into, wish)
    return made, into.getvalue()


def evidence(home: Household, message_id: str, **wish: Any) -> bytes:
    return make(home, message_id, Wish(**wish))[1]


def checked(data: bytes, trusted: str = "", noted: tuple[int, str] | None = None) -> Checked:
    return check(io.BytesIO(data), trusted, noted)


def problems(data: bytes, trusted: str = "") -> list[str]:
    return checked(data, trusted).problems


def send(home: Household, *to: str) -> str:
    """A sent fax that is archived: the first recipient has it, the second failed, and so on."""
    message_id = home.simulator.send(to)
    home.look()
    for number, (status, error) in zip(
        to, (("Sent", ""), ("", "LineBusy"), ("Sent", "")), strict=False
    ):
        home.pass_time(60)
        home.simulator.finish(message_id, number=number, status=status, error=error)
        home.look()
    home.finish(message_id)
    return message_id


def amended(home: Household) -> str:
    """A sent fax whose outcome changed after it was archived."""
    message_id = send(home, ANN, BEN)
    home.pass_time(60)
    home.simulator.finish(message_id, number=ANN, status="Delivered")
    home.look()
    home.finish(message_id)
    return message_id


def refused(home: Household) -> str:
    message_id = home.receive_one()
    home.look()
    home.simulator.sicken(message_id, "content_html")
    try:
        home.finish(message_id)
    except DocumentRefused:
        return message_id
    raise AssertionError("it was not refused")


def lost(home: Household) -> str:
    message_id = home.receive_one()
    home.look()
    home.simulator.delete(message_id, purge=True)
    home.finish(message_id)
    return message_id


def pending(home: Household) -> str:
    message_id = home.receive_one()
    home.look()
    return message_id


# Looking into one


def names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return opened.namelist()


def file(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return opened.read(name)


def facts(data: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(file(data, "evidence.json"))
    return told


# The verifier as its reader has it


@dataclass(frozen=True)
class Verdict:
    code: int
    out: str
    err: str


def verify(folder: Path, data: bytes, *words: str, script: bytes = b"") -> Verdict:
    """Run the ZIP's own verify.py, with nothing of ours on its path."""
    program, target = folder / "verify.py", folder / "it.zip"
    program.write_bytes(script or file(data, "verify.py"))
    target.write_bytes(data)
    ended = subprocess.run(
        [sys.executable, "-I", str(program), str(target), *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return Verdict(ended.returncode, ended.stdout, ended.stderr)


# Harm


def rezipped(data: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The same ZIP, in exactly the form of the format, with other contents."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        contents = {name: opened.read(name) for name in opened.namelist()}
    change(contents)
    return zipped(list(contents.items()))


def zipped(contents: list[tuple[str, bytes]], extra: bytes = b"", method: int = 0) -> bytes:
    """A ZIP by hand; with `extra` in each header or another `method` it is not of the form."""
    body, central = b"", b""
    for name, content in contents:
        packed = zlib.compress(content, wbits=-15) if method else content
        sizes = zlib.crc32(content), len(packed), len(content), len(name), len(extra)
        common = struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 0x21, *sizes)
        place = struct.pack("<HHHII", 0, 0, 0, 0o100600 << 16, len(body))
        central += b"PK\1\2" + b"\x14\3" + common + place + name.encode() + extra
        body += b"PK\3\4" + common + name.encode() + extra + packed
    count = len(contents)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(central), len(body), 0)
    return body + central + b"PK\5\6" + end
