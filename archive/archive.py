"""The archive: faxes closed with their month's key, each published whole, once, and for good."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Self

from pyrage.x25519 import Identity

from archive import folders
from archive.address import FaxAddress, month_of
from archive.closing import StoredFile, close_bytes, close_spool, hash_file, open_into
from archive.filesystem import AlreadyPublished, Disk, Failpoint, new_file, pass_by, sync_folder
from archive.key_files import create_file
from archive.keys import Keys
from archive.ledger import LedgerLine, next_line
from archive.ledger_file import LedgerFile
from archive.records import read_json, record_text, refusal_text
from archive.spool import LARGEST, Spool
from archive.statement_files import StatementFiles
from archive.truth_check import DocumentFacts
from errors import ArchiveError

_README = """\
This is an archive of faxes kept by Faxkeep. Every file ending in .age is in the open age format
(age-encryption.org/v1) and can be read without Faxkeep, with the `age` command and the archive's
key (archive.key or recovery.key, kept apart from this folder). For a fax of November 2026:

    age -d -i archive.key keys/months/2026-11/identity.age > month.key
    age -d -i month.key 2026/11/23/MAILBOX/inbound-MESSAGE/document.pdf.age > document.pdf

Delete month.key afterwards. fax.json.age beside a document says who sent it and when; it opens the
same way. The folder `ledger` lists every file with its SHA-256, signed with keys/ledger.pub.
"""


_ASIDE_FILES = ("document.age", "refusal.json.age")


@dataclass(frozen=True)
class Document:
    """A checked document about to be kept; `content_type` is what its source called it.

    `source` names a source other than the usual one.
    """

    spool: Spool
    facts: DocumentFacts
    attachment_id: str
    content_type: str
    source: str = ""


@dataclass(frozen=True)
class Published:
    """What now lies in the archive: a folder and its files, measured as ciphertext."""

    folder: str
    files: tuple[StoredFile, ...]


class Archive:
    """One archive root and its keys. Safe between threads and processes of one host."""

    def __init__(self, disk: Disk, keys: Keys, ledger: LedgerFile) -> None:
        self._disk = disk
        self.statements = StatementFiles(disk)
        self.keys = keys
        self.ledger = ledger

    @classmethod
    def open(
        cls,
        root: Path,
        private: Path,
        failpoint: Failpoint = pass_by,
        archive_key: Path | None = None,
    ) -> Self:
        """Open an archive, making its folders and keys at first use.

        `archive_key`: a file that opens the archive but is not kept in `private`.
        KeyMissing when the archive is in use but its keys are gone.
        """
        disk = Disk(root, failpoint)
        keys = Keys(disk, private, archive_key)
        disk.ensure(root / "ledger")
        if not (root / "README.txt").exists():
            create_file(root / "README.txt", _README.encode())
        return cls(disk, keys, LedgerFile(root / "ledger", failpoint))

    @property
    def root(self) -> Path:
        """The folder everything but the private keys lies in."""
        return self._disk.root

    def spool(self, largest: int = LARGEST) -> Spool:
        """Return an empty spool for so many bytes; close it when they are dealt with."""
        return Spool(self._disk.staging, largest)

    def document_names(self, documents: Sequence[Document]) -> list[str]:
        """Name the files of a fax's documents: document.pdf.age, document-2.tiff.age, ..."""
        return [
            f"document{f'-{number}' if number > 1 else ''}.{document.facts.kind}.age"
            for number, document in enumerate(documents, 1)
        ]

    def publish(
        self, address: FaxAddress, record: Mapping[str, object], documents: Sequence[Document]
    ) -> Published:
        """Keep a fax: all of it durably in its place, or nothing of it.

        AlreadyPublished when the place is taken; ArchiveError when bytes changed since the check.
        """
        target = self.root / address.folder
        if target.exists():
            raise AlreadyPublished("this fax is already in the archive")
        recipient = self.keys.recipient(address.month)
        names = self.document_names(documents)
        files = []
        with self._disk.staged_folder() as staged:
            for name, document in zip(names, documents, strict=True):
                descriptor = staged.create(name)
                sha256 = document.facts.sha256
                sealed = close_spool(document.spool, sha256, descriptor, recipient)
                files.append(StoredFile(name, *sealed))
            kept = [_kept(name, document) for name, document in zip(names, documents, strict=True)]
            sealed = close_bytes(
                record_text(1, record, kept), staged.create("fax.json.age"), recipient
            )
            files.append(StoredFile("fax.json.age", *sealed))
            staged.publish(target, "fax")
        return Published(address.folder, tuple(files))

    def displace(self, address: FaxAddress) -> None:
        """Clear the place of a fax that a crash left behind; the caller proves nobody refers to it.

        FileNotFoundError when nothing is there.
        """
        self._disk.displace(self.root / address.folder)

    def displace_aside(self, folder: str) -> None:
        """Clear a folder of bytes set aside that a crash left behind, as `displace` does a fax."""
        if month_of(folder) is not None:
            raise ValueError("not a folder of bytes set aside")
        self._disk.displace(self.root / folder)

    def amend(
        self,
        folder: str,
        revision: int,
        record: Mapping[str, object],
        documents: Sequence[Mapping[str, object]],
    ) -> StoredFile:
        """Keep a later revision (2, 3, ...) of a fax's record beside the earlier ones.

        `documents` as `read_record` returned them. AlreadyPublished when the revision exists,
        ArchiveError when the fax does not.
        """
        month = _fax_month(folder)
        if revision < 2:
            raise ValueError("the first revision is published with the fax")
        if not (self.root / folder).is_dir():
            raise ArchiveError("this fax is not in the archive")
        name = folders.record_name(revision)
        staged = self._disk.stage()
        with new_file(staged) as file:
            text = record_text(revision, record, documents)
            sealed = close_bytes(text, file, self.keys.recipient(month))
        self._disk.publish_file(staged, self.root / folder / name, "revision")
        return StoredFile(name, *sealed)

    def displace_revision(self, folder: str, revision: int) -> None:
        """Clear the place of a revision that a crash left behind, as `displace` does a fax."""
        _fax_month(folder)
        if revision < 2:
            raise ValueError("the first revision goes with its fax")
        self._disk.displace(self.root / folder / folders.record_name(revision))

    def set_aside(
        self, address: FaxAddress, reason: str, detail: str, spool: Spool, at: datetime
    ) -> Published:
        """Keep bytes that failed the truth check; the same bytes of the same fax only once."""
        folder = address.aside_folder(spool.sha256)
        refusal = refusal_text(address, spool, {"reason": reason, "detail": detail, "at": at})
        recipient = self.keys.recipient(address.month)
        if (self.root / folder).exists():
            return self._measured(folder)
        with self._disk.staged_folder() as staged:
            sealed = close_spool(spool, spool.sha256, staged.create(_ASIDE_FILES[0]), recipient)
            noted = close_bytes(refusal, staged.create(_ASIDE_FILES[1]), recipient)
            try:
                staged.publish(self.root / folder, "aside")
            except AlreadyPublished:
                return self._measured(folder)
        pairs = zip(_ASIDE_FILES, (sealed, noted), strict=True)
        return Published(folder, tuple(StoredFile(name, *measure) for name, measure in pairs))

    def read_record(self, folder: str) -> dict[str, object]:
        """Return the latest revision of a fax's record, or the refusal of bytes set aside.

        KeyMissing when this machine cannot read; ArchiveError when there is nothing readable.
        """
        identities = self.identities(folder)
        return read_json(self.root / folder / self._record_name(folder), identities)

    def read_told(self, folder: str, record: StoredFile) -> dict[str, object]:
        """Return a record only if it is, byte for byte, the one that a ledger line names.

        Errors as for `read_record`.
        """
        path = self.root / folder / record.name
        if not path.is_file() or hash_file(path) != record:
            raise ArchiveError("the record that the ledger names is missing or changed")
        return read_json(path, self.identities(folder))

    def read_document(self, folder: str, name: str, into: BinaryIO) -> None:
        """Write a document's plain bytes to `into`, streaming.

        KeyMissing when this machine cannot read; ArchiveError when the file is missing or changed:
        what was written until then counts for nothing.
        """
        if not folders.DOCUMENT.fullmatch(name):
            raise ValueError("not the name of a document")
        open_into(self.root / folder / name, self.identities(folder), into)

    def identities(self, folder: str) -> list[Identity]:
        """Return what may open the files of a folder; for bytes set aside, every month's."""
        month = month_of(folder)
        return self.keys.every_identity() if month is None else [self.keys.identity(month)]

    def folders(self) -> Iterator[str]:
        """Name every fax folder, sorted."""
        return folders.fax_folders(self.root)

    def aside_folders(self) -> Iterator[str]:
        """Name every folder of bytes set aside, sorted."""
        return folders.aside_folders(self.root)

    def has_folder(self, folder: str) -> bool:
        """Whether a folder that the ledger names is there."""
        return (self.root / folder).is_dir()

    def sweep_staging(self, now: datetime, all: bool) -> int:  # the one word for it
        """Remove what crashes left in staging: older than an hour, or all when nobody else runs."""
        return self._disk.sweep(now, all)

    def next_line(
        self, tail: LedgerLine | None, entry: Mapping[str, object], at: datetime
    ) -> LedgerLine:
        """Make and sign the ledger line after `tail`; KeyMissing without the ledger key."""
        return next_line(tail, entry, at, self.keys.sign)

    def _measured(self, folder: str) -> Published:
        # Another process may have died between rename and fsync: only now is it surely durable.
        sync_folder((self.root / folder).parent)
        return Published(folder, tuple(hash_file(self.root / folder / n) for n in _ASIDE_FILES))

    def _record_name(self, folder: str) -> str:
        if month_of(folder) is None:
            return _ASIDE_FILES[1]
        try:
            revision = folders.latest_revision(self.root / folder)
        except FileNotFoundError:
            raise ArchiveError("this fax is not in the archive") from None
        return folders.record_name(max(1, revision))


def _fax_month(folder: str) -> str:
    month = month_of(folder)
    if month is None:
        raise ValueError("not the folder of a fax")
    return month


def _kept(name: str, document: Document) -> dict[str, object]:
    about = {"attachment_id": document.attachment_id, "content_type": document.content_type}
    if document.source:
        about["source"] = document.source
    return {"name": name, **about, **vars(document.facts)}
