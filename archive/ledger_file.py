"""The ledger on disk: one text file a month, only ever appended to, never ahead of the catalog."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from archive.filesystem import Failpoint, pass_by, sync_folder, write_all
from archive.finding import Finding
from archive.ledger import FIRST_PREV, LONGEST_LINE, LedgerLine, parse_line
from errors import ArchiveError

_BLOCK = 64 * 1024


class LedgerFile:
    """The month files of one ledger folder. Safe between threads and processes of one host."""

    def __init__(self, folder: Path, failpoint: Failpoint = pass_by) -> None:
        self._folder = folder
        self._failpoint = failpoint

    def tail(self) -> LedgerLine | None:
        """Return the last whole line; None while there is none. ArchiveError if unreadable."""
        for path in reversed(self._months()):
            text = _last_line(path)
            if text:
                return parse_line(text)
        return None

    def tail_seq(self) -> int:
        """Return the number of the last whole line; 0 when there is none or it is unreadable."""
        try:
            tail = self.tail()
        except ArchiveError:
            return 0
        return tail.seq if tail else 0

    def append(self, lines: Sequence[LedgerLine]) -> None:
        """Add lines durably, in order; lines already there are skipped.

        A torn last line left by a crash is cut first. ArchiveError for a line that does not
        follow the tail: two ledgers must never be mixed.
        """
        with self._locked():
            fresh = _following(self.tail(), lines)
            for month, group in groupby(fresh, lambda line: line.at[:7]):
                self._append_month(self._folder / f"{month}.jsonl", list(group))

    def read(self) -> Iterator[LedgerLine | Finding]:
        """Walk over all lines; text that is no ledger line comes as a finding in its place."""
        for path in self._months():
            with path.open("rb") as file:
                number = 0
                while raw := file.readline(LONGEST_LINE):
                    number += 1
                    yield _read_line(raw, f"{path.name}:{number}")

    def _append_month(self, path: Path, lines: list[LedgerLine]) -> None:
        if path.is_symlink():
            raise ArchiveError(
                f"the ledger's {path.name} is a link; nothing was written through it"
            )
        fresh = not path.exists()
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o600)
        try:
            _cut_torn_line(descriptor)
            write_all(descriptor, "".join(line.text + "\n" for line in lines).encode("ascii"))
            self._failpoint("ledger written")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if fresh:
            sync_folder(self._folder)
        self._failpoint("ledger synced")

    def _months(self) -> list[Path]:
        return sorted(self._folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # The folder itself is the lock: no extra file, and the kernel lets go when we die.
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _following(tail: LedgerLine | None, lines: Sequence[LedgerLine]) -> list[LedgerLine]:
    seq, digest = (0, FIRST_PREV) if tail is None else (tail.seq, tail.hash)
    fresh = []
    for line in lines:
        if line.seq < seq or (line.seq == seq and line.hash == digest):
            continue
        if line.seq != seq + 1 or line.prev != digest:
            raise ArchiveError(f"ledger line {line.seq} does not follow line {seq} of the file")
        seq, digest = line.seq, line.hash
        fresh.append(line)
    return fresh


def _read_line(raw: bytes, where: str) -> LedgerLine | Finding:
    if not raw.endswith(b"\n"):
        return Finding("unreadable", "ledger line", where, "the line has no end")
    try:
        return parse_line(raw[:-1].decode("ascii"))
    except UnicodeDecodeError:
        return Finding("unreadable", "ledger line", where, "the line is not ASCII text")
    except ArchiveError as error:
        return Finding("unreadable", "ledger line", where, str(error))


def _last_line(path: Path) -> str:
    with path.open("rb") as file:
        end = _whole_end(file.fileno())
        start = _line_start(file.fileno(), end - 1) if end else 0
        file.seek(start)
        raw = file.read(end - start)
    try:
        return raw.decode("ascii").rstrip("\n")
    except UnicodeDecodeError:
        raise ArchiveError("the last line of the ledger file cannot be read") from None


def _cut_torn_line(descriptor: int) -> None:
    end = _whole_end(descriptor)
    if end != os.fstat(descriptor).st_size:
        os.ftruncate(descriptor, end)


def _whole_end(descriptor: int) -> int:
    """Return the offset behind the last newline."""
    return _line_start(descriptor, os.fstat(descriptor).st_size)


def _line_start(descriptor: int, end: int) -> int:
    """Return the offset behind the last newline before `end`."""
    while end > 0:
        start = max(0, end - _BLOCK)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
