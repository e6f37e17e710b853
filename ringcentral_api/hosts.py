"""Where our token may go: the configured API and media hosts, and nowhere else."""

import ipaddress
import re
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from errors import HostRefused

Origin = tuple[str, str, int]

_PLAIN = re.compile(r"[!-~]{1,4096}")
_NAME = re.compile(r"[a-z0-9.:-]{1,253}")
_CONTENT = re.compile(r"/message-store/[^/]+/content/[^/]+/?$")
_DEFAULT_PORTS = {"https": 443, "http": 80}


class Hosts:
    """The allow list: same scheme, host and port as configured; HostRefused for all else.

    Configured are `https` addresses, or `http` on the loopback for a simulator.
    """

    def __init__(self, server_url: str, media_url: str) -> None:
        self.server_url = server_url.rstrip("/")
        self._media = urlsplit(media_url)
        self._server_origin = _safe_origin(self.server_url)
        self.origins = frozenset({self._server_origin, _safe_origin(media_url)})

    def origin(self, url: str) -> Origin:
        """The configured origin that `url` belongs to."""
        found = _origin(url)
        if found not in self.origins:
            raise _refused(found[1])
        return found

    def follow(self, base: str, location: str) -> str:
        """The address a redirect or a next-page link leads to, if it may be gone to."""
        if not _PLAIN.fullmatch(location):
            raise _refused("")
        target = urljoin(base, location)
        self.origin(target)
        return target

    def content(self, uri: str) -> str:
        """Where content is fetched: events name the platform host, only the media host has it."""
        parts = urlsplit(uri) if self.origin(uri) == self._server_origin else None
        if parts is None or not _CONTENT.search(parts.path):
            return uri
        return urlunsplit(parts._replace(scheme=self._media.scheme, netloc=self._media.netloc))


def _safe_origin(url: str) -> Origin:
    scheme, host, port = _origin(url)
    if scheme == "http" and not _is_loopback(host):
        raise _refused(host)
    return scheme, host, port


def _origin(url: str) -> Origin:
    # Parsers disagree on backslashes, white space and user names; none of them is ever needed.
    if not _PLAIN.fullmatch(url) or "\\" in url:
        raise _refused("")
    parts, port = _split(url)
    host = (parts.hostname or "").casefold()
    if "@" in parts.netloc or parts.scheme not in _DEFAULT_PORTS or not host:
        raise _refused(host)
    return parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme]


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise _refused("") from None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(host: str) -> HostRefused:
    named = f" ({host})" if _NAME.fullmatch(host) else ""
    return HostRefused(
        f"An address outside RingCentral's configured hosts{named} was refused; "
        "nothing was sent there. Check the server and media URL."
    )
