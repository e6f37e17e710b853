"""Documents from elsewhere: the same check, under the same fax, once, and where from is told."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from errors import UserError
from handlers.account_export import Tally
from handlers.exported import is_export
from handlers.importing import BUSY, DIFFERS, LEFT, REFUSED
from handlers.loose import Defaults, loose_documents
from handlers.sources import opened
from simulator import Fault, Inbound, Simulator
from tests.handlers.household import LOGIN, Household

DAY = 24 * 3600


def say_nothing(stage: str, done: int, total: int) -> None:
    """Report no progress."""


def export_of(home: Household) -> dict[str, bytes]:
    """The files of an export that RingCentral makes now."""
    api = home.house.reach(LOGIN)
    report = api.create_report(datetime(2020, 1, 1, tzinfo=UTC), home.clock.now())
    while api.report(report.id).status != "Completed":
        home.pass_time(10)
    files = {}
    for number, told in enumerate(api.report_files(report.id)):
        with api.download_report(told) as download:
            files[f"{number}.zip"] = b"".join(download.chunks())
    return files


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def take(home: Household, *paths: Path) -> Tally:
    tally = Tally()
    with opened(paths) as trees:
        home.house.export_import.take_all(trees, tally, say_nothing)
    return tally


def take_loose(home: Household, path: Path, direction: str = "Inbound") -> Tally:
    tally = Tally()
    with opened([path]) as trees:
        for tree in trees:
            for entry, origin in loose_documents(tree, Defaults(home.mailbox, direction)):
                with tree.open(entry.name) as file:
                    tally.note(entry.name, home.house.importer.take_loose(file, origin))
    return tally


@cache
def other_document() -> bytes:
    """Two pages, where the household's usual fax has one."""
    simulator = Simulator()
    (message_id,) = simulator.receive(Inbound(pages=2))
    return simulator.document(message_id)


def purge(home: Household, message_ids: Sequence[str]) -> None:
    for message_id in message_ids:
        home.simulator.delete(message_id, purge=True)


# --- RingCentral's export ------------------------------------------------------------------


def test_an_export_is_archived_without_another_call(home: Household, tmp_path: Path) -> None:
    messages = home.receive(3)
    folder = laid_out(tmp_path, export_of(home))
    tally = take(home, folder)
    assert tally.counts == {"archived": 3}
    assert tally.problems == []
    assert home.downloads() == 0
    for message_id in messages:
        assert home.plain(message_id) == home.page.document
        assert home.record(message_id)["documents"][0]["source"] == "export"
        assert (home.fax(message_id).origin, home.fax(message_id).found_by) == ("export", "export")
    assert home.jobs("archive") == []
    assert home.findings() == []


def test_a_second_import_finds_everything_there(home: Household, tmp_path: Path) -> None:
    home.receive(2)
    folder = laid_out(tmp_path, export_of(home))
    take(home, folder)
    assert take(home, folder).counts == {"already there": 2}
    assert home.kinds() == ["archived", "archived"]


def test_an_unpacked_export_is_one_too(home: Household, tmp_path: Path) -> None:
    (message_id,) = home.receive(1)
    for data in export_of(home).values():
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archive.extractall(tmp_path)
    assert take(home, tmp_path).counts == {"archived": 1}
    assert home.fax(message_id).state == "archived"


def test_a_lost_fax_is_healed_by_an_older_export(home: Household, tmp_path: Path) -> None:
    message_id = home.receive_one()
    folder = laid_out(tmp_path, export_of(home))
    home.look()
    purge(home, [message_id])
    home.finish(message_id)
    assert home.fax(message_id).state == "lost"
    assert take(home, folder).counts == {"healed": 1}
    assert home.fax(message_id).state == "archived"
    assert home.kinds() == ["lost", "archived"]
    assert home.findings() == []


