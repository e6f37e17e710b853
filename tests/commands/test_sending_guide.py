"""Every command line of the page about sending, run in its order on an installation of its own."""

import re
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from catalog import SendingQuery
from commands.handing import is_over
from simulator import Inbound, Simulator
from tests.journeys.installation import Installation, installed, without_limits
from tests.sending.drawn import pdf, tiff

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "sending.md"
LINE = re.compile(r"^\$ \./faxkeep (.*)$", re.MULTILINE)
SENDING, FAILED, RECEIVED = "s-16298c08568facbd", "400621-123", "400621-77"
FILES = {"results.pdf": pdf(2), "scan.tif": tiff(), "form.pdf": pdf(1)}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Installation]:
    with Simulator(seed=8) as simulator, installed(simulator, tmp_path) as made:
        without_limits(simulator)
        simulator.receive(Inbound(pages=1))
        assert made.faxkeep("sync").code == 0
        yield made


class Reader:
    """Does what the page says, and brings about what it takes for granted."""

    def __init__(self, made: Installation, folder: Path) -> None:
        self.made = made
        self.folder = folder
        for name, content in FILES.items():
            (folder / name).write_bytes(content)

    def obey(self, line: str) -> int:
        words = [self._meant(word) for word in shlex.split(line)]
        if words[:2] == ["outbox", "cancel"]:
            self._order("--at", "2099-01-01")
            words[2] = self.newest()
        if words[:2] == ["outbox", "decide"]:
            self._doubt(words)
        return self.made.faxkeep(*words).code

    def newest(self) -> str:
        return self.made.house.outbox.list(SendingQuery(limit=1))[0].id

    def _meant(self, word: str) -> str:
        if word in FILES:
            return str(self.folder / word)
        return {SENDING: self.newest, FAILED: self._failed, RECEIVED: self._received}.get(
            word, lambda: word
        )()

    def _order(self, *words: str) -> None:
        self.made.faxkeep("send", "--to", "+16505550123", "--text", "Hello", *words)

    def _doubt(self, words: list[str]) -> None:
        """A fax that is unsure, and for --sent one at RingCentral that nobody claims."""
        self._order("--at", "2099-01-01")
        words[2] = self.newest()
        catalog = self.made.settings.catalog_address
        with closing(sqlite3.connect(catalog)) as database, database:
            database.execute("UPDATE sendings SET state = 'unsure' WHERE id = ?", (words[2],))
        if "--sent" in words:
            words[-1] = self.made.simulator.send(["+16505550123"])

    def _failed(self) -> str:
        sent = next(e for e in self.made.simulator.truth() if e["direction"] == "Outbound")
        self.made.simulator.finish(sent["id"], error="LineBusy")
        assert self.made.faxkeep("sync").code == 0
        assert is_over(self.made.recipients(sent["id"]))
        return f"{sent['accountId']}-{sent['id']}"

    def _received(self) -> str:
        (held,) = [e for e in self.made.simulator.truth() if e["direction"] == "Inbound"]
        return f"{held['accountId']}-{held['id']}"


def test_the_guide_can_be_followed(made: Installation, tmp_path: Path) -> None:
    reader = Reader(made, tmp_path)
    lines = LINE.findall(PAGE.read_text())
    ended = {line: reader.obey(line) for line in lines}
    assert len(lines) >= 11
    wrong = [line for line in lines if "--dry-run" in line]
    assert [line for line, code in ended.items() if code] == wrong
