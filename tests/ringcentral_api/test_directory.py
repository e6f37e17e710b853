"""Extensions, numbers, retention, calls and exports: what is asked and how it is read."""

from datetime import UTC, datetime

import pytest

from errors import NotFound, Unreachable
from ringcentral_api import (
    CallQuery,
    Extension,
    PhoneNumber,
    RingCentral,
)
from ringcentral_api.calls import LIGHT, Call
from tests.ringcentral_api.fakes import (
    Answer,
    Server,
)

START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)


def test_every_page_of_extensions_is_read(api: RingCentral, server: Server) -> None:
    more = {"navigation": {"nextPage": {"uri": server.url + "/restapi/v1.0/more?page=2"}}}
    first = {"id": 5, "extensionNumber": "101", "name": "A", "type": "User", "status": "Enabled"}
    server.say(
        Answer(body={"records": [first, {"name": "has no id"}], **more}),
        Answer(body={"records": [{"id": "6", "type": "FaxUser", "status": "Disabled"}]}),
    )
    assert api.extensions() == [
        Extension("5", "101", "A", "User", "Enabled"),
        Extension("6", "", "", "FaxUser", "Disabled"),
    ]
    first_asked, second_asked = server.asked()
    assert dict(first_asked.query) == {"perPage": "1000"}
    assert second_asked.path == "/restapi/v1.0/more"


def test_a_list_in_circles_is_no_list(api: RingCentral, server: Server) -> None:
    circle = {"navigation": {"nextPage": {"uri": server.url + "/x"}}, "records": []}
    server.say(*[Answer(body=circle)] * 3)
    with pytest.raises(Unreachable, match="circles"):
        api.extensions()


def test_numbers_tell_whether_they_take_faxes(api: RingCentral, server: Server) -> None:
    records = [
        {
            "phoneNumber": "+1",
            "usageType": "DirectNumber",
            "type": "VoiceFax",
            "extension": {"id": 5},
        },
        {"phoneNumber": "+2", "usageType": "CompanyFaxNumber", "type": "FaxOnly"},
        {"phoneNumber": "+3", "usageType": "DirectNumber", "type": "VoiceOnly"},
        {"phoneNumber": "+4", "usageType": "ForwardedNumber"},
        {"usageType": "DirectNumber"},
    ]
    server.say(Answer(body={"records": records}))
    numbers = api.phone_numbers()
    assert numbers[0] == PhoneNumber("+1", "DirectNumber", "VoiceFax", "5")
    assert [each.takes_faxes for each in numbers] == [True, True, False, False]


def test_retention_may_be_untold(api: RingCentral, server: Server) -> None:
    server.say(Answer(body={"retentionPeriod": 60}), Answer(body={}))
    assert (api.retention_days(), api.retention_days()) == (60, None)


def test_calls_are_asked_for_with_both_dates(api: RingCentral, server: Server) -> None:
    record = {
        "id": "c",
        "message": {"id": "77"},
        "extension": {"id": 5},
        "direction": "Inbound",
        "startTime": "2026-03-01T10:00:00Z",
        "durationMs": 61500,
        "result": "Received",
        "from": {"phoneNumber": "+12025550101"},
    }
    server.say(Answer(body={"records": [record]}), Answer(body={"records": [{"duration": 3}]}))
    (call,) = api.calls(CallQuery(START, END))
    assert (call.message_id, call.extension_id, call.seconds) == ("77", "5", 61.5)
    assert (call.direction, call.result, call.reason) == ("Inbound", "Received", "")
    (bare,) = api.calls(CallQuery(START, END, "5"))
    assert (bare.message_id, bare.started_at, bare.seconds) == ("", None, 3)
    company, own = server.asked()
    assert company.path == "/restapi/v1.0/account/~/call-log"
    assert own.path == "/restapi/v1.0/account/~/extension/5/call-log"
    assert dict(company.query) == {
        "type": "Fax",
        "view": "Simple",
        "perPage": "1000",
        "dateFrom": "2026-03-01T00:00:00.000Z",
        "dateTo": "2026-03-02T00:00:00.000Z",
    }


def test_an_export_is_asked_for_polled_and_fetched(api: RingCentral, server: Server) -> None:
    zip_uri = server.url + "/restapi/v1.0/account/1/message-store-report/1-2-ab/archive/0"
    server.say(
        Answer(202, body={"id": "1-2-ab", "status": "Accepted"}),
        Answer(body={"id": "1-2-ab", "status": "Completed"}),
        Answer(body={"records": [{"uri": zip_uri, "size": 3}, {"size": 4}]}),
        Answer(body=b"zip", headers={"Content-Type": "application/zip"}),
    )
    report = api.create_report(START, END)
    assert api.report(report.id).status == "Completed"
    (file,) = api.report_files(report.id)
    with api.download_report(file) as download:
        assert b"".join(download.chunks()) == b"zip"
    asked = server.asked()
    assert asked[0].json == {
        "dateFrom": "2026-03-01T00:00:00.000Z",
        "dateTo": "2026-03-02T00:00:00.000Z",
        "messageTypes": ["Fax"],
    }
    with pytest.raises(NotFound):
        api.report("../x")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://h/restapi/v1.0/account/~/extension/42/message-sync",
            "/account/*/extension/*/message-sync",
        ),
        (
            "https://h/restapi/v1.0/account/1/message-store-report/1-2-ab",
            "/account/*/message-store-report/*",
        ),
        (
            "https://h/restapi/v1.0/subscription/0a0a0a0a-1111-2222-3333-444444444444",
            "/subscription/*",
        ),
    ],
)
def test_an_operation_is_named_without_ids(url: str, expected: str) -> None:
    assert Call("GET", url, LIGHT).operation == f"GET {expected}"
