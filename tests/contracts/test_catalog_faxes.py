"""What the catalog promises about faxes and what hangs on them, on either database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog import (
    Aside,
    Catalog,
    DocumentRow,
    Fax,
    FaxQuery,
    Mailbox,
    NewFax,
    Recipient,
    Recorded,
)
from catalog.catalog import Transaction
from errors import CatalogError

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SENT = NewFax(
    account_id="1",
    mailbox_id="1-2",
    message_id="9",
    direction="Outbound",
    message_status="Queued",
    read_status="Read",
    availability="Alive",
    created_at=NOW,
    modified_at=NOW,
    raw='{"id": 9}',
    origin="message-store",
    recipients=(
        Recipient("a", "+15550001", "Lab", "Queued", None, '{"recipientId": "a"}'),
        Recipient("b", "+15550002", None, "Queued", None, '{"recipientId": "b"}'),
    ),
)
NOTHING = Recorded(new=False, changed=False)
CHANGED = Recorded(new=False, changed=True)


def stored(tx: Transaction, fax_id: str = "1-9") -> Fax:
    fax = tx.faxes.get(fax_id)
    assert fax is not None
    return fax


def test_a_new_fax_is_pending_and_its_repeat_is_no_news(tx: Transaction) -> None:
    assert tx.faxes.record(SENT, NOW) == Recorded(new=True, changed=True)
    first = stored(tx)
    assert (first.state, first.revision, first.version, first.unrecorded) == (
        "pending",
        0,
        0,
        False,
    )
    assert first.created_at == first.first_seen_at == NOW
    assert tx.faxes.recipients("1-9") == list(SENT.recipients)
    assert tx.faxes.record(SENT, LATER) == NOTHING
    assert stored(tx) == first


@pytest.mark.parametrize(
    "news",
    [
        {"message_status": "Sent"},
        {"availability": "Deleted"},
        {"pages": 3},
        {"resolution": "High"},
        {"subject": "results"},
        {"from_number": "+15559999"},
        {"from_name": "Lab"},
        {"recipients": (replace(SENT.recipients[0], status="Sent"), SENT.recipients[1])},
        {"recipients": SENT.recipients[:1]},
    ],
)
def test_material_news_of_an_archived_fax_leave_it_unrecorded(
    tx: Transaction, news: dict[str, Any]
) -> None:
    tx.faxes.record(SENT, NOW)
    assert tx.faxes.mark_archived("1-9", "2026/03/01", NOW)
    assert tx.faxes.record(replace(SENT, **news), LATER) == CHANGED
    fax = stored(tx)
    assert (fax.unrecorded, fax.version, fax.state) == (True, 1, "archived")


def test_a_flipped_read_status_is_kept_but_is_not_material(tx: Transaction) -> None:
    tx.faxes.record(SENT, NOW)
    tx.faxes.mark_archived("1-9", "2026/03/01", NOW)
    flipped = replace(SENT, read_status="Unread", raw='{"id": 9, "x": 1}', modified_at=LATER)
    assert tx.faxes.record(flipped, LATER) == NOTHING
    fax = stored(tx)
    assert (fax.read_status, fax.raw, fax.modified_at) == ("Unread", flipped.raw, LATER)
    assert not fax.unrecorded


def test_older_news_and_events_never_overwrite_the_message_store(tx: Transaction) -> None:
    tx.faxes.record(replace(SENT, modified_at=LATER, message_status="Sent"), LATER)
    before = stored(tx)
    assert tx.faxes.record(SENT, LATER) == NOTHING
    assert tx.faxes.record(replace(SENT, modified_at=None), LATER) == NOTHING
    newer_event = replace(SENT, origin="event", modified_at=LATER + timedelta(days=1))
    assert tx.faxes.record(newer_event, LATER) == NOTHING
    assert stored(tx) == before


def test_the_message_store_confirms_an_event(tx: Transaction) -> None:
    tx.faxes.record(replace(SENT, origin="event"), NOW)
    assert tx.faxes.record(SENT, LATER) == CHANGED
    assert stored(tx).origin == "message-store"


def test_every_status_of_every_recipient_is_one_step(tx: Transaction) -> None:
    tx.faxes.record(SENT, NOW)
    failed = replace(SENT.recipients[1], status="SendingFailed", error_code="LineBusy", raw="{}")
    sent = replace(SENT.recipients[0], status="Sent")
    tx.faxes.record(replace(SENT, recipients=(sent, SENT.recipients[1])), LATER)
    tx.faxes.record(replace(SENT, recipients=(sent, failed)), LATER)
    tx.faxes.record(replace(SENT, recipients=(sent, failed)), LATER)
    steps = tx.faxes.steps("1-9")
    assert [(step.position, step.step, step.status, step.error_code) for step in steps] == [
        (0, 1, "Queued", None),
        (0, 2, "Sent", None),
        (1, 1, "Queued", None),
        (1, 2, "SendingFailed", "LineBusy"),
    ]
    assert (steps[0].seen_at, steps[0].raw) == (NOW, '{"recipientId": "a"}')


def test_without_recipients_the_message_itself_has_the_steps(tx: Transaction) -> None:
    received = replace(SENT, direction="Inbound", message_status="Received", recipients=())
    tx.faxes.record(received, NOW)
    tx.faxes.record(replace(received, pages=2), NOW)
    steps = tx.faxes.steps("1-9")
    assert [(step.position, step.status, step.raw) for step in steps] == [(0, "Received", SENT.raw)]


def test_foreign_text_that_a_database_refuses_is_kept_without_its_thorns(tx: Transaction) -> None:
    thorny = replace(SENT, subject="a\0b\ud800c", recipients=(Recipient(name="x\0"),))
    assert tx.faxes.record(thorny, NOW).new
    assert stored(tx).subject == "a\N{REPLACEMENT CHARACTER}b?c"
    assert tx.faxes.record(thorny, LATER) == NOTHING


def test_availability_of_a_message_that_tells_only_its_id(tx: Transaction) -> None:
    tx.faxes.record(SENT, NOW)
    tx.faxes.mark_archived("1-9", "folder", NOW)
    assert not tx.faxes.set_availability("1-8", "Deleted", LATER)
    assert tx.faxes.set_availability("1-9", "Alive", LATER)
    assert not stored(tx).unrecorded
    assert tx.faxes.set_availability("1-9", "Deleted", LATER)
    fax = stored(tx)
    assert (fax.availability, fax.availability_at, fax.unrecorded) == ("Deleted", LATER, True)


def test_a_fax_is_archived_once_and_stays_so(tx: Transaction) -> None:
    tx.faxes.record(SENT, NOW)
    assert tx.faxes.mark_refused("1-9", "not-a-pdf", NOW)
    assert tx.faxes.mark_archived("1-9", "folder", LATER)
    assert not tx.faxes.mark_archived("1-9", "another", LATER)
    assert not tx.faxes.mark_refused("1-9", "x", LATER)
    assert not tx.faxes.mark_lost("1-9", "x", LATER)
    fax = stored(tx)
    assert (fax.state, fax.state_reason, fax.state_at, fax.folder, fax.revision) == (
        "archived",
        "",
        LATER,
        "folder",
        1,
    )


def test_a_lost_fax_that_is_found_is_pending_again(tx: Transaction) -> None:
    tx.faxes.record(replace(SENT, direction="Unknown", availability="Purged"), NOW)
    assert not tx.faxes.mark_found(SENT, LATER)
    tx.faxes.mark_lost("1-9", "purged", NOW, '{"cause": "purged"}')
    assert tx.faxes.mark_found(SENT, LATER)
    fax = stored(tx)
    assert (fax.state, fax.state_reason, fax.state_at, fax.evidence) == ("pending", "", LATER, "")
    assert (fax.direction, fax.availability, fax.availability_at) == ("Outbound", "Alive", LATER)
    assert not tx.faxes.mark_found(SENT, LATER)


def test_a_change_while_the_record_was_written_is_not_hidden(tx: Transaction) -> None:
    tx.faxes.record(SENT, NOW)
    seen = stored(tx).version
    tx.faxes.record(replace(SENT, pages=3), NOW)
    tx.faxes.mark_archived("1-9", "folder", NOW, seen)
    assert stored(tx).unrecorded
    assert not tx.faxes.mark_amended("1-9", 1, stored(tx).version)
    assert tx.faxes.mark_amended("1-9", 2, stored(tx).version)
    fax = stored(tx)
    assert (fax.revision, fax.unrecorded) == (2, False)


def test_unfinished_are_those_that_need_work_and_have_no_job(tx: Transaction) -> None:
    tx.mailboxes.watch(Mailbox("1-2", "1", "2", "", "", login="main/1"), NOW)
    tx.faxes.record(replace(SENT, message_id="7", mailbox_id="1-3", message_status="Sent"), NOW)
    for number in range(7):
        fax = replace(SENT, message_id=str(number), created_at=NOW - timedelta(hours=number))
        tx.faxes.record(replace(fax, message_status="Sent"), NOW)
    tx.faxes.record(replace(SENT, message_id="queued"), NOW)
    tx.faxes.mark_archived("1-0", "folder", NOW)
    tx.faxes.mark_archived("1-1", "folder", NOW)
    tx.faxes.set_availability("1-1", "Deleted", NOW)
    tx.faxes.mark_refused("1-2", "html", NOW)
    tx.faxes.mark_lost("1-3", "purged", NOW)
    tx.faxes.set_availability("1-4", "Purged", NOW)
    tx.jobs.request("fetch", "1-5", NOW, NOW)
    found = [("1-6", "main/1"), ("1-2", "main/1"), ("1-1", "main/1")]
    assert tx.faxes.unfinished(10) == found
    assert tx.faxes.unfinished(1) == found[:1]
    tx.mailboxes.mark_gone("1-2", "")
    assert set(tx.faxes.unfinished(10)) == {*found, ("1-queued", "main/1")}
    assert tx.faxes.count_by_state() == {"archived": 2, "lost": 1, "pending": 5, "refused": 1}


def test_lists_are_paged_newest_first_without_gap_or_repeat(tx: Transaction) -> None:
    for number in range(25):
        moment = NOW + timedelta(minutes=number // 3)
        tx.faxes.record(replace(SENT, message_id=str(number), created_at=moment), NOW)
    pages: list[Fax] = []
    before = None
    while page := tx.faxes.list(FaxQuery(limit=4, before=before)):
        pages += page
        before = page[-1].id
    assert len(pages) == 25
    keys = [(fax.created_at, fax.id) for fax in pages]
    assert keys == sorted(set(keys), reverse=True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (FaxQuery(), ["1-3", "1-2", "1-1"]),
        (FaxQuery(mailbox="1-7"), ["1-3"]),
        (FaxQuery(direction="Inbound"), ["1-2"]),
        (FaxQuery(state="archived"), ["1-1"]),
        (FaxQuery(number="+15550001"), ["1-3", "1-1"]),
        (FaxQuery(number="+15557777"), ["1-2"]),
        (FaxQuery(since=NOW + timedelta(minutes=2)), ["1-3", "1-2"]),
        (FaxQuery(until=NOW + timedelta(minutes=2)), ["1-1"]),
        (FaxQuery(before="1-2"), ["1-1"]),
        (FaxQuery(before="unknown"), []),
        (FaxQuery(mailbox="1-7", direction="Inbound"), []),
        (FaxQuery(mailbox="1-2", state="pending"), ["1-2"]),
        (FaxQuery(state="pending", direction="Outbound"), ["1-3"]),
        (FaxQuery(number="+15550001", mailbox="1-2", state="archived"), ["1-1"]),
        (FaxQuery(number="+15550001", state="pending", until=NOW + timedelta(minutes=3)), []),
        (FaxQuery(before="1-3", until=NOW + timedelta(minutes=2)), ["1-1"]),
        (FaxQuery(before="1-2", until=NOW + timedelta(minutes=9)), ["1-1"]),
    ],
)
def test_each_condition_of_a_list(tx: Transaction, query: FaxQuery, expected: list[str]) -> None:
    inbound = {"direction": "Inbound", "from_number": "+15557777", "recipients": ()}
    changes: list[dict[str, Any]] = [{}, inbound, {"mailbox_id": "1-7"}]
    for number, change in enumerate(changes, start=1):
        moment = NOW + timedelta(minutes=number)
        tx.faxes.record(replace(SENT, message_id=str(number), created_at=moment, **change), NOW)
    tx.faxes.mark_archived("1-1", "folder", NOW)
    assert [fax.id for fax in tx.faxes.list(query)] == expected


def test_a_fax_is_found_by_either_id(tx: Transaction) -> None:
    tx.faxes.record(SENT, NOW)
    tx.faxes.record(replace(SENT, account_id="7"), NOW)
    assert [fax.id for fax in tx.faxes.find("9")] == ["1-9", "7-9"]
    assert [fax.id for fax in tx.faxes.find("7-9")] == ["7-9"]
    assert tx.faxes.find("%") == []


def test_a_restored_fax_is_the_same_and_never_overwrites(tx: Transaction) -> None:
    tx.faxes.record(SENT, NOW)
    tx.faxes.mark_archived("1-9", "folder", LATER)
    fax = replace(stored(tx), id="1-10", message_id="10", revision=4)
    recipients, steps = tx.faxes.recipients("1-9"), tx.faxes.steps("1-9")
    assert tx.faxes.restore(fax, recipients, steps)
    assert not tx.faxes.restore(replace(fax, folder="other"), [], [])
    assert stored(tx, "1-10") == fax
    assert tx.faxes.recipients("1-10") == recipients
    assert tx.faxes.steps("1-10") == steps


def test_documents_replace_what_was_at_their_position(tx: Transaction) -> None:
    tx.faxes.record(SENT, NOW)
    first = DocumentRow(0, "9", "document.pdf", "ab" * 32, 1000, "application/pdf", "rendered", 2)
    second = replace(first, position=1, pages=None, note="source")
    tx.documents.add("1-9", [second, first])
    tx.documents.add("1-9", [first])
    assert tx.documents.of("1-9") == tx.faxes.documents("1-9") == [first, second]
    assert tx.documents.of("1-8") == []


def test_what_was_kept_aside_is_kept_once(tx: Transaction) -> None:
    tx.faxes.record(SENT, NOW)
    aside = Aside("1-9", "ab" * 32, "aside/1", "html", "An error page came.", 512, NOW)
    other = replace(aside, sha256="cd" * 32, at=LATER)
    assert tx.asides.add(aside)
    assert not tx.asides.add(replace(aside, reason="other"))
    assert tx.asides.add(other)
    assert tx.asides.of("1-9") == tx.asides.all() == [aside, other]


# --- what tells of a fax, and what a full listing did or did not name -----------------------

ORIGINS = ("call-log", "import", "export", "event", "message-store")
"""From the least to the most believed."""


@pytest.mark.parametrize("known", ORIGINS)
@pytest.mark.parametrize("told", ORIGINS)
def test_who_is_believed_more_replaces_who_is_believed_less(
    tx: Transaction, known: str, told: str
) -> None:
    tx.faxes.record(replace(SENT, origin=known, subject="known"), NOW)
    recorded = tx.faxes.record(replace(SENT, origin=told, subject="told"), LATER)
    is_believed = ORIGINS.index(told) >= ORIGINS.index(known)
    assert recorded == Recorded(new=False, changed=is_believed)
    fax = stored(tx)
    assert (fax.origin, fax.subject) == ((told, "told") if is_believed else (known, "known"))


def test_an_older_message_store_beats_a_newer_call_log(tx: Transaction) -> None:
    tx.faxes.record(replace(SENT, origin="call-log", modified_at=LATER), LATER)
    tx.faxes.record(replace(SENT, modified_at=None), LATER)
    assert (stored(tx).origin, stored(tx).modified_at) == ("message-store", None)


def test_an_origin_that_there_is_none_of_is_refused(shared_catalog: Catalog) -> None:
    with pytest.raises(CatalogError), shared_catalog.transaction() as tx:
        tx.faxes.record(replace(SENT, origin="hearsay"), NOW)


def test_how_we_first_came_to_know_it_stays(tx: Transaction) -> None:
    tx.faxes.record(replace(SENT, origin="event", found_by="event"), NOW)
    tx.faxes.record(replace(SENT, found_by="look", pages=3), LATER)
    fax = stored(tx)
    assert (fax.found_by, fax.origin, fax.first_seen_at) == ("event", "message-store", NOW)


def test_a_loss_keeps_its_evidence_and_is_lost_once(tx: Transaction) -> None:
    tx.faxes.record(SENT, NOW)
    assert stored(tx).evidence == ""
    assert tx.faxes.mark_lost("1-9", "purged", NOW, '{"answer":"404"}')
    assert not tx.faxes.mark_lost("1-9", "another cause", LATER, "{}")
    fax = stored(tx)
    assert (fax.state, fax.state_reason, fax.state_at, fax.evidence) == (
        "lost",
        "purged",
        NOW,
        '{"answer":"404"}',
    )


@pytest.mark.parametrize("found", ["archived", "refused"])
def test_a_fax_that_is_found_after_all_has_no_evidence_of_a_loss(
    tx: Transaction, found: str
) -> None:
    tx.faxes.record(SENT, NOW)
    tx.faxes.mark_lost("1-9", "purged", NOW, '{"answer":"404"}')
    if found == "archived":
        assert tx.faxes.mark_archived("1-9", "folder", LATER)
    else:
        assert tx.faxes.mark_refused("1-9", "html", LATER)
    assert (stored(tx).state, stored(tx).evidence) == (found, "")


def record_at(tx: Transaction, message_id: str, created_at: datetime, **more: Any) -> str:
    fax = replace(SENT, message_id=message_id, created_at=created_at, **more)
    tx.faxes.record(fax, NOW)
    return fax.id


def test_a_day_is_from_midnight_to_midnight(tx: Transaction) -> None:
    midnight = datetime(2028, 2, 29, tzinfo=UTC)
    day = timedelta(days=1)
    ms = timedelta(milliseconds=1)
    record_at(tx, "last", midnight + day - ms)
    record_at(tx, "first", midnight)
    record_at(tx, "before", midnight - ms)
    record_at(tx, "after", midnight + day)
    record_at(tx, "elsewhere", midnight, mailbox_id="1-3")
    of_day = tx.faxes.of_day("1-2", midnight, midnight + day)
    assert [fax.message_id for fax in of_day] == ["first", "last"]


def unlisted(tx: Transaction, since: datetime, at: datetime) -> list[str]:
    return [fax.message_id for fax in tx.faxes.unlisted("1-2", since, at)]


def test_unlisted_is_what_the_list_should_have_named(tx: Transaction) -> None:
    ids = [record_at(tx, str(number), NOW + timedelta(minutes=number)) for number in range(9)]
    record_at(tx, "elsewhere", NOW, mailbox_id="1-3")
    record_at(tx, "older", NOW - timedelta(days=91))
    record_at(tx, "imported", NOW, origin="import")
    tx.faxes.record(replace(SENT, message_id="younger"), LATER + timedelta(minutes=1))
    tx.faxes.mark_listed(ids[:2], LATER)
    tx.faxes.mark_listed(ids[2:3], NOW)
    tx.faxes.set_availability(ids[3], "Purged", NOW)
    tx.faxes.set_availability(ids[4], "Deleted", NOW)
    tx.faxes.mark_lost(ids[5], "purged", NOW)
    tx.faxes.mark_unlisted(ids[6:7], NOW)
    tx.faxes.mark_archived(ids[7], "folder", NOW)
    assert unlisted(tx, NOW, LATER) == ["2", "4", "7", "8"]
    assert unlisted(tx, NOW + timedelta(minutes=8), LATER) == ["8"]


def test_listed_again_is_unlisted_no_more(tx: Transaction) -> None:
    fax_id = record_at(tx, "1", NOW)
    tx.faxes.mark_listed([fax_id, "1-unknown"], NOW)
    assert (stored(tx, fax_id).listed_at, stored(tx, fax_id).unlisted_at) == (NOW, None)
    tx.faxes.mark_unlisted([fax_id], LATER)
    assert (stored(tx, fax_id).listed_at, stored(tx, fax_id).unlisted_at) == (NOW, LATER)
    tx.faxes.mark_listed([fax_id], LATER + timedelta(days=1))
    fax = stored(tx, fax_id)
    assert (fax.listed_at, fax.unlisted_at) == (LATER + timedelta(days=1), None)


def test_the_first_list_without_a_fax_is_the_one_that_counts(tx: Transaction) -> None:
    fax_id = record_at(tx, "1", NOW)
    tx.faxes.mark_unlisted([fax_id], NOW)
    tx.faxes.mark_unlisted([fax_id], LATER)
    assert stored(tx, fax_id).unlisted_at == NOW


def test_recipients_in_another_order_are_the_same_ones(tx: Transaction) -> None:
    tx.faxes.record(SENT, NOW)
    turned = replace(SENT, recipients=SENT.recipients[::-1], modified_at=LATER)
    assert tx.faxes.record(turned, LATER) == NOTHING
    busy = replace(SENT.recipients[1], status="SendingFailed", error_code="LineBusy")
    (step,) = tx.faxes.record(replace(turned, recipients=(busy, SENT.recipients[0])), LATER).steps
    assert (step.position, step.step, step.status) == (1, 2, "SendingFailed")
    assert [each.recipient_id for each in tx.faxes.recipients("1-9")] == ["a", "b"]


@pytest.mark.parametrize("names", [("b",), ("b", "c"), ("b", "b"), ("b", None), ("c", "b", "a")])
def test_other_recipients_are_taken_as_they_are_told(
    tx: Transaction, names: tuple[str | None, ...]
) -> None:
    tx.faxes.record(SENT, NOW)
    others = tuple(replace(SENT.recipients[0], recipient_id=name) for name in names)
    tx.faxes.record(replace(SENT, recipients=others), LATER)
    assert [each.recipient_id for each in tx.faxes.recipients("1-9")] == list(names)


def test_what_has_no_end_for_somebody_is_found(tx: Transaction) -> None:
    ended = tuple(replace(each, status="Sent") for each in SENT.recipients)
    odd = (ended[0], replace(ended[1], status="Teleported"))
    told = {
        "queued": {},
        "ended": {"message_status": "Sent", "recipients": ended},
        "hidden": {"message_status": "Sent", "recipients": odd},
        "deleted": {"availability": "Deleted"},
        "received": {"direction": "Inbound", "message_status": "Received", "recipients": ()},
        "imported": {"origin": "import"},
        "old": {"created_at": NOW - timedelta(days=1)},
        "new": {"created_at": LATER},
    }
    for name, news in told.items():
        tx.faxes.record(replace(SENT, message_id=name, **news), NOW)  # type: ignore[arg-type]
    found = tx.faxes.unended(NOW, LATER, 10)
    assert [fax.message_id for fax in found] == ["hidden", "queued"]
    assert len(tx.faxes.unended(NOW, LATER, 1)) == 1