def test_a_fax_lost_before_it_was_ever_seen_is_healed(home: Household, tmp_path: Path) -> None:
    home.archive_one()
    message_id = home.receive_one()
    folder = laid_out(tmp_path, export_of(home))
    purge(home, [message_id])
    home.look()
    assert (home.fax(message_id).state, home.fax(message_id).direction) == ("lost", "Unknown")
    assert take(home, folder).counts["healed"] == 1
    fax = home.fax(message_id)
    assert (fax.state, fax.direction) == ("archived", "Inbound")
    assert home.findings() == []


def test_masked_numbers_never_replace_whole_ones(home: Household, tmp_path: Path) -> None:
    (message_id,) = home.simulator.receive(home.page)
    home.simulator.change_settings(mask_export=True)
    folder = laid_out(tmp_path, export_of(home))
    home.look()
    number = home.fax(message_id).from_number
    take(home, folder)
    assert home.fax(message_id).from_number == number
    assert number
    assert "X" not in number


def test_a_masked_number_is_made_whole_by_the_next_look(home: Household, tmp_path: Path) -> None:
    message_id = home.receive_one()
    home.simulator.change_settings(mask_export=True)
    take(home, laid_out(tmp_path, export_of(home)))
    assert (home.fax(message_id).from_number or "").endswith("XXXX")
    home.look()
    home.finish(message_id)
    assert "X" not in (home.fax(message_id).from_number or "")
    assert home.record(message_id)["from"]["number"] == home.fax(message_id).from_number


def test_bytes_that_are_no_document_are_set_aside(home: Household, tmp_path: Path) -> None:
    message_id = home.receive_one()
    folder = laid_out(tmp_path, export_of(home))
    with zipfile.ZipFile(folder / "1.zip") as archive:
        files = dict.fromkeys(archive.namelist(), b"<html>not now</html>")
    (folder / "1.zip").write_bytes(zipped(files))
    tally = take(home, folder)
    assert tally.counts == {"refused": 1}
    assert "HTML" in tally.problems[0][1].why
    assert home.fax(message_id).state == "refused"
    home.finish(message_id)
    assert home.plain(message_id) == home.page.document
    assert home.jobs("archive")[0].reason


def test_a_loss_stays_one_whatever_bytes_an_export_has_for_it(
    home: Household, tmp_path: Path
) -> None:
    message_id = home.receive_one()
    files = export_of(home)
    home.look()
    purge(home, [message_id])
    home.look()
    evidence = home.fax(message_id).evidence
    with zipfile.ZipFile(io.BytesIO(files["1.zip"])) as archive:
        junk = dict.fromkeys(archive.namelist(), b"no document")
    tally = take(home, laid_out(tmp_path, {"0.zip": files["0.zip"], "1.zip": zipped(junk)}))
    assert tally.counts == {REFUSED: 1}
    lost = home.fax(message_id)
    assert (lost.state, lost.evidence) == ("lost", evidence)
    assert home.kinds() == ["lost"]


def test_another_document_of_an_archived_fax_is_named_and_the_kept_one_stays(
    home: Household, tmp_path: Path
) -> None:
    message_id = home.archive_one()
    folder = laid_out(tmp_path, export_of(home))
    other = other_document()
    with zipfile.ZipFile(folder / "1.zip") as archive:
        files = dict.fromkeys(archive.namelist(), other)
    (folder / "1.zip").write_bytes(zipped(files))
    tally = take(home, folder)
    assert [outcome.what for _, outcome in tally.problems] == [DIFFERS]
    assert home.plain(message_id) == home.page.document


def test_what_the_worker_is_fetching_is_left_to_it(home: Household, tmp_path: Path) -> None:
    message_id = home.receive_one()
    home.look()
    folder = laid_out(tmp_path, export_of(home))
    now = home.clock.now()
    with home.house.catalog.transaction() as tx:
        tx.jobs.claim("archive", home.id_of(message_id), "worker", now, now.replace(year=2099))
    assert [outcome.what for _, outcome in take(home, folder).problems] == [BUSY]
    assert home.fax(message_id).state == "pending"


