"""Hands the archived documents of a fax to whoever encloses them in a notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from archive import Archive
from catalog import Catalog, DocumentRow, Fax
from errors import ArchiveError, KeyMissing, Later, NotDelivered
from notifications import Attachment, Documents

SOON_SECONDS = 15.0
NO_KEY = "this machine holds no key that opens the archive"


@dataclass(frozen=True)
class Enclosures:
    """Reads documents back; needs the archive key."""

    catalog: Catalog
    archive: Archive

    def of(self, fax_id: str) -> Documents:
        """The documents of a fax, or why there are none.

        Raises:
            Later: they will be in the archive, but are not yet.
        """
        with self.catalog.reading() as tx:
            fax = tx.faxes.get(fax_id)
            rows = tx.documents.of(fax_id)
        if fax is None:
            return Documents(missing="the fax is not known here")
        if fax.state != "archived" or fax.folder is None:
            if fax.state == "pending":
                raise Later("The document is not in the archive yet.", SOON_SECONDS)
            return Documents(missing=f"the fax is {fax.state}")
        try:
            self.archive.identities(fax.folder)
        except KeyMissing:
            return Documents(missing=NO_KEY)
        return Documents(tuple(self._attachments(fax, rows)))

    def _attachments(self, fax: Fax, rows: Sequence[DocumentRow]) -> Sequence[Attachment]:
        def attachment(row: DocumentRow, place: int) -> Attachment:
            def write(into: BinaryIO) -> None:
                try:
                    self.archive.read_document(fax.folder or "", row.name, into)
                except ArchiveError:
                    raise NotDelivered("the document cannot be read back") from None

            return Attachment(row.kind, row.size, row.sha256, place, write)

        return [attachment(row, place) for place, row in enumerate(rows, 1)]
