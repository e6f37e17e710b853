"""Our own address is knocked at as RingCentral would, and the answer judged as it would."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from subscriptions.knocking import OWN_MARK, Answer, knock, problems

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
TOKEN = f"{OWN_MARK}0123"
GOOD = Answer(status=200, seconds=0.01, size=180, echoed=True, content_type="application/json")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"trouble": "nobody listens there"}, "nobody listens"),
        ({"status": 404, "echoed": False}, "status 404"),
        ({"echoed": False}, "Validation-Token"),
        ({"seconds": 3.01}, "takes 3.0 s"),
        ({"size": 1025}, "1025 bytes"),
        ({"content_type": ""}, "no content type"),
        ({"is_public": False}, "private network"),
        ({"certificate_ends": NOW + timedelta(days=13)}, "ends 2026-12-08"),
    ],
)
def test_each_fault_is_told_by_itself(changed: dict[str, object], said: str) -> None:
    (problem,) = problems(replace(GOOD, **changed), NOW)  # type: ignore[arg-type]
    assert said in problem


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        replace(GOOD, seconds=3.0, size=1024),
        replace(GOOD, certificate_ends=NOW + timedelta(days=14)),
    ],
)
def test_a_good_answer_has_none(answer: Answer) -> None:
    assert problems(answer, NOW) == []


# --- over real sockets ---------------------------------------------------------------------


def served(reply: Callable[[bytes], bytes], wrap: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server that answers one request so."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            connected, _ = listening.accept()
            with closing(wrap.wrap_socket(connected, server_side=True) if wrap else connected) as c:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += c.recv(65536)
                c.sendall(reply(request))
        except OSError:
            pass  # the client did not like us, or the test is over

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    scheme = "https" if wrap else "http"
    yield f"{scheme}://localhost:{listening.getsockname()[1]}/webhooks/ringcentral/x"
    listening.close()
    thread.join(5)


def echo(request: bytes) -> bytes:
    token = next(line for line in request.split(b"\r\n") if line.lower().startswith(b"validation"))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n"
    return head + token + b"\r\n\r\n"


@pytest.fixture
def good() -> Iterator[str]:
    yield from served(echo)


@pytest.fixture
def chatty() -> Iterator[str]:
    yield from served(lambda _: b"HTTP/1.1 404 Not Found\r\n\r\n" + b"<html>" * 200)


@pytest.fixture
def rude() -> Iterator[str]:
    yield from served(lambda _: b"220 smtp ready\r\n")


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "both.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    yield from served(echo, context)


def test_a_good_door_passes(good: str) -> None:
    answer = knock(good, TOKEN)
    assert (answer.status, answer.echoed, answer.content_type) == (200, True, "application/json")
    assert answer.size == len(echo(b"Validation-Token: " + TOKEN.encode()))
    assert not answer.is_public


def test_another_server_at_that_address_is_told(chatty: str) -> None:
    found = problems(knock(chatty, TOKEN), NOW)
    assert any("status 404" in problem for problem in found)
    assert any("bytes" in problem for problem in found)


def test_a_server_that_speaks_no_http_is_told(rude: str) -> None:
    assert knock(rude, TOKEN).trouble.startswith("the connection fails")


def test_a_certificate_nobody_vouches_for_is_told(self_signed: str) -> None:
    assert "certificate is not accepted" in knock(self_signed, TOKEN).trouble


def test_a_closed_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert knock(f"http://127.0.0.1:{port}/x", TOKEN).trouble == "nobody listens there"


def test_a_name_without_an_address_is_told() -> None:
    assert "DNS" in knock("https://no-such-host.invalid/x", TOKEN).trouble
