"""Notifications: every shape that has been seen is understood, and no bytes can do harm."""

import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.notification import Notification, parse_notification

UUID = "5c2f4f0e-0f7a-4d27-9a3f-2f7b6f0c9a11"
MAILBOX = "/restapi/v1.0/account/400155500/extension/400155501"
STORE = f"{MAILBOX}/message-store"


def envelope(event: str, body: object, **more: object) -> bytes:
    return json.dumps(
        {
            "uuid": UUID,
            "event": event,
            "timestamp": "2026-11-20T09:30:00.125Z",
            "subscriptionId": "0d9f7c1e-7f1b-4c3e-8f6c-6a2f1e0b7d55",
            "ownerId": "400155599",
            "body": body,
            **more,
        }
    ).encode()


def change(*changes: object, **more: object) -> dict[str, object]:
    return {
        "accountId": "400155500",
        "extensionId": "400155501",
        "lastUpdated": "2026-11-20T09:30:00.000Z",
        "changes": list(changes),
        **more,
    }


FAX = {"type": "Fax", "newCount": 1, "updatedCount": 0}

SEED = {
    "uuid": UUID,
    "event": "/restapi/v1.0/account/~/extension/400155501/message-store",
    "timestamp": "2026-11-20T09:30:00.125+0000",
    "subscriptionId": "0d9f7c1e-7f1b-4c3e-8f6c-6a2f1e0b7d55",
    "body": {
        "extensionId": 400155501,
        "lastUpdated": "2026-11-20T09:30:00.000+0000",
        "changes": [{"type": "Fax", "newCount": 1, "updatedCount": 0}],
    },
}

VARIANTS = {
    "1: whole-number extension, no owner, ~ as account": json.dumps(SEED).encode(),
    "2: ids as strings": envelope(STORE, change(FAX)),
    "3: account as a whole number": envelope(STORE, change(FAX, accountId=400155500)),
    "4: only newCount": envelope(STORE, change({"type": "Fax", "newCount": 1})),
    "4: only updatedCount": envelope(STORE, change({"type": "Fax", "updatedCount": 1})),
    "4: no count": envelope(STORE, change({"type": "Fax"})),
    "5: one count is zero": envelope(
        STORE, change({"type": "Fax", "newCount": 0, "updatedCount": 1})
    ),
    "6: several types": envelope(
        STORE,
        change(
            {"type": "Pager", "newCount": 1, "updatedCount": 0},
            {"type": "SMS", "newCount": 2, "updatedCount": 1},
            {"type": "Fax", "newCount": 1, "updatedCount": 0},
        ),
    ),
    "7: several new ids": envelope(
        STORE,
        change({"type": "Fax", "newCount": 2, "newMessageIds": [7004005550001, 7004005550002]}),
    ),
    "8: a count without ids": envelope(STORE, change({"type": "Fax", "newCount": 3})),
    "9: both counts": envelope(STORE, change({"type": "Fax", "newCount": 2, "updatedCount": 5})),
    "10: VoiceMail beside a fax": envelope(
        STORE, change({"type": "VoiceMail", "newCount": 1}, FAX)
    ),
    "10: Voicemail beside a fax": envelope(
        STORE, change({"type": "Voicemail", "newCount": 1}, FAX)
    ),
    "11: lastUpdated with an offset": envelope(
        STORE, change(FAX, lastUpdated="2026-11-20T09:30:00.000+0000")
    ),
    "11: lastUpdated with a Z": envelope(
        STORE, change(FAX, lastUpdated="2026-11-20T09:30:00.000Z")
    ),
}


@pytest.mark.parametrize("body", VARIANTS.values(), ids=VARIANTS.keys())
def test_every_variant_is_a_reason_to_look_at_the_mailbox(body: bytes) -> None:
    event = json.loads(body)["event"]

    read = parse_notification(body)
    assert (read.kind, read.uuid, read.event) == ("change", UUID, event)
    assert read.extension_id == "400155501"
    assert read.account_id in ("", "400155500")


def test_variant_12_a_sample_with_a_missing_comma_is_kept_as_it_came() -> None:
    broken = envelope(STORE, change(FAX)).replace(b', "changes"', b' "changes"')

    with pytest.raises(ValueError, match="delimiter"):
        parse_notification(broken)


@pytest.mark.parametrize("kind", ["VoiceMail", "Voicemail", "SMS", "Pager"])
def test_other_messages_alone_are_none_of_our_business(kind: str) -> None:
    body = envelope(STORE, change({"type": kind, "newCount": 1}))

    assert parse_notification(body).kind == "other"


