"""One POST to an address of the settings, bounded in every way, and nowhere else.

The name is resolved once, its addresses are judged, and the connection goes to one of those: no
name can lead into our own network, whatever it resolves to a moment later (SSRF, DNS rebinding).
No proxy, no redirect, no cookie, no credentials of the environment.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, urlsplit

from errors import NotDelivered
from notifications.options import LOOPBACK

CONNECT_SECONDS = 5.0
PATIENCE_SECONDS = 20.0
"""For the whole exchange; the Standard Webhooks specification recommends 15 to 30."""
MOST_ADDRESSES = 3
LARGEST_ANSWER = 4096
"""Bytes of an answer's body that are read, and thrown away."""

_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::ffff:0:0:0/96")))
"""Where gateways reach IPv4 addresses, which are the last four bytes (RFC 6052, RFC 2765)."""
_NEVER = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "fec0::/10", "::/96")))
"""A cloud's own host, site-local addresses (RFC 3879), IPv4 in an old spelling (RFC 4291)."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Endpoint:
    """Where to post: an address, whether it may be inside a private network, whom TLS trusts."""

    url: str
    allow_private: bool = False
    trust: ssl.SSLContext | None = None
    patience: float = PATIENCE_SECONDS


@dataclass(frozen=True)
class Answer:
    """A status, and the seconds of patience asked for, if any."""

    status: int
    retry_after: float | None


def post(endpoint: Endpoint, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post it once.

    Raises:
        NotDelivered: no answer came, or the address may not be posted to.
    """
    parts = urlsplit(endpoint.url)
    try:
        with _connected(endpoint, parts) as connection, closing(connection):
            target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            connection.request("POST", target, body, dict(headers))
            answer = connection.getresponse()
            with suppress(HTTPException, OSError):
                answer.read(LARGEST_ANSWER)
            return Answer(answer.status, _retry_after(answer))
    except (OSError, HTTPException, UnicodeError) as error:  # a name that DNS cannot have
        kind = type(error).__name__
        raise NotDelivered(f"no answer came ({kind})", whole=True) from None


@contextmanager
def _connected(endpoint: Endpoint, parts: SplitResult) -> Iterator[HTTPConnection]:
    """A connection that is shut down when the patience is over, at whatever pace it is going."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    plain = _socket(_addresses(host, port, endpoint.allow_private), port)
    strike = threading.Timer(endpoint.patience, _shut, [plain])
    try:
        plain.settimeout(endpoint.patience)
        if parts.scheme == "https":
            context = endpoint.trust or ssl.create_default_context()
            plain = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
            strike = threading.Timer(endpoint.patience, _shut, [plain])
        strike.daemon = True
        strike.start()
        if isinstance(plain, ssl.SSLSocket):
            plain.do_handshake()
        connection = HTTPConnection(host, port)
        connection.sock = plain
        yield connection
    finally:
        strike.cancel()
        plain.close()


def _shut(connected: socket.socket) -> None:
    with suppress(OSError):
        # The plain socket's own: that of TLS would change the object under the reader's hands.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _addresses(host: str, port: int, allow_private: bool) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not all(is_allowed(host, each, allow_private) for each in addresses):
        raise NotDelivered(
            "its name leads to an address inside a network, where nothing is sent"
            " (allow_private = true permits private ones)",
            whole=True,
        )
    return addresses[:MOST_ADDRESSES]


def is_allowed(host: str, address: str, allow_private: bool) -> bool:
    """Whether a host of the settings may be reached at this address.

    This machine itself only if the settings say so literally. Link-local addresses, where clouds
    keep their secrets, never.
    """
    found: Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if any(found in network for network in _TRANSLATED):
            found = ipaddress.IPv4Address(found.packed[-4:])
        else:
            found = found.ipv4_mapped or found.sixtofour or found
    if host in LOOPBACK:
        return found.is_loopback
    if found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified:
        return False
    if any(found in network for network in _NEVER):
        return False
    return found.is_global or (allow_private and not found.is_reserved)


def _socket(addresses: Sequence[str], port: int) -> socket.socket:
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), CONNECT_SECONDS)
        except OSError as error:
            failure = error
    raise failure


def _retry_after(answer: HTTPResponse) -> float | None:
    value = (answer.getheader("Retry-After") or "").strip()
    return float(value) if value.isascii() and value.isdigit() and len(value) < 9 else None
