"""Whether the archive is still what its signed ledger says: every line, every file, every key."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from archive.archive import Archive
from archive.finding import Finding
from archive.folders import kept_files
from archive.ledger import LedgerLine, fault
from archive.verify_files import FileCheck, Named, named_by
from archive.verify_keys import OpenMonths
from archive.verify_ledger import compare_ledgers
from errors import ArchiveError


def _say_nothing(done: int, total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True)
class VerifyOptions:
    """How much to read: `sample` is the share of folders whose files are opened, 0 to 1.

    The ledger, the keys, and the presence and size of every file are always checked in full;
    at least one folder is opened. `progress` hears ledger lines done and in all.
    """

    sample: float = 1.0
    seed: int = 0
    progress: Callable[[int, int], None] = _say_nothing


def verify(
    archive: Archive, lines: Iterable[LedgerLine], options: VerifyOptions
) -> Iterator[Finding]:
    """Compare the catalog's ledger `lines`, the ledger file and all files; yield what is wrong.

    Give `lines` lazily and in order of seq, so that a fax archived meanwhile is no false alarm.
    Memory grows by one small number per file of the archive.
    """
    try:
        public_key = archive.keys.ledger_public_key()
    except ArchiveError as error:
        yield Finding("missing", "key", "ledger.pub", f"{error}: no line can be believed")
        return
    # Names are gathered before any line is read: a file seen here has had its line written.
    check = _Check(archive, options)
    yield from check.months.check()
    for item in compare_ledgers(archive.ledger, lines, public_key):
        if isinstance(item, Finding):
            yield item
        else:
            yield from check.line(item)
    yield from check.finish()


class _Check:
    def __init__(self, archive: Archive, options: VerifyOptions) -> None:
        self._root = archive.root
        self._options = options
        self._unnamed = {_short(name) for name in kept_files(archive.root)}
        self._total = archive.ledger.tail_seq()
        self._begun = _begun(archive)
        self.months = OpenMonths(archive.keys)
        self._files = FileCheck(archive.root, self.months)
        self._nearest: tuple[float, Named] | None = None
        self._opened_any = False

    def line(self, line: LedgerLine) -> Iterator[Finding]:
        """Check what one true line names."""
        try:
            named = named_by(line.entry)
        except ValueError as error:
            yield Finding("unreadable", "ledger line", f"line {line.seq}", str(error))
            named = None
        # A fax that was lost here and archived anew has a second beginning, which is the one that
        # counts: lines before it speak of files that are gone.
        if named is not None and line.seq >= self._begun.get(_short(named.folder), 0):
            yield from self._folder(named)
        self._options.progress(line.seq, max(self._total, line.seq))

    def _folder(self, named: Named) -> Iterator[Finding]:
        for file in named.files:
            self._unnamed.discard(_short(f"{named.folder}/{file.name}"))
        yield from self._files.present(named)
        draw = self._draw(named.folder)
        if draw < self._options.sample:
            self._opened_any = True
            yield from self._files.content(named)
        elif self._nearest is None or draw < self._nearest[0]:
            self._nearest = draw, named

    def finish(self) -> Iterator[Finding]:
        """Open one folder if the sample chose none, and name the files no line names."""
        if not self._opened_any and self._nearest is not None:
            yield from self._files.content(self._nearest[1])
        for name in kept_files(self._root) if self._unnamed else ():
            if _short(name) in self._unnamed:
                yield Finding("extra", "file", name, "no ledger line names it")

    def _draw(self, folder: str) -> float:
        """Draw a number in [0, 1) for a folder, the same for the same seed."""
        return (_short(f"{self._options.seed}:{folder}") >> 11) / 2**53


def _begun(archive: Archive) -> dict[int, int]:
    """The newest line that began each folder, for the few folders that were begun twice."""
    public_key = archive.keys.ledger_public_key()
    first: set[int] = set()
    again: dict[int, int] = {}
    for line in archive.ledger.read():
        if isinstance(line, Finding) or line.entry.get("kind") != "archived":
            continue
        folder = _short(str(line.entry.get("folder")))
        if folder in first and not fault(line, public_key):
            again[folder] = line.seq
        first.add(folder)
    return again


def _short(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest())
