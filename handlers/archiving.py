"""Brings one fax into the archive: download, check, encrypt, publish, commit; in either direction.

Every step may be repeated. A crash leaves at most an unreferenced folder, which the next try puts
aside because the catalog knows no document of that fax.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from archive import Archive, Claim, Document, check_document
from catalog import Catalog, Fax
from errors import DocumentRefused, NotFound
from handlers.bookkeeping import Bookkeeping
from handlers.losses import Losses
from handlers.records import attachments_to_keep, is_due, is_queued, known_fax, message_of
from ringcentral_api import Attachment, RingCentral

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FaxArchiver:
    """Finishes what the catalog shows as unfinished."""

    catalog: Catalog
    reach: Callable[[str], RingCentral]
    archive: Archive
    books: Bookkeeping
    losses: Losses
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
            mailbox = tx.mailboxes.get(fax.mailbox_id)
        if fax.state == "archived" and fax.unrecorded:
            self.books.amend(fax.id)
        elif is_due(fax):
            self._archive(fax, self.reach(mailbox.login if mailbox else ""))
        elif mailbox and mailbox.status == "gone" and fax.state == "pending" and is_queued(fax):
            self.losses.settle(fax)  # no look will tell how it ended

    def _archive(self, fax: Fax, api: RingCentral) -> None:
        with ExitStack() as spools:
            try:
                attachments = self._attachments(fax)
                # RingCentral counts the pages of the fax, not those of each of several documents.
                pages = fax.pages if len(attachments) == 1 else None
                documents = [
                    spools.enter_context(self._fetched(fax, attachment, pages, api))
                    for attachment in attachments
                ]
            except NotFound:
                self.losses.settle(fax)
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
    def _fetched(
        self, fax: Fax, attachment: Attachment, pages: int | None, api: RingCentral
    ) -> Iterator[Document]:
        with self.archive.spool() as spool:
            with api.download(attachment.uri or "") as download:
                self.failpoint("download-started")
                for chunk in download.chunks():
                    spool.write(chunk)
                    self.failpoint("mid-download")
                content_type = download.content_type
            claim = Claim(content_type, attachment.size, pages)
            try:
                facts = check_document(spool, claim)
            except DocumentRefused as refusal:
                self.books.set_aside(fax, refusal, spool)
                raise
            self.failpoint("checked")
            yield Document(spool, facts, attachment.id or "", content_type)
