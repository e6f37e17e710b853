"""The token leaves for the configured hosts only, whatever an address or a redirect says."""

import pytest

from errors import HostRefused, RingCentralError, Unreachable
from ringcentral_api import Credentials, RingCentral, Stores
from ringcentral_api.hosts import Hosts
from tests.ringcentral_api.fakes import Answer, FakeTime, FileTokens, MemoryRates, Server

REAL = Hosts("https://platform.ringcentral.com", "https://media.ringcentral.com")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_stranger_gets_nothing(
    api: RingCentral, media: Server, stranger: Server, status: int
) -> None:
    media.say(Answer(status, headers={"Location": stranger.url + "/content"}))
    with pytest.raises(HostRefused):
        api.download(media.url + "/a/message-store/1/content/1")
    assert stranger.requests == []


def test_the_second_hop_is_checked_like_the_first(
    api: RingCentral, server: Server, media: Server, stranger: Server
) -> None:
    media.say(Answer(302, headers={"Location": server.url + "/hop"}))
    server.say(Answer(302, headers={"Location": stranger.url + "/content"}))
    with pytest.raises(HostRefused):
        api.download(media.url + "/content")
    assert len(server.asked("/hop")) == 1
    assert stranger.requests == []


def test_a_redirect_between_our_hosts_is_followed_with_the_token(
    api: RingCentral, server: Server, media: Server
) -> None:
    server.say(Answer(307, headers={"Location": media.url + "/there"}))
    media.say(Answer(body={"id": 9}))
    assert api.message("7", "9").id == "9"
    assert media.asked()[0].headers["authorization"] == "Bearer token-1"


def test_a_relative_redirect_stays_on_its_host(api: RingCentral, server: Server) -> None:
    server.say(Answer(302, headers={"Location": "/moved?x=1"}), Answer(body={"id": 9}))
    api.message("7", "9")
    assert [(r.path, r.query) for r in server.asked("/moved")] == [("/moved", [("x", "1")])]


def test_redirects_come_to_an_end(api: RingCentral, server: Server) -> None:
    server.say(Answer(302, headers={"Location": "/again"}))
    with pytest.raises(RingCentralError, match="circles"):
        api.message("7", "9")
    assert len(server.asked()) == 6


def test_a_change_is_never_repeated_as_a_read(api: RingCentral, server: Server) -> None:
    server.say(Answer(302, headers={"Location": "/elsewhere"}))
    with pytest.raises(RingCentralError):
        api.delete_subscription("s")
    assert len(server.asked()) == 1


def test_the_login_follows_nothing(api: RingCentral, server: Server, stranger: Server) -> None:
    server.log_in = lambda request: Answer(307, headers={"Location": stranger.url + "/token"})
    with pytest.raises(RingCentralError):
        api.log_in()
    assert stranger.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/message-store/1/content/1",
        "https://platform.ringcentral.com.evil.example/",
        "https://platform.ringcentral.com@evil.example/",
        "https://platform.ringcentral.com:x@evil.example/",
        "https://evil.example\\@platform.ringcentral.com/",
        "https://evil.example/@platform.ringcentral.com/",
        "https://evil.example#@platform.ringcentral.com/",
        "https://platform.ringcentral.com:8443/",
        "http://platform.ringcentral.com/",
        "ftp://platform.ringcentral.com/",
        "//platform.ringcentral.com/",
        "platform.ringcentral.com/",
        "https://platform.ringcentral.com./",
        "https://platform.ringcentral.com /",
        "https://platform.ringcentral.com\n.evil.example/",
        "https://plåtform.ringcentral.com/",
        "https://[::1/",
        "https://platform.ringcentral.com:port/",
        "https:///path",
        "",
    ],
)
def test_an_address_outside_is_refused(url: str) -> None:
    with pytest.raises(HostRefused):
        REAL.content(url)


def test_addresses_inside_are_known_in_any_spelling() -> None:
    for url in ("https://PLATFORM.RingCentral.com:443/x", "https://media.ringcentral.com?x"):
        assert REAL.content(url) == url


def test_content_on_the_platform_host_is_fetched_on_the_media_host() -> None:
    path = "/restapi/v1.0/account/1/extension/2/message-store/3/content/3?contentDisposition=Inline"
    assert (
        REAL.content("https://platform.ringcentral.com" + path)
        == "https://media.ringcentral.com" + path
    )


def test_plain_http_is_for_the_loopback_only(
    rates: MemoryRates, tokens: FileTokens, time: FakeTime
) -> None:
    with pytest.raises(HostRefused):
        RingCentral(
            Credentials("http://10.0.0.1", "http://10.0.0.1", "a", "b", "c"), Stores(rates, tokens)
        )


def test_a_refusal_does_not_repeat_the_address() -> None:
    with pytest.raises(HostRefused) as caught:
        REAL.content("https://evil.example/?access_token=abc")
    assert "abc" not in str(caught.value)


def test_no_answer_at_all_is_unreachable(api: RingCentral, server: Server, time: FakeTime) -> None:
    server.say(None)
    with pytest.raises(Unreachable) as caught:
        api.message("7", "9")
    assert server.url not in str(caught.value)
    assert time.waits == [2.0, 4.0]
