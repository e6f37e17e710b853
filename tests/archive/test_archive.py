"""A fax is published whole, once, private, and readable again."""

import io
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from archive import AlreadyPublished, Archive, Claim, Document, FaxAddress, check_document
from errors import ArchiveError, KeyMissing

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Stop(Exception):
    """The process dies here."""


def test_a_folder_is_decided_by_the_fax_alone() -> None:
    early = datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    address = FaxAddress("400-621", "outbound", "77", early)
    assert address.folder == "2026/11/30/400-621/outbound-77"
    assert address.month == "2026-11"


@pytest.mark.parametrize(
    "change",
    [
        {"mailbox_id": "../x"}, {"mailbox_id": ""}, {"message_id": "a/b"}, {"message_id": "1\n"},
        {"direction": "sideways"}, {"created_at": datetime(2026, 1, 1)},  # noqa: DTZ001 on purpose
    ],
)  # fmt: skip
def test_odd_segments_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(FaxAddress("4-6", "inbound", "1", NOON), **change)


def test_publish_and_read_back(archive: Archive, keeper, draw) -> None:
    documents = [keeper.document(draw.pdf()), keeper.document(draw.tiff())]
    published = archive.publish(keeper.address(), {"subject": "größe\ud83d", "at": NOON}, documents)
    names = ["document.pdf.age", "document-2.tiff.age", "fax.json.age"]
    assert [file.name for file in published.files] == names
    assert archive.document_names(documents) == names[:2]
    record = archive.read_record(published.folder)
    assert (record["format"], record["revision"]) == ("faxkeep-fax/1", 1)
    assert (record["subject"], record["at"]) == ("größe\ud83d", "2026-11-23T12:00:00.000Z")
    for name, data in zip(names, (draw.pdf(), draw.tiff()), strict=False):
        into = io.BytesIO()
        archive.read_document(published.folder, name, into)
        assert into.getvalue() == data
    assert list(archive.folders()) == [published.folder]


def test_a_place_is_taken_only_once(archive: Archive, keeper, draw) -> None:
    published = keeper.publish(draw.pdf())
    before = (archive.root / published.folder / "document.pdf.age").read_bytes()
    with pytest.raises(AlreadyPublished):
        keeper.publish(draw.pdf())
    assert (archive.root / published.folder / "document.pdf.age").read_bytes() == before
    archive.displace(keeper.address())
    assert list(archive.folders()) == []
    keeper.publish(draw.pdf())
    assert archive.sweep_staging(datetime.now(UTC), all=True) == 1


def test_of_many_at_once_one_wins(tmp_path: Path, keeper, draw) -> None:
    archives = [Archive.open(tmp_path / "archive", tmp_path / "keys") for _ in range(8)]
    documents = [keeper.document(draw.pdf()) for _ in archives]

    def publish(number: int) -> str:
        try:
            archives[number].publish(keeper.address(), {"from": number}, [documents[number]])
        except AlreadyPublished:
            return "taken"
        return "won"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(publish, range(8)))
    assert sorted(results) == ["taken"] * 7 + ["won"]
    assert archives[0].read_record(keeper.address().folder)["from"] == results.index("won")
    assert list((tmp_path / "archive/staging").iterdir()) == []


def test_the_first_opening_by_many_makes_one_set_of_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: Archive.open(tmp_path / "a", tmp_path / "k"), range(8)))
    recipients = {str(archive.keys.recipient("2026-11")) for archive in opened}
    assert len(recipients) == 1
    names = sorted(path.name for path in (tmp_path / "k").iterdir())
    assert names == ["archive.key", "ledger.key", "recovery.key"]


