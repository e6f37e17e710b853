"""Notifications that were kept: what each asks for, and what is noted about it."""

from typing import Any

import pytest

from catalog import RawEvent
from handlers.events import BATCH
from tests.handlers.household import LOGIN, Household


def read(home: Household) -> list[str]:
    """Read what is new; the outcomes, oldest first."""
    home.house.event_reader.read_new()
    return [event.outcome for event in reversed(home.events())]


def test_nothing_new_is_nothing_to_do(home: Household) -> None:
    assert home.house.event_reader.read_new() == 0
    assert home.rings.rung == []


def test_a_change_has_the_mailbox_looked_at_at_once(home: Household) -> None:
    home.notify({"extensionId": home.mailbox.extension_id, "changes": [{"type": "Fax"}]})
    assert home.house.event_reader.read_new() == 1
    assert home.rings.rung == [("look", LOGIN, 0.0)]
    (event,) = home.events()
    assert (event.state, event.uuid, event.mailbox_id) == ("read", "1", home.mailbox.id)
    assert event.outcome == "mailbox looked at"
    assert home.house.event_reader.read_new() == 0


def test_a_burst_is_one_look(home: Household) -> None:
    home.notify({"changes": [{"type": "Fax"}]})
    (event,) = home.house.journal.unread(1)
    raw = RawEvent(event.received_at, event.content_type, event.body)
    home.house.journal.append([raw] * BATCH)
    assert home.house.event_reader.read_new() == BATCH + 1
    assert len(home.jobs("look")) == 1
    before = len(home.simulator.requests(path="message-sync")["records"])
    home.run("look")
    home.run("look")
    assert len(home.simulator.requests(path="message-sync")["records"]) == before + 1


def test_looks_keep_their_spacing(home: Household) -> None:
    home.run("look")
    home.rings.rung.clear()
    home.pass_time(1)
    home.notify({"changes": []})
    read(home)
    ((name, argument, delay),) = home.rings.rung
    assert (name, argument) == ("look", LOGIN)
    assert 1 < delay <= 1.5
    home.run("look")
    assert len(home.jobs("look")) == 1  # it was not due yet
    home.pass_time(7)
    home.run("look")
    assert home.jobs("look") == []


@pytest.mark.parametrize(
    ("event", "outcome", "asked"),
    [
        ("/restapi/v1.0/account/~/extension/77/message-store", "no watched mailbox", []),
        ("/restapi/v1.0/account/~/extension/~/message-store", "no watched mailbox", []),
        ("/restapi/v1.0/glip/posts", "not about faxes", []),
        ("/restapi/v1.0/subscription/~?threshold=1", "subscription looked at", ["subscribe"]),
    ],
)
def test_other_notifications_ask_for_no_look(
    home: Household, event: str, outcome: str, asked: list[str]
) -> None:
    home.notify({"changes": [{"type": "Fax"}]}, event)
    assert read(home) == [outcome]
    assert [name for name, _, _ in home.rings.rung] == asked


def test_what_cannot_be_read_is_kept_and_listed(home: Household) -> None:
    home.keep(b"\xff<html>")
    home.notify({"changes": []})
    outcomes = read(home)
    assert outcomes[0].startswith("unreadable: ")
    assert outcomes[1] == "mailbox looked at"
    (event,) = home.events(unreadable=True)
    assert (event.state, event.body) == ("unreadable", b"\xff<html>")
    home.pass_time(100 * 24 * 3600)
    home.house.upkeep.sweep()
    assert home.events() == [event]  # those that were read are forgotten


def test_a_crash_after_reading_reads_it_again(home: Household) -> None:
    home.notify({"changes": []})
    home.crash("event-read", home.house.event_reader.read_new)
    assert [event.state for event in home.events()] == ["new"]
    assert read(home) == ["mailbox looked at"]
    assert len(home.jobs("look")) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"faxPageCount": 10**30},
        {"creationTime": "yesterday"},
        {"attachments": "none"},
        {"id": "../../etc"},
        {"from": {"phoneNumber": ["+1"]}},
        {"direction": 7},
    ],
)
def test_an_odd_fax_in_a_notification_costs_only_its_fast_path(
    home: Household, odd: dict[str, Any]
) -> None:
    event = f"/restapi/v1.0/account/~/extension/{home.mailbox.extension_id}/fax?direction=Inbound"
    fax = {"id": "123", "type": "Fax", "direction": "Inbound", "messageStatus": "Received"}
    home.notify({**fax, **odd}, event)
    home.notify({"changes": []})
    outcomes = read(home)
    assert outcomes[0].startswith(("fax taken", "mailbox looked at"))
    assert outcomes[1] == "mailbox looked at"
    assert ("look", LOGIN, 0.0) in home.rings.rung
