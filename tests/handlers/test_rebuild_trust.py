"""A rebuild believes only what the signed ledger tells, for anyone can encrypt for the archive."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest

from archive import Archive, FaxAddress, utc_text
from catalog import Catalog
from handlers.rebuild import Rebuild, Rebuilt

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ADDRESS = FaxAddress("400-621", "inbound", "5", NOON)
TEXT = utc_text(NOON)
RECORD: dict[str, object] = {
    "fax": "400-5",
    "account": "400",
    "mailbox": "400-621",
    "message": "5",
    "direction": "Inbound",
    "message_status": "Received",
    "read_status": "Unread",
    "availability": "Alive",
    "availability_at": TEXT,
    "created_at": TEXT,
    "modified_at": None,
    "pages": 1,
    "resolution": None,
    "subject": None,
    "from": {"number": "+12125550100", "name": None},
    "recipients": [],
    "steps": [],
    "first_seen_at": TEXT,
    "source": {"system": "RingCentral", "told_by": "event", "record": {}},
}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """One archived fax."""
    archive = Archive.open(tmp_path / "archive", tmp_path / "keys")
    published = archive.publish(ADDRESS, RECORD, [])
    files = [asdict(file) for file in published.files]
    entry = {"kind": "archived", "fax": "400-5", "folder": published.folder, "files": files}
    archive.ledger.append([archive.next_line(None, entry, NOON)])
    return archive


def rebuilt(archive: Archive) -> Rebuilt:
    catalog = Catalog.open(str(archive.root.parent / "catalog.sqlite3"))
    try:
        return Rebuild(archive, catalog).run(lambda folders: folders)
    finally:
        catalog.close()


def test_what_the_ledger_tells_is_read_back(archive: Archive) -> None:
    assert rebuilt(archive) == Rebuilt(faxes=1, ledger_lines=1)


def test_a_record_that_the_ledger_does_not_name_is_not_believed(archive: Archive) -> None:
    sealed = pyrage.encrypt(b'{"fax": "400-6"}', [archive.keys.recipient(ADDRESS.month)])
    (archive.root / ADDRESS.folder / "fax.json.age").write_bytes(sealed)
    problem = f"{ADDRESS.folder}: the record that the ledger names is missing or changed"
    assert rebuilt(archive) == Rebuilt(ledger_lines=1, unreadable=[problem])


def test_a_later_record_that_the_ledger_does_not_name_is_left_alone(archive: Archive) -> None:
    archive.amend(ADDRESS.folder, 2, RECORD | {"fax": "400-6"}, [])
    assert rebuilt(archive) == Rebuilt(faxes=1, ledger_lines=1)


def test_a_line_that_is_not_signed_is_not_believed(archive: Archive) -> None:
    (month,) = (archive.root / "ledger").iterdir()
    month.write_text(month.read_text().replace('"signature":"', '"signature":"AAAA'))
    problem = f"{ADDRESS.folder}: not in the ledger"
    assert rebuilt(archive) == Rebuilt(ledger_lines=1, unreadable=[problem])
