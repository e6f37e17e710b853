"""Knocks at our own public address as RingCentral would, and judges the answer as it would.

RingCentral wants status 200 within 3 s, at most 1,024 bytes with the head, a content type, the
token back, and a certificate with its whole chain.
developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks
"""

import http.client
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

OWN_MARK = "faxkeep-"
"""So begins the token of a knock of ours, which tells nothing about RingCentral's handshakes."""
MOST_SECONDS = 3.0
MOST_BYTES = 1024
TIMEOUT_SECONDS = 10.0
CERTIFICATE_WARNING = timedelta(days=14)


@dataclass(frozen=True)
class Answer:
    """What came back. `size` counts head and body in bytes; `trouble` is why nothing did."""

    trouble: str = ""
    status: int = 0
    seconds: float = 0.0
    size: int = 0
    echoed: bool = False
    content_type: str = ""
    certificate_ends: datetime | None = None
    is_public: bool = True


def knock(address: str, token: str) -> Answer:
    """Send the handshake of a new subscription to `address`; never raises."""
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError:
        return Answer(trouble="its name leads to no address (DNS)")
    public = all(ipaddress.ip_address(str(each[4][0])).is_global for each in found)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", port, timeout=TIMEOUT_SECONDS)
    try:
        return _exchange(connection, parts.path, token, public)
    except ssl.SSLCertVerificationError as error:
        return Answer(trouble=f"its certificate is not accepted: {error.verify_message}")
    except ssl.SSLError as error:
        return Answer(trouble=f"TLS fails: {error.reason}")
    except TimeoutError:
        return Answer(trouble=f"no answer within {TIMEOUT_SECONDS:.0f} seconds")
    except ConnectionRefusedError:
        return Answer(trouble="nobody listens there")
    except (OSError, http.client.HTTPException) as error:
        return Answer(trouble=f"the connection fails ({type(error).__name__})")
    finally:
        connection.close()


def problems(answer: Answer, now: datetime) -> list[str]:
    """Everything that RingCentral would hold against the answer."""
    if answer.trouble:
        return [answer.trouble]
    ends = answer.certificate_ends
    judged = (
        (answer.status != 200, f"it answers with status {answer.status} instead of 200"),
        (
            answer.status == 200 and not answer.echoed,
            "it does not give the Validation-Token back; something else answers there",
        ),
        (
            answer.seconds > MOST_SECONDS,
            f"it takes {answer.seconds:.1f} s; RingCentral waits {MOST_SECONDS:.0f}",
        ),
        (
            answer.size > MOST_BYTES,
            f"its answer has {answer.size} bytes with its head; RingCentral takes {MOST_BYTES}",
        ),
        (not answer.content_type, "its answer has no content type"),
        (
            not answer.is_public,
            "its name leads to an address of a private network, which RingCentral cannot reach",
        ),
        (
            ends is not None and ends - now < CERTIFICATE_WARNING,
            f"its certificate ends {ends:%Y-%m-%d}" if ends else "",
        ),
    )
    return [words for is_wrong, words in judged if is_wrong]


def _exchange(
    connection: http.client.HTTPConnection, path: str, token: str, public: bool
) -> Answer:
    began = time.monotonic()
    connection.request("POST", path, body=b"", headers={"Validation-Token": token})
    certificate = _certificate(connection.sock)
    response = connection.getresponse()
    body = response.read(MOST_BYTES * 4)
    seconds = time.monotonic() - began
    # Status line, one line for each header, and the empty line after them (RFC 9112, 2.1).
    status_line = len(f"HTTP/1.1 {response.status} {response.reason}\r\n")
    lines = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
    return Answer(
        status=response.status,
        seconds=seconds,
        size=status_line + lines + 2 + len(body),
        echoed=response.headers.get("Validation-Token") == token,
        content_type=response.headers.get("Content-Type", ""),
        certificate_ends=certificate,
        is_public=public,
    )


def _certificate(connected: socket.socket) -> datetime | None:
    """When the certificate ends; None without TLS."""
    if not isinstance(connected, ssl.SSLSocket):
        return None
    told = connected.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
