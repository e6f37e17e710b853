"""The outbox's files: sealed, private, whole or not at all, and no change goes unnoticed."""

import hashlib
import io
import os
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.outbox import OutboxFiles
from archive.sealed import PIECE, seal, unsealed
from errors import ArchiveError

KEY = bytes(range(32))
SECRET = b"a diagnosis " * 99


@pytest.fixture
def files(tmp_path: Path) -> OutboxFiles:
    return OutboxFiles(tmp_path / "outbox", tmp_path / "keys")


def sealed_file(path: Path, plain: bytes) -> Path:
    with path.open("wb") as file:
        seal(KEY, io.BytesIO(plain), file.fileno())
    return path


def test_documents_come_back_as_they_were(files: OutboxFiles) -> None:
    long = os.urandom(3 * PIECE + 5)
    kept = files.put("a", b"{}", [io.BytesIO(b"one"), io.BytesIO(long), io.BytesIO(b"")])
    assert [each.size for each in kept] == [3, len(long), 0]
    assert kept[1].sha256 == hashlib.sha256(long).hexdigest()
    assert [files.open("a", number).read() for number in (1, 2, 3)] == [b"one", long, b""]
    assert files.order("a") == b"{}"
    assert [each.id for each in files.stored()] == ["a"]


def test_nothing_lies_there_in_plain_or_for_others(tmp_path: Path, files: OutboxFiles) -> None:
    files.put("a", SECRET, [io.BytesIO(SECRET)])
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(found) == 3
    for path in found:
        assert b"diagnosis" not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
    for folder in (path for path in tmp_path.rglob("*") if path.is_dir()):
        assert folder.stat().st_mode & 0o077 == 0


def test_another_process_uses_the_same_key(tmp_path: Path, files: OutboxFiles) -> None:
    files.put("a", b"", [io.BytesIO(SECRET)])
    assert OutboxFiles(tmp_path / "outbox", tmp_path / "keys").open("a", 1).read() == SECRET


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outbox.key").write_text("no key")
    with pytest.raises(ArchiveError):
        OutboxFiles(tmp_path / "outbox", tmp_path).put("a", b"", [])


def test_nothing_is_made_before_the_first_order(tmp_path: Path, files: OutboxFiles) -> None:
    assert list(files.stored()) == []
    files.sweep(datetime.now(UTC))
    files.remove("a")
    assert list(tmp_path.iterdir()) == []


def test_removed_it_is_gone(files: OutboxFiles) -> None:
    files.put("a", b"", [io.BytesIO(SECRET)])
    files.remove("a")
    files.remove("a")
    assert list(files.stored()) == []
    with pytest.raises(ArchiveError):
        files.open("a", 1)


def test_an_order_that_breaks_off_leaves_nothing(files: OutboxFiles) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the stick was pulled out")

    with pytest.raises(OSError, match="stick"):
        files.put("a", b"", [io.BytesIO(b"one"), Broken()])
    assert list(files.stored()) == []


def test_an_order_is_never_written_over(files: OutboxFiles) -> None:
    files.put("a", b"", [io.BytesIO(b"one")])
    with pytest.raises(ArchiveError):
        files.put("a", b"", [io.BytesIO(b"two")])
    assert files.open("a", 1).read() == b"one"


@pytest.mark.parametrize("name", ["", "../a", "a/b", "staging", ".", "A"])
def test_a_name_leads_nowhere_else(files: OutboxFiles, name: str) -> None:
    with pytest.raises(ArchiveError):
        files.remove(name)


def test_what_a_crash_left_is_swept_later(tmp_path: Path, files: OutboxFiles) -> None:
    left = tmp_path / "outbox" / "staging" / "half"
    left.mkdir(parents=True)
    files.sweep(datetime.now(UTC))
    assert left.exists()
    files.sweep(datetime.now(UTC) + timedelta(hours=2))
    assert not left.exists()


sizes = st.sampled_from([0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7])


@settings(deadline=None, max_examples=30)
@given(sizes, st.lists(st.tuples(st.integers(0, 2 * PIECE), st.integers(0, 70_000)), max_size=4))
def test_any_part_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, size: int, parts: list[tuple[int, int]]
) -> None:
    plain = os.urandom(size)
    reader = unsealed(KEY, sealed_file(tmp_path_factory.mktemp("x") / "f", plain))
    for start, length in parts:
        reader.seek(start)
        assert reader.read(length) == plain[start : start + length]
    reader.seek(0)
    assert reader.read() == plain


@pytest.mark.parametrize("size", [0, 5, PIECE, PIECE + 5])
def test_every_changed_or_missing_byte_is_noticed(tmp_path: Path, size: int) -> None:
    whole = sealed_file(tmp_path / "f", os.urandom(size)).read_bytes()
    step = max(1, len(whole) // 40)
    for place in [*range(0, len(whole), step), len(whole) - 1]:
        changed = bytearray(whole)
        changed[place] ^= 1
        assert not is_readable(tmp_path / "changed", bytes(changed))
        assert not is_readable(tmp_path / "cut", whole[:place])
    assert not is_readable(tmp_path / "more", whole + b"x")
    assert is_readable(tmp_path / "whole", whole)


def test_pieces_cannot_change_places(tmp_path: Path) -> None:
    whole = sealed_file(tmp_path / "f", bytes(3 * PIECE)).read_bytes()
    head, sealed = len(whole) - 3 * (PIECE + 16), PIECE + 16
    first, second = whole[head : head + sealed], whole[head + sealed : head + 2 * sealed]
    swapped = whole[:head] + second + first + whole[head + 2 * sealed :]
    assert not is_readable(tmp_path / "swapped", swapped)
    assert not is_readable(tmp_path / "fewer", whole[:-sealed])


def is_readable(path: Path, content: bytes) -> bool:
    path.write_bytes(content)
    try:
        with unsealed(KEY, path) as file:
            file.read()
    except ArchiveError:
        return False
    return True


def test_memory_stays_flat(files: OutboxFiles) -> None:
    class Endless(io.RawIOBase):
        left = 50 * 1024 * 1024

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return bytes(size)

    tracemalloc.start()
    files.put("a", b"", [Endless()])  # type: ignore[list-item]
    with files.open("a", 1) as reader:
        while reader.read(PIECE):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024
