"""Has RingCentral call us about each mailbox; every time in which it did not is written down.

A blind window is no loss: the mailbox is listed whole as soon as it ends.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts import Account
from catalog import BlindWindow, Catalog, KnownLogin, Mailbox, OwnSubscription, Transaction
from errors import PermissionMissing, RingCentralError
from handlers.closings import Closings, note_window, tell_blind
from handlers.sync import request_listing
from ringcentral_api import RingCentral
from subscriptions import (
    Own,
    Report,
    Standing,
    Subscriptions,
    Wanted,
    blindness,
    calls_about,
    covers,
    event_filters,
    refuses,
)

SUBSCRIPTION_SECONDS = 7 * 24 * 3600
"""RingCentral's own default lifetime; renewed by our clock at half of it."""
ASK_AGAIN = timedelta(days=1)
"""When RingCentral is asked once more to call about a mailbox that it refused to."""
TOO_MANY_FILTERS = "SUB-508"


@dataclass(frozen=True)
class Caller:
    """Whose calls are kept: one login, its account, and the mailboxes to be called about."""

    account: Account
    login: KnownLogin
    mailboxes: Sequence[Mailbox]

    @property
    def others(self) -> list[Mailbox]:
        """Those that are not the login's own."""
        own = self.login.extension_id
        return [each for each in self.mailboxes if each.extension_id != own]


