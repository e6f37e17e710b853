"""The fast path of a received fax: a notification that carries the message starts its download.

Never a second truth: what the next look at the mailbox says of the fax replaces what the
notification said, and the archived record is amended where they differ.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from catalog import Catalog, Mailbox
from errors import Unreachable
from handlers.intake import Intake
from handlers.records import Told, attachments_to_keep
from ringcentral_api import Attachment, Message


@dataclass(frozen=True)
class FastPath:
    """Records a fax that a notification names in full, and has it fetched at once."""

    catalog: Catalog
    intake: Intake
    now: Callable[[], datetime]

    def take(self, mailbox: Mailbox, content: Mapping[str, object]) -> None:
        """Record the fax; does nothing if the notification leaves out what archiving needs."""
        try:
            message = Message.from_json(content)
        except Unreachable:
            return
        if message.direction != "Inbound" or not message.created_at:
            return
        attachments = attachments_to_keep(message)
        if not attachments or not all(_is_its_own(each, message) for each in attachments):
            return
        with self.catalog.transaction() as tx:
            told = Told("event", "event", self.now())
            self.intake.take(tx, mailbox, [message], told)


def _is_its_own(attachment: Attachment, message: Message) -> bool:
    """Whether the address is of this message: no document may be kept as another fax's."""
    own = rf"/message-store/{message.id}/content/[0-9]+/?"
    return re.search(own + "$", urlsplit(attachment.uri or "").path) is not None
