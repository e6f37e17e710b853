"""What is translated comes back unchanged: message, catalog row, record of the archive."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import Document, DocumentFacts, Spool
from archive.records import record_text
from catalog import Catalog, DocumentRow, Fax, Mailbox, Transaction
from handlers.reading_back import (
    documents_of_record,
    fax_of_record,
    recipients_of_record,
    steps_of_record,
)
from handlers.records import (
    Told,
    address_of,
    archive_record,
    attachments_to_keep,
    document_record,
    document_rows,
    is_due,
    message_of,
    needs_work,
    new_fax,
)
from ringcentral_api import Message
from tests.handlers.household import Household

NOW = datetime(2026, 11, 23, 8, 15, 30, 123000, tzinfo=UTC)
MAILBOX = Mailbox("400-621", "400", "621", "", "")
TOLD = Told("message-store", "look", NOW)
FOLDER = "2026/11/23/400-621/inbound-5"

ODD_TEXT = st.text(st.characters(categories=["Cc", "Cf", "Cs", "So"]))
TEXT = st.text(max_size=40) | st.none() | ODD_TEXT
TIME = st.floats(0, 4e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC).isoformat())
PARTY = st.fixed_dictionaries({}, optional={"phoneNumber": TEXT, "name": TEXT})
RECIPIENT = st.fixed_dictionaries(
    {},
    optional={
        "recipientId": TEXT,
        "phoneNumber": TEXT,
        "name": TEXT,
        "messageStatus": TEXT,
        "faxErrorCode": TEXT,
    },
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)
MESSAGE = st.fixed_dictionaries(
    {"id": st.integers(1, 10**18), "type": st.just("Fax")},
    optional={
        "direction": st.sampled_from(["Inbound", "Outbound"]) | TEXT,
        "messageStatus": TEXT,
        "readStatus": TEXT,
        "availability": TEXT,
        "creationTime": TIME | ODD,
        "lastModifiedTime": TIME | ODD,
        "faxPageCount": st.integers() | ODD,
        "faxResolution": TEXT,
        "subject": TEXT,
        "from": PARTY | ODD,
        "to": st.lists(RECIPIENT | ODD, max_size=3) | ODD,
        "attachments": ODD,
        "something new": ODD,
    },
)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Any:
    opened = Catalog.open(str(tmp_path_factory.mktemp("records") / "catalog.sqlite3"))
    yield opened
    opened.close()


class Undo(Exception):
    """Ends a transaction without a trace."""


def of(tx: Transaction, fax_id: str) -> Fax:
    found = tx.faxes.get(fax_id)
    assert found is not None
    return found


@given(MESSAGE)
def test_any_message_comes_back_from_its_record(catalog: Catalog, raw: dict[str, Any]) -> None:
    incoming = new_fax(MAILBOX, Message.from_json(raw), TOLD)
    with pytest.raises(Undo), catalog.transaction() as tx:
        tx.faxes.record(incoming, NOW)
        fax, recipients = of(tx, incoming.id), tx.faxes.recipients(incoming.id)
        steps = tx.faxes.steps(incoming.id)
        record = json.loads(record_text(1, archive_record(tx, fax), []))
        archived = replace(
            fax, state="archived", state_at=NOW, folder=FOLDER, revision=1, version=1
        )
        assert fax_of_record(record, FOLDER, NOW) == archived
        assert recipients_of_record(record) == recipients
        assert steps_of_record(record) == steps
        raise Undo


@given(MESSAGE)
def test_any_message_has_a_place_in_the_archive(catalog: Catalog, raw: dict[str, Any]) -> None:
    incoming = new_fax(MAILBOX, Message.from_json(raw), TOLD)
    with pytest.raises(Undo), catalog.transaction() as tx:
        tx.faxes.record(incoming, NOW)
        fax = of(tx, incoming.id)
        assert address_of(fax).folder.endswith(f"-{incoming.message_id}")
        assert message_of(fax).id == incoming.message_id
        attachments_to_keep(message_of(fax))
        is_due(fax)
        raise Undo


def fact(kind: str, pages: int | None, note: str) -> DocumentFacts:
    return DocumentFacts(kind, "0" * 64, 7, pages, note)


def test_documents_come_back_from_the_record(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    documents = [
        Document(spool, fact("pdf", 3, "encrypted"), "11", "application/pdf"),
        Document(spool, fact("tiff", None, ""), "", ""),
    ]
    rows = document_rows(documents, ["document.pdf.age", "document-2.tiff.age"])
    assert rows[0] == DocumentRow(
        0, "11", "document.pdf.age", "0" * 64, 7, "application/pdf", "pdf", 3, "encrypted"
    )
    record = json.loads(json.dumps({"documents": [document_record(row) for row in rows]}))
    assert documents_of_record(record) == rows
    spool.close()


def test_the_archive_writes_the_documents_as_the_catalog_tells_them(home: Household) -> None:
    message_id = home.archive_one()
    assert documents_of_record(home.record(message_id)) == home.documents(message_id)


@pytest.mark.parametrize(
    ("told", "direction"),
    [
        ({"direction": "Inbound"}, "Inbound"),
        ({"direction": "Outbound"}, "Outbound"),
        ({"messageStatus": "Received"}, "Inbound"),
        ({"messageStatus": "Sent"}, "Outbound"),
        ({"direction": "Sideways", "messageStatus": "Received"}, "Inbound"),
        ({}, "Outbound"),
    ],
)
def test_a_direction_is_found(told: dict[str, str], direction: str) -> None:
    message = Message.from_json({"id": 5, "type": "Fax", **told})
    assert new_fax(MAILBOX, message, TOLD).direction == direction


def test_a_message_without_a_time_is_kept_under_the_best_one_there_is() -> None:
    modified = NOW - timedelta(days=1)
    dated = Message.from_json({"id": 5, "lastModifiedTime": modified.isoformat()})
    assert new_fax(MAILBOX, dated, TOLD).created_at == modified
    undated = Message.from_json({"id": 5})
    assert new_fax(MAILBOX, undated, TOLD).created_at == NOW


def attachment(kind: str | None, uri: str | None = "http://x") -> dict[str, str | None]:
    return {"id": "1", "uri": uri, "type": kind}


@pytest.mark.parametrize(
    ("attachments", "kept"),
    [
        ([], []),
        ([attachment("RenderedDocument")], [0]),
        ([attachment("SourceDocument"), attachment("RenderedDocument")], [1]),
        ([attachment("SourceDocument"), attachment("SourceDocument")], [0, 1]),
        ([attachment("RenderedDocument", None), attachment("SourceDocument")], [1]),
        ([attachment(None)], [0]),
        ([attachment("RenderedDocument", "")], []),
    ],
)
def test_the_rendered_documents_are_kept_before_all_others(
    attachments: list[dict[str, str | None]], kept: list[int]
) -> None:
    message = Message.from_json({"id": 5, "attachments": attachments})
    assert list(attachments_to_keep(message)) == [message.attachments[place] for place in kept]


ROW = {
    "direction": "Inbound",
    "state": "pending",
    "availability": "Alive",
    "message_status": "Received",
    "unrecorded": False,
}


@pytest.mark.parametrize(
    ("changed", "due", "work"),
    [
        ({}, True, True),
        ({"state": "refused"}, True, True),
        ({"state": "archived"}, False, False),
        ({"state": "lost"}, False, False),
        ({"availability": "Deleted"}, True, True),
        ({"availability": "Purged"}, False, False),
        ({"direction": "Outbound", "message_status": "Queued"}, False, False),
        ({"direction": "Outbound", "message_status": "SendingFailed"}, True, True),
        ({"state": "archived", "unrecorded": True}, False, True),
        ({"state": "archived", "unrecorded": True, "availability": "Purged"}, False, True),
    ],
)
def test_what_is_due(changed: dict[str, object], due: bool, work: bool) -> None:
    values: dict[str, Any] = dict.fromkeys(Fax.__dataclass_fields__)
    fax = Fax(**{**values, **ROW, **changed})
    assert (is_due(fax), needs_work(fax)) == (due, work)


def test_an_unknown_fax_is_not_due() -> None:
    assert (is_due(None), needs_work(None)) == (False, False)