@dataclass(frozen=True)
class Calling:
    """Keeps the subscriptions of each login. `base` begins our addresses; "" for no calls."""

    catalog: Catalog
    accounts: Mapping[str, Account]
    reach: Callable[[str], RingCentral]
    closings: Closings
    base: str
    now: Callable[[], datetime]

    def keep(self, login: str) -> Report | None:
        """Have RingCentral call about every mailbox of a login; None when nobody wants that.

        Raises:
            RingCentralError: it will not, for now.
        """
        account = self.accounts.get(login.partition("/")[0])
        if account is None:
            return None  # nobody can log in as it any more
        if not account.webhook or not self.base:
            self._stop(login)
            return None
        caller = self._caller(account, login)
        if caller is None:
            return None
        self.closings.note_closed_door(caller.mailboxes)
        try:
            return self._ensure(caller)
        except RingCentralError as error:
            self.closings.note_outage(caller.mailboxes, error)
            raise

    def remove(self, login: str) -> tuple[str, ...]:
        """Delete every subscription of ours that this login has; their ids."""
        removed = Subscriptions(self.reach(login)).remove_all(self._own(login))
        with self.catalog.transaction() as tx:
            for subscription_id in removed:
                tx.windows.forget(subscription_id)
        return removed

    def _caller(self, account: Account, login: str) -> Caller | None:
        with self.catalog.reading() as tx:
            known = tx.logins.get(login)
            read = [each for each in tx.mailboxes.present() if each.login == login]
        called = [e for e in read if e.uncalled_until is None or e.uncalled_until <= self.now()]
        return Caller(account, known, called) if known and called else None

    def _stop(self, login: str) -> None:
        """RingCentral is to call no more: remove what we once made, and wait for no call."""
        with self.catalog.transaction() as tx:
            made = tx.windows.own(login)
            for mailbox in tx.mailboxes.present():
                if mailbox.login == login:
                    tx.windows.end(mailbox.id, self.now())
        if made:
            self.remove(login)

    def _own(self, login: str) -> Own:
        with self.catalog.reading() as tx:
            return Own(self.base, frozenset(tx.windows.own(login)))

    def _ensure(self, caller: Caller) -> Report | None:
        own = self._own(caller.login.name)
        subscriptions = Subscriptions(self.reach(caller.login.name))
        try:
            report = subscriptions.ensure(self._wanted(caller), self.now(), own)
        except RingCentralError as refusal:
            return self._with_less(caller, refusal)
        self._record(caller, report)
        return report

    def _with_less(self, caller: Caller, refusal: RingCentralError) -> Report | None:
        """Try with fewer filters at a time, or for the login's own mailbox only."""
        name, many = caller.login.name, len(caller.mailboxes)
        per = min(caller.login.mailboxes_per_subscription, many) // 2
        if refusal.code == TOO_MANY_FILTERS and per:
            with self.catalog.transaction() as tx:
                tx.logins.split_subscriptions(name, per)
        elif isinstance(refusal, PermissionMissing) and caller.others:
            self._give_up_calls(caller.others, str(refusal))
        else:
            raise refusal
        less = self._caller(caller.account, name)
        return self._ensure(less) if less else None

    def _give_up_calls(self, mailboxes: Sequence[Mailbox], reason: str) -> None:
        """RingCentral does not call about these: regular looks are all there is."""
        with self.catalog.transaction() as tx:
            for mailbox in mailboxes:
                tx.mailboxes.mark_uncalled(mailbox.id, reason, self.now() + ASK_AGAIN)
                if tx.windows.end(mailbox.id, self.now()):
                    request_listing(tx, mailbox, self.now(), self.now())

    def _wanted(self, caller: Caller) -> list[Wanted]:
        """One subscription for so many mailboxes; an address of its own tells each apart."""
        account, login = caller.account, caller.login
        ids = sorted(mailbox.extension_id for mailbox in caller.mailboxes)
        per = login.mailboxes_per_subscription
        tells_of_extensions = account.watches_all and login.name == account.logins[0].name
        return [
            Wanted(
                address=f"{self.base}{account.webhook_part}" + (f"/{start}" if start else ""),
                event_filters=tuple(
                    event_filters(
                        ids[start : start + per],
                        SUBSCRIPTION_SECONDS,
                        extension_list=tells_of_extensions and not start,
                    )
                ),
                expires_in=SUBSCRIPTION_SECONDS,
                verification_token=account.webhook_secret,
            )
            for start in range(0, len(ids), per)
        ]

    def _record(self, caller: Caller, report: Report) -> None:
        is_open = self.closings.door_is_open()
        with self.catalog.transaction() as tx:
            before = tx.windows.own(caller.login.name)
            self._remember(tx, caller.login.name, report, before)
            opened: list[BlindWindow] = []
            for mailbox in caller.mailboxes:
                for standing in report.standings:
                    if covers(standing.wanted.event_filters, mailbox):
                        opened += self._judge(tx, mailbox, standing, before)
                        if is_open and calls_about(standing.subscription, mailbox):
                            self._note_called(tx, mailbox)
            tell_blind(tx, opened, self.now())
        subscriptions = [standing.subscription for standing in report.standings]
        refused = [e for e in caller.others if any(refuses(each, e) for each in subscriptions)]
        self._give_up_calls(refused, "RingCentral disables the event filters of this mailbox")

    def _remember(
        self, tx: Transaction, login: str, report: Report, before: Mapping[str, OwnSubscription]
    ) -> None:
        standing = {each.subscription.id: each.subscription for each in report.standings}
        for each in standing.values():
            own = OwnSubscription(each.id, login, each.address, each.expires_at, self.now())
            tx.windows.remember(own)
        for subscription_id in before.keys() - standing.keys():
            tx.windows.forget(subscription_id)

    def _judge(
        self,
        tx: Transaction,
        mailbox: Mailbox,
        standing: Standing,
        before: Mapping[str, OwnSubscription],
    ) -> list[BlindWindow]:
        """Note the blind window of a mailbox, if there is one; it is returned if it is new."""
        blind = blindness(mailbox, standing, before, self.now())
        return [blind] if blind is not None and note_window(tx, blind) else []

    def _note_called(self, tx: Transaction, mailbox: Mailbox) -> None:
        if tx.windows.end(mailbox.id, self.now()):
            request_listing(tx, mailbox, self.now(), self.now())
        tx.mailboxes.mark_called(mailbox.id, self.now())