def test_a_mailbox_that_nobody_watches_is_left_alone(home: Household, tmp_path: Path) -> None:
    home.receive_one()
    strange = {}
    for name, data in export_of(home).items():
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            told = {each: archive.read(each) for each in archive.namelist()}
        mine = f"extension/{home.mailbox.extension_id}/"
        strange[name] = zipped({k.replace(mine, "extension/9/"): v for k, v in told.items()})
    tally = take(home, laid_out(tmp_path, strange))
    assert tally.counts == {LEFT: 1}
    assert home.faxes() == []


def test_a_fax_that_the_listing_lacks_is_left_out(home: Household, tmp_path: Path) -> None:
    home.receive_one()
    folder = laid_out(tmp_path, export_of(home))
    (folder / "0.zip").unlink()
    assert take(home, folder).counts == {LEFT: 1}


# --- the export of a whole account ---------------------------------------------------------


def bring_in(home: Household) -> Tally:
    tally = Tally()
    waiting = replace(home.house.account_export, wait=home.pass_time)
    waiting.bring_in("main", tally, say_nothing)
    return tally


def test_a_whole_account_costs_a_handful_of_calls(home: Household) -> None:
    home.simulator.change_settings(export_zip_bytes=60_000)
    home.receive(12)
    before = home.simulator.requests()["total"]
    assert bring_in(home).counts == {"archived": 12}
    assert home.downloads() == 0
    assert home.simulator.requests()["total"] - before < 12
    assert home.findings() == []


def test_an_export_that_fails_at_first_is_waited_for_and_then_told(home: Household) -> None:
    home.receive(1)
    home.simulator.fault("report_failed", Fault(count=1))
    with pytest.raises(UserError, match="ended as Failed"):
        bring_in(home)
    assert bring_in(home).counts == {"archived": 1}


def test_nothing_of_an_export_lies_plainly_on_disk(home: Household) -> None:
    home.receive(2)
    bring_in(home)
    inside = home.page.document[200:260]
    data = home.house.settings.data
    assert inside
    assert not [path for path in data.rglob("*") if path.is_file() and inside in path.read_bytes()]


# --- loose files ---------------------------------------------------------------------------


def test_a_loose_document_becomes_a_fax_of_its_own(home: Household, tmp_path: Path) -> None:
    folder = laid_out(tmp_path, {"2019/scan.pdf": home.page.document, "readme.txt": b"hello"})
    assert take_loose(home, folder).counts == {"archived": 1}
    (fax,) = home.faxes()
    assert fax.message_id.startswith("import-")
    assert (fax.origin, fax.found_by, fax.state) == ("import", "import", "archived")
    assert home.record(fax.message_id)["source"]["record"]["imported"]["file"] == "2019/scan.pdf"
    assert home.record(fax.message_id)["documents"][0]["source"] == "import"
    assert home.plain(fax.message_id) == home.page.document
    assert home.findings() == []


def test_the_same_bytes_are_archived_once(home: Household, tmp_path: Path) -> None:
    folder = laid_out(tmp_path, {"a.pdf": home.page.document, "b.PDF": home.page.document})
    assert take_loose(home, folder).counts == {"archived": 1, "already there": 1}
    assert take_loose(home, folder).counts == {"already there": 2}
    assert len(home.faxes()) == 1


def test_a_name_with_a_message_id_heals_that_fax(home: Household, tmp_path: Path) -> None:
    message_id = home.receive_one()
    home.look()
    purge(home, [message_id])
    home.finish(message_id)
    folder = laid_out(tmp_path, {f"Fax {message_id} +12025550101.pdf": home.page.document})
    assert take_loose(home, folder).counts == {"healed": 1}
    assert home.fax(message_id).state == "archived"
    assert home.fax(message_id).origin == "message-store"
    assert home.findings() == []


def test_a_document_with_other_pages_is_not_believed(home: Household, tmp_path: Path) -> None:
    message_id = home.receive_one()
    home.look()
    purge(home, [message_id])
    home.finish(message_id)
    folder = laid_out(tmp_path, {f"{message_id}.pdf": other_document()})
    tally = take_loose(home, folder)
    assert [outcome.what for _, outcome in tally.problems] == [REFUSED]
    assert home.fax(message_id).state == "lost"


