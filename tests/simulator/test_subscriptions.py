"""Subscriptions: the handshake, the filters, the lifetime, and what a PUT cannot change."""

import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PATH = "/restapi/v1.0/subscription"
MAILBOX = "/restapi/v1.0/account/~/extension/~"
REMINDER = "/restapi/v1.0/subscription/~?threshold=60&interval=20"


def code(answer):
    return answer.json()["errors"][0]["errorCode"]


def lifetime(body):
    created, end = (
        datetime.fromisoformat(body[name]) for name in ("creationTime", "expirationTime")
    )
    return (end - created) / timedelta(seconds=1)


def test_a_good_webhook_is_accepted_and_the_filters_are_resolved(simulator, client, receiver):
    body = client.subscribe(receiver.url).json()
    extension = simulator.accounts()[0]["extensions"][0]["id"]
    account = simulator.accounts()[0]["id"]
    own = f"/restapi/v1.0/account/{account}/extension/{extension}/message-store?type=Fax"
    assert body["eventFilters"] == [own]
    assert body["status"] == "Active"
    assert "hush" not in str(body)
    assert receiver.received == []


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("status", 201, "SUB-522"),
        ("status", 404, "SUB-522"),
        ("status", 302, "SUB-522"),
        ("echo", False, "SUB-520"),
        ("content_type", "", "SUB-525"),
        ("content_type", "text/html", "SUB-525"),
        ("padding", 1024, "SUB-525"),
    ],
)
def test_a_bad_webhook_is_refused(client, receiver, field, value, expected):
    setattr(receiver, field, value)
    answer = client.subscribe(receiver.url)
    assert (answer.status_code, code(answer)) == (400, expected)


def test_the_head_counts_towards_the_1024_bytes(client, receiver):
    receiver.padding = 700
    assert client.subscribe(receiver.url).status_code == 200
    receiver.padding = 900
    assert code(client.subscribe(receiver.url)) == "SUB-525"


def test_a_slow_or_absent_webhook_is_refused(client, receiver):
    receiver.silent.set()
    assert code(client.subscribe(receiver.url)) == "SUB-525"
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert code(client.subscribe(f"http://127.0.0.1:{port}/")) == "SUB-521"


def test_a_certificate_nobody_vouches_for_is_refused(client, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            plain, _ = listening.accept()
            with plain, suppress(ssl.SSLError, OSError):
                context.wrap_socket(plain, server_side=True).close()

        thread = threading.Thread(target=serve)
        thread.start()
        answer = client.subscribe(f"https://127.0.0.1:{listening.getsockname()[1]}/")
        thread.join()
    assert code(answer) == "SUB-524"


def self_signed(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "nobody.pem"
    path.write_bytes(private + certificate)
    return path


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["/restapi/v1.0/nothing"], "SUB-508"),
        ([f"{MAILBOX}/message-store?type=Telegram"], "SUB-508"),
        ([f"{MAILBOX}/fax"], "SUB-508"),
        ([REMINDER], "SUB-515"),
        ([f"{MAILBOX}/message-store", "/restapi/v1.0/subscription/~?threshold=0"], "SUB-508"),
        (["/restapi/v1.0/account/1/extension/~/message-store"], "SUB-406"),
        (["/restapi/v1.0/account/~/extension/1/message-store"], "SUB-408"),
        ([7], "CMN-101"),
    ],
)
def test_senseless_filters_are_refused(client, receiver, filters, expected):
    assert code(client.subscribe(receiver.url, *filters)) == expected


@pytest.mark.parametrize("address", ["", "ftp://127.0.0.1/", "http:///x", "http://h/a\nb", None])
def test_senseless_addresses_are_refused(client, address):
    assert code(client.subscribe(address)) == "CMN-101"


def test_the_lifetime_counts_at_the_top_level_only(client, receiver):
    assert lifetime(client.subscribe(receiver.url).json()) == 604_800
    assert lifetime(client.subscribe(receiver.url, expiresIn=900).json()) == 900
    mode = {"transportType": "WebHook", "address": receiver.url, "expiresIn": 900}
    ignored = client.subscribe(receiver.url, deliveryMode=mode).json()
    assert lifetime(ignored) == 604_800
    assert lifetime(client.subscribe(receiver.url, expiresIn=10**9).json()) == 315_360_000
    assert code(client.subscribe(receiver.url, expiresIn=0)) == "CMN-101"


