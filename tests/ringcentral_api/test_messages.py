"""Messages and subscriptions are read from whatever RingCentral sends."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import Unreachable
from ringcentral_api import Message, Party, Recipient, Subscription
from ringcentral_api.call_log import calls_from
from ringcentral_api.directory import extensions_from, next_page, numbers_from, retention_from
from ringcentral_api.identity import identity_from
from ringcentral_api.message_store import messages_from, sync_from
from ringcentral_api.reading import digits, moment, number, spelled, text
from ringcentral_api.reports import files_from, report_from

on_a_busy_machine = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=5,
)
FIELDS = [
    "id",
    "uri",
    "extensionId",
    "type",
    "from",
    "to",
    "creationTime",
    "lastModifiedTime",
    "readStatus",
    "direction",
    "subject",
    "availability",
    "messageStatus",
    "faxResolution",
    "faxPageCount",
    "attachments",
    "eventFilters",
    "deliveryMode",
    "status",
    "disabledFilters",
    "blacklistedData",
    "expirationTime",
    "expiresIn",
    "records",
    "syncInfo",
    "navigation",
]
ODD = st.dictionaries(st.sampled_from(FIELDS), JSON)

REST = {
    "id": 5001,
    "uri": "https://platform.example/restapi/v1.0/account/1/extension/22/message-store/5001",
    "type": "Fax",
    "from": {"phoneNumber": "(866)123-4567", "name": "Ann"},
    "to": [
        {"recipientId": 1, "phoneNumber": "+15550001", "messageStatus": "Sent"},
        {"extensionNumber": "102", "messageStatus": "SendingFailed", "faxErrorCode": "NewCode"},
    ],
    "creationTime": "2016-03-10T18:07:52.534Z",
    "lastModifiedTime": "2016-03-10T18:07:52.534+0000",
    "readStatus": "Unread",
    "direction": "Outbound",
    "availability": "Alive",
    "messageStatus": "SendingFailed",
    "faxResolution": "High",
    "faxPageCount": 0,
    "futureField": {"kept": True},
    "attachments": [
        {
            "id": 5001,
            "uri": "https://media.example/x",
            "type": "RenderedDocument",
            "contentType": "application/pdf",
            "filename": "a.pdf",
            "size": "123",
        }
    ],
}


def test_a_message_from_rest() -> None:
    message = Message.from_json(REST)
    when = datetime(2016, 3, 10, 18, 7, 52, 534000, tzinfo=UTC)
    assert (message.id, message.extension_id, message.pages) == ("5001", "22", None)
    assert (message.created_at, message.modified_at) == (when, when)
    assert message.sender == Party("(866)123-4567", "Ann")
    assert message.recipients == (
        Recipient("1", "+15550001", None, "Sent", None),
        Recipient(None, "102", None, "SendingFailed", "NewCode"),
    )
    (attachment,) = message.attachments
    assert (attachment.id, attachment.file_name, attachment.size) == ("5001", "a.pdf", 123)
    assert message.raw["futureField"] == {"kept": True}


def test_the_body_of_an_instant_event() -> None:
    body = {
        "id": "5002",
        "extensionId": "22",
        "type": "Fax",
        "direction": "Inbound",
        "messageStatus": "Received",
        "faxPageCount": 3,
        "attachments": [{"id": "5002", "uri": "https://platform.example/x", "fileName": "b"}],
    }
    message = Message.from_json(body)
    assert (message.id, message.recipients, message.sender) == ("5002", (), None)
    assert (message.pages, message.attachments[0].file_name) == (3, "b")


def test_a_deleted_message_of_a_sync() -> None:
    message = Message.from_json({"id": 9, "availability": "Purged"})
    assert (message.id, message.availability) == ("9", "Purged")
    assert (message.type, message.direction, message.created_at) == (None, None, None)


def test_a_printed_message_tells_nobody() -> None:
    assert not any(word in repr(Message.from_json(REST)) for word in ("123-4567", "Ann", "555"))


@pytest.mark.parametrize("body", [None, [], "x", 3, {}, {"id": None}, {"id": "../x"}, {"id": -1}])
def test_what_is_no_message_is_a_broken_answer(body: object) -> None:
    with pytest.raises(Unreachable, match="cannot be read"):
        Message.from_json(body)


READERS = (
    Message.from_json,
    Subscription.from_json,
    messages_from,
    sync_from,
    identity_from,
    extensions_from,
    numbers_from,
    retention_from,
    next_page,
    calls_from,
    report_from,
    files_from,
)


@on_a_busy_machine
@given(ODD)
def test_odd_messages_never_crash(body: dict[str, Any]) -> None:
    message = Message.from_json({**body, "id": 1})
    assert message.id == "1"
    assert message.pages is None or message.pages > 0
    (message.subject or "").encode()


READERS = (
    Message.from_json,
    Subscription.from_json,
    messages_from,
    sync_from,
    identity_from,
    extensions_from,
    numbers_from,
    retention_from,
    next_page,
    calls_from,
    report_from,
    files_from,
)


@on_a_busy_machine
@given(ODD)
def test_odd_answers_are_read_or_refused(body: dict[str, Any]) -> None:
    for read in READERS:
        try:
            read(body)
        except Unreachable as error:
            assert "cannot be read" in str(error)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T02:00:00.000+0200", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00", datetime(2026, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00+1400", None),
        ("yesterday", None),
        (5, None),
    ],
)
def test_times(value: object, expected: datetime | None) -> None:
    assert moment(value) == expected


@on_a_busy_machine
@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1000, 1, 1)))  # noqa: DTZ001 (hypothesis wants it so)
def test_a_time_survives_to_the_millisecond(when: datetime) -> None:
    assert moment(spelled(when)) == when.replace(microsecond=when.microsecond // 1000 * 1000)


@pytest.mark.parametrize(
    ("value", "as_text", "as_number", "as_digits"),
    [
        ("a", "a", None, None),
        (5, "5", 5, "5"),
        (5.0, "5", 5, "5"),
        ("007", "007", 7, "007"),
        (5.5, None, None, None),
        (-1, None, None, None),
        (True, None, None, None),
        (None, None, None, None),
        ([], None, None, None),
        (2**64, None, None, None),
        ("9" * 20, "9" * 20, None, "9" * 20),
        ("9" * 21, "9" * 21, None, None),
        ("²", "²", None, None),
        ("\x00\ud800", "?", None, None),
    ],
)
def test_values(
    value: object, as_text: str | None, as_number: int | None, as_digits: str | None
) -> None:
    assert (text(value), number(value), digits(value)) == (as_text, as_number, as_digits)


def test_a_subscription() -> None:
    subscription = Subscription.from_json(
        {
            "id": "0a-b",
            "status": "Blacklisted",
            "eventFilters": ["/x", 3],
            "deliveryMode": {"transportType": "WebHook", "address": "https://me/w"},
            "disabledFilters": [{"filter": "/y", "reason": "SUB-405"}],
            "creationTime": "2026-01-01T00:00:00Z",
            "expirationTime": "2026-01-08T00:00:00Z",
            "expiresIn": 604800,
            "blacklistedData": {"blacklistedAt": "2026-01-02T00:00:00Z", "reason": "slow"},
        }
    )
    assert (subscription.id, subscription.status) == ("0a-b", "Blacklisted")
    assert (subscription.event_filters, subscription.address) == (("/x",), "https://me/w")
    assert subscription.disabled_filters[0].filter == "/y"
    assert subscription.blacklisted_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert subscription.expires_at == datetime(2026, 1, 8, tzinfo=UTC)
