"""One fax on its way into the archive: fetched, checked, kept once; or refused, late, or lost."""

import hashlib
import json
from dataclasses import replace
from typing import cast

import pytest

from errors import DocumentRefused, FaxkeepError, Later, NotFound
from handlers.archiving import FaxArchiver
from handlers.losses import DOUBT
from handlers.records import Told, new_fax
from ringcentral_api import Message, RingCentral
from simulator import Fault, Inbound
from tests.handlers.household import Household

ANN, BEN = "+12025550101", "+12025550102"


class Gone:
    """A RingCentral, or a proxy before it, that has no documents, and perhaps no messages."""

    def __init__(self, code: str, message: Message | None = None) -> None:
        self._code = code
        self._message = message

    def download(self, attachment_uri: str) -> None:
        raise NotFound("gone", status=404, code=self._code)

    def message(self, extension_id: str, message_id: str) -> Message:
        if self._message is None:
            raise NotFound("gone", status=404, code=self._code)
        return self._message


def archiver(home: Household, api: Gone) -> FaxArchiver:
    def reach(login: str) -> RingCentral:
        return cast(RingCentral, api)

    losses = replace(home.house.losses, reach=reach)
    return replace(home.house.archiver, reach=reach, losses=losses)


def record(home: Household, message: object) -> None:
    """Take in a message as if a look had brought it."""
    now = home.clock.now()
    told = Told("message-store", "look", now)
    fax = new_fax(home.mailbox, Message.from_json(message), told)
    with home.house.catalog.transaction() as tx:
        tx.faxes.record(fax, now)


def outcomes(home: Household, message_id: str) -> list[tuple[str | None, ...]]:
    with home.house.catalog.reading() as tx:
        recipients = tx.faxes.recipients(home.id_of(message_id))
    return [(each.number, each.status, each.error_code) for each in recipients]


def steps(home: Household, message_id: str) -> list[tuple[int, str]]:
    with home.house.catalog.reading() as tx:
        return [(step.position, step.status) for step in tx.faxes.steps(home.id_of(message_id))]


def refuse(home: Household, message_id: str) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as caught:
        home.finish(message_id)
    return caught.value


# --- received ------------------------------------------------------------------------------


def test_a_received_fax_is_archived_as_it_was(home: Household) -> None:
    message_id = home.archive_one()
    held = home.simulator.document(message_id)
    (row,) = home.documents(message_id)
    assert home.plain(message_id) == held
    assert (row.name, row.kind, row.pages) == ("document.pdf.age", "pdf", 1)
    assert (row.sha256, row.size) == (hashlib.sha256(held).hexdigest(), len(held))
    assert home.kinds() == ["archived"]
    assert home.findings() == []


def test_a_tiff_is_archived_as_a_tiff(home: Household) -> None:
    (message_id,) = home.simulator.receive(Inbound(pages=1, content_type="image/tiff"))
    home.look()
    home.finish(message_id)
    assert home.documents(message_id)[0].name == "document.tiff.age"
    assert home.plain(message_id) == home.simulator.document(message_id)


def test_the_record_tells_what_ringcentral_told(home: Household) -> None:
    message_id = home.archive_one()
    record = home.record(message_id)
    (held,) = home.simulator.truth()
    assert record["fax"] == home.id_of(message_id)
    assert (record["direction"], record["message_status"]) == ("Inbound", "Received")
    assert record["from"]["number"] == held["from"]
    assert record["pages"] == held["pages"]
    assert str(record["source"]["record"]["id"]) == message_id
    assert record["documents"][0]["sha256"] == held["document"]["sha256"]


def test_finishing_what_is_finished_does_nothing(home: Household) -> None:
    message_id = home.archive_one()
    home.finish(message_id)
    assert (home.downloads(), home.kinds()) == (1, ["archived"])


def test_a_fax_nobody_knows_is_an_error(home: Household) -> None:
    with pytest.raises(FaxkeepError, match="does not know"):
        home.finish("1")


def test_archiving_only_reads_at_ringcentral(home: Household) -> None:
    message_id = home.archive_one()
    asked = home.simulator.requests(path="message-store")["records"]
    assert {each["method"] for each in asked} == {"GET"}
    assert home.simulator.truth()[0]["readStatus"] == "Unread"
    assert home.fax(message_id).read_status == "Unread"


def test_a_received_fax_without_attachment_is_waited_for(home: Household) -> None:
    record(home, {"id": 99, "type": "Fax", "direction": "Inbound"})
    with pytest.raises(DocumentRefused, match="no document"):
        home.finish("99")
    assert home.fax("99").state == "pending"


@pytest.mark.parametrize("status", [404, 409])
def test_a_fax_not_rendered_yet_is_waited_for(home: Household, status: int) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.sicken(message_id, "content_not_ready", Fault(tries=1, status=status))
    with pytest.raises(Later, match="MSG-368"):
        home.finish(message_id)
    assert (home.fax(message_id).state, home.asides()) == ("pending", [])
    home.finish(message_id)
    assert home.fax(message_id).state == "archived"


# --- sent ----------------------------------------------------------------------------------


def test_a_queued_fax_is_fetched_only_when_it_is_queued_no_more(home: Household) -> None:
    message_id = home.simulator.send([ANN])
    home.look()
    assert home.jobs("archive") == []
    home.finish(message_id)
    assert (home.fax(message_id).state, home.downloads()) == ("pending", 0)
    home.simulator.finish(message_id)
    home.look()
    assert len(home.jobs("archive")) == 1
    home.finish(message_id)
    assert home.fax(message_id).state == "archived"
    assert home.plain(message_id) == home.simulator.document(message_id)


