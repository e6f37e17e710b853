"""The door, knocked at over a real socket on the real server."""

import socket
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from handlers.webhook import MAX_BODY
from tests.handlers.knocking import MOST_BYTES, PATH, Answer, ServedDoor, chunked
from tests.handlers.served_door import PART, SECRET

NOTICE = b'{"uuid": "1", "event": "/restapi/v1.0/glip/posts", "body": {}}'
UNREADABLE = bytes(range(256))


def chunked_post(door: ServedDoor, body: bytes) -> Answer:
    headers = [f"Verification-Token: {SECRET}", "Transfer-Encoding: chunked"]
    return door.send(f"POST {PATH} HTTP/1.1", headers, chunked(body))


def test_a_handshake_gets_its_token_back(door: ServedDoor) -> None:
    token = "e4a1f2c0-6d0e-4d43-9a1c-0c8b7f5f8a22"

    answer = door.post(Validation_Token=token, Content_Type="application/json")

    assert answer.status == 200
    assert answer.headers["validation-token"] == token
    assert door.kept() == []


@pytest.mark.parametrize("token", ["!", "~" * 128])
def test_any_short_printable_token_is_good(door: ServedDoor, token: str) -> None:
    answer = door.post(Validation_Token=token)

    assert (answer.status, answer.headers["validation-token"]) == (200, token)


@pytest.mark.parametrize(
    "token", ["", "a b", "a\tb", "\xe9\xff", "a\x7f", "a\x00b", "a\rb", "a\r\n b", "a" * 129]
)
def test_any_other_token_is_refused(door: ServedDoor, token: str) -> None:
    answer = door.post(Validation_Token=token)

    assert answer.status == 400
    assert "validation-token" not in answer.headers


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_a_token_cannot_bring_a_header_in(door: ServedDoor, line_end: str) -> None:
    answer = door.post(Validation_Token=f"a{line_end}Set-Cookie: stolen=1")

    assert answer.headers.get("validation-token", "a") == "a"
    assert "set-cookie" not in answer.headers


def test_a_handshake_without_a_length_gets_its_token_back(door: ServedDoor) -> None:
    headers = ["Validation-Token: abc", "Transfer-Encoding: chunked"]
    answer = door.send(f"POST {PATH} HTTP/1.1", headers, chunked(b""))

    assert (answer.status, answer.headers["validation-token"]) == (200, "abc")


def test_an_empty_request_without_token_is_no_handshake(door: ServedDoor) -> None:
    assert door.post().status == 400
    assert door.post(Verification_Token=SECRET).status == 400
    assert door.kept() == []


@pytest.mark.parametrize("header", ["Verification_Token", "Validation_Token"])
def test_a_notification_is_kept_under_either_name_of_the_secret(
    door: ServedDoor, header: str
) -> None:
    assert door.post(NOTICE, **{header: SECRET}).status == 200
    assert door.kept() == [NOTICE]


def test_a_token_beside_a_body_is_echoed_and_the_body_kept(door: ServedDoor) -> None:
    answer = door.post(NOTICE, Verification_Token=SECRET, Validation_Token="echo-me")

    assert (answer.status, answer.headers["validation-token"]) == (200, "echo-me")
    assert door.kept() == [NOTICE]


def test_a_harmful_token_beside_a_body_is_not_echoed(door: ServedDoor) -> None:
    answer = door.post(NOTICE, Verification_Token=SECRET, Validation_Token="\xe9")

    assert answer.status == 200
    assert "validation-token" not in answer.headers
    assert door.kept() == [NOTICE]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Verification_Token": ""},
        {"Verification_Token": SECRET[:-1]},
        {"Verification_Token": SECRET + "x"},
        {"Verification_Token": SECRET.upper()},
        {"Verification_Token": "\xe9\xff"},
        {"Validation_Token": "another"},
        {"Authorization": f"Bearer {SECRET}"},
    ],
)
def test_without_the_secret_nothing_is_kept(door: ServedDoor, headers: dict[str, str]) -> None:
    answer = door.post(NOTICE, **headers)

    assert answer.status == 401
    assert "validation-token" not in answer.headers
    assert door.kept() == []


@pytest.mark.parametrize("length", ["Content-Length: 60000", "Transfer-Encoding: chunked"])
def test_slow_strangers_keep_no_notification_waiting(door: ServedDoor, length: str) -> None:
    head = f"POST {PATH} HTTP/1.1\r\nHost: faxes.example\r\n{length}\r\n\r\n".encode()
    with ExitStack() as strangers:
        for _ in range(12):  # three for each thread of the server
            stranger = socket.create_connection(("127.0.0.1", door.port), timeout=10)
            strangers.enter_context(stranger).sendall(head)

        assert door.post(NOTICE, Verification_Token=SECRET).status == 200
        assert door.post(Validation_Token="abc").status == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=UTF-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; charset=nonsense",
        "\xe9",
    ],
)
def test_an_unreadable_body_is_kept_byte_for_byte(door: ServedDoor, content_type: str) -> None:
    answer = door.post(UNREADABLE, Verification_Token=SECRET, Content_Type=content_type)

    assert answer.status == 200
    assert door.kept() == [UNREADABLE]


