"""Keys are made once, found again, and rotated without touching a fax."""

from pathlib import Path

import pyrage
import pytest
from pyrage.x25519 import Identity, Recipient

from archive import Archive
from archive.verify import VerifyOptions, verify
from errors import ArchiveError, KeyMissing


class Stop(Exception):
    """The process dies here."""


def opened(folder: Path) -> Archive:
    return Archive.open(folder / "archive", folder / "keys")


def test_keys_stay_the_same(tmp_path: Path, archive: Archive) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    opened(tmp_path)
    assert before == {path: path.read_bytes() for path in before}
    assert len(before) == 9


def test_a_crash_between_the_halves_heals(tmp_path: Path, archive: Archive) -> None:
    for name in ("archive.pub", "recovery.pub", "ledger.pub"):
        path = archive.root / "keys" / name
        before = path.read_bytes()
        path.unlink()
        opened(tmp_path)
        assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["archive", "recovery", "ledger"])
def test_an_archive_in_use_never_gets_new_keys_by_itself(
    tmp_path: Path, keeper, draw, name: str
) -> None:
    keeper.keep(draw.pdf())
    (tmp_path / f"archive/keys/{name}.pub").unlink()
    (tmp_path / f"keys/{name}.key").unlink()
    with pytest.raises(KeyMissing):
        opened(tmp_path)


def test_rotation_changes_only_the_months(tmp_path: Path, archive: Archive, keeper, draw) -> None:
    published = keeper.publish(draw.pdf())
    fax = archive.root / published.folder / "document.pdf.age"
    before, old_key = fax.read_bytes(), (tmp_path / "keys/archive.key").read_bytes()
    month = archive.root / "keys/months/2026-11"
    recipient = (month / "recipient.txt").read_bytes()
    assert archive.keys.rotate_archive_key() == 1
    assert fax.read_bytes() == before
    assert (month / "recipient.txt").read_bytes() == recipient
    assert (tmp_path / "keys/archive.key").read_bytes() != old_key
    assert sorted(p.name for p in (tmp_path / "keys").iterdir()) == [
        "archive.key", "ledger.key", "recovery.key",
    ]  # fmt: skip
    (tmp_path / "keys/recovery.key").unlink()
    assert opened(tmp_path).read_record(published.folder)["revision"] == 1
    (tmp_path / "keys/archive.key").write_bytes(old_key)
    with pytest.raises(KeyMissing):
        opened(tmp_path).read_record(published.folder)


def test_rotation_by_the_recovery_key_alone(tmp_path: Path, keeper, draw) -> None:
    folder = keeper.publish(draw.pdf()).folder
    (tmp_path / "keys/archive.key").unlink()
    assert opened(tmp_path).keys.rotate_archive_key() == 1
    (tmp_path / "keys/recovery.key").unlink()
    assert opened(tmp_path).read_record(folder)["revision"] == 1


def test_an_interrupted_rotation_goes_on(tmp_path: Path, archive: Archive) -> None:
    months = ["2026-09", "2026-10", "2026-11"]
    for month in months:
        archive.keys.recipient(month)
    broken = archive.root / "keys/months/2026-10/identity.age"
    sealed = broken.read_bytes()
    broken.write_bytes(b"not an age file")
    with pytest.raises(KeyMissing):
        archive.keys.rotate_archive_key()
    assert (tmp_path / "keys/archive.key.old").exists()
    half_done = (tmp_path / "keys/archive.key").read_bytes()
    status = {item.name: item.advice for item in archive.keys.status()}
    assert "interrupted" in status["archive.key.old"]
    broken.write_bytes(sealed)
    again = opened(tmp_path)
    assert again.keys.rotate_archive_key() == 2
    assert (tmp_path / "keys/archive.key").read_bytes() == half_done
    assert not (tmp_path / "keys/archive.key.old").exists()
    (tmp_path / "keys/recovery.key").unlink()
    assert all(again.keys.identity(month) for month in months)


def test_status_says_what_to_do(tmp_path: Path, archive: Archive) -> None:
    (tmp_path / "keys/ledger.key").chmod(0o644)
    (tmp_path / "keys/archive.key").unlink()
    status = {item.name: item for item in archive.keys.status()}
    assert not status["archive.key"].present
    assert "not read" in status["archive.key"].advice
    assert "chmod 600" in status["ledger.key"].advice
    assert "safe place" in status["recovery.key"].advice
    assert status["archive.pub"].advice == ""