@pytest.mark.parametrize("step", ["fax staged", "fax renamed", "fax published", "month staged"])
def test_a_crash_leaves_all_or_nothing(tmp_path: Path, draw, step: str) -> None:
    def die(passed: str) -> None:
        if passed == step:
            raise Stop

    archive = Archive.open(tmp_path / "archive", tmp_path / "keys", die)
    address = FaxAddress("400-621", "inbound", "1", NOON)
    with archive.spool() as spool:
        spool.write(draw.pdf())
        document = Document(spool, check_document(spool, Claim(None, None, None)), "9", "")
        with pytest.raises(Stop):
            archive.publish(address, {}, [document])
        there = list(archive.folders())
        assert there == ([address.folder] if step in ("fax renamed", "fax published") else [])
        again = Archive.open(tmp_path / "archive", tmp_path / "keys")
        if there:
            assert again.read_record(address.folder)["revision"] == 1
            again.displace(address)
        again.publish(address, {}, [document])
    assert list(again.folders()) == [address.folder]


def test_bytes_changed_after_the_check_are_not_published(archive: Archive, keeper, draw) -> None:
    for size in (10, 3_000_000):
        document = keeper.document(draw.pdf(1, "x" * size))
        document.spool.write(b"more")
        with pytest.raises(ArchiveError):
            archive.publish(keeper.address(), {}, [document])
        document.spool.close()
    assert list(archive.folders()) == []
    assert list((archive.root / "staging").iterdir()) == []


def test_amendments_stand_beside_the_first_record(archive: Archive, keeper, draw) -> None:
    folder = keeper.publish(draw.pdf()).folder
    documents = archive.read_record(folder)["documents"]
    first = (archive.root / folder / "fax.json.age").read_bytes()
    file = archive.amend(folder, 2, {"status": "Delivered"}, documents)
    assert file.name == "fax.2.json.age"
    assert file.size == (archive.root / folder / file.name).stat().st_size
    with pytest.raises(AlreadyPublished):
        archive.amend(folder, 2, {"status": "Other"}, documents)
    archive.amend(folder, 10, {"status": "Late"}, documents)
    record = archive.read_record(folder)
    assert (record["revision"], record["status"], record["documents"]) == (10, "Late", documents)
    with pytest.raises(ArchiveError):
        archive.amend("2026/11/23/400-621/inbound-5", 2, {}, [])
    archive.displace_revision(folder, 10)
    assert archive.read_record(folder)["status"] == "Delivered"
    assert (archive.root / folder / "fax.json.age").read_bytes() == first


def test_refused_bytes_are_set_aside_once(archive: Archive, keeper) -> None:
    for data in (b"<html>", b"", b"y" * 2_000_000):
        with keeper.spool(data) as spool:
            what = (keeper.address(), "not-a-document", "an HTML page", spool, NOON)
            published = archive.set_aside(*what)
            assert archive.set_aside(*what) == published
            record = archive.read_record(published.folder)
            assert (record["reason"], record["sha256"]) == ("not-a-document", spool.sha256)
            into = io.BytesIO()
            archive.read_document(published.folder, "document.age", into)
            assert into.getvalue() == data
    assert len(list(archive.aside_folders())) == 3
    archive.keys.recipient("2026-10")
    (archive.root / "keys/months/2026-10/identity.age").unlink()
    again = Archive.open(archive.root, archive.root.parent / "keys")
    assert again.read_record(published.folder) == record
    assert list(archive.folders()) == []


def test_everything_is_private(tmp_path: Path, archive: Archive, keeper, draw) -> None:
    folder = keeper.keep(draw.pdf()).folder
    archive.amend(folder, 2, {}, [])
    with keeper.spool(b"no fax") as spool:
        archive.set_aside(keeper.address(), "x", "", spool, NOON)
    archive.keys.rotate_archive_key()
    for root, folders, files in os.walk(tmp_path):
        modes = [(Path(root) / name).stat().st_mode & 0o777 for name in folders]
        assert set(modes) <= {0o700}
        modes = [(Path(root) / name).stat().st_mode & 0o777 for name in files]
        assert set(modes) <= {0o600}


