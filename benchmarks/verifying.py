"""How fast the whole archive is verified.

`faxkeep verify` reads every file, hashes it, decrypts it, hashes the document in it, and compares
with ledger and catalog. Reference: the same files read and hashed (SHA-256), nothing else. Both
read from the page cache, which is unkind to us: a disk would slow the reference down first.
"""

import hashlib
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median

import pyrage

from archive import Archive
from benchmarks.archiving import THREADS
from benchmarks.faxes import archive_all, draw_documents, installation
from benchmarks.measuring import interleaved, quick_wanted, ratio, show
from benchmarks.processes import module
from handlers.proof import Proof
from settings import environment_with

BLOCK = 256 * 1024
REFERENCE = "read + sha256"
DECRYPTED = "read + sha256, decrypt + sha256"


def main(*, quick: bool) -> None:
    """Measure and print."""
    count, passes = (500, 3) if quick else (2000, 5)
    with tempfile.TemporaryDirectory(prefix="faxkeep-bench-") as folder:
        data = Path(folder) / "data"
        files = draw_documents(Path(folder) / "drawn", count, pages=2)
        with installation(data, count) as (house, fax_ids):
            archive_all(house, fax_ids, files, THREADS)
            kept = sorted(house.archive.root.glob("2026/**/*.age"))
            size = sum(file.stat().st_size for file in kept) / 1e6
            candidates = {
                REFERENCE: partial(_hashed, kept, size),
                DECRYPTED: partial(_decrypted, house.archive, kept, size),
                "faxkeep, in this process": partial(_verified, house.proof, size),
                "faxkeep verify, the command": partial(_commanded, data, size),
            }
            rates = interleaved(candidates, passes)
    print(f"{len(kept)} files, {size:.0f} MB, {passes} passes")
    rows = [
        {
            "candidate": name,
            "MB/s": f"{median(figures):.0f}",
            "min-max": f"{min(figures):.0f}-{max(figures):.0f}",
            "ratio": f"{ratio(figures, rates[REFERENCE]):.2f}",
        }
        for name, figures in rates.items()
    ]
    show(rows, [])


def _hashed(files: list[Path], size: float) -> float:
    begun = time.perf_counter()
    for path in files:
        digest = hashlib.sha256()
        with path.open("rb", buffering=0) as file:
            while block := file.read(BLOCK):
                digest.update(block)
    return size / (time.perf_counter() - begun)


def _decrypted(archive: Archive, files: list[Path], size: float) -> float:
    """What verifying cannot do without, and nothing more."""
    begun = time.perf_counter()
    identities = [archive.keys.identity(month) for month in archive.keys.months.names()]
    for path in files:
        sealed = path.read_bytes()
        hashlib.sha256(sealed)
        hashlib.sha256(pyrage.decrypt(sealed, identities))
    return size / (time.perf_counter() - begun)


def _verified(proof: Proof, size: float) -> float:
    begun = time.perf_counter()
    if list(proof.verify(1.0, 0, lambda done, total: None)):
        raise RuntimeError("a fresh archive is not as it should be")
    return size / (time.perf_counter() - begun)


def _commanded(data: Path, size: float) -> float:
    environment = environment_with({"FAXKEEP_DATA": str(data)})
    begun = time.perf_counter()
    subprocess.run(module("cli", "verify"), env=environment, check=True, capture_output=True)
    return size / (time.perf_counter() - begun)


if __name__ == "__main__":
    main(quick=quick_wanted(__doc__))
