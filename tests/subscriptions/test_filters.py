"""Which events are asked for, and which spellings of a filter are the same."""

import re

import pytest

from subscriptions.filters import event_filters, missing

STORE = "/restapi/v1.0/account/~/extension/42/message-store"


def test_each_mailbox_has_two_filters_and_the_end_a_reminder() -> None:
    assert event_filters(["42", "43"], 604800) == [
        "/restapi/v1.0/account/~/extension/42/message-store?type=Fax",
        "/restapi/v1.0/account/~/extension/43/message-store?type=Fax",
        "/restapi/v1.0/account/~/extension/42/fax?direction=Inbound",
        "/restapi/v1.0/account/~/extension/43/fax?direction=Inbound",
        "/restapi/v1.0/subscription/~?threshold=259200&interval=43200",
    ]


@pytest.mark.parametrize("life", [60, 600, 3600, 86400, 604800, 315360000])
def test_the_reminder_fits_the_life(life: int) -> None:
    found = re.search(r"threshold=(\d+)&interval=(\d+)", event_filters(["42"], life)[-1])
    assert found is not None
    threshold, interval = map(int, found.groups())
    assert 0 < threshold <= life / 2
    assert 0 < interval <= threshold / 2


def test_a_reminder_alone_is_never_asked_for() -> None:
    with pytest.raises(ValueError, match="mailbox"):
        event_filters([], 600)


@pytest.mark.parametrize(
    ("wanted", "present", "same"),
    [
        (STORE, STORE, True),
        (STORE, "/restapi/v1.0/account/11/extension/42/message-store", True),
        (STORE, "/restapi/v1.0/account/11/extension/43/message-store", False),
        ("/account/~/extension/~/fax", "/account/11/extension/42/fax", True),
        ("/account/~/extension/~/fax", "/account/11/extension/42/sms", False),
        (STORE + "?type=Fax", STORE, False),
        (STORE, STORE + "?type=Fax", False),
        (STORE + "?a=1&b=2", STORE + "?b=2&a=1", True),
        (STORE + "?type=Fax", STORE + "?Type=Fax", True),
        (STORE + "?type=Fax", STORE + "?type=SMS", False),
        (
            "/subscription/~?threshold=60&interval=15",
            "/subscription/~?interval=20&threshold=60",
            True,
        ),
        (
            "/subscription/~?threshold=60&interval=15",
            "/subscription/0a0a0a0a-1111-2222-3333-444444444444?threshold=60&interval=15",
            True,
        ),
        (STORE, "", False),
        (STORE, "::not a filter::", False),
    ],
)
def test_when_two_filters_are_the_same(wanted: str, present: str, same: bool) -> None:
    assert (missing([wanted], [present]) == []) is same