def test_what_is_no_document_is_named_and_nothing_is_kept(home: Household, tmp_path: Path) -> None:
    folder = laid_out(tmp_path, {"a.pdf": b"<html>", "b.pdf": b"", "c.tif": b"II*\0short"})
    tally = take_loose(home, folder)
    assert tally.counts == {"refused": 3}
    assert home.faxes() == []
    assert home.kinds() == []


def test_an_index_tells_of_its_files(home: Household, tmp_path: Path) -> None:
    out = io.StringIO(newline="")
    index = csv.DictWriter(out, ["file", "direction", "created_at", "from", "to"])
    index.writeheader()
    index.writerow(
        {
            "file": "one.pdf",
            "direction": "Outbound",
            "created_at": "2021-03-04T05:06:07.000Z",
            "from": "+12025550100",
            "to": "+12025550101 +12025550102",
        }
    )
    files = {"in/one.pdf": home.page.document, "in/index.csv": out.getvalue().encode()}
    take_loose(home, laid_out(tmp_path, files))
    (fax,) = home.faxes()
    assert (fax.direction, fax.created_at.isoformat()) == ("Outbound", "2021-03-04T05:06:07+00:00")
    assert fax.from_number == "+12025550100"
    with home.house.catalog.reading() as tx:
        numbers = [each.number for each in tx.faxes.recipients(fax.id)]
    assert numbers == ["+12025550101", "+12025550102"]


def test_our_own_export_can_be_imported_elsewhere(home: Household, tmp_path: Path) -> None:
    message_id = home.archive_one()
    home.house.export.into_folder([home.fax(message_id)], tmp_path / "out")
    assert take_loose(home, tmp_path / "out").counts == {"already there": 1}


