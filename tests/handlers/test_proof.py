"""Verification names each place where catalog, ledger and archive tell different stories."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

import pytest

from catalog import Catalog, Transaction
from tests.handlers.household import Household

READINGS = 3
"""At how many moments a verification of a small archive looks into the catalog."""


class Busy:
    """A catalog in which something happens, once, while it is looked at for the n-th time."""

    def __init__(self, catalog: Catalog, at: int, act: Callable[[], object]) -> None:
        self._catalog = catalog
        self._left = at
        self._act = act

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._catalog.reading() as tx:
            tx.ledger.count()  # from here on it is this moment that is seen
            self._left -= 1
            if not self._left:
                other = threading.Thread(target=self._act)
                other.start()
                other.join()
            yield tx


def findings_while(home: Household, at: int, act: Callable[[], object]) -> list[str]:
    """What `verify` finds when something happens at its n-th look into the catalog."""
    catalog = cast(Catalog, Busy(home.house.catalog, at, act))
    proof = replace(home.house.proof, catalog=catalog)
    found = list(proof.verify(1.0, 0, lambda done, total: None))
    return [f"{each.kind} {each.what} {each.where}: {each.detail}" for each in found]


def amended(home: Household) -> str:
    """An archived fax whose record has a second revision."""
    message_id = home.archive_one()
    home.simulator.delete(message_id)
    home.look()
    home.finish(message_id)
    assert home.fax(message_id).revision == 2
    return message_id


def test_all_is_well_whatever_has_happened(home: Household) -> None:
    amended(home)
    (sick,) = home.receive()
    home.look()
    home.simulator.sicken(sick, "content_html")
    with pytest.raises(Exception, match="HTML"):
        home.finish(sick)
    read = home.archive_one()
    home.simulator.mark(read, "Read")
    home.look()
    assert home.findings() == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE faxes SET message_status = 'Sent'", "changed row faxes {fax}"),
        ("UPDATE faxes SET pages = 7", "changed row faxes {fax}"),
        ("UPDATE faxes SET from_number = '+1'", "changed row faxes {fax}"),
        ("UPDATE faxes SET created_at = '2020-01-01T00:00:00.000Z'", "changed row faxes {fax}"),
        ("UPDATE faxes SET availability = 'Purged'", "changed row faxes {fax}"),
        ("UPDATE recipients SET number = '+1'", "changed row faxes {fax}"),
        ("UPDATE delivery_steps SET status = 'Lost'", "changed row faxes {fax}"),
        ("DELETE FROM delivery_steps", "changed row faxes {fax}"),
        ("UPDATE faxes SET folder = folder || '0'", "changed row faxes {fax}"),
        ("UPDATE faxes SET folder = '../../etc'", "changed row faxes {fax}"),
        ("UPDATE faxes SET folder = NULL", "changed row faxes {fax}"),
        ("UPDATE documents SET sha256 = 'abc'", "changed row documents of {fax}"),
        ("UPDATE documents SET pages = 2", "changed row documents of {fax}"),
        ("DELETE FROM documents", "changed row documents of {fax}"),
        ("UPDATE faxes SET state = 'lost'", "missing row faxes {fax}"),
        ("DELETE FROM ledger", "missing row line 1"),
        ("UPDATE ledger SET line = replace(line, 'archived', 'Archived')", "changed row line 1"),
        ("UPDATE ledger SET line = replace(line, '\"fax\"', '\"fox\"')", "changed row line 1"),
        ("UPDATE ledger SET line = replace(line, '\"folder\"', '\"f\"')", "changed row line 1"),
        ("UPDATE ledger SET line = replace(line, 'documents', 'papers')", "changed row line 1"),
    ],
)
def test_a_change_behind_our_back_is_named(home: Household, statement: str, named: str) -> None:
    message_id = home.archive_one()
    home.tamper(statement)
    assert named.format(fax=home.id_of(message_id)) in home.findings()


def test_a_row_that_was_put_in_is_named(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.tamper("UPDATE faxes SET state = 'archived', folder = 'x', revision = 1")
    assert f"extra row faxes {home.id_of(message_id)}" in home.findings()


def test_a_document_that_was_changed_is_named(home: Household) -> None:
    message_id = home.archive_one()
    folder = home.fax(message_id).folder or ""
    file = home.house.archive.root / folder / "document.pdf.age"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert f"changed file {folder}/document.pdf.age" in home.findings()


@pytest.mark.parametrize("at", range(1, READINGS + 1))
def test_a_fax_that_is_archived_meanwhile_is_no_finding(home: Household, at: int) -> None:
    home.archive_one()
    late = home.receive_one()
    home.look()
    assert findings_while(home, at, lambda: home.finish(late)) == []
    assert home.fax(late).state == "archived"


@pytest.mark.parametrize("at", range(1, READINGS + 1))
def test_a_record_that_is_amended_meanwhile_is_no_finding(home: Household, at: int) -> None:
    message_id = home.archive_one()
    home.simulator.delete(message_id)

    def amend() -> None:
        home.look()
        home.finish(message_id)

    assert findings_while(home, at, amend) == []
    assert home.fax(message_id).revision == 2


def test_a_rollback_of_archive_and_catalog_together_is_noticed_by_a_noted_line(
    home: Household,
) -> None:
    home.archive_one()
    proof = home.house.proof
    with home.house.catalog.reading() as tx:
        tail = tx.ledger.tail()
    assert tail is not None
    assert list(proof.still_holds(tail.seq, tail.hash[:16])) == []
    (replaced,) = proof.still_holds(tail.seq, "0" * 16)
    (cut,) = proof.still_holds(tail.seq + 1, tail.hash[:16])
    assert (replaced.kind, replaced.where) == ("changed", f"line {tail.seq}")
    assert (cut.kind, cut.where) == ("changed", f"line {tail.seq + 1}")


def test_a_fax_lost_here_and_archived_anew_is_well_again(home: Household) -> None:
    message_id = home.archive_one()
    fax = home.fax(message_id)
    folder = home.house.archive.root / (fax.folder or "")
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    assert [line for line in home.findings() if "missing" in line]
    home.tamper("DELETE FROM documents WHERE fax_id = ?", fax.id)
    home.tamper("UPDATE faxes SET state = 'pending', folder = NULL WHERE id = ?", fax.id)
    home.finish(message_id)
    assert home.findings() == []
