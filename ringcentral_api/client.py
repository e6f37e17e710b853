"""Everything Faxkeep asks of RingCentral, one method per operation; none changes a message."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Self, TypeVar

import requests

from ringcentral_api import call_log, directory, message_store, reports, subscriptions
from ringcentral_api.auth import SharedToken
from ringcentral_api.call_log import CallQuery, CallRecord
from ringcentral_api.calls import HEAVY, MEDIUM, Call, Group
from ringcentral_api.credentials import Credentials
from ringcentral_api.directory import Extension, PhoneNumber
from ringcentral_api.download import PART_SECONDS, Download
from ringcentral_api.exchange import Exchange, Watch
from ringcentral_api.governor import Governor
from ringcentral_api.hosts import Hosts
from ringcentral_api.identity import Identity, identity_call, identity_from
from ringcentral_api.login import Login
from ringcentral_api.message_store import FullSync, MessageQuery, SyncResult
from ringcentral_api.messages import Message
from ringcentral_api.paging import pages_of
from ringcentral_api.reading import as_object, objects
from ringcentral_api.reports import Report, ReportFile
from ringcentral_api.stores import Stores
from ringcentral_api.subscriptions import Subscription, SubscriptionSpec
from ringcentral_api.transport import Transport, read_body, read_json

DEFAULT_WATCH = Watch()
ZIP_SECONDS = 3600.0
"""For one answer with a zip of an export."""
Record = TypeVar("Record")


class RingCentral:
    """One user's view of RingCentral; safe for many threads.

    Any method may raise LoginRefused, PermissionMissing, HostRefused, RingCentralError,
    Unreachable (temporary) or Later (rate limit; nothing was sent, or a penalty has begun).
    """

    def __init__(
        self, credentials: Credentials, stores: Stores, watch: Watch = DEFAULT_WATCH
    ) -> None:
        timing = watch.timing
        self._hosts = Hosts(credentials.server_url, credentials.media_url)
        self._server = self._hosts.server_url
        self._transport = Transport(self._hosts)
        governor = Governor(credentials.user, stores.rates, timing)
        self._governor = governor
        login = Login(credentials, self._transport, governor, timing)
        self._token = SharedToken(credentials, login, stores.tokens, timing)
        self._exchange = Exchange(self._transport, governor, self._token, watch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def log_in(self) -> None:
        """Make sure that there is a token."""
        self._token.current()

    def log_in_anew(self) -> None:
        """A token from before may outlive its JWT, and has the permissions of its day."""
        self._token.forget()
        self._token.current()

    def scopes(self) -> frozenset[str]:
        """The app permissions of the current token."""
        return frozenset(self._token.current().scope.split())

    def who_am_i(self) -> Identity:
        """The extension and account of the token."""
        return identity_from(self._json(identity_call(self._server)))

    def extension(self, extension_id: str) -> Extension:
        """One extension of the account; raises NotFound."""
        call = directory.extension_call(self._server, extension_id)
        return directory.extension_from(self._json(call))

    def messages(self, extension_id: str, query: MessageQuery) -> Iterator[Message]:
        """All faxes the query names, page by page; repeats are possible while faxes arrive."""
        call = message_store.list_call(self._server, extension_id, query)
        return self._paged(call, message_store.messages_from)

    def message_pages(self, extension_id: str, query: MessageQuery) -> Iterator[list[Message]]:
        """The same, a page at a time."""
        call = message_store.list_call(self._server, extension_id, query)
        return (message_store.messages_from(page) for page in self._pages(call))

    def sync(self, extension_id: str, frame: FullSync | str) -> SyncResult:
        """What changed since the sync token, or all of a frame; raises SyncTokenRefused."""
        call = message_store.sync_call(self._server, extension_id, frame)
        return message_store.sync_from(self._json(call))

    def message(self, extension_id: str, message_id: str) -> Message:
        """One message; raises NotFound."""
        call = message_store.message_call(self._server, extension_id, message_id)
        return Message.from_json(self._json(call))

    def download(self, attachment_uri: str) -> Download:
        """A document's bytes; raises NotFound, HostRefused, and Later while it is not ready."""
        return self._stream(self._hosts.content(attachment_uri), MEDIUM)

    def documents_per_second(self) -> float:
        """How many documents RingCentral lets this user have in the long run."""
        return self._governor.pace(MEDIUM)

    def extensions(self) -> list[Extension]:
        """Every extension of the account; raises PermissionMissing."""
        call = directory.extensions_call(self._server)
        return list(self._paged(call, directory.extensions_from))

    def phone_numbers(self) -> list[PhoneNumber]:
        """The account's phone numbers, as far as this user is told; raises PermissionMissing."""
        call = directory.numbers_call(self._server)
        return list(self._paged(call, directory.numbers_from))

    def retention_days(self) -> int | None:
        """How many days the account keeps faxes; raises PermissionMissing without EditAccounts."""
        return directory.retention_from(self._json(directory.retention_call(self._server)))

    def calls(self, query: CallQuery) -> Iterator[CallRecord]:
        """The fax calls of a time; raises PermissionMissing without ReadCallLog."""
        return self._paged(call_log.calls_call(self._server, query), call_log.calls_from)

    def create_report(self, date_from: datetime, date_to: datetime) -> Report:
        """Have RingCentral export the faxes of a time; PermissionMissing for non-administrators."""
        call = reports.create_call(self._server, date_from, date_to)
        return reports.report_from(self._json(call))

    def report(self, task_id: str) -> Report:
        """How far an export is; raises NotFound."""
        return reports.report_from(self._json(reports.task_call(self._server, task_id)))

    def report_files(self, task_id: str) -> Sequence[ReportFile]:
        """The zips of a finished export."""
        return reports.files_from(self._json(reports.files_call(self._server, task_id)))

    def download_report(self, file: ReportFile) -> Download:
        """The bytes of one zip, which may be a gigabyte."""
        return self._stream(self._hosts.follow(self._server, file.uri), HEAVY, ZIP_SECONDS)

    def subscriptions(self) -> list[Subscription]:
        """All subscriptions of this user and app, also those that are not ours."""
        answer = as_object(self._json(subscriptions.list_call(self._server)))
        return list(map(Subscription.from_json, objects(answer.get("records"))))

    def create_subscription(self, spec: SubscriptionSpec) -> Subscription:
        """Create one. Its `disabled_filters` name what is not watched in spite of success."""
        call = subscriptions.create_call(self._server, spec)
        return Subscription.from_json(self._json(call))

    def update_subscription(
        self, subscription_id: str, event_filters: Sequence[str], expires_in: int
    ) -> Subscription:
        """Give it filters and a new life of `expires_in` seconds; raises NotFound."""
        call = subscriptions.update_call(self._server, subscription_id, event_filters, expires_in)
        return Subscription.from_json(self._json(call))

    def renew_subscription(self, subscription_id: str) -> Subscription:
        """Give it the life it had once more; raises NotFound."""
        call = subscriptions.renew_call(self._server, subscription_id)
        return Subscription.from_json(self._json(call))

    def delete_subscription(self, subscription_id: str) -> None:
        """Delete it; raises NotFound."""
        self._exchange.fetch(subscriptions.delete_call(self._server, subscription_id), read_body)

    def _json(self, call: Call) -> object:
        return self._exchange.fetch(call, read_json)

    def _stream(self, uri: str, group: Group, seconds: float = PART_SECONDS) -> Download:
        plain = {"Accept": "*/*", "Accept-Encoding": "identity"}

        def ask(more: dict[str, str]) -> requests.Response:
            call = Call("GET", uri, group, headers={**plain, **more})
            return self._exchange.fetch(call, lambda response: response)

        return Download(ask({}), ask, seconds)

    def _paged(self, call: Call, read: Callable[[object], list[Record]]) -> Iterator[Record]:
        for page in self._pages(call):
            yield from read(page)

    def _pages(self, first: Call) -> Iterator[object]:
        return pages_of(first, self._json, self._hosts)