def test_without_the_ledger_key_nothing_is_signed(tmp_path: Path, archive: Archive) -> None:
    (tmp_path / "keys/ledger.key").unlink()
    with pytest.raises(KeyMissing):
        opened(tmp_path).keys.sign(b"x")


@pytest.mark.parametrize("name", ["archive.key", "recovery.key"])
def test_a_broken_key_file_is_said_in_plain_words(tmp_path: Path, keeper, draw, name: str) -> None:
    folder = keeper.publish(draw.pdf()).folder
    (tmp_path / "keys" / name).write_text("AGE-SECRET-KEY-NOT\n")
    with pytest.raises(ArchiveError, match="no age identity"):
        opened(tmp_path).read_record(folder)


def test_a_key_kept_elsewhere_opens_the_archive_where_it_is_named(
    tmp_path: Path, keeper, draw
) -> None:
    published = keeper.publish(draw.pdf())
    stick = tmp_path / "stick.key"
    (tmp_path / "keys/archive.key").rename(stick)
    (tmp_path / "keys/recovery.key").unlink()
    with pytest.raises(KeyMissing):
        opened(tmp_path).read_record(published.folder)
    named = Archive.open(tmp_path / "archive", tmp_path / "keys", archive_key=stick)
    assert named.read_record(published.folder)["revision"] == 1
    assert not (tmp_path / "keys/archive.key").exists()


def planted(archive: Archive, month: str) -> None:
    """What a stranger with the archive's disk could leave: a key of their own for a month."""
    folder = archive.root / "keys/months" / month
    folder.mkdir()
    stranger = Identity.generate()
    own = Recipient.from_str((archive.root / "keys/archive.pub").read_text().strip())
    (folder / "identity.age").write_bytes(pyrage.encrypt(f"{stranger}\n".encode(), [own]))
    (folder / "recipient.txt").write_text(f"{stranger.to_public()}\n")


def key_findings(archive: Archive) -> list[tuple[str, str]]:
    found = verify(archive, [], VerifyOptions())
    return [(each.kind, each.where) for each in found if each.what == "key"]


def test_a_planted_month_is_named_and_never_used(archive: Archive, keeper, draw) -> None:
    planted(archive, "2026-11")
    assert key_findings(archive) == [("changed", "2026-11")]
    with pytest.raises(ArchiveError, match="planted"):
        keeper.publish(draw.pdf())
    assert list(archive.folders()) == []


def test_a_signature_of_another_month_does_not_count(archive: Archive, keeper, draw) -> None:
    archive.keys.recipient("2026-10")
    planted(archive, "2026-11")
    months = archive.root / "keys/months"
    signature = (months / "2026-10/recipient.txt.sig").read_bytes()
    (months / "2026-11/recipient.txt.sig").write_bytes(signature)
    with pytest.raises(ArchiveError, match="planted"):
        keeper.publish(draw.pdf())


@pytest.mark.parametrize("name", ["archive.pub", "recovery.pub"])
def test_a_swapped_public_half_closes_no_month(tmp_path: Path, archive: Archive, name: str) -> None:
    (archive.root / "keys" / name).write_text(f"{Identity.generate().to_public()}\n")
    again = opened(tmp_path)
    assert key_findings(again) == [("changed", name)]
    with pytest.raises(ArchiveError, match="planted"):
        again.keys.recipient("2026-11")


def test_a_public_half_that_a_crash_left_unsigned_is_signed_at_the_next_start(
    tmp_path: Path, archive: Archive
) -> None:
    (archive.root / "keys/archive.pub.sig").unlink()
    assert key_findings(archive) == [("changed", "archive.pub")]
    assert key_findings(opened(tmp_path)) == []


@pytest.mark.parametrize("name", ["archive", "recovery"])
def test_a_machine_that_only_reads_opens_without_a_signature_and_names_it(
    tmp_path: Path, archive: Archive, name: str
) -> None:
    archive.keys.recipient("2026-10")
    reader = tmp_path / "reader"
    reader.mkdir(mode=0o700)
    (reader / f"{name}.key").write_bytes((tmp_path / f"keys/{name}.key").read_bytes())
    (archive.root / f"keys/{name}.pub.sig").unlink()
    again = Archive.open(archive.root, reader)
    assert key_findings(again) == [("changed", f"{name}.pub")]


def test_a_public_half_that_is_gone_is_called_missing(archive: Archive) -> None:
    (archive.root / "keys/archive.pub").unlink()
    assert key_findings(archive) == [("missing", "archive.pub")]
