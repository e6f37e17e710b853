"""Examines each login at RingCentral: whether it works, what it may do, whom it may read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from accounts import Account, Login
from catalog import Catalog, Mailbox
from errors import FaxkeepError, NotFound, PermissionMissing, RingCentralError
from handlers.diagnosis import Diagnosis, do, fine, note
from handlers.health import JWT_WARNING, SKEW_WARNING
from ringcentral_api import CallQuery, Identity, Message, MessageQuery, RingCentral

CONSOLE = "In RingCentral's developer console, in the app's settings, "
NEEDED = {
    "ReadAccounts": "to know whose mailbox it is",
    "ReadMessages": "to fetch faxes",
    "SubscriptionWebhook": "to be called when a fax comes",
}
USEFUL = {
    "ReadCallLog": "the call log could be a second witness that nothing is missing",
    "Faxes": "needed only to send faxes",
}
NEEDLESS = {"EditMessages": "Faxkeep changes nothing at RingCentral"}
ONE_DAY = timedelta(days=1)
MOST_SUBSCRIPTIONS = 30
CROWDED = 25
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class LoginDoctor:
    """Asks RingCentral what it lets each login do; some ten calls for each, none changes anything.

    `ends_at(login)` is when its JWT ends, if that says so.
    """

    catalog: Catalog
    accounts: Mapping[str, Account]
    reach: Callable[[str], RingCentral]
    ends_at: Callable[[str], datetime | None]
    history: timedelta
    now: Callable[[], datetime]

    def examine(self) -> Iterator[Diagnosis]:
        """Every login of every account."""
        for account in self.accounts.values():
            for login in account.logins:
                yield from self._login(account, login)

    def _login(self, account: Account, login: Login) -> Iterator[Diagnosis]:
        area, api = f"login {login.name}", self.reach(login.name)
        try:
            api.log_in_anew()
            identity, scopes = api.who_am_i(), api.scopes()
        except FaxkeepError as error:
            yield do(area, "login", str(error), "Mend that, then run `faxkeep doctor` again.")
            return
        who = "an administrator" if identity.is_administrator else "no administrator"
        yield fine(area, "login", f"works; its user is {who}")
        yield from self._jwt_end(area, login)
        yield from _permissions(area, scopes, account.webhook)
        yield from self._clock(area, login)
        yield from self._messages(area, api, identity)
        yield from self._others(area, api, login)
        yield from _company(area, api, account, identity)
        yield from self._call_log(area, api, scopes)
        yield from _subscriptions(area, api)

    def _jwt_end(self, area: str, login: Login) -> Iterator[Diagnosis]:
        ends = self.ends_at(login.name)
        if ends is None:
            yield note(area, "JWT", "does not say when it ends")
        elif ends - self.now() < JWT_WARNING:
            advice = "Create a new one in RingCentral's developer console (Credentials, JWT)."
            yield do(area, "JWT", f"ends {ends:%Y-%m-%d %H:%M} UTC", advice)
        else:
            yield fine(area, "JWT", f"good until {ends:%Y-%m-%d}")

    def _clock(self, area: str, login: Login) -> Iterator[Diagnosis]:
        with self.catalog.reading() as tx:
            known = tx.logins.get(login.name)
        if known is None or known.skew_s is None:
            return
        side = "behind" if known.skew_s > 0 else "ahead of"
        words = f"{abs(known.skew_s):.0f} s {side} RingCentral's"
        if abs(known.skew_s) >= SKEW_WARNING:
            yield do(area, "clock", words, "Have this machine's clock set by the network (NTP).")
        else:
            yield fine(area, "clock", words)

    def _messages(self, area: str, api: RingCentral, identity: Identity) -> Iterator[Diagnosis]:
        """The login's own mailbox: that it can be listed, and that reading leaves no trace."""
        query = MessageQuery(self.now() - self.history)
        try:
            page = next(iter(api.message_pages(identity.extension_id, query)), [])
        except RingCentralError as error:
            advice = CONSOLE + "add the permission ReadMessages; then create a new JWT."
            yield do(area, "own mailbox", str(error), advice)
            return
        yield fine(area, "own mailbox", f"can be listed; {len(page)} faxes on its first page")
        yield from _document(area, api, identity, page)

    def _others(self, area: str, api: RingCentral, login: Login) -> Iterator[Diagnosis]:
        with self.catalog.reading() as tx:
            known = tx.logins.get(login.name)
            own = known.extension_id if known else None
            others = [
                mailbox
                for mailbox in tx.mailboxes.present()
                if mailbox.login == login.name and mailbox.extension_id != own
            ]
        if others:
            yield _reading_of(area, api, others, self.now() - ONE_DAY)
        called = [mailbox for mailbox in others if not mailbox.uncalled_reason]
        if others and len(called) < len(others):
            words = f"RingCentral calls about {len(called)} of {len(others)}: {_reason(others)}"
            advice = "The others are looked at. A login of its own for each would change that."
            yield note(area, "calls about others", words, advice)

    def _call_log(self, area: str, api: RingCentral, scopes: frozenset[str]) -> Iterator[Diagnosis]:
        if "ReadCallLog" not in scopes:
            return
        query = CallQuery(self.now() - ONE_DAY, self.now())
        refusal = _refusal(lambda: next(iter(api.calls(query)), None))
        if refusal:
            advice = "With the user permission FullCompanyCallLog it would be the whole company's."
            yield note(area, "call log", f"only the login's own: {refusal}", advice)
        else:
            yield fine(area, "call log", "of the whole company can be read")