@pytest.mark.parametrize(
    "content",
    [
        change(),
        change({"newCount": 1}),
        change({"type": None}),
        change("Fax"),
        change({"type": "FAX"}),
        {"extensionId": "400155501"},
        {"changes": {"type": "SMS"}},
    ],
)
def test_in_doubt_the_mailbox_is_looked_at(content: dict[str, object]) -> None:
    assert parse_notification(envelope(STORE, content)).kind == "change"


def test_a_filter_in_the_event_name_changes_nothing() -> None:
    read = parse_notification(envelope(f"{STORE}?type=Fax&direction=Outbound", change(FAX)))

    assert (read.kind, read.extension_id) == ("change", "400155501")


INSTANT: dict[str, Any] = {
    "id": "7004005550001",
    "from": {"phoneNumber": "+16505550100", "location": "Example, CA"},
    "type": "Fax",
    "creationTime": "2026-11-20T09:29:58.000Z",
    "lastModifiedTime": "2026-11-20T09:29:59.250Z",
    "readStatus": "Unread",
    "priority": "Normal",
    "attachments": [
        {
            "id": "7004005550001",
            "uri": f"https://platform.ringcentral.com{STORE}/7004005550001/content/7004005550001",
            "contentType": "application/pdf",
        }
    ],
    "direction": "Inbound",
    "availability": "Alive",
    "subject": "+16505550199",
    "messageStatus": "Received",
    "faxResolution": "High",
    "faxPageCount": 2,
}


@pytest.mark.parametrize("topic", ["fax?direction=Inbound", "fax", "message-store/instant"])
def test_the_instant_event_carries_the_fax(topic: str) -> None:
    event = f"{MAILBOX}/{topic}"

    read = parse_notification(envelope(event, INSTANT))

    assert read == Notification("fax", UUID, event, "400155501", read.account_id, INSTANT)
    assert read.account_id in ("", "400155500")


def test_an_instant_text_message_is_none_of_our_business() -> None:
    event = f"{MAILBOX}/message-store/instant?type=SMS"

    read = parse_notification(envelope(event, {**INSTANT, "type": "SMS"}))

    assert (read.kind, read.extension_id, read.fax) == ("other", "400155501", None)


def test_an_instant_event_without_a_message_is_a_reason_to_look() -> None:
    body = envelope(f"{MAILBOX}/fax?direction=Inbound", {"extensionId": 400155501})

    assert parse_notification(body).kind == "change"


@pytest.mark.parametrize("content", [{"expiresIn": 86400}, {}, None, []])
def test_a_reminder_is_about_the_subscription(content: object) -> None:
    event = "/restapi/v1.0/subscription/~?threshold=259200&interval=43200"

    assert parse_notification(envelope(event, content)) == Notification("reminder", UUID, event)


@pytest.mark.parametrize("account", ["~", "400155500"])
def test_a_changed_list_of_extensions_is_a_reason_to_count_them(account: str) -> None:
    event = f"/restapi/v1.0/account/{account}/extension"

    assert parse_notification(envelope(event, {})) == Notification("extensions", UUID, event)


@pytest.mark.parametrize(
    "event",
    [
        "/restapi/v1.0/account/400155500/extension-info",
        "/restapi/v1.0/account/400155500/extension/400155501/presence?detailedTelephonyState=true",
        "/restapi/v1.0/account/400155500/extension/400155501/message-store/7004005550001",
        "/restapi/v1.0/glip/posts",
        "/v2/restapi/v1.0/account/1/extension/2/fax",
        "",
    ],
)
def test_a_foreign_event_is_none_of_our_business(event: str) -> None:
    assert parse_notification(envelope(event, "anything")) == Notification("other", UUID, event)


@pytest.mark.parametrize(
    ("in_path", "in_body", "owner", "expected"),
    [
        ("400155501", "400155502", "400155599", "400155501"),
        ("~", 400155502, "400155599", "400155502"),
        ("~", "400155502", "400155599", "400155502"),
        ("~", None, "400155599", "400155599"),
        ("~", True, 400155599, "400155599"),
        ("~", "²", "400155599", "400155599"),
        ("~", -5, None, ""),
        ("~", 4.0, ["400155599"], ""),
    ],
)
def test_the_mailbox_is_named_by_the_path_then_the_body_then_the_owner(
    in_path: str, in_body: object, owner: object, expected: str
) -> None:
    event = f"/restapi/v1.0/account/~/extension/{in_path}/message-store"

    read = parse_notification(envelope(event, change(FAX, extensionId=in_body), ownerId=owner))

    assert read.extension_id == expected


@pytest.mark.parametrize(
    ("given", "expected"), [(12, "12"), (None, ""), (True, ""), ([], ""), ("a\x00b", "")]
)
def test_an_odd_uuid_does_no_harm(given: object, expected: str) -> None:
    assert parse_notification(envelope(STORE, change(FAX), uuid=given)).uuid == expected


