"""Hands faxes over to RingCentral; apart from the archiving client, which can change nothing."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Self

import requests

from errors import RingCentralError, Unreachable, Unsure
from ringcentral_api.auth import SharedToken
from ringcentral_api.cover_pages import CoverPage, cover_pages_call, cover_pages_from
from ringcentral_api.credentials import Credentials
from ringcentral_api.exchange import Exchange, Watch
from ringcentral_api.fax_call import FaxTransport, Upload, fax_call
from ringcentral_api.fax_request import FaxRequest
from ringcentral_api.governor import Governor
from ringcentral_api.hosts import Hosts
from ringcentral_api.login import Login
from ringcentral_api.messages import Message, Recipient
from ringcentral_api.paging import pages_of
from ringcentral_api.reading import Json
from ringcentral_api.stores import Stores
from ringcentral_api.transport import Transport, read_json

DEFAULT_WATCH = Watch()
_REFUSED_WITH_500 = frozenset({"MSG-352"})
"""Message content is null, says RingCentral's list of errors: then no message was made."""


@dataclass(frozen=True)
class SentFax:
    """What RingCentral said when it took a fax: queued, with one entry for each recipient."""

    message_id: str
    status: str
    recipients: tuple[Recipient, ...]
    raw: Json = field(repr=False, hash=False)


class SendingClient:
    """One user's way of sending; safe for many threads. One login serves any number of requests.

    It shares rate limits and token with every client of the same user through the stores.
    """

    def __init__(
        self, credentials: Credentials, stores: Stores, watch: Watch = DEFAULT_WATCH
    ) -> None:
        self._hosts = Hosts(credentials.server_url, credentials.media_url)
        self._transport = Transport(self._hosts)
        self._governor = Governor(credentials.user, stores.rates, watch.timing)
        login = Login(credentials, self._transport, self._governor, watch.timing)
        self._token = SharedToken(credentials, login, stores.tokens, watch.timing)
        self._watch = watch

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def request(self, request: FaxRequest) -> SentFax:
        """Hand one fax over. It is on its way when this returns, and nowhere when this raises,
        except for Unsure.

        Raises:
            TypeError: not a fax request; this client makes no other.
            Later: a rate limit; RingCentral does not have the fax.
            Unreachable: RingCentral cannot have it; worth repeating.
            RingCentralError: RingCentral refuses it (PermissionMissing, LoginRefused, ...).
            Unsure: RingCentral may have it.
        """
        if not isinstance(request, FaxRequest):
            raise TypeError(f"request() takes a FaxRequest, not {type(request).__name__}.")
        upload = Upload(request.body)
        call = fax_call(self._hosts.server_url, request, upload)
        with closing(FaxTransport(self._hosts)) as transport:
            exchange = self._exchange(transport)
            return _surely(upload, lambda: exchange.fetch(call, _sent_fax))

    def cover_pages(self) -> list[CoverPage]:
        """The cover pages of this user, with the numbers to ask for them by."""
        exchange = self._exchange(self._transport)
        first = cover_pages_call(self._hosts.server_url)
        pages = pages_of(first, lambda call: exchange.fetch(call, read_json), self._hosts)
        return [each for page in pages for each in cover_pages_from(page)]

    def scopes(self) -> frozenset[str]:
        """The app permissions of the current token; `Faxes` is needed to send."""
        return frozenset(self._token.current().scope.split())

    def _exchange(self, transport: Transport) -> Exchange:
        return Exchange(transport, self._governor, self._token, self._watch)


def _surely(upload: Upload, send: Callable[[], SentFax]) -> SentFax:
    try:
        return send()
    except Unreachable as error:
        if not upload.may_have_arrived:
            raise
        if error.code in _REFUSED_WITH_500:
            raise RingCentralError(
                f"RingCentral cannot read the fax ({error.status} {error.code}).",
                status=error.status,
                code=error.code,
            ) from None
        raise Unsure(
            "Whether RingCentral has taken the fax is not known: its answer did not come or"
            " cannot be read. It may be sent already; look before it is sent again.",
            status=error.status,
            code=error.code,
        ) from None


def _sent_fax(response: requests.Response) -> SentFax:
    message = Message.from_json(read_json(response))
    status = message.message_status or "Queued"
    return SentFax(message.id, status, message.recipients, message.raw)