def _permissions(area: str, scopes: frozenset[str], webhook: bool) -> Iterator[Diagnosis]:
    for scope, why in NEEDED.items():
        if scope == "SubscriptionWebhook" and not webhook:
            continue
        if scope in scopes:
            yield fine(area, scope, "granted")
        else:
            advice = f"{CONSOLE}add it, then make a new JWT."
            yield do(area, scope, f"missing: needed {why}", advice)
    for scope, why in USEFUL.items():
        if scope in scopes:
            yield fine(area, scope, "granted")
        else:
            yield note(area, scope, f"not granted: {why}", f"{CONSOLE}you may add it.")
    for scope, why in NEEDLESS.items():
        if scope in scopes:
            yield note(area, scope, f"granted, but needless: {why}", f"{CONSOLE}better remove it.")


def _document(
    area: str, api: RingCentral, identity: Identity, page: Sequence[Message]
) -> Iterator[Diagnosis]:
    """Fetch the beginning of one document, unread if there is one, and see that it stays so."""
    with_document = [each for each in page if any(a.uri for a in each.attachments)]
    unread = [each for each in with_document if each.read_status == "Unread"]
    if not with_document:
        yield note(area, "documents", "no fax there to try it on")
        return
    message = (unread or with_document)[0]
    uri = next(attachment.uri for attachment in message.attachments if attachment.uri)
    try:
        with api.download(uri) as download:
            next(iter(download.chunks()), b"")
        after = api.message(identity.extension_id, message.id)
    except FaxkeepError as error:
        advice = "Check RC_MEDIA_URL, and that this machine may reach RingCentral's media host."
        yield do(area, "documents", str(error), advice)
        return
    yield fine(area, "documents", "can be fetched")
    if after.read_status == message.read_status:
        yield fine(area, "read status", f"stays {message.read_status} when a document is fetched")
    else:
        words = f"became {after.read_status} by fetching a document (or somebody read it just now)"
        yield do(area, "read status", words, "Please tell Faxkeep's developers.")


def _reading_of(
    area: str, api: RingCentral, others: Sequence[Mailbox], since: datetime
) -> Diagnosis:
    """Whether the mailboxes of others can be read: tried on the first."""

    def first_page() -> object:
        query = MessageQuery(since)
        return next(iter(api.message_pages(others[0].extension_id, query)), None)

    refusal = _refusal(first_page)
    what = f"{len(others)} mailboxes of others"
    if refusal:
        advice = "Give its user the right to read them, or each mailbox a login of its own."
        return do(area, what, refusal, advice)
    return fine(area, what, "can be read")


def _company(
    area: str, api: RingCentral, account: Account, identity: Identity
) -> Iterator[Diagnosis]:
    """What only some logins may know: extensions, numbers, how long faxes are kept."""
    wanted = account.watches_all and login_reads_all(account, area)
    for what, ask in (("extensions", api.extensions), ("fax numbers", api.phone_numbers)):
        refusal = _refusal(ask)
        if not refusal:
            yield fine(area, what, "can be listed")
        elif wanted:
            advice = "Use a login of an administrator first, or list the mailboxes by their ids."
            yield do(area, what, refusal, advice)
        else:
            yield note(area, what, f"cannot be listed: {refusal}")
    try:
        days = api.retention_days()
    except RingCentralError as error:
        days = 30 if identity.hipaa else None
        told = f"not told ({error}); taken to be " + (f"{days} days" if days else "about 200 faxes")
        yield note(area, "retention", told)
    else:
        yield fine(area, "retention", f"RingCentral keeps messages for {days} days")


def login_reads_all(account: Account, area: str) -> bool:
    """Whether this is the login that reads the mailboxes without one of their own."""
    return area == f"login {account.logins[0].name}"


def _subscriptions(area: str, api: RingCentral) -> Iterator[Diagnosis]:
    try:
        existing = api.subscriptions()
    except RingCentralError as error:
        yield note(area, "subscriptions", f"cannot be listed: {error}")
        return
    count, most = len(existing), max((len(each.event_filters) for each in existing), default=0)
    words = f"{count} of at most {MOST_SUBSCRIPTIONS}; the largest has {most} filters"
    if count >= CROWDED:
        advice = "Other programs of this app leave theirs behind; delete what nobody needs."
        yield do(area, "subscriptions", words, advice)
    else:
        yield fine(area, "subscriptions", words)


def _refusal(ask: Callable[[], object]) -> str:
    """Why RingCentral refuses; "" when it does not."""
    try:
        ask()
    except (PermissionMissing, NotFound) as error:
        return str(error)
    except FaxkeepError as error:
        return f"could not be tried: {error}"
    return ""


def _reason(mailboxes: Sequence[Mailbox]) -> str:
    return next(mailbox.uncalled_reason for mailbox in mailboxes if mailbox.uncalled_reason)
