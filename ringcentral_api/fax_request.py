"""A fax to be sent as a plain request: any HTTP client can make it, ours makes nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urljoin, urlsplit

METHOD = "POST"
_CONTENT_TYPE = re.compile(r"[!-~][ -~]{0,199}")
_PATH = re.compile(r"/restapi/v1\.0/account/(?:~|\d{1,20})/extension/(?:~|\d{1,20})/fax", re.ASCII)


class SizedReader(Protocol):
    """A body that is read while it is sent; `seek(0)` goes back to its start for a repetition."""

    def __len__(self) -> int:
        """All of its bytes, whatever has been read."""

    def __iter__(self) -> Iterator[bytes]:
        """The rest of it in pieces."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes, b"" at the end; all of the rest for -1."""

    def seek(self, position: int, /) -> int:
        """Go back to the start; no other position than 0 is possible."""


@dataclass(frozen=True)
class FaxRequest:
    """One fax. `url` may lack the server: `at` gives it one.

    Raises ValueError for a method or address that is not createFaxMessage's, so that what is
    made of one can send a fax and do nothing else.
    """

    method: str
    url: str
    content_type: str
    body: bytes | SizedReader = field(repr=False)

    def __post_init__(self) -> None:
        if self.method != METHOD or not leads_to_fax(self.url):
            raise ValueError("A fax request posts to RingCentral's fax address.")
        if not _CONTENT_TYPE.fullmatch(self.content_type):
            raise ValueError("A fax request's content type is not one.")

    @property
    def headers(self) -> dict[str, str]:
        """What an HTTP client must send besides `Authorization`."""
        length = str(len(self.body))
        return {"Content-Type": self.content_type, "Content-Length": length}

    def at(self, server_url: str) -> "FaxRequest":
        """The same with a whole address, as other HTTP clients want it."""
        return replace(self, url=urljoin(server_url, self.url))


def leads_to_fax(url: str) -> bool:
    """Whether an address is the one that takes faxes."""
    parts = urlsplit(url)
    return bool(_PATH.fullmatch(parts.path)) and not parts.query and not parts.fragment