def test_put_renews_and_replaces_filters_but_not_the_address(simulator, client, receiver):
    made = client.subscribe(receiver.url, expiresIn=900).json()
    simulator.advance(600)
    mode = {"transportType": "WebHook", "address": "http://127.0.0.1:1/", "expiresIn": 5}
    changed = {"eventFilters": [f"{MAILBOX}/message-store"], "deliveryMode": mode}
    body = client.ask("PUT", f"{PATH}/{made['id']}", json=changed).json()
    assert body["deliveryMode"]["address"] == receiver.url
    assert body["eventFilters"][0].endswith("/message-store")
    assert lifetime(body) - 600 == pytest.approx(604_800, abs=2)


def test_renew_keeps_the_lifetime_and_an_expired_one_is_gone(simulator, client, receiver):
    made = client.subscribe(receiver.url, expiresIn=900).json()
    simulator.advance(600)
    body = client.ask("POST", f"{PATH}/{made['id']}/renew").json()
    assert lifetime(body) - 600 == pytest.approx(900, abs=2)
    simulator.advance(901)
    answer = client.ask("POST", f"{PATH}/{made['id']}/renew")
    assert (answer.status_code, code(answer)) == (404, "SUB-507")
    assert client.get(PATH).json()["records"] == []


def test_deleting(simulator, client, receiver):
    made = client.subscribe(receiver.url).json()
    assert client.ask("DELETE", f"{PATH}/{made['id']}").status_code == 204
    assert code(client.get(f"{PATH}/{made['id']}")) == "CMN-102"
    assert simulator.subscriptions() == []


def test_the_thirty_first_is_refused(simulator, client, receiver):
    simulator.change_settings(subscription_limit=2)
    assert [client.subscribe(receiver.url).status_code for _ in range(3)] == [200, 200, 403]
    assert code(client.subscribe(receiver.url)) == "SUB-505"


def test_more_filters_than_the_limit_are_refused(simulator, client, receiver):
    simulator.change_settings(max_filters=2)
    three = [f"{MAILBOX}/message-store{end}" for end in ("", "?type=Fax", "?type=SMS")]
    made = client.subscribe(receiver.url, *three[:2]).json()
    assert code(client.subscribe(receiver.url, *three)) == "SUB-508"
    changed = client.ask("PUT", f"{PATH}/{made['id']}", json={"eventFilters": three})
    assert (changed.status_code, code(changed)) == (400, "SUB-508")
    assert len(client.get(f"{PATH}/{made['id']}").json()["eventFilters"]) == 2


def test_other_extensions_are_allowed_refused_or_disabled(simulator, login, receiver):
    first, second, _ = (each["id"] for each in simulator.accounts()[0]["extensions"])
    others = f"/restapi/v1.0/account/~/extension/{second}/message-store"
    admin, user = login(first), login(second)
    assert admin.subscribe(receiver.url, others).status_code == 200
    simulator.change_account(other_extensions="refuse")
    assert code(admin.subscribe(receiver.url, others)) == "SUB-405"
    simulator.change_account(other_extensions="disable")
    body = admin.subscribe(receiver.url, others, f"{MAILBOX}/message-store").json()
    assert [each["filter"].split("/")[6] for each in body["disabledFilters"]] == [second]
    assert [each.split("/")[6] for each in body["eventFilters"]] == [first]
    not_mine = f"/restapi/v1.0/account/~/extension/{first}/message-store"
    assert code(user.subscribe(receiver.url, not_mine)) == "SUB-405"


def test_control_expires_blacklists_and_disables(simulator, client, receiver):
    one, two, three = (client.subscribe(receiver.url).json()["id"] for _ in range(3))
    simulator.expire_subscription(one)
    simulator.blacklist_subscription(two, "because")
    simulator.disable_filters(three)
    assert client.get(f"{PATH}/{one}").status_code == 404
    body = client.get(f"{PATH}/{two}").json()
    assert (body["status"], body["blacklistedData"]["reason"]) == ("Blacklisted", "because")
    assert len(client.get(f"{PATH}/{three}").json()["disabledFilters"]) == 1
    simulator.receive()
    simulator.wait_delivered()
    assert receiver.bodies == []
