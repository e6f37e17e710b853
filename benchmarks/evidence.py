"""How fast evidence of a fax is made and checked, and how fast a register is written.

Making: a fax of ten pages (500 KB), into memory, in a process that has made one before. Reference:
what it cannot do without, opening the document twice and hashing it. Checking: the ZIP's own
verifier as a person starts it, with Python's start. Reference: a Python that only imports what the
verifier needs.
"""

import hashlib
import io
import subprocess
import sys
import tempfile
import time
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

from archive.evidence import verifier_source
from benchmarks.faxes import archive_all, archive_one, draw_documents, installation
from benchmarks.measuring import Goal, interleaved, peak_memory, percentile, quick_wanted, show
from catalog import FaxQuery
from handlers.register import write_csv
from wiring import House

DOCUMENT, MADE = "document opened twice + sha256", "evidence made"
BARE, CHECKED = "python, its imports alone", "verify.py"
IMPORTS = (
    "import base64, dataclasses, hashlib, hmac, json, re, struct, typing, zlib\n"
    "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey\n"
    "from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305\n"
    "from cryptography.hazmat.primitives.serialization import load_pem_public_key\n"
)
DAYS = date(2026, 11, 1), date(2027, 12, 31)


def main(*, quick: bool) -> None:
    """Measure and print."""
    count, passes, listed = (20, 15, 2000) if quick else (100, 40, 100_000)
    with tempfile.TemporaryDirectory(prefix="faxkeep-bench-") as folder:
        files = draw_documents(Path(folder) / "drawn", count, pages=10)
        with installation(Path(folder) / "data", listed) as (house, fax_ids):
            archive_all(house, fax_ids[:count], files, threads=2)
            file = Path(folder) / "fax.zip"
            with file.open("wb") as into:
                house.evidence.make(fax_ids[0], into)
            script = Path(folder) / "verify.py"
            script.write_bytes(verifier_source())
            figures = interleaved(
                {
                    DOCUMENT: partial(_opened, house, fax_ids[1]),
                    MADE: partial(_made, house, fax_ids[1]),
                    BARE: partial(_run, [sys.executable, "-c", IMPORTS]),
                    CHECKED: partial(_run, [sys.executable, str(script), str(file)]),
                },
                passes,
            )
            size, seconds, rows = file.stat().st_size, *_registered(house)
            grown = _grown(house, fax_ids[count], Path(folder))
    table = [
        {
            "candidate": name,
            "ms": f"{median(each) * 1000:.0f}",
            "p95 ms": f"{percentile(each, 0.95) * 1000:.0f}",
            "min-max": f"{min(each) * 1000:.0f}-{max(each) * 1000:.0f}",
        }
        for name, each in figures.items()
    ]
    print(f"one ZIP: {size / 1e6:.2f} MB; {passes} passes")
    print(f"memory: {grown / 2**20:.1f} MiB more for a fax of 1,000 pages (50 MB)")
    print(f"register: {rows} rows in {seconds:.1f} s, {rows / seconds:.0f} rows/s")
    show(
        table,
        [
            Goal("ms to make evidence of ten pages", median(figures[MADE]) * 1000, high=100),
            Goal("ms to check it, with Python's start", median(figures[CHECKED]) * 1000, high=300),
        ],
    )


def _opened(house: House, fax_id: str) -> float:
    begun = time.perf_counter()
    with house.catalog.reading() as tx:
        fax = tx.faxes.get(fax_id)
    assert fax is not None
    for _ in range(2):
        into = io.BytesIO()
        house.archive.read_document(fax.folder or "", "document.pdf.age", into)
        hashlib.sha256(into.getbuffer())
    return time.perf_counter() - begun


def _made(house: House, fax_id: str) -> float:
    begun = time.perf_counter()
    house.evidence.make(fax_id, io.BytesIO())
    return time.perf_counter() - begun


def _run(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


def _grown(house: House, fax_id: str, folder: Path) -> int:
    """How many bytes this process grows by while it makes evidence of 50 MB."""
    (large,) = draw_documents(folder / "large", 1, pages=1000)
    archive_one(house, fax_id, large)
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): the peak counts from here
    before = peak_memory()
    with (folder / "large.zip").open("wb") as into:
        house.evidence.make(fax_id, into)
    return peak_memory() - before


def _registered(house: House) -> tuple[float, int]:
    begun = time.perf_counter()
    rows = write_csv(house.register.rows(DAYS, FaxQuery()), io.BytesIO())
    return time.perf_counter() - begun, rows


if __name__ == "__main__":
    main(quick=quick_wanted(__doc__))
