"""What the catalog promises about the outbox, on either database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog import (
    Addressee,
    Catalog,
    IdempotencyKey,
    Mailbox,
    NewFax,
    Place,
    Sending,
    SendingChange,
    SendingDocument,
    SendingQuery,
    Transaction,
)
from errors import CatalogError

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
TO = [Addressee("+12025550101", "Lab"), Addressee("+12025550102")]
DOCUMENTS = [
    SendingDocument(0, "letter.pdf", "application/pdf", 10, "ab", 2),
    SendingDocument(1, "", "text/plain", 3, "cd"),
]
KEY = IdempotencyKey("token 1", "k-1", "digest")
REFUSE = SendingChange("sending", "refused", "It is too long.", "Make it shorter.")


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def a_sending(name: str = "a", **other: object) -> Sending:
    made = Sending(
        id=name,
        mailbox_id="1-2",
        state="waiting",
        state_at=NOW,
        origin="cli",
        requested_by="root",
        requested_at=NOW,
        due_at=NOW,
        send_at=minutes(5),
        cover_index=7,
        cover_text="Please call.",
        has_files=True,
    )
    return replace(made, **other)  # type: ignore[arg-type]


def put(tx: Transaction, name: str = "a", **other: object) -> Sending:
    made = a_sending(name, **other)
    tx.sendings.add(made, TO, DOCUMENTS)
    return made


def test_an_order_is_kept_whole(tx: Transaction) -> None:
    made = put(tx)
    assert tx.sendings.get("a") == made
    assert tx.sendings.recipients("a") == TO
    assert tx.sendings.documents("a") == DOCUMENTS
    assert tx.sendings.get("b") is None
    assert made.fax_id is None


def test_an_attempt_is_noted_once_before_it_is_made(tx: Transaction) -> None:
    put(tx, reason="The limit is used up.")
    begun = tx.sendings.begin("a", minutes(1))
    assert tx.sendings.begin("a", minutes(2)) is None
    assert tx.sendings.get("a") == begun
    assert begun == a_sending(
        state="sending", state_at=minutes(1), attempts=1, attempted_at=minutes(1)
    )


def test_looks_are_counted_for_each_attempt(tx: Transaction) -> None:
    put(tx)
    tx.sendings.mark_looked("a", minutes(1))
    tx.sendings.begin("a", minutes(1))
    tx.sendings.mark_looked("a", minutes(2))
    tx.sendings.mark_looked("a", minutes(3))
    tx.sendings.explain("a", "The connection broke.")
    looked = tx.sendings.get("a")
    assert looked is not None
    assert (looked.looks, looked.looked_at, looked.reason) == (
        2,
        minutes(3),
        "The connection broke.",
    )
    assert tx.sendings.change("a", SendingChange("sending", "waiting"), minutes(4))
    tx.sendings.begin("a", minutes(5))
    again = tx.sendings.get("a")
    assert again is not None
    assert (again.attempts, again.looks, again.looked_at) == (2, 0, None)


def test_an_attempt_that_was_not_made_does_not_count(tx: Transaction) -> None:
    tx.sendings.release(put(tx), "not sending", NOW)
    begun = tx.sendings.begin("a", minutes(1))
    assert begun is not None
    tx.sendings.release(replace(begun, attempted_at=NOW), "another attempt", minutes(2))
    assert tx.sendings.get("a") == begun
    tx.sendings.release(begun, "The limit is used up.", minutes(2))
    released = tx.sendings.get("a")
    assert released is not None
    assert (released.state, released.attempts, released.reason) == (
        "waiting",
        0,
        "The limit is used up.",
    )


def test_what_became_of_an_attempt_says_nothing_of_a_later_one(tx: Transaction) -> None:
    put(tx)
    first = tx.sendings.begin("a", minutes(1))
    assert first is not None
    again = SendingChange("sending", "waiting", attempted_at=first.attempted_at)
    assert tx.sendings.change("a", again, minutes(2))
    second = tx.sendings.begin("a", minutes(3))
    assert not tx.sendings.change("a", replace(again, state="refused"), minutes(4))
    assert not tx.sendings.mark_sent(first, "77", minutes(4))
    assert tx.sendings.get("a") == second


def test_a_change_acts_only_on_the_state_it_names(tx: Transaction) -> None:
    put(tx)
    assert not tx.sendings.change("a", REFUSE, minutes(1))
    tx.sendings.begin("a", minutes(1))
    assert tx.sendings.change("a", replace(REFUSE, by="ann"), minutes(2))
    refused = tx.sendings.get("a")
    assert refused is not None
    assert (refused.state, refused.reason, refused.advice, refused.decided_by) == (
        "refused",
        "It is too long.",
        "Make it shorter.",
        "ann",
    )
    assert not tx.sendings.change("a", REFUSE, minutes(3))


def test_a_sent_one_names_its_message(tx: Transaction) -> None:
    waiting = put(tx)
    tx.sendings.begin("a", NOW)
    assert not tx.sendings.mark_sent(waiting, "77", minutes(1))
    assert tx.sendings.mark_sent(replace(waiting, state="sending"), "77", minutes(1))
    sent = tx.sendings.with_message("1-2", "77")
    assert sent is not None
    assert (sent.id, sent.state, sent.fax_id) == ("a", "sent", "1-77")
    assert tx.sendings.with_message("1-3", "77") is None


@pytest.fixture
def catalog(database_address: str) -> Iterator[Catalog]:
    with closing(Catalog.open(database_address)) as opened:
        yield opened


def test_a_message_belongs_to_one_sending_only(catalog: Catalog) -> None:
    with catalog.transaction() as tx:
        for name in "ab":
            tx.sendings.begin(put(tx, name).id, NOW)
        tx.sendings.mark_sent(a_sending("a", state="sending"), "77", NOW)
    with pytest.raises(CatalogError), catalog.transaction() as tx:
        tx.sendings.mark_sent(a_sending("b", state="sending"), "77", NOW)


def test_a_state_of_no_meaning_is_refused(catalog: Catalog) -> None:
    with pytest.raises(CatalogError), catalog.transaction() as tx:
        put(tx, state="lost in the post")


def test_a_key_finds_what_it_was_used_for(tx: Transaction) -> None:
    assert tx.sendings.with_key(KEY) is None
    tx.sendings.add(a_sending(), TO, DOCUMENTS, KEY)
    put(tx, "b")
    assert tx.sendings.with_key(replace(KEY, fingerprint="other")) == (a_sending(), "digest")
    assert tx.sendings.with_key(replace(KEY, scope="token 2")) is None


def test_of_many_with_one_key_one_is_kept(catalog: Catalog) -> None:
    def accept(number: int) -> str:
        with catalog.transaction() as tx:
            if known := tx.sendings.with_key(KEY):
                return known[0].id
            tx.sendings.add(a_sending(f"s{number}"), TO, DOCUMENTS, KEY)
            return f"s{number}"

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(accept, range(24)))) == 1
    with catalog.reading() as tx:
        assert len(tx.sendings.list(SendingQuery())) == 1


def test_the_index_itself_refuses_a_second_of_one_key(catalog: Catalog) -> None:
    with catalog.transaction() as tx:
        tx.sendings.add(a_sending("a"), TO, DOCUMENTS, KEY)
    with pytest.raises(CatalogError), catalog.transaction() as tx:
        tx.sendings.add(a_sending("b"), TO, DOCUMENTS, KEY)


def test_one_under_way_to_the_same_number_is_a_rival(tx: Transaction) -> None:
    first, second = put(tx, "a"), a_sending("b")
    tx.sendings.add(second, [TO[1]], [])
    assert tx.sendings.rival(second) is None
    tx.sendings.begin("a", NOW)
    assert tx.sendings.rival(second) == "a"
    assert tx.sendings.rival(first) is None
    other = a_sending("c", mailbox_id="1-3")
    tx.sendings.add(other, TO, [])
    assert tx.sendings.rival(other) is None
    stranger = a_sending("d")
    tx.sendings.add(stranger, [Addressee("+12025550199")], [])
    assert tx.sendings.rival(stranger) is None


def test_a_list_comes_in_pages_the_newest_first(tx: Transaction) -> None:
    for number in range(5):
        put(tx, f"s{number}", requested_at=minutes(number // 2))
    first = tx.sendings.list(SendingQuery(limit=3))
    assert [each.id for each in first] == ["s4", "s3", "s2"]
    rest = tx.sendings.list(SendingQuery(limit=3, before="s2"))
    assert [each.id for each in rest] == ["s1", "s0"]
    assert tx.sendings.list(SendingQuery(before="unknown")) == []


def test_a_list_can_be_narrowed(tx: Transaction) -> None:
    put(tx, "a")
    put(tx, "b", mailbox_id="1-3")
    put(tx, "c", state="unsure", state_at=minutes(3))
    assert [e.id for e in tx.sendings.list(SendingQuery(mailbox="1-2"))] == ["c", "a"]
    assert [e.id for e in tx.sendings.list(SendingQuery(state="waiting"))] == ["b", "a"]
    assert tx.sendings.count_by_state() == {"unsure": 1, "waiting": 2}
    assert tx.sendings.unsure_since() == minutes(3)


def test_nothing_unsure_has_no_time(tx: Transaction) -> None:
    put(tx)
    assert tx.sendings.unsure_since() is None


def test_what_is_to_go_on_is_found_without_its_job(tx: Transaction) -> None:
    tx.mailboxes.watch(Mailbox("1-2", "1", "2", "", "", login="main/1"), NOW)
    for name, state in zip("abcd", ("waiting", "sending", "sent", "unsure"), strict=True):
        put(tx, name, state=state, due_at=minutes(ord(name)))
    put(tx, "e", mailbox_id="1-3")
    assert tx.sendings.unfinished(9) == [
        ("a", "main/1", minutes(ord("a"))),
        ("b", "main/1", minutes(ord("b"))),
    ]
    assert len(tx.sendings.unfinished(1)) == 1
    tx.jobs.request("send", "a", NOW, NOW, Place("main/1", NOW))
    assert [each[0] for each in tx.sendings.unfinished(9)] == ["b"]


def test_only_what_waits_can_be_late(tx: Transaction) -> None:
    late = put(tx, "late")
    later = put(tx, "later", due_at=minutes(0.5))
    put(tx, "in time", due_at=minutes(2))
    put(tx, "under way", state="sending")
    assert tx.sendings.late(minutes(1), 9) == [late, later]
    assert tx.sendings.late(minutes(1), 1) == [late]


def test_what_a_person_has_sent_again_is_due_anew(tx: Transaction) -> None:
    put(tx, state="unsure")
    put(tx, "b", state="sending")
    tx.sendings.change("a", SendingChange("unsure", "waiting", by="ann"), minutes(9))
    tx.sendings.change("b", SendingChange("sending", "waiting"), minutes(9))
    dues = [each.due_at for each in tx.sendings.list(SendingQuery())]
    assert dues == [NOW, minutes(9)]


def record(tx: Transaction, message_id: str, status: str) -> None:
    fax = NewFax(
        account_id="1",
        mailbox_id="1-2",
        message_id=message_id,
        direction="Outbound",
        message_status=status,
        read_status="Read",
        availability="Alive",
        created_at=NOW,
        raw="{}",
        origin="message-store",
    )
    tx.faxes.record(fax, NOW)


def test_documents_stay_until_the_fax_has_come_to_its_end(tx: Transaction) -> None:
    record(tx, "1", "Queued")
    record(tx, "2", "Sent")
    record(tx, "3", "SendingFailed")
    for message_id in "1234":
        put(tx, f"sent {message_id}", state="sent", message_id=message_id)
    put(tx, "refused", state="refused", state_at=minutes(-9))
    put(tx, "refused lately", state="refused")
    put(tx, "unsure", state="unsure", state_at=minutes(-999))
    spent = tx.sendings.with_spent_files(minutes(-1), minutes(-60), 9)
    assert spent == ["refused", "sent 2", "sent 3"]
    for name in spent:
        tx.sendings.forget_files(name)
    assert tx.sendings.with_spent_files(minutes(-1), minutes(-60), 9) == []
    assert tx.sendings.with_spent_files(minutes(-1), minutes(1), 9) == ["sent 1", "sent 4"]
