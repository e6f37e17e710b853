"""Archive, catalog and ledger go forward together, whatever dies in between."""

import shutil
from pathlib import Path

import pytest

from archive import Claim, Document, check_document, parse_line
from errors import ArchiveError
from simulator import Fault
from tests.handlers.household import Household


def publish_again(home: Household, message_id: str) -> None:
    """Publish a fax with its document as a second worker would that fetched it as well."""
    held = home.simulator.document(message_id)
    with home.house.archive.spool() as spool:
        spool.write(held)
        facts = check_document(spool, Claim(None, len(held), None))
        document = Document(spool, facts, "1", "application/pdf")
        home.house.books.publish(home.id_of(message_id), [document])


def test_publishing_twice_is_publishing_once(home: Household) -> None:
    message_id = home.archive_one()
    before = home.fax(message_id), home.ledger(), home.documents(message_id)
    publish_again(home, message_id)
    assert (home.fax(message_id), home.ledger(), home.documents(message_id)) == before
    assert list(home.house.archive.folders()) == [home.fax(message_id).folder]


@pytest.mark.parametrize("step", ["fax staged", "fax renamed", "fax published", "before-commit"])
def test_what_a_crash_left_unfinished_is_displaced(home: Household, step: str) -> None:
    message_id = home.receive_one()
    home.look()
    home.crash(step, lambda: home.finish(message_id))
    assert (home.fax(message_id).state, home.kinds()) == ("pending", [])
    home.finish(message_id)
    assert home.kinds() == ["archived"]
    assert home.copied() == [row.line for row in home.ledger()]
    assert list(home.house.archive.folders()) == [home.fax(message_id).folder]
    assert home.findings() == []


@pytest.mark.parametrize("step", ["after-commit", "before-ledger-copy", "ledger written"])
def test_a_line_that_a_crash_kept_from_the_file_is_copied_later(home: Household, step: str) -> None:
    message_id = home.receive_one()
    home.look()
    home.crash(step, lambda: home.finish(message_id))
    assert home.fax(message_id).state == "archived"
    home.house.upkeep.sweep()
    assert home.copied() == [row.line for row in home.ledger()]
    assert home.findings() == []


@pytest.mark.parametrize(
    "step", ["revision staged", "revision renamed", "revision published", "before-amend-commit"]
)
def test_a_revision_that_a_crash_left_is_displaced(home: Household, step: str) -> None:
    message_id = home.archive_one()
    home.simulator.delete(message_id)
    home.look()
    home.crash(step, lambda: home.finish(message_id))
    assert home.fax(message_id).revision == 1
    home.finish(message_id)
    fax = home.fax(message_id)
    assert (fax.revision, fax.unrecorded) == (2, False)
    assert home.kinds() == ["archived", "amended"]
    assert home.findings() == []


@pytest.mark.parametrize("step", ["aside staged", "aside renamed", "aside published"])
def test_an_aside_that_a_crash_left_is_entered_when_the_bytes_come_again(
    home: Household, step: str
) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.sicken(message_id, "content_html", Fault(tries=2))
    home.crash(step, lambda: home.finish(message_id))
    with pytest.raises(Exception, match="HTML"):
        home.finish(message_id)
    assert (len(home.asides()), home.kinds()) == (1, ["aside"])
    assert home.findings() == []


def test_an_aside_that_a_crash_left_is_cleared_at_the_next_start(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.sicken(message_id, "content_html")
    home.crash("aside published", lambda: home.finish(message_id))
    assert len(list(home.house.archive.aside_folders())) == 1
    home.house.upkeep.start()
    assert list(home.house.archive.aside_folders()) == []
    home.finish(message_id)
    assert home.findings() == []


def test_what_the_ledger_names_is_never_displaced(home: Household) -> None:
    message_id = home.archive_one()
    folder = home.fax(message_id).folder or ""
    before = home.house.archive.read_record(folder)
    home.tamper("UPDATE faxes SET state = 'pending', folder = NULL")
    with pytest.raises(ArchiveError, match="ledger says this fax is archived"):
        home.finish(message_id)
    assert home.house.archive.read_record(folder) == before
    assert home.kinds() == ["archived"]


@pytest.mark.parametrize("step", ["checked", "fax published"])
def test_news_that_come_while_a_fax_is_fetched_reach_its_record(home: Household, step: str) -> None:
    message_id = home.receive_one()
    home.look()

    def happens() -> None:
        home.simulator.delete(message_id)
        home.look()

    home.steps.meanwhile[step] = happens
    home.finish(message_id)
    if home.fax(message_id).unrecorded:
        home.finish(message_id)
    assert home.fax(message_id).state == "archived"
    assert home.record(message_id)["availability"] == "Deleted"
    assert home.findings() == []


def test_the_ledger_is_copied_in_order_and_once(home: Household) -> None:
    for _ in range(3):
        home.archive_one()
    before = home.copied()
    for _ in range(2):
        home.house.books.copy_ledger()
    assert home.copied() == before == [row.line for row in home.ledger()]
    assert [parse_line(line).seq for line in before] == [1, 2, 3]


def test_lines_missing_at_the_end_of_the_file_are_copied_again(home: Household) -> None:
    for _ in range(3):
        home.archive_one()
    (file,) = (home.house.archive.root / "ledger").glob("*.jsonl")
    whole = file.read_bytes()
    file.write_bytes(whole[: whole.index(b"\n") + 20])
    home.house.books.copy_ledger()
    assert file.read_bytes() == whole


def test_an_archive_that_knows_more_than_the_catalog_is_refused(home: Household) -> None:
    home.archive_one()
    catalog = Path(home.house.settings.catalog_address)
    home.restart(catalog.unlink)
    with pytest.raises(ArchiveError, match="Run `faxkeep rebuild`"):
        home.house.upkeep.start()


def test_an_empty_archive_beside_a_full_catalog_is_refused(home: Household) -> None:
    home.archive_one()
    root = home.house.archive.root
    home.restart(lambda: shutil.rmtree(root))
    with pytest.raises(ArchiveError, match="Is its disk mounted"):
        home.house.upkeep.start()


def test_an_archive_and_a_catalog_of_one_age_go_together(home: Household) -> None:
    home.house.books.require_same_age()
    message_id = home.receive_one()
    home.look()
    home.crash("before-ledger-copy", lambda: home.finish(message_id))
    home.house.books.require_same_age()
    home.house.upkeep.start()


def test_a_first_line_that_tells_of_a_loss_needs_no_folder(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.delete(message_id, purge=True)
    home.crash("before-ledger-copy", lambda: home.finish(message_id))
    assert home.kinds() == ["lost"]
    home.house.books.require_same_age()


def test_a_crash_before_the_very_first_line_is_copied_is_no_empty_archive(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.sicken(message_id, "content_html", Fault(tries=1))
    home.crash("before-ledger-copy", lambda: home.finish(message_id))
    assert home.kinds() == ["aside"]
    home.house.books.require_same_age()
    home.finish(message_id)
    assert home.findings() == []