def test_each_recipient_has_an_outcome_and_its_steps(home: Household) -> None:
    message_id = home.simulator.send([ANN, BEN])
    home.look()
    home.simulator.finish(message_id, number=ANN)
    home.look()
    assert outcomes(home, message_id) == [(ANN, "Sent", None), (BEN, "Queued", None)]
    assert home.fax(message_id).message_status == "Queued"
    home.simulator.finish(message_id, number=BEN, error="LineBusy")
    home.look()
    home.finish(message_id)
    expected = [(0, "Queued"), (0, "Sent"), (1, "Queued"), (1, "SendingFailed")]
    assert outcomes(home, message_id) == [(ANN, "Sent", None), (BEN, "SendingFailed", "LineBusy")]
    assert steps(home, message_id) == expected
    told = [(step["position"], step["status"]) for step in home.record(message_id)["steps"]]
    assert told == expected


def test_an_outcome_after_archiving_amends_the_record(home: Household) -> None:
    message_id = home.simulator.send([ANN])
    home.simulator.finish(message_id)
    home.look()
    home.finish(message_id)
    home.simulator.finish(message_id, status="Delivered")
    home.look()
    assert home.fax(message_id).unrecorded
    home.finish(message_id)
    record = home.record(message_id)
    assert (record["revision"], record["message_status"]) == (2, "Delivered")
    assert [step["status"] for step in record["steps"]] == ["Sent", "Delivered"]
    assert home.kinds() == ["archived", "amended"]
    assert home.downloads() == 1
    assert home.findings() == []


def test_a_sent_fax_without_document_is_archived_with_its_failure(home: Household) -> None:
    failed = {
        "id": 99,
        "type": "Fax",
        "direction": "Outbound",
        "messageStatus": "SendingFailed",
        "to": [{"phoneNumber": BEN, "messageStatus": "SendingFailed", "faxErrorCode": "TooMany"}],
    }
    record(home, failed)
    home.finish("99")
    assert home.fax("99").state == "archived"
    assert home.documents("99") == []
    assert home.record("99")["recipients"][0]["error_code"] == "TooMany"


# --- refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("content_html", "not-a-document"),
        ("content_short", "length"),
        ("content_wrong_type", "type"),
    ],
)
def test_what_is_not_the_document_lies_aside_until_it_heals(
    home: Household, fault: str, reason: str
) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.sicken(message_id, fault, Fault(tries=2))
    assert refuse(home, message_id).reason == reason
    fax = home.fax(message_id)
    assert (fax.state, fax.state_reason) == ("refused", reason)
    refuse(home, message_id)
    (aside,) = home.asides()
    assert (aside.fax_id, aside.reason) == (fax.id, reason)
    assert home.kinds() == ["aside"]
    home.finish(message_id)
    assert home.fax(message_id).state == "archived"
    assert home.kinds() == ["aside", "archived"]
    assert home.plain(message_id) == home.simulator.document(message_id)
    assert home.findings() == []


def test_other_bytes_lie_aside_beside_the_first(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    for fault in ("content_html", "content_short", "content_html"):
        home.simulator.sicken(message_id, fault)
        refuse(home, message_id)
    assert len({aside.sha256 for aside in home.asides()}) == len(home.asides()) == 2
    assert home.kinds() == ["aside", "aside"]


@pytest.mark.parametrize("fault", ["content_cut", "content_partial"])
def test_a_transfer_that_breaks_is_resumed(home: Household, fault: str) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.sicken(message_id, fault)
    home.finish(message_id)
    assert home.plain(message_id) == home.simulator.document(message_id)
    assert home.asides() == []


def test_a_refusal_names_nobody(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.sicken(message_id, "content_html")
    said = str(refuse(home, message_id))
    fax = home.fax(message_id)
    assert (fax.from_number or "?") not in said
    assert (fax.from_name or "?") not in said


# --- lost ----------------------------------------------------------------------------------


def test_a_fax_purged_unnoticed_is_lost(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.delete(message_id, purge=True)
    home.finish(message_id)
    fax = home.fax(message_id)
    assert (fax.state, fax.folder) == ("lost", None)
    assert "purged at RingCentral" in fax.state_reason
    assert json.loads(fax.evidence)["availability"] == "Purged"
    assert home.kinds() == ["lost"]
    assert home.findings() == []


def test_a_404_without_ringcentrals_code_is_no_loss(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    for api in (Gone(""), Gone("CMN-120")):
        with pytest.raises(Later):
            archiver(home, api).finish(home.id_of(message_id))
    assert home.fax(message_id).state == "pending"
    home.pass_time(DOUBT.total_seconds())
    archiver(home, Gone("CMN-102")).finish(home.id_of(message_id))
    assert home.fax(message_id).state == "lost"


@pytest.mark.parametrize("availability", ["Alive", "Deleted", None])
def test_a_missing_document_of_a_message_that_is_there_is_no_loss(
    home: Household, availability: str | None
) -> None:
    message_id = home.receive_one()
    home.look()
    there = Message.from_json({"id": message_id, "availability": availability})
    with pytest.raises(Later, match="does not show"):
        archiver(home, Gone("CMN-102", there)).finish(home.id_of(message_id))
    assert home.fax(message_id).state == "pending"
