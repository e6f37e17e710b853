"""Every example of the guide to evidence, run in its order as a reader would run it."""

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from archive.evidence import fingerprint
from tests.commands.conftest import Lodger
from tests.journeys.commands import Outcome

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "evidence.md"
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """One command of the guide, and the lines that it shows of its output."""

    words: list[str]
    shown: list[str]


def examples() -> list[Example]:
    found: list[Example] = []
    for block in BLOCK.findall(GUIDE.read_text()):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Example(shlex.split(line[2:]), []))
            else:
                found[-1].shown.append(line)
    return found


@dataclass
class Reader:
    """Follows the guide in a folder of its own; what is particular to it is put in its place."""

    lodger: Lodger
    folder: Path
    put: dict[str, str]

    def follow(self, words: list[str]) -> Outcome:
        said = [self._own(word) for word in words]
        if said[0] == "./faxkeep":
            return self.lodger.faxkeep(*said[1:])
        if said[0] == "python3":
            said[0] = sys.executable
        target = None
        if ">" in said:
            target = self.folder / said[-1]
            said = said[: said.index(">")]
        ended = subprocess.run(said, cwd=self.folder, capture_output=True, check=False)
        if target is not None:
            target.write_bytes(ended.stdout)
        return Outcome(ended.returncode, ended.stdout, ended.stderr.decode())

    def _own(self, word: str) -> str:
        if word in self.put:
            return self.put[word]
        return str(self.folder / word) if re.fullmatch(r"[a-z]+\.(zip|csv|json)", word) else word


def pattern(line: str) -> str:
    """What the guide shows, with any id, number of a line, time and hash in it."""
    plain = re.escape(line)
    return re.sub(r"[0-9a-f]{64}|\d{4}\\-\d\d\\-\d\dT[\d:]+\\\.\d+Z|\d+(\\-\d+)?", r".+", plain)


def test_every_example_does_what_the_guide_says(lodger: Lodger, tmp_path: Path) -> None:
    home = lodger.home
    message_id = home.archive_one()
    line = next(row for row in home.ledger() if row.fax_id == home.id_of(message_id))
    key = fingerprint(home.house.archive.keys.ledger_public_key())
    put: dict[str, str] = {
        "1724099563189": message_id,
        "2:9f86d081884c7d65": f"{line.seq}:{line.hash[:16]}",
        "archive/keys/ledger.pub": str(home.house.archive.root / "keys" / "ledger.pub"),
    }
    reader = Reader(lodger, tmp_path, put)
    for example in examples():
        put |= {word: key for word in example.words if re.fullmatch(r"[0-9a-f]{64}", word)}
        outcome = reader.follow(example.words)
        assert outcome.code == 0, (example.words, outcome)
        for shown in example.shown:
            told = outcome.text.replace(f"{tmp_path}/", "")
            assert re.search(f"^{pattern(shown)}$", told, re.MULTILINE), (shown, told)
    assert (tmp_path / "november.csv").exists()
    assert len(examples()) == 7
