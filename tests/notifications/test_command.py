"""A command of the user's: fixed arguments, facts on its input, a limit of time, nothing else."""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from errors import NotDelivered
from notifications import NO_DOCUMENTS, Notice
from tests.notifications.stages import made

NOTICE = Notice(
    id="n_0123",
    outcome="received:400-7",
    kind="received",
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    fax="400-7",
)


def program(folder: Path, body: str) -> str:
    path = folder / "program"
    path.write_text(f"#!{sys.executable}\nimport json, os, subprocess, sys, time\n{body}\n")
    path.chmod(0o700)
    return str(path)


def test_it_gets_the_facts_on_its_input_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAXKEEP_SECRET", "hidden")
    kept = tmp_path / "kept"
    body = (
        "told = json.load(sys.stdin)\n"
        "line = open('/proc/self/cmdline').read()\n"
        "files = os.listdir('/proc/self/fd')\n"
        "seen = [told, line, sys.argv[1:], dict(os.environ), os.getcwd(), files]\n"
        f"json.dump(seen, open({str(kept)!r}, 'w'))"
    )
    argv = [program(tmp_path, body), "--fixed; touch /x"]

    made("command", {"argv": argv}).deliver(NOTICE, NO_DOCUMENTS)

    told, line, arguments, environment, folder, files = json.loads(kept.read_text())
    assert told["data"]["fax"] == "400-7"
    assert arguments == ["--fixed; touch /x"]
    assert "400-7" not in line
    assert environment.keys() - {"LC_CTYPE"} == {"PATH", "LANG"}
    assert folder == "/"
    assert len(files) <= 5  # input, output, error, and what it has opened itself


@pytest.mark.parametrize(("body", "words"), [("sys.exit(3)", "ended with 3"), ("os.abort()", "-6")])
def test_any_end_but_zero_is_a_failure(tmp_path: Path, body: str, words: str) -> None:
    with pytest.raises(NotDelivered, match=words):
        made("command", {"argv": [program(tmp_path, body)]}).deliver(NOTICE, NO_DOCUMENTS)


def test_one_that_ignores_its_input_may_succeed(tmp_path: Path) -> None:
    body = "sys.stdin.close(); os.close(0) if False else None"

    assert made("command", {"argv": [program(tmp_path, body)]}).deliver(NOTICE, NO_DOCUMENTS) == ""


def test_what_it_prints_goes_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    body = "print('x' * 10_000_000); print('loud', file=sys.stderr)"

    made("command", {"argv": [program(tmp_path, body)]}).deliver(NOTICE, NO_DOCUMENTS)

    assert capfd.readouterr() == ("", "")


def test_one_that_does_not_end_is_ended_with_its_children(tmp_path: Path) -> None:
    kept = tmp_path / "pid"
    body = (
        "child = subprocess.Popen(['sleep', '60'])\n"
        f"open({str(kept)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    channel = made("command", {"argv": [program(tmp_path, body)], "seconds": 1})
    started = time.monotonic()

    with pytest.raises(NotDelivered, match="within 1 s"):
        channel.deliver(NOTICE, NO_DOCUMENTS)

    assert time.monotonic() - started < 5
    assert is_gone(int(kept.read_text()))


def is_gone(pid: int) -> bool:
    """Whether a process has ended; nobody may have waited for it yet."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        os.sched_yield()
    return False
