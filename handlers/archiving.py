"""Brings one fax into the archive: download, check, encrypt, publish, commit; in either direction.

Every step may be repeated. A crash leaves at most an unreferenced folder, which the next try puts
aside because the catalog knows no document of that fax.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from archive import Archive, Claim, Document, check_document
from catalog import Catalog, Fax
from errors import DocumentRefused, Later, NotFound
from handlers.bookkeeping import Bookkeeping
from handlers.records import attachments_to_keep, is_due, known_fax, message_of
from ringcentral_api import Attachment, RingCentral

log = logging.getLogger(__name__)

MESSAGE_NOT_FOUND = "CMN-102"


@dataclass(frozen=True)
class FaxArchiver:
    """Finishes what the catalog shows as unfinished."""

    catalog: Catalog
    api: RingCentral
    archive: Archive
    books: Bookkeeping
    now: Callable[[], datetime]
    failpoint: Callable[[str], None]

    def finish(self, fax_id: str) -> None:
        """Archive this fax, or bring its record in the archive up to date; nothing if it is done.

        Raises:
            DocumentRefused: the bytes failed the truth check and lie aside; worth another try.
            Later: RingCentral has not rendered it yet, or the call must wait.
            RingCentralError: RingCentral refused or cannot be reached.
        """
        with self.catalog.reading() as tx:
            fax = known_fax(tx, fax_id)
        if fax.state == "archived" and fax.unrecorded:
            self.books.amend(fax.id)
        elif is_due(fax):
            self._archive(fax)

    def _archive(self, fax: Fax) -> None:
        with ExitStack() as spools:
            try:
                documents = [
                    spools.enter_context(self._fetched(fax, attachment))
                    for attachment in self._attachments(fax)
                ]
            except NotFound:
                self._record_loss(fax)
                return
            self.books.publish(fax.id, documents)
        log.info("Fax %s is archived.", fax.id)

    def _attachments(self, fax: Fax) -> Sequence[Attachment]:
        """What to fetch. A sent fax that failed may have no document; a received one always has."""
        attachments = attachments_to_keep(message_of(fax))
        if not attachments and fax.direction == "Inbound":
            raise DocumentRefused("none", "RingCentral names no document for it")
        return attachments

    @contextmanager
    def _fetched(self, fax: Fax, attachment: Attachment) -> Iterator[Document]:
        with self.archive.spool() as spool:
            with self.api.download(attachment.uri or "") as download:
                self.failpoint("download-started")
                for chunk in download.chunks():
                    spool.write(chunk)
                    self.failpoint("mid-download")
                content_type = download.content_type
            claim = Claim(content_type, attachment.size, fax.pages)
            try:
                facts = check_document(spool, claim)
            except DocumentRefused as refusal:
                self.books.set_aside(fax, refusal, spool)
                raise
            self.failpoint("checked")
            yield Document(spool, facts, attachment.id or "", content_type)

    def _record_loss(self, fax: Fax) -> None:
        """The document is gone; only if the message is gone too is the fax lost."""
        mailbox_extension = fax.mailbox_id.rsplit("-", 1)[1]
        try:
            gone = self.api.message(mailbox_extension, fax.message_id).availability == "Purged"
        except NotFound as answer:
            # Only RingCentral's own code counts: a proxy can say 404 too.
            gone = answer.code == MESSAGE_NOT_FOUND
        if not gone:
            raise Later("RingCentral has the fax, but not its document at the moment.", 60.0)
        with self.catalog.transaction() as tx:
            tx.faxes.mark_lost(fax.id, "gone at RingCentral before it could be fetched", self.now())
