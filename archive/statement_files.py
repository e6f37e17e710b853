"""The completeness statements on disk: plain JSON, each revision published once, and for good."""

from archive.closing import StoredFile, hash_file
from archive.filesystem import Disk, new_file, write_all
from archive.statement import LONGEST, Place, is_statement_folder
from errors import ArchiveError


class StatementFiles:
    """The folder `statements` of an archive. What they say is signed by the ledger's lines."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def keep(self, place: Place, text: bytes) -> StoredFile:
        """Keep a statement; AlreadyPublished when its place is taken."""
        folder = self._disk.root / place.folder
        self._disk.ensure(folder)
        staged = self._disk.stage()
        with new_file(staged) as file:
            write_all(file, text)
        self._disk.publish_file(staged, folder / place.name, "statement")
        return hash_file(folder / place.name)

    def displace(self, place: Place) -> None:
        """Clear the place of a statement that a crash left behind: no ledger line speaks of it."""
        self._disk.displace(self._disk.root / place.folder / place.name)

    def read(self, file: str) -> bytes:
        """The bytes of a statement, by its path in the archive.

        ArchiveError when it is not there, ValueError for a path that is none of a statement.
        """
        folder, _, name = file.rpartition("/")
        if not is_statement_folder(folder) or not name.endswith(".json"):
            raise ValueError("not the file of a statement")
        path = self._disk.root / file
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LONGEST:
            raise ArchiveError("a statement is missing from the archive")
        return path.read_bytes()
