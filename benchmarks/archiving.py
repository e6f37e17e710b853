"""How fast faxes are archived, each durable by itself, and what a large one costs in memory.

Faxes of 100 KB go the whole way but for the network: spool, check, encrypt, publish, commit and
ledger line. Reference: the same files copied by one thread, each with fsync of the file and of its
folder: the least anybody must do to keep a file. "Our writes alone" is what the disk must do for
a fax, its record, its row and its ledger line, with nothing computed. Memory is what the process
ever had resident (VmHWM) more for one fax of 20 MB, after it had warmed up on small ones.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from benchmarks.bare_writes import BareWrites
from benchmarks.faxes import archive_all, archive_one, draw_documents, installation
from benchmarks.measuring import Goal, interleaved, peak_memory, quick_wanted, ratio, show

THREADS = 4
"""FAXKEEP_WORKERS unless it is set."""

WARM_UP = 100
LARGE_PAGES = 400
REFERENCE = "copy + fsync + fsync of folder, 1 thread"


def main(*, quick: bool) -> None:
    """Measure and print."""
    count, passes = (500, 3) if quick else (2000, 3)
    with tempfile.TemporaryDirectory(prefix="faxkeep-bench-") as folder:
        root = Path(folder)
        files = draw_documents(root / "drawn", count, pages=2)
        candidates: dict[str, Callable[[], float]] = {
            REFERENCE: partial(_copied, root, files, 1),
            f"the same, {THREADS} threads": partial(_copied, root, files, THREADS),
            f"faxkeep, {THREADS} threads": partial(_archived, root, files, THREADS),
            "faxkeep, 1 thread": partial(_archived, root, files, 1),
            f"our writes alone, {THREADS} threads": partial(_written, root, files, THREADS),
        }
        rates = interleaved(candidates, passes)
        growth = _growth(root)
    print(f"{count} faxes of {2 * 50} KB, {passes} passes")
    rows = [_row(name, figures, rates[REFERENCE]) for name, figures in rates.items()]
    gain = ratio(rates[f"faxkeep, {THREADS} threads"], rates[REFERENCE])
    show(
        rows,
        [
            Goal("faxes/s, ours to the reference", gain, low=0.7),
            Goal("growth of memory for a fax of 20 MB, MiB", growth / 2**20, high=2),
        ],
    )


def _row(name: str, rates: Sequence[float], reference: Sequence[float]) -> dict[str, object]:
    return {
        "candidate": name,
        "faxes/s": f"{median(rates):.0f}",
        "min-max": f"{min(rates):.0f}-{max(rates):.0f}",
        "ratio": f"{ratio(rates, reference):.2f}",
    }


def _copied(root: Path, files: Sequence[Path], threads: int) -> float:
    with tempfile.TemporaryDirectory(dir=root) as folder, ThreadPoolExecutor(threads) as pool:
        begun = time.perf_counter()
        list(pool.map(partial(_copy, Path(folder)), files))
        return len(files) / (time.perf_counter() - begun)


def _copy(folder: Path, file: Path) -> None:
    with file.open("rb") as source, (folder / file.name).open("wb") as target:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _archived(root: Path, files: Sequence[Path], threads: int) -> float:
    with (
        tempfile.TemporaryDirectory(dir=root) as folder,
        installation(Path(folder), len(files)) as (house, fax_ids),
    ):
        begun = time.perf_counter()
        archive_all(house, fax_ids, files, threads)
        return len(files) / (time.perf_counter() - begun)


def _written(root: Path, files: Sequence[Path], threads: int) -> float:
    with tempfile.TemporaryDirectory(dir=root) as folder:
        writes = BareWrites(Path(folder))
        begun = time.perf_counter()
        writes.keep_all(files, threads)
        return len(files) / (time.perf_counter() - begun)


def _growth(root: Path) -> int:
    """Bytes, measured in a fresh process: ours has been busy."""
    small = draw_documents(root / "small", WARM_UP, pages=2)
    large = draw_documents(root / "large", 1, pages=LARGE_PAGES)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_growth_here, root / "memory", [*small, *large]).result()


def _growth_here(data: Path, files: Sequence[Path]) -> int:
    with installation(data, len(files)) as (house, fax_ids):
        archive_all(house, fax_ids[:-1], files[:-1], THREADS)
        before = peak_memory()
        archive_one(house, fax_ids[-1], files[-1])
        return peak_memory() - before


if __name__ == "__main__":
    main(quick=quick_wanted(__doc__))