@pytest.mark.parametrize("raw", [b"\xff\xfe", b'file,fax\n"open,1\n'])
def test_an_index_that_cannot_be_read_is_named(home: Household, tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(UserError, match=r"index\.csv"):
        take_loose(home, laid_out(tmp_path, {"index.csv": raw, "a.pdf": home.page.document}))


@pytest.mark.parametrize("time", ["0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59", "noon"])
def test_a_time_of_the_index_that_is_none_is_passed_over(
    home: Household, tmp_path: Path, time: str
) -> None:
    index = f"file,created_at\na.pdf,{time}\n".encode()
    folder = laid_out(tmp_path, {"a.pdf": home.page.document, "index.csv": index})
    assert take_loose(home, folder).counts == {"archived": 1}
    (fax,) = home.faxes()
    assert fax.created_at.year == datetime.now(UTC).year


def test_an_import_is_no_part_of_what_ringcentral_listed(home: Household, tmp_path: Path) -> None:
    take_loose(home, laid_out(tmp_path, {"a.pdf": home.page.document}))
    home.house.listing.compare(home.mailbox.id)
    (fax,) = home.faxes()
    assert fax.state == "archived"
    day = fax.created_at.replace(hour=0, minute=0, second=0, microsecond=0)
    with home.house.catalog.reading() as tx:
        assert tx.faxes.of_day(home.mailbox.id, day, day.replace(year=day.year + 1)) == []
        assert tx.traffic.inbox(home.mailbox.id, 10) == []
        assert tx.faxes.unfinished(10) == []


# --- sources -------------------------------------------------------------------------------


def test_links_and_hidden_files_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "outside.pdf"
    secret.write_bytes(b"outside")
    folder = laid_out(tmp_path / "in", {"a.pdf": b"a", ".hidden.pdf": b"h", ".git/b.pdf": b"b"})
    (folder / "link.pdf").symlink_to(secret)
    with opened([folder]) as (tree,):
        assert [entry.name for entry in tree.entries()] == ["a.pdf"]


def test_a_damaged_zip_is_named(tmp_path: Path) -> None:
    good = zipped({"a/b.pdf": b"x" * 5000})
    (tmp_path / "cut.zip").write_bytes(good[:-30])
    with pytest.raises(UserError, match=r"cut\.zip"), opened([tmp_path]):
        raise AssertionError


def test_a_zip_with_damaged_contents_is_named(tmp_path: Path) -> None:
    raw = bytearray(zipped({"a/b.pdf": bytes(range(256)) * 40}))
    raw[60] ^= 0xFF
    (tmp_path / "bad.zip").write_bytes(raw)
    damaged = pytest.raises(UserError, match="damaged")
    with opened([tmp_path / "bad.zip"]) as (tree,), tree.open("a/b.pdf") as file, damaged:
        file.read()


@pytest.mark.parametrize(
    ("end", "place", "damage"),
    [
        (b"PK\3\4", 0, b"XXXX"),
        (b"PK\1\2", 8, b"\x20"),  # flags: patched data
        (b"PK\3\4", 30, b"c/d"),  # another name than the directory's
        (b"PK\3\4", 37, b"\xff" * 20),  # the packed bytes
        (b"PK\1\2", 6, b"\x63"),  # a version that nobody knows
        (b"PK\1\2", 42, b"\xff\xff\xff\x7f"),  # a place behind the end
    ],
)
def test_any_damage_of_a_zip_is_named(
    tmp_path: Path, end: bytes, place: int, damage: bytes
) -> None:
    raw = bytearray(zipped({"a/b.pdf": bytes(range(256)) * 40}))
    start = raw.rindex(end) + place
    raw[start : start + len(damage)] = damage
    (tmp_path / "bad.zip").write_bytes(raw)
    with pytest.raises(UserError, match=r"bad\.zip"), opened([tmp_path]) as trees:
        for entry in trees[0].entries():
            with trees[0].open(entry.name) as file:
                file.read()


def test_a_file_that_another_of_its_name_hides_is_not_passed_over(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "twins.zip", "w") as archive:
        archive.writestr("a.pdf", b"one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.pdf", b"other")
    with opened([tmp_path / "twins.zip"]) as (tree,), pytest.raises(UserError, match="one name"):
        tree.entries()


def test_names_that_climb_out_are_only_names(home: Household, tmp_path: Path) -> None:
    (tmp_path / "evil.zip").write_bytes(zipped({"../../../evil.pdf": home.page.document}))
    assert take_loose(home, tmp_path / "evil.zip").counts == {"archived": 1}
    assert not list(tmp_path.parent.glob("evil.pdf"))


@pytest.mark.parametrize(
    ("name", "yes"),
    [
        ("account/1/extension/2/message-store.json", True),
        ("some/where/account/1/extension/2/message-store/content/33", True),
        ("account/1/extension/2/message-store/content/33.pdf", True),
        ("account/x/extension/2/message-store/content/33.pdf", False),
        ("Faxes/33.pdf", False),
    ],
)
def test_an_export_is_known_by_its_names(tmp_path: Path, name: str, yes: bool) -> None:
    with opened([laid_out(tmp_path, {name: b"{}"})]) as (tree,):
        assert is_export(tree) is yes


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b'{"records": 3}', b"[" * 100_000, b"\xff"])
def test_a_listing_that_cannot_be_read_is_named(
    home: Household, tmp_path: Path, raw: bytes
) -> None:
    name = f"account/1/extension/{home.mailbox.extension_id}/message-store.json"
    with pytest.raises(UserError, match="is not a list of messages"):
        take(home, laid_out(tmp_path, {name: raw}))


def test_a_listing_may_be_a_bare_array(home: Household, tmp_path: Path) -> None:
    mailbox = home.mailbox
    message_id = home.receive_one()
    raw = home.house.reach(LOGIN).message(mailbox.extension_id, message_id).raw
    name = f"account/{mailbox.account_id}/extension/{mailbox.extension_id}/faxes.json"
    take(home, laid_out(tmp_path, {name: json.dumps([raw]).encode()}))
    assert home.fax(message_id).origin == "export"
