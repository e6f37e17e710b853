"""A document arrives whole or not at all, in constant memory."""

import hashlib
import tracemalloc
from collections.abc import Callable

import pytest

from errors import Later, NotFound, RingCentralError, Unreachable
from ringcentral_api import RingCentral
from tests.ringcentral_api.fakes import Answer, Request, Server, failure

BYTES = bytes(range(256)) * 1024  # 256 KiB
PATH = "/restapi/v1.0/account/1/extension/2/message-store/3/content/3"


def in_parts(content: bytes, size: int) -> Callable[[Request], Answer]:
    """Answer 206 to everything, never with more than `size` bytes."""

    def answer(request: Request) -> Answer:
        start = int(request.headers.get("range", "bytes=0-")[6:-1])
        part = content[start : start + size]
        told = f"bytes {start}-{start + len(part) - 1}/{len(content)}"
        return Answer(206, part, {"Content-Range": told, "Content-Type": "application/pdf"})

    return answer


def fetched(api: RingCentral, media: Server) -> bytes:
    with api.download(media.url + PATH) as download:
        return b"".join(download.chunks())


def test_the_whole_document(api: RingCentral, media: Server) -> None:
    media.say(Answer(body=BYTES, headers={"Content-Type": "image/tiff"}))
    with api.download(media.url + PATH) as download:
        assert (download.content_type, download.length) == ("image/tiff", len(BYTES))
        assert b"".join(download.chunks()) == BYTES
    assert media.requests[0].headers["accept-encoding"] == "identity"


def test_an_event_names_the_platform_host_and_the_media_host_is_asked(
    api: RingCentral, server: Server, media: Server
) -> None:
    media.say(Answer(body=BYTES))
    with api.download(server.url + PATH) as download:
        assert b"".join(download.chunks()) == BYTES
    assert server.asked() == []


def test_parts_are_joined(api: RingCentral, media: Server) -> None:
    media.script = in_parts(BYTES, 40_000)
    with api.download(media.url + PATH) as download:
        assert download.length == len(BYTES)
        assert b"".join(download.chunks()) == BYTES
    assert len(media.requests) == 7


def test_a_broken_transfer_is_resumed(api: RingCentral, media: Server) -> None:
    whole, parts = Answer(body=BYTES, headers={"ETag": '"v1"'}, cut=100_000), in_parts(BYTES, 10**6)
    media.script = lambda request: parts(request) if "range" in request.headers else whole
    assert fetched(api, media) == BYTES
    assert media.requests[1].headers["if-range"] == '"v1"'
    assert media.requests[1].headers["authorization"] == "Bearer token-1"


def test_a_transfer_that_breaks_again_and_again_is_given_up(
    api: RingCentral, media: Server
) -> None:
    parts = in_parts(BYTES, 10**6)

    def broken(request: Request) -> Answer:
        answer = parts(request)
        return Answer(answer.status, answer.body, answer.headers, cut=1000)

    media.script = broken
    with pytest.raises(Unreachable, match="again and again"):
        fetched(api, media)
    assert len(media.requests) == 4


def part(told: str, body: bytes = b"x", **headers: str) -> Answer:
    return Answer(206, body, {"Content-Range": told, **headers})


@pytest.mark.parametrize(
    "answers",
    [
        [part("bytes 5-9/10")],
        [part("bytes 0-0/*")],
        [part("")],
        [Answer(204)],
        [Answer(body=b"x" * 9, headers={"Content-Encoding": "gzip"})],
        [part("bytes 0-0/10"), part("bytes 1-1/11")],
        [part("bytes 0-0/10"), part("bytes 0-0/10")],
        [part("bytes 0-0/10"), Answer(body=b"x" * 10)],
        [part("bytes 0-0/2", b"xyz")],
        [Answer(body={"message": "sorry"})],
    ],
)
def test_what_is_not_the_document_is_an_error(
    api: RingCentral, media: Server, answers: list[Answer]
) -> None:
    media.say(*answers)
    with pytest.raises(Unreachable):
        fetched(api, media)


@pytest.mark.parametrize("status", [200, 202, 400, 404, 409, 500, 503])
def test_a_fax_in_processing_is_for_later_whatever_the_status(
    api: RingCentral, media: Server, status: int
) -> None:
    media.say(failure(status, "MSG-368", {"Retry-After": "7"} if status >= 400 else None))
    with pytest.raises(Later) as caught:
        api.download(media.url + PATH)
    assert caught.value.retry_after == (7 if status >= 400 else 30)
    assert len(media.requests) == 1


def test_a_document_that_is_gone(api: RingCentral, media: Server) -> None:
    media.say(failure(404, "CMN-102"))
    with pytest.raises(NotFound):
        api.download(media.url + PATH)


def test_a_range_that_is_refused_is_worth_a_fresh_try(api: RingCentral, media: Server) -> None:
    media.say(Answer(body=BYTES, cut=100_000), failure(416, "CMN-107"))
    with pytest.raises(RingCentralError) as caught:
        fetched(api, media)
    assert not caught.value.permanent


def test_a_document_takes_constant_memory(api: RingCentral, media: Server) -> None:
    content = b"\x5a" * (20 * 1024 * 1024)
    media.say(Answer(body=content))
    digest = hashlib.sha256()
    with api.download(media.url + PATH) as download:
        chunks = download.chunks()
        digest.update(next(chunks))
        tracemalloc.start()
        largest = 0
        for chunk in chunks:
            digest.update(chunk)
            largest = max(largest, len(chunk))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert digest.digest() == hashlib.sha256(content).digest()
    assert largest <= 1024 * 1024
    assert peak < 4 * 1024 * 1024


def test_a_reader_who_stops_leaves_nothing_open(api: RingCentral, media: Server) -> None:
    media.say(Answer(body=BYTES))
    with api.download(media.url + PATH) as download:
        next(download.chunks())
