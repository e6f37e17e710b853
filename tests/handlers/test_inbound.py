"""The fast path of a received fax, which is never a second truth."""

from typing import Any

import pytest

from tests.handlers.household import LOGIN, Household

OLD = "2020-01-01T00:00:00.000Z"
LATER = "2099-01-01T00:00:00.000Z"


def instant(home: Household, message_id: str, **changed: Any) -> dict[str, Any]:
    """The fax as an instant event tells it: text ids, no recipients, the API host's address."""
    (held,) = (each for each in home.simulator.truth() if each["id"] == message_id)
    (attachment,) = home.house.reach(LOGIN).message("~", message_id).attachments
    uri = (attachment.uri or "").replace(home.simulator.media_url, home.simulator.url)
    body = {
        "id": message_id,
        "type": "Fax",
        "direction": "Inbound",
        "from": {"phoneNumber": held["from"]},
        "creationTime": held["created"],
        "lastModifiedTime": held["modified"],
        "messageStatus": "Received",
        "availability": "Alive",
        "faxPageCount": held["pages"],
        "attachments": [{"id": attachment.id, "uri": uri, "type": "RenderedDocument"}],
    }
    return {name: value for name, value in {**body, **changed}.items() if value is not None}


def tell(home: Household, body: dict[str, Any]) -> str:
    """Let a notification name a fax in full; what came of it."""
    extension = home.mailbox.extension_id
    home.notify(body, f"/restapi/v1.0/account/~/extension/{extension}/fax?direction=Inbound")
    home.house.event_reader.read_new()
    return home.events()[0].outcome


def test_a_fax_named_in_full_is_fetched_before_any_look(home: Household) -> None:
    message_id = home.receive_one()
    outcome = tell(home, instant(home, message_id))
    fax = home.fax(message_id)
    assert outcome == "fax taken; mailbox looked at"
    assert (fax.state, fax.origin) == ("pending", "event")
    assert ("archive", LOGIN, 0.0) in home.rings.rung
    assert ("look", LOGIN, 0.0) in home.rings.rung
    assert len(home.jobs("archive")) == 1


def archive_by_event(home: Household) -> str:
    message_id = home.receive_one()
    tell(home, instant(home, message_id))
    home.finish(message_id)
    return message_id


def test_its_document_comes_from_the_media_host(home: Household) -> None:
    message_id = archive_by_event(home)
    fax = home.fax(message_id)
    assert (fax.state, fax.origin) == ("archived", "event")
    assert home.record(message_id)["source"]["told_by"] == "event"
    assert home.plain(message_id) == home.simulator.document(message_id)
    asked = home.simulator.requests(path="/content/")["records"]
    assert [each["host"] for each in asked] == ["media"]


def test_the_record_is_amended_when_the_message_store_says_more(home: Household) -> None:
    message_id = archive_by_event(home)
    assert home.look() == (0, 1)
    assert home.fax(message_id).unrecorded
    home.finish(message_id)
    record = home.record(message_id)
    assert (record["revision"], record["source"]["told_by"]) == (2, "message-store")
    assert record["recipients"]
    assert home.kinds() == ["archived", "amended"]
    assert home.downloads() == 1
    assert home.findings() == []


@pytest.mark.parametrize("modified", [OLD, LATER])
def test_the_message_store_has_the_last_word(home: Household, modified: str) -> None:
    message_id = home.receive_one()
    home.look()
    before = home.fax(message_id)
    tell(home, instant(home, message_id, lastModifiedTime=modified, faxPageCount=99, subject="no"))
    assert home.fax(message_id) == before


def test_a_repeated_notification_takes_the_fax_once(home: Household) -> None:
    message_id = home.receive_one()
    for _ in range(3):
        tell(home, instant(home, message_id))
    assert len(home.faxes()) == len(home.jobs("archive")) == 1


def test_a_notification_of_an_archived_fax_asks_only_for_a_look(home: Household) -> None:
    message_id = home.archive_one()
    home.rings.rung.clear()
    tell(home, instant(home, message_id))
    assert [name for name, _, _ in home.rings.rung] == ["look"]
    assert home.fax(message_id).revision == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"attachments": None},
        {"attachments": [{"id": "1"}]},
        {"creationTime": None},
        {"direction": "Outbound"},
        {"direction": None},
    ],
)
def test_a_fax_named_in_part_waits_for_the_look(home: Household, changed: dict[str, Any]) -> None:
    message_id = home.receive_one()
    tell(home, instant(home, message_id, **changed))
    assert home.find(message_id) is None
    assert [name for name, _, _ in home.rings.rung] == ["look"]
    assert home.look() == (1, 0)


def test_another_faxes_document_is_not_taken_for_its_own(home: Household) -> None:
    other, message_id = home.receive(2)
    theirs = instant(home, other)["attachments"]
    outcome = tell(home, instant(home, message_id, attachments=theirs))
    assert outcome == "fax taken; mailbox looked at"
    assert home.find(message_id) is None
    (look,) = home.jobs("look")
    assert look.argument == home.mailbox.id
