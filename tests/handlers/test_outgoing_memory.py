"""A fax of 48 MB is ordered, kept and sent without ever being in memory as a whole."""

import os
import subprocess
import sys
from pathlib import Path

import pikepdf

from settings import environment_with
from simulator import Simulator

ROOT = Path(__file__).parents[2]
MIB = 1024 * 1024


def write_pdf(path: Path, size: int) -> None:
    """One page, and so many bytes that nobody can make smaller."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Extra = pdf.make_stream(os.urandom(size))
        pdf.save(path, compress_streams=False)


def test_memory_stays_flat(tmp_path: Path) -> None:
    names = [str(tmp_path / "small.pdf"), str(tmp_path / "large.pdf")]
    write_pdf(Path(names[0]), MIB)
    write_pdf(Path(names[1]), 48 * MIB)
    with Simulator() as simulator:
        chosen = {**simulator.env, "FAXKEEP_DATA": str(tmp_path / "data")}
        done = subprocess.run(
            [sys.executable, "-m", "tests.handlers.send_big", *names],
            cwd=ROOT,
            env=environment_with(chosen),
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.stderr, done.returncode) == ("", 0)
    assert int(done.stdout) < 4 * MIB
