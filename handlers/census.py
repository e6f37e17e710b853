"""The census: who the logins are, which extensions and numbers there are, and who watches each."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from accounts import OWN, Account
from catalog import Catalog, KnownLogin, Mailbox, Place, Transaction
from errors import LoginRefused, PermissionMissing, RingCentralError
from handlers.counting import Count
from handlers.endings import Endings
from handlers.troubles import login_failing
from handlers.ways import Way, Ways, ways
from ringcentral_api import Extension, Identity, PhoneNumber, RingCentral

log = logging.getLogger(__name__)

AGAIN = timedelta(hours=1)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Found:
    """What RingCentral told of one account through its logins that work, the first reading all.

    Extensions and numbers are empty where they were not asked for, or nobody may list them.
    """

    logins: Mapping[str, Identity]
    scopes: Mapping[str, str]
    extensions: Sequence[Extension] = ()
    numbers: Sequence[PhoneNumber] = ()
    retention_days: int | None = None

    @property
    def account_id(self) -> str:
        return next(iter(self.logins.values())).account_id

    @property
    def reader(self) -> str:
        return next(iter(self.logins))


@dataclass(frozen=True)
class Decided:
    """Which mailboxes are watched from now on, and why others no longer are."""

    ways: Ways
    mailboxes: Sequence[Mailbox]
    ended: Mapping[str, str]


@dataclass(frozen=True)
class CensusTaker:
    """Asks RingCentral who there is, and has the catalog watch the mailboxes that are wanted."""

    catalog: Catalog
    accounts: Mapping[str, Account]
    reach: Callable[[str], RingCentral]
    ends_at: Callable[[str], datetime | None]
    now: Callable[[], datetime]

    def take(self, account_name: str) -> Sequence[Mailbox]:
        """Count one account anew; its mailboxes that are watched now.

        A mailbox that is no longer wanted, and that never had a fax, is forgotten; one that had is
        kept, but not looked at.

        Raises:
            RingCentralError: no login of the account works, or RingCentral cannot be reached.
        """
        account = self.accounts.get(account_name)
        if account is None:
            return []
        found = self._ask(account)
        decided = self._decide(account, found)
        with self.catalog.transaction() as tx:
            self._record_logins(tx, account, found)
            self._record_census(tx, account, found, decided.ways)
            self._forget_uncounted(tx)
            self._watch(tx, decided)
            tx.jobs.request("census", account.name, self.now() + AGAIN, self.now())
            for login in found.logins:
                tx.jobs.request("subscribe", login, self.now(), self.now())
        log.info("Account %s: %d mailboxes are watched.", account.name, len(decided.mailboxes))
        return decided.mailboxes

    def _ask(self, account: Account) -> Found:
        logins = dict(sorted(self._identities(account).items(), key=_administrators_first))
        scopes = {name: " ".join(sorted(self.reach(name).scopes())) for name in logins}
        reader = self.reach(next(iter(logins)))
        retention = self._told(reader.retention_days)
        if not account.watches_all:
            return Found(logins, scopes, retention_days=retention)
        extensions = self._told(reader.extensions) or []
        numbers = self._told(reader.phone_numbers) or []
        return Found(logins, scopes, extensions, numbers, retention)

    def _identities(self, account: Account) -> dict[str, Identity]:
        """The logins that work. One that is refused must not stop the others."""
        identities: dict[str, Identity] = {}
        refusal: RingCentralError | None = None
        for login in account.logins:
            try:
                identity = self.reach(login.name).who_am_i()
                _require_same_account(identity, identities)
                identities[login.name] = identity
            except (LoginRefused, PermissionMissing) as error:
                refusal = error
                self._note_refusal(account, login.name, str(error))
        if not identities and refusal is not None:
            raise refusal
        return identities

    def _note_refusal(self, account: Account, login: str, refusal: str) -> None:
        with self.catalog.transaction() as tx:
            tx.logins.mark_refused(login, account.name, refusal, self.now())
            refused = tx.logins.get(login)
            if refused is not None:
                tx.outcomes.record(login_failing(refused, self.now()))

    def _told(self, ask: Callable[[], Answer]) -> Answer | None:
        """What is good to know, but needs a permission that not everybody has."""
        try:
            return ask()
        except PermissionMissing:
            return None

    def _decide(self, account: Account, found: Found) -> Decided:
        decided = ways(self._words(account, found), found.logins, found.extensions)
        mailboxes = [_mailbox(found.account_id, way) for way in decided.watched]
        others = self.accounts.keys() - {account.name}
        ask = self.reach(found.reader).extension
        listed = {each.id for each in found.extensions}
        with self.catalog.reading() as tx:
            known = tx.mailboxes.all()
        ended = Endings(account, found.account_id, others, ask).among(known, listed, decided)
        return Decided(decided, mailboxes, dict(ended))

    def _words(self, account: Account, found: Found) -> Sequence[str]:
        """The mailboxes of the settings; that of a login which is refused now is still meant."""
        if OWN not in account.mailboxes and (found.extensions or not account.watches_all):
            return account.mailboxes
        with self.catalog.reading() as tx:
            own = {each.name: each.extension_id for each in tx.logins.all()}
        refused = [own.get(each.name) for each in account.logins if each.name not in found.logins]
        return [*account.mailboxes, *filter(None, refused)]

    def _record_logins(self, tx: Transaction, account: Account, found: Found) -> None:
        for name, identity in found.logins.items():
            known = KnownLogin(
                name=name,
                account=account.name,
                account_id=identity.account_id,
                extension_id=identity.extension_id,
                person=identity.name or "",
                scopes=found.scopes[name],
                good_at=self.now(),
                ends_at=self.ends_at(name),
                retention_days=found.retention_days,
                hipaa=identity.hipaa,
            )
            tx.logins.mark_good(known)
        configured = {login.name for each in self.accounts.values() for login in each.logins}
        for login in tx.logins.all():
            if login.name not in configured:
                tx.logins.forget(login.name)

    def _record_census(
        self, tx: Transaction, account: Account, found: Found, decided: Ways
    ) -> None:
        count = Count(account.name, found.account_id, self.now())
        extensions = [count.extension(each, decided) for each in found.extensions]
        tx.census.record_extensions(account.name, extensions)
        numbers = [count.number(each) for each in found.numbers if each.takes_faxes]
        if numbers:
            tx.census.record_numbers(account.name, numbers, count.at)

    def _forget_uncounted(self, tx: Transaction) -> None:
        """What is known of an account that is not watched whole any more will not be renewed."""
        known = {each.account for each in tx.census.extensions()}
        known |= {each.account for each in tx.census.numbers()}
        counted = {each.name for each in self.accounts.values() if each.watches_all}
        for account in known - counted:
            tx.census.forget(account)

    def _watch(self, tx: Transaction, decided: Decided) -> None:
        now = self.now()
        for mailbox in decided.mailboxes:
            before = tx.mailboxes.get(mailbox.id)
            tx.mailboxes.watch(mailbox, now)
            if before is None or before.status == "gone" or before.login != mailbox.login:
                tx.jobs.move_archiving(mailbox.id, mailbox.login)
                for name in ("look", "list"):
                    tx.jobs.request(name, mailbox.id, now, now, Place(mailbox.login, now))
        for mailbox_id, reason in decided.ended.items():
            tx.windows.end(mailbox_id, now)
            if not tx.mailboxes.forget_if_empty(mailbox_id):
                tx.mailboxes.mark_gone(mailbox_id, reason)
                tx.jobs.request("state-days", mailbox_id, now, now)


def _require_same_account(identity: Identity, others: Mapping[str, Identity]) -> None:
    """Extension ids mean something within one account only."""
    for name, other in others.items():
        if identity.account_id != other.account_id:
            raise LoginRefused(
                f"its user is of another RingCentral account than that of login {name};"
                " give each account a table of its own in the accounts file."
            )


def _administrators_first(login: tuple[str, Identity]) -> bool:
    return not login[1].is_administrator


def _mailbox(account_id: str, way: Way) -> Mailbox:
    return Mailbox(
        id=f"{account_id}-{way.extension_id}",
        account_id=account_id,
        extension_id=way.extension_id,
        name=way.name,
        extension_number=way.number,
        login=way.login,
    )
