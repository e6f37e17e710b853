"""The examples of the page about sending, run as they stand there."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from sending import OutgoingFax, Recipient, document_from_text, fax_request
from settings import environment_with
from simulator import Simulator
from tests.sending.drawn import pdf, tiff

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "sending.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_examples_send_a_fax(simulator: Simulator, tmp_path: Path) -> None:
    (tmp_path / "results.pdf").write_bytes(pdf(2))
    (tmp_path / "scan.tif").write_bytes(tiff())
    script = "\n".join(BLOCK.findall(PAGE.read_text()))
    assert script.count("import") > 5
    chosen = {**simulator.env, "FAXKEEP_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment_with(chosen),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert "on its way: " in done.stdout
    (sent,) = simulator.truth()
    assert sent["id"] in done.stdout
    assert [each["number"] for each in sent["recipients"]] == ["+16505550123", "+16505550124"]
    names = [each["fileName"] for each in sent["sources"]]
    assert names == ["message.txt", "results.pdf", "scan.tif"]


def test_any_client_sends_what_the_page_says(simulator: Simulator, sdk: Any) -> None:
    """The function of the page that takes a token of somebody's own."""
    found = [block for block in BLOCK.findall(PAGE.read_text()) if "def send_with" in block]
    fax = OutgoingFax((Recipient("+16505550123"),), (document_from_text("Hello"),))
    around: dict[str, Any] = {"request": fax_request(fax)}
    exec(compile(found[0], str(PAGE), "exec"), around)  # noqa: S102
    sent = around["send_with"](simulator.url, sdk.auth().access_token())
    assert [each["id"] for each in simulator.truth()] == [sent]
