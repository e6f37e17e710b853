"""Lists of an account as an odd server may tell them: nothing is made up, nothing crashes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import FaxkeepError, HostRefused, NotFound, Unreachable
from ringcentral_api import CallQuery, PhoneNumber, RingCentral
from ringcentral_api.call_log import CallRecord, calls_from
from ringcentral_api.calls import LIGHT, Call
from ringcentral_api.directory import (
    extension_from,
    extensions_from,
    next_page,
    numbers_from,
    records_of,
    retention_from,
)
from ringcentral_api.reading import moment, spelled
from ringcentral_api.reports import Report, ReportFile, files_from, report_from
from tests.ringcentral_api.fakes import Answer, Server

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ("id", "extensionNumber", "name", "type", "phoneNumber", "usageType", "extension", "message")
) | st.sampled_from(("durationMs", "startTime", "from", "to", "uri", "size", "status", "direction"))
ODD = st.dictionaries(NAMES, JSON, max_size=6)


@given(records=st.lists(ODD | JSON, max_size=4))
def test_no_record_of_a_list_is_too_odd(records: list[object]) -> None:
    page = {"records": records}
    for read in (extensions_from, numbers_from, calls_from, files_from):
        assert len(read(page)) <= len(records)
    assert all(each.id.isdigit() for each in extensions_from(page))
    assert all(each.uri for each in files_from(page))


@given(answer=JSON)
def test_an_answer_that_cannot_be_read_may_be_right_next_time(answer: object) -> None:
    for read in (records_of, extension_from, report_from, retention_from, next_page):
        try:
            read(answer)
        except FaxkeepError as error:
            assert isinstance(error, Unreachable)


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"records": None}, {"records": {}}])
def test_without_a_list_nothing_is_known(answer: object) -> None:
    with pytest.raises(Unreachable, match="cannot be read"):
        records_of(answer)


def test_an_empty_list_is_one() -> None:
    assert records_of({"records": []}) == []


@pytest.mark.parametrize(
    "navigation",
    [None, {}, [], {"nextPage": None}, {"nextPage": {}}, {"nextPage": {"uri": ""}}],
)
def test_a_list_ends_where_no_next_page_is_told(navigation: object) -> None:
    assert next_page({"navigation": navigation}) is None


def test_the_rest_of_a_list_may_be_told_relatively(api: RingCentral, server: Server) -> None:
    server.say(
        Answer(body={"records": [{"id": 1}], "navigation": {"nextPage": {"uri": "/more?page=2"}}}),
        Answer(body={"records": [{"id": 2}]}),
    )
    assert [each.id for each in api.extensions()] == ["1", "2"]
    assert server.asked()[1].path == "/more"


def test_no_next_page_leads_elsewhere(api: RingCentral, server: Server, stranger: Server) -> None:
    more = {"nextPage": {"uri": stranger.url + "/restapi/v1.0/more"}}
    server.say(Answer(body={"records": [], "navigation": more}))
    with pytest.raises(HostRefused):
        api.phone_numbers()
    assert stranger.requests == []


@pytest.mark.parametrize("extension_id", ["", "~", "1/2", "../1", "1?x=y", "１", "1" * 21, "a"])
def test_what_is_no_extension_id_is_not_asked_for(
    api: RingCentral, server: Server, extension_id: str
) -> None:
    with pytest.raises(NotFound):
        api.extension(extension_id)
    assert server.asked() == []


def test_one_extension_is_asked_for_by_its_id(api: RingCentral, server: Server) -> None:
    server.say(Answer(body={"id": 5, "type": "FaxUser"}))
    found = api.extension("5")
    assert (found.id, found.kind, found.status) == ("5", "FaxUser", "Unknown")
    assert server.asked()[0].path == "/restapi/v1.0/account/~/extension/5"


@pytest.mark.parametrize("told", [{}, {"id": None}, {"id": "5x"}, {"id": -5}, {"id": 5.5}])
def test_an_extension_without_an_id_is_none(told: object) -> None:
    with pytest.raises(Unreachable, match="no id"):
        extension_from(told)


@pytest.mark.parametrize(
    ("kind", "usage", "takes"),
    [
        ("VoiceFax", "DirectNumber", True),
        ("FaxOnly", "CompanyFaxNumber", True),
        ("Unknown", "Unknown", True),
        ("VoiceOnly", "DirectNumber", False),
        ("VoiceFax", "ForwardedNumber", False),
    ],
)
def test_which_numbers_take_faxes(kind: str, usage: str, takes: bool) -> None:
    assert PhoneNumber("+12025550101", usage, kind, "").takes_faxes is takes


@pytest.mark.parametrize(
    ("told", "days"),
    [(30, 30), ("90", 90), (7.0, 7), (0, 0), (None, None), (True, None), (-7, None), ("x", None)],
)
def test_the_days_of_retention(told: object, days: int | None) -> None:
    assert retention_from({"retentionPeriod": told}) == days


# --- calls ----------------------------------------------------------------------------------


def call(**told: object) -> CallRecord:
    (record,) = calls_from({"records": [told]})
    return record


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ({"duration": 61, "durationMs": 61500}, 61.5),
        ({"duration": 61}, 61),
        ({"duration": "61"}, 61),
        ({"durationMs": 0, "duration": 9}, 0.0),
        ({"durationMs": -1, "duration": 9}, 9),
        ({"durationMs": "soon"}, None),
        ({}, None),
    ],
)
def test_how_long_a_call_was(told: dict[str, object], seconds: float | None) -> None:
    assert call(**told).seconds == seconds


@pytest.mark.parametrize(
    "told", [{}, {"message": None}, {"message": {}}, {"message": {"id": "x"}}, {"message": [1]}]
)
def test_a_call_may_have_left_no_fax(told: dict[str, object]) -> None:
    assert call(**told).message_id == ""


def test_the_ids_of_a_call_are_texts_however_they_come() -> None:
    told = call(id="Abc-1", message={"id": 77}, extension={"id": "5"})
    assert (told.id, told.message_id, told.extension_id) == ("Abc-1", "77", "5")


def test_a_call_is_printed_without_its_numbers() -> None:
    told = call(to={"phoneNumber": "+12025550101"}, **{"from": {"phoneNumber": "+12025550102"}})
    assert (told.target, told.sender) == ("+12025550101", "+12025550102")
    assert "+1202555" not in repr(told)


def test_dates_are_asked_for_in_utc(api: RingCentral, server: Server) -> None:
    server.say(Answer(body={"records": []}))
    since = datetime(2028, 2, 28, 20, tzinfo=timezone(timedelta(hours=-5)))
    list(api.calls(CallQuery(since, datetime.max.replace(tzinfo=UTC))))
    query = dict(server.asked()[0].query)
    assert query["dateFrom"] == "2028-02-29T01:00:00.000Z"
    assert query["dateTo"] == "9999-12-31T23:59:59.999Z"


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.timedeltas(timedelta(), timedelta(days=2_000_000)))
def test_a_time_that_was_spelled_reads_the_same_to_the_millisecond(since: timedelta) -> None:
    told = (EPOCH + since).astimezone(timezone(timedelta(hours=14)))
    read = moment(spelled(told))
    assert read is not None
    assert timedelta() <= told - read < timedelta(milliseconds=1)


# --- exports --------------------------------------------------------------------------------


@pytest.mark.parametrize("task_id", ["", None, "a/b", "../x", "a b", "x" * 201, {}, "ä"])
def test_an_export_task_without_a_usable_id_is_none(task_id: object) -> None:
    with pytest.raises(Unreachable, match="no id"):
        report_from({"id": task_id, "status": "Accepted"})


def test_an_export_task_may_have_a_number_and_an_unknown_status() -> None:
    assert report_from({"id": 12}) == Report("12", "")
    assert report_from({"id": "a-1", "status": "Odd"}) == Report("a-1", "Odd")


@pytest.mark.parametrize("task_id", ["", "a/b", "../x", "x" * 201, "%2e%2e"])
def test_what_is_no_task_is_not_asked_for(api: RingCentral, server: Server, task_id: str) -> None:
    for ask in (api.report, api.report_files):
        with pytest.raises(NotFound):
            ask(task_id)
    assert server.asked() == []


def test_the_zips_of_an_export_have_an_address_and_perhaps_a_size() -> None:
    told = [{"uri": "https://x/0", "size": "3"}, {"uri": "", "size": 4}, {"uri": "/1"}]
    assert files_from({"records": told}) == [ReportFile("https://x/0", 3), ReportFile("/1", None)]


def test_a_zip_may_be_named_relatively(api: RingCentral, server: Server) -> None:
    server.say(Answer(body=b"zip"))
    with api.download_report(ReportFile("/archive/0?x=1", None)) as download:
        assert b"".join(download.chunks()) == b"zip"
    assert server.asked()[0].path == "/archive/0"


def test_no_zip_is_fetched_elsewhere(api: RingCentral, stranger: Server) -> None:
    with pytest.raises(HostRefused):
        api.download_report(ReportFile(stranger.url + "/archive/0", 1))
    assert stranger.requests == []


@pytest.mark.parametrize("path", ["message-store-report", "message-store-report/1/archive"])
def test_an_export_may_be_asked_for(path: str) -> None:
    assert not Call("POST", f"https://h/restapi/v1.0/account/~/{path}", LIGHT).reads


@pytest.mark.parametrize("path", ["message-store-reports", "message-store/message-store-report"])
def test_what_only_looks_like_an_export_may_not(path: str) -> None:
    with pytest.raises(ValueError, match="never changes"):
        Call("POST", f"https://h/restapi/v1.0/account/~/{path}", LIGHT)
