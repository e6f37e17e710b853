"""What any command writes is its owner's alone, whatever the shell's umask is."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

A_COMMAND_THAT_WRITES = """
import click, cli, os
@cli.cli.command()
@click.argument("output", type=click.File("wb"))
def write(output):
    output.write(b"a fax")
os.umask(0)
cli.main()
"""


def test_an_output_file_is_private_under_an_open_umask(tmp_path: Path) -> None:
    file = tmp_path / "fax.pdf"
    command = [sys.executable, "-c", A_COMMAND_THAT_WRITES, "write", str(file)]
    subprocess.run(command, cwd=ROOT, check=True)
    assert file.stat().st_mode & 0o777 == 0o600
