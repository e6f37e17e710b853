"""A program uses the HTTP API of a running installation, as the guide says, over real sockets."""

import io
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import requests

from api.services import AT_ONCE
from serving import own_command
from settings import environment_with
from simulator import Inbound, Simulator
from tests.journeys.installation import Installation, wait_until

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "http-api.md"
BASE = "http://127.0.0.1:8080"
LAB = "+16505550123"
CURL = ArgumentParser()
for _option in ("-K", "-X", "-d", "-o"):
    CURL.add_argument(_option, default="")
for _option in ("-H", "-F"):
    CURL.add_argument(_option, action="append", default=[])
CURL.add_argument("-s", action="store_true")
CURL.add_argument("url")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass
class Program:
    """A program with a token, and what it remembers from one example to the next."""

    made: Installation
    token: str
    folder: Path
    memory: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.made.port}"

    def ask(self, path: str, method: str = "GET", **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        url = f"{self.base}/api/v1{path}"
        return requests.request(method, url, headers=headers, timeout=30, **more)

    def told(self, path: str) -> Any:
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def curl(self, words: list[str]) -> requests.Response:
        """What curl does when these words follow its name."""
        given = CURL.parse_args(words)
        assert given.K == "~/.faxkeep-curl"
        path = given.url.removeprefix(f"{BASE}/api/v1")
        for name, remembered in self.memory.items():
            path = path.replace(f"${name}", remembered)
        answer = self.ask(
            path,
            given.X or ("POST" if given.F or given.d else "GET"),
            headers=dict(each.split(": ", 1) for each in given.H),
            files=[self.part(each) for each in given.F] or None,
            data=given.d,
        )
        if given.o:
            (self.folder / given.o).write_bytes(answer.content)
        return answer

    def part(self, text: str) -> tuple[str, Any]:
        name, _, value = text.partition("=")
        if value.startswith("@"):
            path = self.folder / value[1:]
            return name, (path.name, path.read_bytes(), "application/pdf")
        return name, (None, value)


@pytest.fixture(scope="module")
def program(
    installation: Installation, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    """A program as the guide sets it up."""
    folder = tmp_path_factory.mktemp("program")
    (message_id,) = simulator.receive(Inbound(pages=2, content_type="application/pdf"))
    for name in ("letter.pdf", "results.pdf"):
        (folder / name).write_bytes(simulator.document(message_id))
    installation.wait_for_all()
    return Program(installation, make_token(installation, folder), folder)


def make_token(made: Installation, home: Path) -> str:
    """Do as the guide says; the token that it leaves in the file for curl."""
    (command,) = (line[2:] for line in console() if "tokens create erp" in line)
    subprocess.run(
        ["sh", "-c", command.replace("./faxkeep", shlex.join(own_command()))],
        env=environment_with({**made.environment, "HOME": str(home)}),
        check=True,
    )
    file = home / ".faxkeep-curl"
    assert file.stat().st_mode & 0o777 == 0o600
    told = re.fullmatch(r'header = "Authorization: Bearer (faxkeep_\S+)"\n', file.read_text())
    assert told is not None
    return told[1]


def console() -> Iterator[str]:
    """The commands of the guide, each after its $."""
    lines = (line for block in examples("console") for line in block.splitlines())
    return (line for line in lines if line.startswith("$ "))


def examples(language: str) -> Iterator[str]:
    return (block for kind, block in FENCE.findall(GUIDE.read_text()) if kind == language)


def test_every_curl_of_the_guide_does_what_it_says(program: Program, simulator: Simulator) -> None:
    commands = [shlex.split(line[2:]) for line in console() if line.startswith("$ curl ")]
    assert len(commands) >= 10
    for command in commands:
        answer = program.curl(command[1:])
        assert answer.status_code in (200, 202), (command, answer.text)
        assert answer.headers["Cache-Control"] == "no-store"
        remember(program, simulator, answer)
    assert (program.folder / "fax.pdf").read_bytes().startswith(b"%PDF-")
    assert (program.folder / "evidence.zip").read_bytes().startswith(b"PK")
    assert {record["direction"] for record in simulator.truth()} == {"Inbound", "Outbound"}


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_curl_itself_gets_in_with_that_file(program: Program) -> None:
    command = next(line[2:] for line in console() if "/events" in line)
    outcome = subprocess.run(
        ["sh", "-c", command.replace(BASE, program.base)],
        env=environment_with({"HOME": str(program.folder)}),
        check=True,
        capture_output=True,
    )

    assert json.loads(outcome.stdout)["items"]


def remember(program: Program, simulator: Simulator, answer: requests.Response) -> None:
    """What a person would copy out of an answer; the first fax is followed to its end."""
    if answer.status_code != 202:
        return
    program.memory["SENDING"] = sending = answer.json()["id"]
    if "FAX" in program.memory or answer.json()["send_at"]:
        return
    wait_until(lambda: program.told(f"/sendings/{sending}")["fax"], "the fax to be sent")
    program.memory["FAX"] = fax = program.told(f"/sendings/{sending}")["fax"]
    simulator.finish(fax.partition("-")[2])
    program.made.faxkeep("sync")
    wait_until(lambda: program.told(f"/faxes/{fax}")["state"] == "archived", "the archive")
    assert program.told(f"/faxes/{fax}")["to"][0]["status"] == "Sent"


def test_the_answer_that_the_guide_shows_is_one(program: Program) -> None:
    (shown,) = (json.loads(block) for block in examples("json"))
    parts: Mapping[str, Any] = {"to": (None, "+16505550197"), "text": (None, "Hello.")}
    there = program.ask("/faxes", "POST", files=parts).json()

    assert shown.keys() <= there.keys()
    assert shown["to"][0].keys() <= there["to"][0].keys()
    assert shown["documents"][0].keys() <= there["documents"][0].keys()


def test_the_client_of_the_guide_sends_once(program: Program) -> None:
    (source,) = examples("python")
    names: dict[str, Any] = {}
    exec(compile(source, str(GUIDE), "exec"), names)  # noqa: S102 our own guide
    client = names["Faxkeep"](f"{program.base}/api/v1", program.token)
    letter = program.folder / "letter.pdf"

    first = client.send(LAB, letter, "from-python-1")

    assert client.send(LAB, letter, "from-python-1") == first
    assert client.send(LAB, letter, "from-python-2") != first
    with pytest.raises(ValueError, match="number"):
        client.send("12", letter, "from-python-3")


def test_a_fax_of_many_megabytes_comes_through_whole(
    program: Program, simulator: Simulator
) -> None:
    document = large_pdf(20_000_000)
    parts: Mapping[str, Any] = {"document": ("big.pdf", document), "to": (None, "+16505550199")}

    answer = program.ask("/faxes", "POST", files=parts)

    assert answer.status_code == 202, answer.text
    sending = answer.json()["id"]
    wait_until(lambda: program.told(f"/sendings/{sending}")["fax"], "the fax to be sent")


def large_pdf(size: int) -> bytes:
    into = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root.Padding = made.make_stream(os.urandom(size))
        made.save(into, compress_streams=False)
    return into.getvalue()


def test_those_who_hang_up_leave_no_place_taken(program: Program) -> None:
    fax = program.memory.get("FAX") or program.told("/faxes")["items"][0]["id"]
    head = f"Host: x\r\nAuthorization: Bearer {program.token}\r\n"
    download = f"GET /api/v1/faxes/{fax}/document HTTP/1.1\r\n{head}\r\n"
    upload = f"POST /api/v1/faxes HTTP/1.1\r\n{head}Content-Type: multipart/form-data; boundary=b"
    upload += "\r\nContent-Length: 1000000\r\n\r\n--b\r\n"
    for start in (download, upload):
        for _ in range(2 * AT_ONCE):
            with socket.create_connection(("127.0.0.1", program.made.port), timeout=10) as one:
                one.sendall(start.encode())

    wait_until(lambda: program.ask("/faxes?limit=1").status_code == 200, "the API to answer again")
    parts: Mapping[str, Any] = {"text": (None, "Hello."), "to": (None, "+16505550198")}
    wait_until(
        lambda: program.ask("/faxes", "POST", files=parts).status_code == 202, "room for uploads"
    )


def test_slow_uploads_keep_no_notification_waiting(program: Program, simulator: Simulator) -> None:
    head = f"Host: x\r\nAuthorization: Bearer {program.token}\r\n"
    upload = f"POST /api/v1/faxes HTTP/1.1\r\n{head}Content-Type: application/json"
    upload += "\r\nContent-Length: 1000000\r\n\r\n{"
    with ExitStack() as stack:
        for _ in range(100):
            one = socket.create_connection(("127.0.0.1", program.made.port), timeout=10)
            stack.enter_context(one).sendall(upload.encode())
        (message_id,) = simulator.receive(Inbound(pages=1))
        wait_until(lambda: program.made.are_archived(message_id), "the fax to be archived")
        assert program.made.known(message_id).found_by == "event"


def test_the_log_tells_who_came_but_no_token_number_or_name(program: Program) -> None:
    program.ask("/search", "POST", json={"number": LAB})
    program.ask(f"/faxes/{LAB}")
    log = program.made.log.read_text()

    assert "erp: POST /api/v1/search -> 200" in log
    secrets = [program.token, program.token.split("_", 2)[2], LAB, LAB[1:], "Kit", "Marlowe"]
    assert [each for each in secrets if each in log] == []