def test_a_chunked_body_is_kept_whole(door: ServedDoor) -> None:
    assert chunked_post(door, UNREADABLE * 64).status == 200
    assert door.kept() == [UNREADABLE * 64]


def test_the_largest_body_is_kept_whole(door: ServedDoor) -> None:
    largest = b"x" * MAX_BODY

    assert door.post(largest, Verification_Token=SECRET).status == 200
    assert chunked_post(door, largest).status == 200
    assert door.kept() == [largest, largest]


@pytest.mark.parametrize("more", [1, 2, 1000])
def test_a_larger_body_is_refused_and_not_cut(door: ServedDoor, more: int) -> None:
    larger = b"x" * (MAX_BODY + more)

    assert door.post(larger, Verification_Token=SECRET).status == 413
    assert chunked_post(door, larger).status == 413
    assert door.kept() == []


@pytest.mark.parametrize(
    "path",
    [
        f"/webhooks/ringcentral/{PART[:-1]}",
        f"/webhooks/ringcentral/{PART}0",
        f"/webhooks/ringcentral/{PART.upper()}",
        "/webhooks/ringcentral/%ff%fe",
        "/webhooks/ringcentral/",
        f"{PATH}/",
        PATH.replace("/ringcentral", "//ringcentral"),
        "/",
        "/static/app.py",
    ],
)
def test_any_other_address_is_unknown(door: ServedDoor, path: str) -> None:
    assert door.post(NOTICE, path=path, Verification_Token=SECRET).status == 404
    assert door.post(path=path, Validation_Token="token").status == 404
    assert door.kept() == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"])
def test_any_other_method_is_not_allowed(door: ServedDoor, method: str) -> None:
    headers = [f"Verification-Token: {SECRET}", "Content-Length: 0"]

    assert door.send(f"{method} {PATH} HTTP/1.1", headers).status == 405


@pytest.mark.parametrize("fault", ["refuses", "hangs"])
def test_a_journal_that_does_not_take_it_is_a_503(door: ServedDoor, fault: str) -> None:
    door.go_wrong(fault)

    assert door.post(NOTICE, Verification_Token=SECRET).status == 503


def test_a_fault_of_ours_is_a_500_and_does_not_tell_the_address(door: ServedDoor) -> None:
    door.go_wrong("breaks")

    assert door.post(NOTICE, Verification_Token=SECRET).status == 500
    told = door.log.read_text()
    assert "unexpected RuntimeError" in told
    assert PART not in told
    assert SECRET not in told


def failing(fault: str) -> Callable[[ServedDoor], Answer]:
    def knock(door: ServedDoor) -> Answer:
        door.go_wrong(fault)
        return door.post(NOTICE, Verification_Token=SECRET, Validation_Token="v" * 128)

    return knock


KNOCKS: dict[str, Callable[[ServedDoor], Answer]] = {
    "handshake": lambda door: door.post(Validation_Token="v" * 128),
    "odd handshake": lambda door: door.post(Validation_Token="v" * 900),
    "kept": lambda door: door.post(
        NOTICE, Verification_Token=SECRET, Validation_Token="v" * 128, Cookie="session=1"
    ),
    "no secret": lambda door: door.post(NOTICE),
    "too large": lambda door: door.post(b"x" * (MAX_BODY + 9), Verification_Token=SECRET),
    "too large in chunks": lambda door: chunked_post(door, b"x" * (MAX_BODY + 9)),
    "unknown address": lambda door: door.post(NOTICE, path="/" + "a" * 2000),
    "doubled slash": lambda door: door.post(NOTICE, path="//webhooks//ringcentral/" + "a" * 900),
    "other method": lambda door: door.send(f"PUT {PATH} HTTP/1.1", ["Content-Length: 0"]),
    "options": lambda door: door.send(f"OPTIONS {PATH} HTTP/1.1", ["Content-Length: 0"]),
    "no host": lambda door: door.raw(f"POST {PATH} HTTP/1.0\r\n\r\n".encode()),
    "odd host": lambda door: door.raw(
        f"POST {PATH} HTTP/1.1\r\nHost: <{'h' * 900}>\r\nConnection: close\r\n\r\n".encode()
    ),
    "journal refuses": failing("refuses"),
    "journal hangs": failing("hangs"),
    "journal breaks": failing("breaks"),
}


@pytest.mark.parametrize("knock", KNOCKS.values(), ids=KNOCKS.keys())
def test_every_answer_is_short_bare_and_typed(
    door: ServedDoor, knock: Callable[[ServedDoor], Answer]
) -> None:
    answer = knock(door)

    assert answer.size < MOST_BYTES / 2  # the other half is for the headers of proxies
    assert answer.body == b""
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-length"] == "0"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "request_line", ["\x16\x03\x01 not HTTP", f"POST /{'a' * 70_000} HTTP/1.1"]
)
def test_what_the_server_refuses_by_itself_is_short_too(
    door: ServedDoor, request_line: str
) -> None:
    answer = door.send(request_line, ["Content-Length: 0"])

    assert 400 <= answer.status < 500
    assert (answer.size < MOST_BYTES / 2, answer.body) == (True, b"")
