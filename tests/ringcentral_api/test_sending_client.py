"""A fax is handed over once, or it is known that its fate is not known."""

import io
import socket
import threading
from collections.abc import Iterator

import pytest

from errors import (
    HostRefused,
    Later,
    LoginRefused,
    PermissionMissing,
    RingCentralError,
    Unreachable,
    Unsure,
)
from ringcentral_api import (
    CoverPage,
    Credentials,
    FaxRequest,
    RingCentral,
    SendingClient,
    Stores,
    Timing,
    Watch,
)
from ringcentral_api.calls import HEAVY, Call
from tests.ringcentral_api.fakes import (
    Answer,
    FakeTime,
    FileTokens,
    MemoryRates,
    Server,
    failure,
    token,
)

FAX = "/restapi/v1.0/account/~/extension/~/fax"
TAKEN = Answer(
    body={
        "id": 4711,
        "messageStatus": "Queued",
        "to": [{"recipientId": 1, "phoneNumber": "+16505550123", "messageStatus": "Queued"}],
    }
)


class Pieces(io.BytesIO):
    """A streamed body of a known length."""

    def __len__(self) -> int:
        return len(self.getvalue())


class Faulty(Pieces):
    """Breaks when half of it is read."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= len(self) // 2:
            raise ConnectionError("the disk of the document is gone")
        return super().read(min(size or 8, 8))


def request(body: bytes = b"a fax", path: str = FAX) -> FaxRequest:
    return FaxRequest("POST", path, "multipart/mixed; boundary=B", body)


@pytest.fixture
def watch(time: FakeTime) -> Watch:
    return Watch(Timing(time.clock, time.wait))


@pytest.fixture
def sending(
    credentials: Credentials, rates: MemoryRates, tokens: FileTokens, watch: Watch
) -> Iterator[SendingClient]:
    with SendingClient(credentials, Stores(rates, tokens), watch) as client:
        yield client


@pytest.mark.parametrize("other", ["https://x", b"fax", None, {"method": "POST"}, object()])
def test_it_takes_fax_requests_and_nothing_else(
    sending: SendingClient, server: Server, other: object
) -> None:
    with pytest.raises(TypeError, match="FaxRequest"):
        sending.request(other)  # type: ignore[arg-type]
    assert server.requests == []


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("DELETE", FAX),
        ("PUT", FAX),
        ("POST", "/restapi/v1.0/account/~/extension/~/message-store/1"),
        ("POST", FAX + "/../message-store/1"),
        ("POST", FAX + "?x=1"),
        ("POST", FAX + "#x"),
        ("POST", "/restapi/v1.0/account/~/extension/~/sms"),
        ("POST", "/restapi/v1.0/account/~/extension/1-2/fax"),
    ],
)
def test_a_fax_request_can_only_send_a_fax(method: str, url: str) -> None:
    with pytest.raises(ValueError, match="fax address"):
        FaxRequest(method, url, "application/json", b"{}")


def test_a_content_type_cannot_bring_headers_of_its_own() -> None:
    with pytest.raises(ValueError, match="content type"):
        FaxRequest("POST", FAX, "a/b\r\nX-Evil: 1", b"{}")


def test_the_archiving_client_refuses_what_makes_a_fax() -> None:
    for url in (f"https://x{FAX}", f"https://x{FAX}?a", f"https://x{FAX}/"):
        with pytest.raises(ValueError, match="never"):
            Call("POST", url, HEAVY)
    assert not [name for name in dir(RingCentral) if "fax" in name or "send" in name]


def test_one_login_serves_any_number_of_requests(sending: SendingClient, server: Server) -> None:
    server.say(TAKEN)
    for _ in range(3):
        taken = sending.request(request())
    assert (taken.message_id, taken.status) == ("4711", "Queued")
    assert [each.number for each in taken.recipients] == ["+16505550123"]
    assert server.logins == 1
    asked = server.asked()[0]
    assert (asked.method, asked.path, asked.body) == ("POST", FAX, b"a fax")
    assert asked.headers["content-type"] == "multipart/mixed; boundary=B"
    assert asked.headers["content-length"] == "5"
    assert "transfer-encoding" not in asked.headers


def test_a_streamed_body_goes_whole_and_again(sending: SendingClient, server: Server) -> None:
    body = Pieces(bytes(range(256)) * 1000)
    fax = FaxRequest("POST", FAX, "multipart/mixed; boundary=B", body)
    server.say(TAKEN)
    sending.request(fax)
    sending.request(fax)
    assert [each.body == body.getvalue() for each in server.asked()] == [True, True]


def test_a_stale_token_is_replaced_and_the_whole_body_sent_again(
    sending: SendingClient, server: Server
) -> None:
    server.say(failure(401, "OAU-213"), TAKEN)
    fax = FaxRequest("POST", FAX, "multipart/mixed; boundary=B", Pieces(b"x" * 50_000))
    assert sending.request(fax).message_id == "4711"
    assert [len(each.body) for each in server.asked()] == [50_000, 50_000]
    assert server.logins == 2


def test_a_login_that_fails_after_a_refused_token_leaves_no_doubt(
    sending: SendingClient, server: Server
) -> None:
    server.say(failure(401, "OAU-213"))
    issued = [token(), None]
    server.log_in = lambda request: issued.pop(0) if issued else None
    with pytest.raises(Unreachable):
        sending.request(request())


@pytest.mark.parametrize(
    "answer",
    [
        None,
        Answer(500),
        failure(503, "CMN-211"),
        Answer(504),
        Answer(408),
        Answer(body=b"<html>"),
        Answer(body={"messageStatus": "Queued"}),
        Answer(body={"id": 4711}, cut=3),
    ],
)
def test_no_clear_answer_leaves_the_fate_unknown(
    sending: SendingClient, server: Server, answer: Answer | None
) -> None:
    server.say(answer)
    with pytest.raises(Unsure, match="sent again") as caught:
        sending.request(request())
    assert caught.value.permanent
    assert len(server.asked()) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failure(400, "CMN-101", parameterName="to"), RingCentralError),
        (failure(415, "MSG-348"), RingCentralError),
        (failure(500, "MSG-352"), RingCentralError),
        (failure(403, "CMN-401", message="needs to have [Faxes] permission"), PermissionMissing),
        (failure(401, "CMN-405"), LoginRefused),
        (failure(429, "CMN-301"), Later),
    ],
)
def test_a_refusal_is_certain(
    sending: SendingClient, server: Server, answer: Answer, kind: type[Exception]
) -> None:
    server.say(answer)
    with pytest.raises(kind):
        sending.request(request())
    assert len(server.asked()) == 1


def test_the_heavy_limit_is_shared_and_asked_before_anything_goes(
    sending: SendingClient, server: Server, rates: MemoryRates, credentials: Credentials
) -> None:
    server.say(TAKEN)
    for _ in range(10):
        sending.request(request())
    with pytest.raises(Later):
        sending.request(request())
    assert len(server.asked()) == 10
    assert len(rates.taken[(credentials.user, "Heavy")]) == 10


def test_nobody_listening_is_no_doubt(
    rates: MemoryRates, tokens: FileTokens, server: Server, watch: Watch
) -> None:
    deaf = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
    deaf.close()
    there = Credentials(server.url, address, "app", "the-secret", "the.jwt.text")
    client = SendingClient(there, Stores(rates, tokens), watch)
    with client, pytest.raises(Unreachable):
        client.request(request().at(address))


def test_a_body_that_ends_early_was_not_sent(sending: SendingClient, server: Server) -> None:
    server.say(TAKEN)
    body = Faulty(b"x" * 64)
    with pytest.raises(Unreachable):
        sending.request(FaxRequest("POST", FAX, "multipart/mixed; boundary=B", body))


def test_a_connection_that_breaks_in_the_middle_was_not_sent(
    rates: MemoryRates, tokens: FileTokens, server: Server, watch: Watch
) -> None:
    """The server takes a little of a large body and resets."""
    listener = socket.create_server(("127.0.0.1", 0))

    def reset() -> None:
        connection, _ = listener.accept()
        connection.recv(1000)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()

    thread = threading.Thread(target=reset)
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    there = Credentials(server.url, address, "app", "the-secret", "the.jwt.text")
    client = SendingClient(there, Stores(rates, tokens), watch)
    with client, pytest.raises(Unreachable):
        client.request(request(b"x" * 50_000_000).at(address))
    thread.join()
    listener.close()


def test_the_token_goes_to_the_configured_hosts_only(
    sending: SendingClient, server: Server, stranger: Server
) -> None:
    with pytest.raises(HostRefused):
        sending.request(request().at(stranger.url))
    server.say(Answer(307, headers={"Location": stranger.url + FAX}))
    with pytest.raises(HostRefused):
        sending.request(request())
    assert stranger.requests == []


def test_a_redirect_is_followed_to_another_fax_address_with_the_whole_body(
    sending: SendingClient, server: Server
) -> None:
    there = FAX.replace("~/fax", "12/fax")
    server.say(Answer(307, headers={"Location": there}), TAKEN)
    sending.request(request())
    assert [(each.path, each.body) for each in server.asked()] == [
        (FAX, b"a fax"),
        (there, b"a fax"),
    ]


@pytest.mark.parametrize("to", ["/restapi/v1.0/account/~/extension/~/message-store/1", "/"])
def test_a_redirect_to_anything_else_is_not_followed(
    sending: SendingClient, server: Server, to: str
) -> None:
    server.say(Answer(307, headers={"Location": to}))
    with pytest.raises(RingCentralError):
        sending.request(request())
    assert len(server.asked()) == 1


def test_cover_pages_have_numbers_and_names(sending: SendingClient, server: Server) -> None:
    records = [{"id": "0", "name": "None"}, {"id": 7, "name": "Bold"}, {"name": "no number"}]
    server.say(Answer(body={"records": records}))
    assert sending.cover_pages() == [CoverPage(0, "None"), CoverPage(7, "Bold")]
    assert server.asked()[0].path == "/restapi/v1.0/dictionary/fax-cover-page"


def test_the_request_shows_no_fax_when_printed() -> None:
    assert "a fax" not in repr(request())
