"""What was kept under the first shape is all there under the present one, on either database."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest

from catalog import Catalog, FaxQuery, Mailbox, NewFax, Place, Recorded
from catalog.catalog import MIGRATIONS
from catalog.journal import MIGRATIONS as JOURNAL_MIGRATIONS
from catalog.journal import EventJournal
from catalog.migrate import engine_at, migrate
from errors import CatalogError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FILLED = Path(__file__).parent / "filled"
"""What an installation under the first shape may hold."""


def fill(address: str, series: str, migrations: Path, steps: Path) -> None:
    """Bring a database into the first shape, and fill it."""
    steps.mkdir()
    copy(min(migrations.iterdir()), steps)
    with closing(engine_at(address, series)) as engine:
        migrate(engine, series, steps)
        with engine.writing() as connection:
            for statement in (FILLED / f"{series}_0001.sql").read_text().split(";\n"):
                if statement.strip():
                    connection.execute(statement)


@pytest.fixture
def upgraded(database_address: str, tmp_path: Path) -> Iterator[Catalog]:
    fill(database_address, "catalog", MIGRATIONS, tmp_path / "steps")
    with closing(Catalog.open(database_address)) as catalog:
        yield catalog


def test_a_mailbox_keeps_its_token_and_waits_for_a_login(upgraded: Catalog) -> None:
    old = Mailbox("1-2", "1", "2", "Front desk", "101", "token", NOW, NOW, NOW)
    with upgraded.transaction() as tx:
        assert tx.mailboxes.all() == [old]
        assert tx.mailboxes.present() == []
        tx.mailboxes.watch(replace(old, login="main/1"), NOW)
        assert tx.mailboxes.present() == [replace(old, login="main/1")]


def test_every_fax_is_as_it_was(upgraded: Catalog) -> None:
    with upgraded.reading() as tx:
        faxes = {fax.message_id: fax for fax in tx.faxes.list(FaxQuery())}
        assert {name: (fax.origin, fax.state) for name, fax in faxes.items()} == {
            "7": ("message-store", "archived"),
            "8": ("event", "pending"),
            "9": ("message-store", "lost"),
        }
        sent = faxes["7"]
        assert (sent.folder, sent.revision, sent.pages) == ("2026/03/01/1-2/outbound-7", 2, 3)
        assert {(fax.found_by, fax.evidence, fax.listed_at) for fax in faxes.values()} == {
            ("", "", None)
        }
        assert [each.number for each in tx.faxes.recipients("1-7")] == ["+12025550102"]
        assert [each.status for each in tx.faxes.steps("1-7")] == ["Sent"]
        assert [(each.sha256, each.source) for each in tx.documents.of("1-7")] == [("ab", "")]
        assert tx.ledger.count() == 1
        assert tx.tokens.read("main") == ("sealed", 5.5)


def test_the_new_origins_are_accepted_and_no_others(upgraded: Catalog) -> None:
    with upgraded.transaction() as tx:
        assert tx.faxes.record(_fax("export"), NOW) == Recorded(new=True, changed=True)
    with pytest.raises(CatalogError), upgraded.transaction() as tx:
        tx.faxes.record(_fax("hearsay"), NOW)


def _fax(origin: str) -> NewFax:
    return NewFax(
        account_id="1",
        mailbox_id="1-2",
        message_id=origin,
        direction="Inbound",
        message_status="Received",
        read_status="Unread",
        availability="Alive",
        created_at=NOW,
        raw="{}",
        origin=origin,
    )


def test_work_that_had_no_lane_is_asked_for_anew(upgraded: Catalog) -> None:
    with upgraded.transaction() as tx:
        assert [(job.name, job.lane) for job in tx.jobs.list()] == [("read-events", "")]
        tx.mailboxes.watch(Mailbox("1-2", "1", "2", "", "", login="main/1"), NOW)
        assert tx.faxes.unfinished(10) == [("1-8", "main/1")]
        tx.jobs.request("archive", "1-8", NOW, NOW, Place("main/1", NOW))
        assert tx.jobs.claim_first("archive", "main/1", "w", NOW, NOW) is not None


def test_a_second_opening_changes_nothing(upgraded: Catalog, database_address: str) -> None:
    with upgraded.transaction() as tx:
        tx.jobs.request("look", "1-2", NOW, NOW, Place("main/1", NOW))
    with closing(Catalog.open(database_address)) as again, again.reading() as tx:
        assert {job.name for job in tx.jobs.list()} == {"look", "read-events"}


def test_the_journal_keeps_its_events(database_address: str, tmp_path: Path) -> None:
    fill(database_address, "journal", JOURNAL_MIGRATIONS, tmp_path / "steps")
    with closing(EventJournal.open(database_address)) as journal:
        new, read = sorted(journal.list(unreadable=False, limit=9), key=lambda event: event.id)
        assert (read.state, read.outcome, read.uuid) == ("read", "mailbox looked at", "u")
        assert (new.account, read.account) == ("", "")
        assert journal.unread(9) == [new]
        assert journal.signs() == {}
