"""The calls as they go over the wire, and what becomes of their answers."""

from datetime import UTC, datetime

import pytest

from errors import HostRefused, NotFound, SyncTokenRefused, Unreachable
from ringcentral_api import FullSync, Identity, MessageQuery, RingCentral, SubscriptionSpec
from ringcentral_api.calls import LIGHT, Call
from tests.ringcentral_api.fakes import Answer, Server, failure

DAY = datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC)
BASE = "/restapi/v1.0/account/~/extension"


def page(ids: list[int], following: str | None = None) -> Answer:
    navigation = {"nextPage": {"uri": following}} if following else {}
    records = [{"id": each, "type": "Fax"} for each in ids]
    return Answer(body={"records": records, "navigation": navigation, "paging": {}})


def test_the_list_always_says_from_when_and_walks_all_pages(
    api: RingCentral, server: Server
) -> None:
    server.say(page([1, 2], server.url + BASE + "/7/message-store?page=2&x=1"), page([3]))
    found = list(api.messages("7", MessageQuery(DAY, availability=("Alive", "Deleted"))))
    assert [each.id for each in found] == ["1", "2", "3"]
    first, second = server.asked()
    assert first.path == BASE + "/7/message-store"
    assert ("dateFrom", "2026-03-01T12:30:00.123Z") in first.query
    assert ("messageType", "Fax") in first.query
    assert ("perPage", "1000") in first.query
    assert [v for k, v in first.query if k == "availability"] == ["Alive", "Deleted"]
    assert second.query == [("page", "2"), ("x", "1")]


def test_a_list_that_leads_in_circles_ends(api: RingCentral, server: Server) -> None:
    server.say(page([1], server.url + "/again"))
    with pytest.raises(Unreachable, match="circles"):
        list(api.messages("7", MessageQuery(DAY)))


def test_a_next_page_elsewhere_gets_no_token(
    api: RingCentral, server: Server, stranger: Server
) -> None:
    server.say(page([1], stranger.url + "/next"))
    with pytest.raises(HostRefused):
        list(api.messages("7", MessageQuery(DAY)))
    assert stranger.requests == []


def test_a_full_sync_sends_its_frame_and_a_later_one_only_the_token(
    api: RingCentral, server: Server
) -> None:
    info = {"syncType": "FSync", "syncToken": "t2", "olderRecordsExist": True}
    deleted = {"id": "5", "availability": "Deleted"}
    server.say(Answer(body={"records": [deleted], "syncInfo": info}))
    result = api.sync("7", FullSync(DAY, record_count=10))
    assert (result.sync_token, result.sync_type, result.older_records_exist) == (
        "t2",
        "FSync",
        True,
    )
    assert (result.records[0].id, result.records[0].type) == ("5", None)
    api.sync("7", "t2")
    full, later = (dict(each.query) for each in server.asked())
    assert full == {
        "syncType": "FSync",
        "messageType": "Fax",
        "recordCount": "10",
        "dateFrom": "2026-03-01T12:30:00.123Z",
    }
    assert later == {"syncType": "ISync", "syncToken": "t2"}


def test_a_refused_sync_token_is_its_own_error(api: RingCentral, server: Server) -> None:
    server.say(failure(400, "CMN-101", parameterName="syncToken"))
    with pytest.raises(SyncTokenRefused):
        api.sync("7", "old")


def test_who_am_i_finds_the_account_in_the_uri(api: RingCentral, server: Server) -> None:
    uri = server.url + "/restapi/v1.0/account/11/extension/22"
    server.say(Answer(body={"id": 22, "uri": uri, "name": "A", "extensionNumber": "101"}))
    assert api.who_am_i() == Identity("11", "22", "A", "101")
    assert api.scopes() == {"ReadMessages"}


def test_the_request_names_us_and_keeps_the_token_in_its_header(
    api: RingCentral, server: Server
) -> None:
    server.say(Answer(body={"id": 9}, headers={"Set-Cookie": "a=b"}))
    api.message("7", "9")
    api.message("7", "9")
    request = server.asked()[-1]
    assert request.headers["user-agent"].startswith("Faxkeep/")
    assert request.headers["authorization"] == "Bearer token-1"
    assert "cookie" not in request.headers
    assert request.query == []


@pytest.mark.parametrize("bad", ["", "1/2", "..", "1?x", "١"])
def test_an_id_that_is_none_never_reaches_a_path(
    api: RingCentral, server: Server, bad: str
) -> None:
    with pytest.raises(NotFound):
        api.message("7", bad)
    with pytest.raises(NotFound):
        api.sync(bad, "t")
    assert server.requests == []


def test_the_life_of_a_subscription_stands_at_the_top_level(
    api: RingCentral, server: Server
) -> None:
    server.say(Answer(body={"id": "a-b", "status": "Active", "eventFilters": ["/x"]}))
    made = api.create_subscription(SubscriptionSpec("https://me/w", ("/x",), 600, "verify"))
    assert (made.id, made.status, made.event_filters) == ("a-b", "Active", ("/x",))
    assert server.asked()[0].json == {
        "eventFilters": ["/x"],
        "expiresIn": 600,
        "deliveryMode": {
            "transportType": "WebHook",
            "address": "https://me/w",
            "verificationToken": "verify",
        },
    }


def test_subscriptions_are_listed_updated_renewed_and_deleted(
    api: RingCentral, server: Server
) -> None:
    server.say(
        Answer(body={"records": [{"id": "s"}]}),
        Answer(body={"id": "s"}),
        Answer(body={"id": "s"}),
        Answer(204),
    )
    assert [each.id for each in api.subscriptions()] == ["s"]
    api.update_subscription("s", ["/y"], 700)
    api.renew_subscription("s")
    api.delete_subscription("s")
    path = "/restapi/v1.0/subscription"
    assert [(each.method, each.path) for each in server.asked()] == [
        ("GET", path),
        ("PUT", path + "/s"),
        ("POST", path + "/s/renew"),
        ("DELETE", path + "/s"),
    ]
    assert server.asked()[1].json == {"eventFilters": ["/y"], "expiresIn": 700}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_call_that_changes_a_message_cannot_be_built(method: str) -> None:
    with pytest.raises(ValueError, match="never changes"):
        Call(method, "https://x/restapi/v1.0/account/~/extension/~/message-store/1", LIGHT)


def test_an_answer_without_end_is_broken_off(api: RingCentral, server: Server) -> None:
    server.say(Answer(body=b'{"id": "' + b"1" * (16 * 1024 * 1024)))
    with pytest.raises(Unreachable, match="too large"):
        api.message("7", "9")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b'{"id": NaN}', b"\xff", b"[1]"])
def test_an_answer_that_is_no_json_object_is_worth_another_try(
    api: RingCentral, server: Server, body: bytes
) -> None:
    server.say(Answer(body=body), Answer(body=body), Answer(body=body), Answer(body={"id": 9}))
    with pytest.raises(Unreachable, match="cannot be read"):
        api.message("7", "9")
