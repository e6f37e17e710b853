"""A fax of 50 MB needs no more memory than a small one."""

import json
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks.sending import BASE64_LARGE, LARGE, Sink
from sending import FORMS

ROOT = Path(__file__).parents[2]
MOST_GROWTH = 4 * 1024 * 1024


@pytest.mark.parametrize("form", FORMS)
def test_memory_is_flat(tmp_path: Path, form: str) -> None:
    file = tmp_path / "large.pdf"
    with file.open("wb") as made:
        made.truncate(BASE64_LARGE if form == "mixed-base64" else LARGE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    words = [sys.executable, "-m", "benchmarks.sending", "send", url, form, str(file)]
    told = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    server.shutdown()
    server.server_close()
    thread.join()
    grown, _ = json.loads(told.stdout)
    assert grown < MOST_GROWTH
