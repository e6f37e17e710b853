"""What the catalog promises about transactions, on either database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from catalog import Catalog, LedgerRow, Mailbox
from errors import CatalogError

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
BOX = Mailbox("1-2", "1", "2", "Front desk", "101")


@pytest.fixture
def catalog(database_address: str) -> Iterator[Catalog]:
    opened = Catalog.open(database_address)
    yield opened
    opened.close()


def line(seq: int) -> LedgerRow:
    return LedgerRow(seq, NOW, "archived", "1-9", f"hash {seq}", f"line {seq}")


def test_a_transaction_keeps_all_or_nothing(catalog: Catalog) -> None:
    with pytest.raises(RuntimeError), catalog.transaction() as tx:
        tx.mailboxes.watch(BOX, NOW)
        raise RuntimeError
    with catalog.transaction() as tx:
        assert tx.mailboxes.all() == []
        tx.mailboxes.watch(BOX, NOW)
    with catalog.reading() as tx:
        assert [box.id for box in tx.mailboxes.all()] == ["1-2"]


def test_transactions_do_not_nest(catalog: Catalog) -> None:
    with catalog.transaction(), pytest.raises(CatalogError), catalog.reading():
        pass
    with catalog.reading() as tx:
        assert tx.mailboxes.all() == []


def test_reading_refuses_to_write(catalog: Catalog) -> None:
    with pytest.raises(CatalogError), catalog.reading() as tx:
        tx.mailboxes.watch(BOX, NOW)
    with catalog.transaction() as tx:
        tx.mailboxes.watch(BOX, NOW)


def test_a_conflict_is_a_catalog_error_that_quotes_no_row(catalog: Catalog) -> None:
    with catalog.transaction() as tx:
        tx.ledger.append(line(1))
    with pytest.raises(CatalogError) as caught, catalog.transaction() as tx:
        tx.ledger.append(line(1))
    assert "hash 1" not in str(caught.value)
    assert caught.value.__suppress_context__
    with catalog.transaction() as tx:
        tx.ledger.append(line(2))


def test_a_number_too_large_is_a_catalog_error(catalog: Catalog) -> None:
    with pytest.raises(CatalogError), catalog.transaction() as tx:
        tx.ledger.append(line(10**30))


def test_the_callers_own_errors_pass_unchanged(catalog: Catalog) -> None:
    with pytest.raises(ConnectionResetError), catalog.transaction():
        raise ConnectionResetError


def test_a_closed_catalog_says_so(catalog: Catalog) -> None:
    catalog.close()
    with pytest.raises(CatalogError, match="closed"), catalog.reading():
        pass


def test_it_opens_again_with_what_it_had(catalog: Catalog, database_address: str) -> None:
    with catalog.transaction() as tx:
        tx.mailboxes.watch(BOX, NOW)
    catalog.close()
    again = Catalog.open(database_address)
    with again.reading() as tx:
        assert tx.mailboxes.get("1-2") is not None
    again.close()


def test_mailboxes(catalog: Catalog) -> None:
    later = NOW + timedelta(hours=1)
    with catalog.transaction() as tx:
        tx.mailboxes.watch(BOX, NOW)
        tx.mailboxes.save_sync_token("1-2", "token", NOW)
        tx.mailboxes.mark_looked("1-2", NOW)
        tx.mailboxes.watch(Mailbox("1-2", "1", "2", "Lab", "102"), later)
        tx.mailboxes.watch(Mailbox("7-2", "7", "2", "Other account", "1"), later)
        tx.mailboxes.save_sync_token("7-2", None, later)
        assert tx.mailboxes.all() == [
            Mailbox("1-2", "1", "2", "Lab", "102", "token", NOW, NOW, NOW),
            Mailbox("7-2", "7", "2", "Other account", "1", None, None, None, later),
        ]
        assert [box.id for box in tx.mailboxes.by_extension("2")] == ["1-2", "7-2"]
        assert tx.mailboxes.get("1-3") is None


def test_a_mailbox_put_back_is_watched_since_the_earliest_word_of_it(catalog: Catalog) -> None:
    with catalog.transaction() as tx:
        for days in (0, -2, 1):
            tx.mailboxes.restore("1-2-3", NOW + timedelta(days=days))
        (box,) = tx.mailboxes.all()
        assert (box.account_id, box.extension_id, box.login) == ("1-2", "3", "")
        assert (box.added_at, box.is_present) == (NOW - timedelta(days=2), False)
        tx.mailboxes.watch(BOX, NOW)
        tx.mailboxes.restore(BOX.id, NOW + timedelta(days=1))
        assert tx.mailboxes.get(BOX.id) == Mailbox(**{**vars(BOX), "added_at": NOW})


def test_forgetting_a_sync_token_keeps_the_time_of_the_last_good_sync(catalog: Catalog) -> None:
    with catalog.transaction() as tx:
        tx.mailboxes.watch(BOX, NOW)
        tx.mailboxes.save_sync_token("1-2", "token", NOW)
        tx.mailboxes.save_sync_token("1-2", None, NOW + timedelta(hours=1))
        box = tx.mailboxes.get("1-2")
    assert box is not None
    assert (box.sync_token, box.synced_at) == (None, NOW)


def test_the_ledger_is_read_back_as_it_was_written(catalog: Catalog) -> None:
    with catalog.transaction() as tx:
        assert tx.ledger.tail() is None
        for seq in range(1, 6):
            tx.ledger.append(line(seq))
    with catalog.reading() as tx:
        assert tx.ledger.tail() == line(5)
        assert tx.ledger.after(2, 2) == [line(3), line(4)]
        assert tx.ledger.count() == 5
        assert tx.ledger.of("1-9") == [line(seq) for seq in range(1, 6)]
        assert tx.ledger.of("of nobody") == []


def test_tokens_have_one_renewer_and_drop_only_what_was_refused(catalog: Catalog) -> None:
    with catalog.transaction() as tx:
        assert tx.tokens.read("a") is None
        assert tx.tokens.claim_renewal("a", 100.0, 130.0)
        assert not tx.tokens.claim_renewal("a", 129.0, 160.0)
        tx.tokens.write("a", "sealed", 3700.5)
        assert tx.tokens.read("a") == ("sealed", 3700.5)
        assert tx.tokens.claim_renewal("a", 129.0, 160.0)
        tx.tokens.release_renewal("a")
        assert tx.tokens.claim_renewal("a", 129.0, 160.0)
        assert tx.tokens.claim_renewal("a", 160.0, 190.0)
        assert not tx.tokens.drop("a", "another")
        assert tx.tokens.drop("a", "sealed")
        assert tx.tokens.read("a") is None