UNREADABLE = {
    "nothing": b"",
    "not JSON": b"<html>busy</html>",
    "not UTF-8": b'{"event": "\xff"}',
    "half a body": envelope(STORE, change(FAX))[:-9],
    "two bodies": envelope(STORE, change(FAX)) * 2,
    "a list": b"[]",
    "a number": b"7",
    "no event": b"{}",
    "the event is a number": b'{"event": 7}',
    "the event holds a NUL": b'{"event": "\\u0000"}',
    "the mailbox event has no body": envelope(STORE, None),
    "the mailbox event's body is text": envelope(STORE, "Fax"),
    "deep lists": b"[" * 60_000,
    "deep and complete": b"[" * 30_000 + b"]" * 30_000,
    "deep objects": b'{"a":' * 12_000,
    "a huge whole number": b'{"event": "x", "uuid": ' + b"9" * 60_000 + b"}",
    "not a number": b'{"event": "x", "uuid": NaN}',
    "infinity": b'{"event": "x", "uuid": -Infinity}',
    "a number past the end of numbers": b'{"event": "x", "uuid": 1e999}',
    "half a character in the name": b'{"event": "\\ud800"}',
    "half a character in the body": b'{"event": "x", "body": {"name": "\\udfff"}}',
    "half a character in a key": b'{"event": "x", "\\ud83d": 1}',
    "half a character, raw": b'{"event": "\xed\xa0\x80"}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_anything_else_is_unreadable(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_notification(body)


def test_a_whole_character_outside_the_first_plane_is_read() -> None:
    fax = {**INSTANT, "from": {"name": "Pharmacy \N{PILL}"}}

    assert parse_notification(envelope(f"{MAILBOX}/fax", fax)).fax == fax


TEXT = st.text() | st.text(st.characters(categories=["Cs", "Cc"]))
NUMBER = st.integers() | st.floats() | st.integers(min_value=10**4000, max_value=10**4400)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=12,
)
EVENT = st.sampled_from(
    [STORE, f"{MAILBOX}/fax", f"{MAILBOX}/message-store/instant", "/restapi/v1.0/subscription/~"]
)
CHANGES = st.lists(st.fixed_dictionaries({"type": JSON, "newCount": JSON}) | JSON)
TYPE = st.sampled_from(["Fax", "SMS"]) | JSON
BODY = st.fixed_dictionaries(
    {}, optional={"extensionId": JSON, "id": JSON, "type": TYPE, "changes": CHANGES}
)
NEARLY = st.fixed_dictionaries(
    {"event": EVENT | TEXT, "body": BODY | JSON}, optional={"uuid": JSON, "ownerId": JSON}
)


def must_parse_or_refuse(body: bytes) -> None:
    try:
        read = parse_notification(body)
    except ValueError as problem:
        str(problem).encode()
        return
    assert read.kind in {"change", "fax", "reminder", "other"}
    assert (read.fax is not None) == (read.kind == "fax")
    assert re.fullmatch("[0-9]*", read.extension_id)
    assert (read.uuid + read.event + json.dumps(read.fax, allow_nan=False)).encode()


@given(st.binary())
@example(b"\xff\xfe{\x00}\x00")
@example(b"\xef\xbb\xbf{}")
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    must_parse_or_refuse(body)


@given(NEARLY | JSON)
def test_any_json_is_read_or_refused(value: object) -> None:
    try:
        body = json.dumps(value).encode()
    except ValueError:
        return  # Python itself will not write a number that long.
    must_parse_or_refuse(body)


@given(st.integers(1, 60_000), st.sampled_from([b"[", b'{"event":', b'{"body":[']))
def test_any_depth_is_read_or_refused(depth: int, opening: bytes) -> None:
    must_parse_or_refuse((opening * depth)[: 64 * 1024])


@pytest.mark.parametrize(
    ("changes", "is_change"),
    [
        ([{"type": "Fax", "newCount": 1}], False),
        ([{"type": "Fax", "newCount": 1, "updatedCount": 0}], False),
        ([{"type": "Fax", "newCount": 1, "updatedCount": 1}], True),
        ([{"type": "Fax", "updatedCount": 1}], True),
        ([{"type": "Fax", "newCount": 1}, {"type": "Fax", "updatedCount": 2}], True),
        ([{"type": "Fax", "newCount": 1}, {"type": "SMS", "updatedCount": 2}], False),
        ([{"type": "Fax"}], True),
        (["odd"], True),
        ([], True),
        (None, True),
    ],
)
def test_what_may_be_about_a_known_fax_is_a_change(changes: object, is_change: bool) -> None:
    body = envelope(f"{MAILBOX}/message-store", {"changes": changes})
    assert parse_notification(body).is_change is is_change
