"""A large fax does not make the worker large."""

import io
import os
import re
from pathlib import Path

import pikepdf

from simulator import Inbound, Simulator
from tests.journeys.installation import Installation, installed, wait_until

MIB = 1024 * 1024
LARGE = 20 * MIB
MOST_GROWTH = 16 * MIB


def test_a_large_fax_hardly_grows_the_worker(simulator: Simulator, tmp_path: Path) -> None:
    with installed(simulator, tmp_path) as made:
        worker = made.work()
        for size in (MIB, MIB, 3 * MIB):
            archive_one(made, simulator, size)
        warm = high_water(worker.pid)
        archive_one(made, simulator, LARGE)
        grown = high_water(worker.pid) - warm
    print(f"warm {warm / MIB:.1f} MiB, grown by {grown / MIB:.1f} MiB")  # noqa: T201
    assert grown < MOST_GROWTH


def archive_one(made: Installation, simulator: Simulator, size: int) -> None:
    (message_id,) = simulator.receive(Inbound(None, 1, "application/pdf", pdf_of(size)))
    made.faxkeep("sync")
    wait_until(lambda: made.are_archived(message_id), "the large fax")


def pdf_of(size: int) -> bytes:
    into = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root.Padding = made.make_stream(os.urandom(size))
        made.save(into)
    return into.getvalue()


def high_water(pid: int | None) -> int:
    """The most memory the process ever had, in bytes (proc(5): VmHWM)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024
