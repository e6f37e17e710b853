"""The catalog made anew from the archive alone is the catalog that was."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from errors import ArchiveError, DocumentRefused, UserError
from handlers.rebuild import Rebuild, Rebuilt
from jobs.lock import WorkerLock
from simulator import Fault
from tests.handlers.household import Household
from wiring import House

Rows = list[dict[str, Any]]
NOT_IN_THE_ARCHIVE = {
    # The next look brings these again.
    "mailboxes": {
        "name",
        "extension_number",
        "login",
        "sync_token",
        "synced_at",
        "looked_at",
        "added_at",
    },
    # A counter that has a meaning only while it grows, and what the next listing tells.
    "faxes": {"version", "listed_at", "unlisted_at"},
}
TABLES = ("mailboxes", "faxes", "recipients", "delivery_steps", "documents", "asides", "ledger")


def rows_of(catalog: Path, table: str) -> Rows:
    with closing(sqlite3.connect(catalog)) as database:
        database.row_factory = sqlite3.Row
        found = [dict(row) for row in database.execute(f"SELECT * FROM {table}")]  # noqa: S608
    left_out = NOT_IN_THE_ARCHIVE.get(table, set())
    kept = [{name: row[name] for name in row if name not in left_out} for row in found]
    return sorted(kept, key=repr)


def rebuild(home: Household) -> Rebuilt:
    """Rebuild as the command does; the house knows the new catalog afterwards."""
    home.restart()
    rebuilt = home.house.rebuild(lambda folders: folders)
    home.restart()
    return rebuilt


def before(home: Household) -> Path:
    """The catalog that the rebuild put beside the new one."""
    (old,) = home.house.settings.data.glob("catalog.before-rebuild-*.sqlite3")
    return old


def refuse(home: Household, message_id: str) -> None:
    with pytest.raises(DocumentRefused):
        home.finish(message_id)


def live_through_much(home: Household) -> None:
    """Faxes in both directions, amended, refused once, read, to several recipients."""
    home.archive_one()
    sent = home.simulator.send(["+12025550101", "+12025550102"], pages=2)
    home.simulator.finish(sent, number="+12025550101")
    home.look()
    home.simulator.finish(sent, number="+12025550102", error="LineBusy")
    home.look()
    home.finish(sent)
    home.simulator.finish(sent, status="Delivered", number="+12025550101")
    sick, deleted = home.receive(2)
    home.look()
    home.finish(sent)
    home.simulator.sicken(sick, "content_short", Fault(tries=1))
    refuse(home, sick)
    home.finish(sick)
    home.finish(deleted)
    home.simulator.delete(deleted)
    home.look()
    home.finish(deleted)
    assert {fax.state for fax in home.faxes()} == {"archived"}
    assert sorted(home.kinds()) == ["amended"] * 2 + ["archived"] * 4 + ["aside"]


def test_the_new_catalog_is_the_old_one(home: Household) -> None:
    live_through_much(home)
    rebuilt = rebuild(home)
    assert (rebuilt.faxes, rebuilt.asides, rebuilt.ledger_lines) == (4, 1, 7)
    assert rebuilt.unreadable == []
    new = Path(home.house.settings.catalog_address)
    for table in TABLES:
        assert rows_of(new, table) == rows_of(before(home), table), table
    assert home.findings() == []


def test_life_goes_on_after_a_rebuild(home: Household) -> None:
    live_through_much(home)
    count = len(home.ledger())
    rebuild(home)
    home.house.upkeep.start()
    home.take_census()
    late = home.receive_one()
    home.look()
    for job in home.jobs("archive"):
        home.house.runner.run(job.name, job.lane or job.argument)
    assert home.fax(late).state == "archived"
    assert home.kinds()[count:] == ["archived"]
    assert {fax.state for fax in home.faxes()} == {"archived"}
    assert home.findings() == []


def test_a_fax_of_which_only_refused_bytes_are_kept(home: Household) -> None:
    home.archive_one()
    sick = home.receive_one()
    home.look()
    home.simulator.sicken(sick, "content_short")
    refuse(home, sick)
    rebuilt = rebuild(home)
    assert (rebuilt.faxes, rebuilt.asides, rebuilt.unreadable) == (1, 1, [])
    fax = home.fax(sick)
    assert (fax.state, fax.state_reason, fax.direction) == ("refused", "length", "Inbound")
    home.take_census()
    with pytest.raises(DocumentRefused):
        home.finish(sick)
    home.look()
    home.finish(sick)
    assert home.fax(sick).state == "archived"
    assert home.findings() == []


def test_a_sent_fax_of_which_only_refused_bytes_are_kept(home: Household) -> None:
    sick = home.simulator.send(["+12025550101"])
    home.simulator.finish(sick)
    home.look()
    home.simulator.sicken(sick, "content_short")
    refuse(home, sick)
    assert rebuild(home).asides == 1
    home.finish(sick)
    assert home.fax(sick).state == "refused"
    home.take_census()
    home.look()
    home.finish(sick)
    assert home.plain(sick) == home.simulator.document(sick)
    assert home.findings() == []


def test_what_a_crash_left_is_named_and_heals(home: Household) -> None:
    home.archive_one()
    late = home.receive_one()
    home.look()
    home.crash("fax published", lambda: home.finish(late))
    rebuilt = rebuild(home)
    (problem,) = rebuilt.unreadable
    assert problem.endswith("not in the ledger")
    assert home.find(late) is None
    home.take_census()
    home.look()
    home.finish(late)
    assert home.findings() == []


def test_a_fax_that_cannot_be_read_is_named_and_the_others_come_back(home: Household) -> None:
    good, bad = home.archive_one(), home.archive_one()
    folder = home.fax(bad).folder or ""
    (home.house.archive.root / folder / "fax.json.age").write_bytes(b"nonsense")
    rebuilt = rebuild(home)
    assert [problem.split(":")[0] for problem in rebuilt.unreadable] == [folder]
    assert home.find(good) is not None
    assert home.find(bad) is None


def test_a_broken_ledger_stops_it_before_anything_is_renamed(home: Household) -> None:
    home.archive_one()
    (file,) = (home.house.archive.root / "ledger").glob("*.jsonl")
    file.write_bytes(b"nonsense\n" + file.read_bytes())
    catalog = Path(home.house.settings.catalog_address)
    with pytest.raises(ArchiveError, match="ledger cannot be read at"):
        rebuild(home)
    home.restart()
    assert len(home.faxes()) == 1
    assert catalog.exists()


def test_a_running_worker_keeps_its_catalog(home: Household) -> None:
    lock = WorkerLock(home.house.settings.data / "worker.lock")
    with closing(lock), pytest.raises(UserError, match="Another worker"):
        rebuild(home)


def test_only_an_empty_catalog_is_filled(home: Household) -> None:
    filled = Rebuild(home.house.archive, home.house.catalog)
    with pytest.raises(ArchiveError, match="not empty"):
        filled.run(lambda folders: folders)


def test_without_the_archive_key_it_says_so(home: Household) -> None:
    home.archive_one()
    keys = home.house.settings.data / "keys"

    def lose_keys() -> None:
        for name in ("archive.key", "recovery.key"):
            (keys / name).unlink()

    home.restart(lose_keys)
    with pytest.raises(ArchiveError, match="holds no"):
        home.house.rebuild(lambda folders: folders)
    home.restart()
    assert len(home.faxes()) == 1


def test_an_archive_moved_elsewhere_is_enough(home: Household, tmp_path: Path) -> None:
    live_through_much(home)
    old, new = home.house.settings.data, tmp_path / "elsewhere"
    for part in ("archive", "keys"):
        shutil.copytree(old / part, new / part)
    settings = replace(home.house.settings, data=new)
    with House(settings) as house:
        assert house.rebuild(lambda folders: folders).faxes == 4
    for table in TABLES:
        assert rows_of(new / "catalog.sqlite3", table) == rows_of(old / "catalog.sqlite3", table)
