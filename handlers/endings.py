"""Which mailboxes are watched no more, and why: never because a list merely lacks one."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

from accounts import Account
from catalog import Mailbox
from errors import NotFound, PermissionMissing
from handlers.ways import Ways
from ringcentral_api import Extension

EXTENSION_DELETED = "RingCentral has this extension no more"
NO_SUCH_THING = "CMN-102"


@dataclass(frozen=True)
class Endings:
    """Decides for one account of the settings, whose id at RingCentral is `account_id`.

    `others` are the names of the other accounts, `ask` asks RingCentral for one extension.
    """

    account: Account
    account_id: str
    others: Set[str]
    ask: Callable[[str], Extension]

    def among(
        self, known: Sequence[Mailbox], listed: Set[str], decided: Ways
    ) -> Iterator[tuple[str, str]]:
        """The ids of those that end, with the reason. `listed` are the ids of the extensions."""
        wanted = {way.extension_id for way in decided.watched}
        for mailbox in filter(self._is_in_question, known):
            extension_id = mailbox.extension_id
            if mailbox.account_id != self.account_id:
                yield mailbox.id, "no login of the settings reaches its account any more"
            elif extension_id in wanted or (self.account.watches_all and not listed):
                continue  # where nobody may list them now, what was watched stays watched
            elif not self.account.watches_all or extension_id in listed:
                yield mailbox.id, decided.left_out.get(extension_id, "the settings name it no more")
            elif self._is_deleted(extension_id):
                yield mailbox.id, EXTENSION_DELETED

    def _is_in_question(self, mailbox: Mailbox) -> bool:
        """Whether only this account of the settings can have a reason to watch it."""
        if mailbox.status == "gone" or mailbox.login.partition("/")[0] in self.others:
            return False
        return bool(mailbox.login) or mailbox.account_id == self.account_id

    def _is_deleted(self, extension_id: str) -> bool:
        try:
            self.ask(extension_id)
        except NotFound as answer:
            # Only RingCentral's own code counts: a proxy can say 404 too.
            return answer.code == NO_SUCH_THING
        except PermissionMissing:
            return False
        return False