@pytest.mark.parametrize("size", [2_000, 5_000_000])
def test_no_plain_byte_is_ever_in_a_file(tmp_path: Path, archive: Archive, draw, size: int) -> None:
    mark = "Patient-4711"
    seen: list[str] = []

    def search(_: str) -> None:
        for path in tmp_path.rglob("*"):
            if path.is_file():
                seen.append(path.name)
                assert mark.encode() not in path.read_bytes(), path.name

    watched = Archive.open(tmp_path / "archive", tmp_path / "keys", search)
    with watched.spool() as spool:
        spool.write(draw.pdf(1, mark * (size // len(mark))))
        search("spooled")
        facts = check_document(spool, Claim(None, None, 1))
        document = Document(spool, facts, "1", "application/pdf")
        watched.publish(FaxAddress("4-6", "inbound", "1", NOON), {"subject": mark}, [document])
        watched.set_aside(FaxAddress("4-6", "inbound", "1", NOON), "pages", mark, spool, NOON)
    search("done")
    assert {"document.pdf.age", "fax.json.age", "document.age"} <= set(seen)


def test_sweeping_spares_what_is_young(archive: Archive) -> None:
    young, old = archive.root / "staging/young", archive.root / "staging/old"
    for path in (young, old):
        path.mkdir()
        (path / "document.pdf.age").write_bytes(b"x")
    now = datetime.now(UTC)
    os.utime(old, (now.timestamp() - 3700, now.timestamp() - 3700))
    assert archive.sweep_staging(now, all=False) == 1
    assert [path.name for path in (archive.root / "staging").iterdir()] == ["young"]
    assert archive.sweep_staging(now, all=True) == 1


def test_a_link_in_the_place_of_staging_leads_to_no_other_files(
    archive: Archive, tmp_path: Path
) -> None:
    keys = tmp_path / "elsewhere"
    keys.mkdir()
    (keys / "recovery.key").write_bytes(b"x")
    (archive.root / "staging").rmdir()
    (archive.root / "staging").symlink_to(keys)
    with pytest.raises(ArchiveError, match="link"):
        archive.sweep_staging(datetime.now(UTC), all=True)
    assert (keys / "recovery.key").read_bytes() == b"x"


def test_reading_what_is_not_there_or_not_whole(archive: Archive, keeper, draw) -> None:
    with pytest.raises(ArchiveError):
        archive.read_record("2026/11/23/400-621/inbound-5")
    for folder in ("../../etc", "2026/11/23/400-621", "/etc", "keys"):
        with pytest.raises(ValueError, match="folder"):
            archive.read_record(folder)
    folder = keeper.publish(draw.pdf()).folder
    with pytest.raises(ValueError, match="name"):
        archive.read_document(folder, "../x", io.BytesIO())
    path = archive.root / folder / "document.pdf.age"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ArchiveError):
        archive.read_document(folder, "document.pdf.age", io.BytesIO())


def test_a_machine_without_the_archive_key_writes_but_does_not_read(
    tmp_path: Path, archive: Archive, keeper, draw
) -> None:
    keeper.publish(draw.pdf(), "1")
    shutil.move(tmp_path / "keys/archive.key", tmp_path / "elsewhere")
    shutil.move(tmp_path / "keys/recovery.key", tmp_path / "elsewhere2")
    worker = Archive.open(tmp_path / "archive", tmp_path / "keys")
    with keeper.document(draw.pdf()).spool as spool:
        document = Document(spool, check_document(spool, Claim(None, None, None)), "1", "")
        published = worker.publish(keeper.address("2"), {}, [document])
    with pytest.raises(KeyMissing):
        worker.read_record(published.folder)
    assert not (tmp_path / "keys/archive.key").exists()


def test_a_failing_sink_is_not_mistaken_for_a_broken_archive(
    archive: Archive, keeper, draw
) -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    folder = keeper.publish(draw.pdf()).folder
    with pytest.raises(OSError, match="No space"):
        archive.read_document(folder, "document.pdf.age", Full())
