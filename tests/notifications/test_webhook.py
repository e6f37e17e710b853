"""Webhooks as the Standard Webhooks specification has them; its own library verifies them."""

import base64
import json
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from errors import NotDelivered
from notifications import NO_DOCUMENTS, Notice
from notifications.channels.webhook import Webhook, signature
from notifications.posting import Endpoint, is_allowed, post
from tests.notifications.raw import silent_server, talking_server
from tests.notifications.stages import SECRET, HttpServer, made, server_context

NOTICE = Notice(
    id="n_0123",
    outcome="sent:400-7:0:1",
    kind="sent",
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    mailbox="400-621",
    mailbox_name="Empfang \u2013 Stra\u00dfe",
)
OTHER = "whsec_" + base64.b64encode(b"another secret, thirty-two bytes").decode()


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with closing(HttpServer()) as running:
        yield running


def webhook(server: HttpServer, secrets: str = SECRET, **more: Any) -> Any:
    url = f"http://127.0.0.1:{server.port}/hook?for=faxes"
    return made("webhook", {"url": url, "secret_env": "s", **more}, s=secrets)


def test_the_official_library_verifies_it(server: HttpServer) -> None:
    webhook(server).deliver(NOTICE, NO_DOCUMENTS)

    ((path, headers, body),) = server.requests
    told = Verifier(SECRET).verify(body, headers)
    assert path == "/hook?for=faxes"
    assert told["type"] == "fax.sent"
    assert told["data"]["mailbox_name"] == "Empfang \u2013 Stra\u00dfe"
    assert headers["webhook-id"] == told["id"] == "n_0123"
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("harm", ["body", "webhook-id", "webhook-timestamp", "webhook-signature"])
def test_what_was_changed_on_its_way_is_not_verified(server: HttpServer, harm: str) -> None:
    webhook(server).deliver(NOTICE, NO_DOCUMENTS)
    ((_, headers, body),) = server.requests
    changed = dict(headers)
    if harm != "body":
        changed[harm] = headers[harm][:4] + ("1" if headers[harm][4] == "0" else "0") + "A" * 60
        changed[harm] = changed[harm][: len(headers[harm])]

    with pytest.raises((WebhookVerificationError, ValueError)):
        Verifier(SECRET).verify(body + (b" " if harm == "body" else b""), changed)


def test_a_secret_is_replaced_without_a_gap(server: HttpServer) -> None:
    webhook(server, f"{OTHER}\n{SECRET}").deliver(NOTICE, NO_DOCUMENTS)

    ((_, headers, body),) = server.requests
    for secret in (SECRET, OTHER):
        assert Verifier(secret).verify(body, headers)["id"] == "n_0123"


def test_every_try_has_its_own_time_and_the_same_id(server: HttpServer) -> None:
    moments = iter((1_700_000_000.7, 1_700_000_060.2))
    endpoint = Endpoint(f"http://127.0.0.1:{server.port}/")
    channel = Webhook(endpoint, [b"k" * 32], clock=lambda: next(moments))

    channel.deliver(NOTICE, NO_DOCUMENTS)
    channel.deliver(NOTICE, NO_DOCUMENTS)

    heads = [headers for _, headers, _ in server.requests]
    assert [each["webhook-timestamp"] for each in heads] == ["1700000000", "1700000060"]
    assert {each["webhook-id"] for each in heads} == {"n_0123"}
    assert len({each["webhook-signature"] for each in heads}) == 2
    assert len({body for _, _, body in server.requests}) == 1


