"""One fax on the wire, and what is known of its fate when no clear answer comes."""

import io
from dataclasses import dataclass, field

import requests

from ringcentral_api.calls import HEAVY, Call
from ringcentral_api.fax_request import FaxRequest, SizedReader, leads_to_fax
from ringcentral_api.transport import Transport

TIMEOUTS = (10.0, 180.0)
"""Seconds to connect, and to wait for a piece of the answer: RingCentral stores 50 MB first."""


class Upload:
    """Hands a body out once for each attempt and remembers whether the last one ended.

    Until the last byte was handed out RingCentral cannot have the request: it announced its length.
    """

    def __init__(self, body: bytes | SizedReader) -> None:
        self._body = body
        self._source: SizedReader | io.BytesIO = io.BytesIO()
        self._left = len(body)
        self._refused = False

    def opened(self) -> "Upload":
        """The body from its start, for one more attempt."""
        self._source = io.BytesIO(self._body) if isinstance(self._body, bytes) else self._body
        self._source.seek(0)
        self._left, self._refused = len(self._body), False
        return self

    def __len__(self) -> int:
        return len(self._body)

    def __iter__(self) -> "Upload":  # requests asks for it, urllib3 then uses `read`
        return self

    def __next__(self) -> bytes:
        if piece := self.read(64 * 1024):
            return piece
        raise StopIteration

    def read(self, size: int = -1) -> bytes:
        """The next bytes of this attempt."""
        piece = self._source.read(size)
        self._left -= len(piece)
        return piece

    def refused(self) -> None:
        """The attempt was answered: this fax is not taken."""
        self._refused = True

    @property
    def may_have_arrived(self) -> bool:
        """Whether RingCentral may have the fax of the last attempt."""
        return not self._refused and self._left <= 0


@dataclass(frozen=True)
class FaxCall(Call):
    """The one call that makes a message; only the sending client makes it."""

    upload: Upload | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.method != "POST" or not leads_to_fax(self.url):
            raise ValueError("That is not the address that takes faxes.")

    @property
    def payload(self) -> Upload | None:
        return self.upload and self.upload.opened()


class FaxTransport(Transport):
    """Fresh connections for one fax: one that was kept open may have died unnoticed."""

    TIMEOUTS = TIMEOUTS

    def send(self, call: Call, authorization: str) -> requests.Response:
        """Send it once. An answer that cannot follow an accepted fax settles its fate."""
        response = super().send(call, authorization)
        if isinstance(call, FaxCall) and call.upload and _settles(response.status_code):
            call.upload.refused()
        return response

    def redirected(self, call: Call, response: requests.Response) -> Call | None:
        """Faxes go to another address for faxes only."""
        location = response.headers.get("Location")
        if location and not leads_to_fax(self._hosts.follow(response.url, location)):
            return None
        return super().redirected(call, response)


def _settles(status: int) -> bool:
    """Whether nobody answers so who has taken the fax; a gateway in trouble may not know."""
    return 300 <= status < 500 and status != 408


def fax_call(server_url: str, request: FaxRequest, upload: Upload) -> FaxCall:
    """The call of a request, at our server where the request names none."""
    whole = request.at(server_url)
    headers = {"Content-Type": whole.content_type}
    return FaxCall(whole.method, whole.url, HEAVY, headers=headers, upload=upload)
