"""Everything Faxkeep asks of RingCentral, one method per operation; none changes a message."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Self

import requests

from errors import Unreachable
from ringcentral_api import message_store, subscriptions
from ringcentral_api.auth import SharedToken
from ringcentral_api.calls import MEDIUM, Call
from ringcentral_api.credentials import Credentials
from ringcentral_api.download import Download
from ringcentral_api.exchange import Exchange
from ringcentral_api.governor import Clock, Governor, Timing
from ringcentral_api.hosts import Hosts
from ringcentral_api.identity import Identity, identity_call, identity_from
from ringcentral_api.login import Login
from ringcentral_api.message_store import FullSync, MessageQuery, SyncResult
from ringcentral_api.messages import Message
from ringcentral_api.reading import as_object, objects
from ringcentral_api.stores import RateStore, TokenStore
from ringcentral_api.subscriptions import Subscription, SubscriptionSpec
from ringcentral_api.transport import Transport, read_body, read_json


class RingCentral:
    """One user's view of RingCentral; safe for many threads.

    Any method may raise LoginRefused, PermissionMissing, HostRefused, RingCentralError,
    Unreachable (temporary) or Later (rate limit; nothing was sent, or a penalty has begun).
    """

    def __init__(
        self,
        credentials: Credentials,
        rates: RateStore,
        tokens: TokenStore,
        clock: Clock = time.time,
        wait: Callable[[float], None] = time.sleep,
        patience: float = 5.0,
    ) -> None:
        """`patience`: seconds a thread may wait for its turn before Later is raised."""
        timing = Timing(clock, wait, patience)
        self._hosts = Hosts(credentials.server_url, credentials.media_url)
        self._server = self._hosts.server_url
        self._transport = Transport(self._hosts)
        governor = Governor(credentials.user, rates, timing)
        login = Login(credentials, self._transport, governor, timing)
        self._token = SharedToken(credentials, login, tokens, timing)
        self._exchange = Exchange(self._transport, governor, self._token, timing)

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

    def scopes(self) -> frozenset[str]:
        """The app permissions of the current token."""
        return frozenset(self._token.current().scope.split())

    def who_am_i(self) -> Identity:
        """The extension and account of the token."""
        return identity_from(self._json(identity_call(self._server)))

    def messages(self, extension_id: str, query: MessageQuery) -> Iterator[Message]:
        """All faxes the query names, page by page; repeats are possible while faxes arrive."""
        call: Call | None = message_store.list_call(self._server, extension_id, query)
        seen: set[str] = set()
        while call is not None:
            page = message_store.page_from(self._json(call))
            yield from page.records
            if page.next_uri in seen:
                raise Unreachable("RingCentral's list of messages runs in circles.")
            seen.add(page.next_uri or "")
            call = self._next(call, page.next_uri)

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
        uri = self._hosts.content(attachment_uri)
        plain = {"Accept": "*/*", "Accept-Encoding": "identity"}

        def ask(more: dict[str, str]) -> requests.Response:
            call = Call("GET", uri, MEDIUM, headers={**plain, **more})
            return self._exchange.fetch(call, lambda response: response)

        return Download(ask({}), ask)

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

    def _next(self, call: Call, uri: str | None) -> Call | None:
        if uri is None:
            return None
        return replace(call, url=self._hosts.follow(call.url, uri), params=())