def test_the_signature_is_that_of_the_specification() -> None:
    # The specification's own example secret and message.
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'

    made_ = signature([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    assert made_ == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_success_is_one(server: HttpServer, status: int) -> None:
    server.statuses = [status]

    assert webhook(server).deliver(NOTICE, NO_DOCUMENTS) == ""


def refusal(server: HttpServer) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        webhook(server).deliver(NOTICE, NO_DOCUMENTS)
    return caught.value


@pytest.mark.parametrize(
    ("status", "whole"), [(500, True), (503, True), (429, True), (404, True), (400, False)]
)
def test_a_failure_is_everybodys_unless_the_body_is_refused(
    server: HttpServer, status: int, whole: bool
) -> None:
    server.statuses = [status]

    refused = refusal(server)

    assert (refused.whole, refused.gone) == (whole, False)
    assert str(refused) == f"it answered {status}"


def test_410_means_that_nothing_more_is_wanted(server: HttpServer) -> None:
    server.statuses = [410]

    assert refusal(server).gone


def test_a_redirect_is_refused_and_not_followed(server: HttpServer) -> None:
    with closing(HttpServer()) as elsewhere:
        server.statuses = [307]
        server.headers = {"Location": f"http://127.0.0.1:{elsewhere.port}/"}

        assert "redirect" in str(refusal(server))
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("value", "seconds"), [("120", 120.0), ("", None), ("soon", None), ("9" * 20, None)]
)
def test_a_wish_for_patience_is_passed_on(
    server: HttpServer, value: str, seconds: float | None
) -> None:
    server.statuses, server.headers = [503], {"Retry-After": value}

    assert refusal(server).retry_after == seconds


# --- where it goes, and for how long -------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "address", "private", "allowed"),
    [
        ("erp.example", "93.184.216.34", False, True),
        ("erp.example", "2606:2800:220:1:248:1893:25c8:1946", False, True),
        ("erp.example", "10.0.0.8", False, False),
        ("erp.example", "192.168.1.5", False, False),
        ("erp.example", "100.64.0.1", False, False),
        ("erp.example", "fd00::1", False, False),
        ("erp.example", "::ffff:10.0.0.8", False, False),
        ("erp.example", "2002:0a00:0008::1", False, False),
        ("erp.example", "64:ff9b::a9fe:a9fe", True, False),
        ("erp.example", "64:ff9b::0a00:0008", False, False),
        ("erp.example", "64:ff9b::0808:0808", False, True),
        ("erp.example", "168.63.129.16", True, False),
        ("erp.example", "fec0::1", True, False),
        ("erp.example", "::10.0.0.8", True, False),
        ("erp.example", "10.0.0.8", True, True),
        ("erp.example", "fd00::1", True, True),
        ("erp.example", "127.0.0.1", True, False),
        ("erp.example", "::1", True, False),
        ("erp.example", "0.0.0.0", True, False),  # noqa: S104
        ("erp.example", "169.254.169.254", True, False),
        ("erp.example", "::ffff:169.254.169.254", True, False),
        ("erp.example", "fe80::1%eth0", True, False),
        ("erp.example", "224.0.0.1", True, False),
        ("erp.example", "240.0.0.1", True, False),
        ("localhost", "127.0.0.1", False, True),
        ("localhost", "10.0.0.8", False, False),
    ],
)
def test_no_name_leads_into_a_network(
    host: str, address: str, private: bool, allowed: bool
) -> None:
    assert is_allowed(host, address, private) is allowed


def test_a_name_that_leads_inside_is_not_connected_to() -> None:
    with closing(HttpServer()) as server:
        # 127.0.0.2 is this machine as well, but not as the settings may write it.
        endpoint = Endpoint(f"https://127.0.0.2:{server.port}/")
        with pytest.raises(NotDelivered, match="inside a network"):
            post(endpoint, b"{}", {})
        assert server.requests == []


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 80 + ".example"])
def test_a_name_that_leads_nowhere_is_a_failure(host: str) -> None:
    with pytest.raises(NotDelivered, match="no answer came") as caught:
        post(Endpoint(f"https://{host}/"), b"{}", {})
    assert caught.value.whole


def test_the_certificate_must_be_trusted_and_of_that_name(tmp_path: Path) -> None:
    context = server_context(tmp_path / "server.pem")
    trust = ssl.create_default_context(cafile=tmp_path / "server.pem")
    with closing(HttpServer(trust=context)) as server:
        url = f"https://localhost:{server.port}/"
        assert post(Endpoint(url, trust=trust), b"{}", {}).status == 204
        with pytest.raises(NotDelivered, match="SSLCertVerificationError"):
            post(Endpoint(url), b"{}", {})


@pytest.mark.parametrize(
    "talk",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 100_000,
        b"HTTP/1.1 204 No Content\r\nSet-Cookie: a=b\r\n\r\n",
    ],
)
def test_a_long_answer_is_not_read_to_its_end(talk: bytes) -> None:
    with talking_server(talk) as port:
        started = time.monotonic()
        answer = post(Endpoint(f"http://127.0.0.1:{port}/", patience=5), b"{}", {})

    assert answer.status in (200, 204)
    assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    "talk",
    [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X-Header: 1\r\n" * 5000, b"\0" * 70_000],
)
def test_an_answer_that_is_none_is_a_failure(talk: bytes) -> None:
    with (
        talking_server(talk) as port,
        pytest.raises(NotDelivered, match="no answer came") as caught,
    ):
        post(Endpoint(f"http://127.0.0.1:{port}/", patience=5), b"{}", {})
    assert caught.value.whole


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_one_that_says_nothing_is_left_when_patience_is_over(scheme: str) -> None:
    with silent_server() as port:
        host = "127.0.0.1"
        started = time.monotonic()
        with pytest.raises(NotDelivered):
            post(Endpoint(f"{scheme}://{host}:{port}/", patience=0.5), b"{}", {})
        assert time.monotonic() - started < 3


def test_one_that_trickles_is_left_when_patience_is_over() -> None:
    with talking_server(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500, spacing=0.05) as port:
        started = time.monotonic()
        # The status has come: it was taken, however long the rest would last.
        assert post(Endpoint(f"http://127.0.0.1:{port}/", patience=1), b"{}", {}).status == 200
        assert time.monotonic() - started < 3


def test_the_environment_names_no_proxy(
    server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    webhook(server).deliver(NOTICE, NO_DOCUMENTS)

    assert json.loads(server.requests[0][2])["id"] == "n_0123"
