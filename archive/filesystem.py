"""The disk: folders that appear whole or not at all, synced, private, and never overwritten."""

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from errors import ArchiveError

Failpoint = Callable[[str], None]
"""Called with a step's name as it is passed; crash tests end the process there.

Steps: "<what> staged", "<what> renamed" and "<what> published", where <what> is fax, aside, month,
revision or statement; "ledger written" (before its fsync) and "ledger synced".
"""

_MOST_KNOWN = 4096
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)


class AlreadyPublished(ArchiveError):
    """The place is taken: something was published there before."""


def pass_by(step: str) -> None:
    """Do nothing at a failpoint, which is what happens outside crash tests."""


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (fsync of a directory, see fsync(2))."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write every byte: write(2) may take fewer than it is given."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


@contextmanager
def new_file(path: Path) -> Iterator[int]:
    """Open a new private file for writing and fsync it at the end; FileExistsError if it exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield descriptor
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Disk:
    """One archive root: makes folders durable once, stages, publishes, sweeps."""

    def __init__(self, root: Path, failpoint: Failpoint) -> None:
        self.root = root
        self.staging = root / "staging"
        self.failpoint = failpoint
        self._known: set[Path] = set()
        self.ensure(self.staging)

    def ensure(self, folder: Path) -> None:
        """Make a private folder and its missing parents durable; known ones cost nothing."""
        if folder in self._known:
            return
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        made = not folder.is_dir()
        if made:
            self.ensure(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)
        # Another process may have made it a moment ago and not come to its fsync yet.
        if made or self.root in folder.parents:
            sync_folder(folder.parent)
        self._known.add(folder)

    def stage(self) -> Path:
        """Return a name in staging that nothing has."""
        return self.staging / secrets.token_hex(12)

    @contextmanager
    def staged_folder(self) -> Iterator["StagedFolder"]:
        """Stage a new folder; whatever was not published is gone when the block ends."""
        staged = StagedFolder(self)
        try:
            yield staged
        finally:
            staged.close()

    def publish_file(self, staged: Path, target: Path, what: str) -> None:
        """Give a complete, synced staged file its place, create-only; AlreadyPublished else."""
        self.failpoint(f"{what} staged")
        try:
            target.hardlink_to(staged)
        except FileExistsError:
            raise AlreadyPublished(f"this {what} is already in the archive") from None
        finally:
            staged.unlink()
        self.failpoint(f"{what} renamed")
        sync_folder(target.parent)
        self.failpoint(f"{what} published")

    def displace(self, path: Path) -> None:
        """Move something nobody refers to out of its place, into staging, to be swept."""
        path.rename(self.stage())
        sync_folder(path.parent)

    def sweep(self, now: datetime, every: bool) -> int:
        """Remove what crashes left in staging, older than an hour or all; return how many.

        ArchiveError when staging is a link: whoever can write the archive could have it lead to
        the private keys.
        """
        limit = (now - timedelta(hours=1)).timestamp()
        swept = 0
        with _folder_itself(self.staging) as folder:
            for entry in [*os.scandir(folder)]:
                told = entry.stat(follow_symlinks=False)
                if every or told.st_mtime < limit:
                    _discard_in(folder, entry.name, told.st_mode)
                    swept += 1
        return swept


class StagedFolder:
    """A folder being filled in staging, to be published whole or not at all."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._path = disk.stage()
        self._path.mkdir(mode=0o700)
        self._open: list[int] = []
        self._published = False

    def create(self, name: str) -> int:
        """Return a descriptor for a new file, valid until `publish`."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._open.append(os.open(self._path / name, flags, 0o600))
        return self._open[-1]

    def publish(self, target: Path, what: str) -> None:
        """Move the folder to its place in one step, durably.

        AlreadyPublished when the place is taken: rename(2) replaces no folder that holds anything.
        """
        self._sync_files()
        sync_folder(self._path)
        self._disk.failpoint(f"{what} staged")
        self._disk.ensure(target.parent)
        try:
            self._path.rename(target)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            raise AlreadyPublished(f"this {what} is already in the archive") from None
        self._published = True
        self._disk.failpoint(f"{what} renamed")
        sync_folder(target.parent)
        self._disk.failpoint(f"{what} published")

    def _sync_files(self) -> None:
        # Writing of all files starts before the first fsync waits, so that one commit of the
        # filesystem's journal serves them all. Only the fsync is the promise.
        for descriptor in self._open:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        for descriptor in self._open:
            os.fsync(descriptor)
        self._close_files()

    def _close_files(self) -> None:
        while self._open:
            os.close(self._open.pop())

    def close(self) -> None:
        """Remove what was not published."""
        self._close_files()
        if not self._published:
            discard(self._path)


@contextmanager
def _folder_itself(path: Path) -> Iterator[int]:
    """A folder, opened so that no link can take its place meanwhile; ArchiveError if it is one."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except NotADirectoryError:
        raise ArchiveError(f"the archive's {path.name} is a link or a file, no folder") from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _discard_in(folder: int, name: str, mode: int) -> None:
    if stat.S_ISDIR(mode):
        shutil.rmtree(name, ignore_errors=True, dir_fd=folder)
    else:
        os.unlink(name, dir_fd=folder)


def discard(path: Path) -> None:
    """Remove a file or folder of staging if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
