"""The spool behaves like a file in memory, whatever its size, and leaves nothing plain behind."""

import hashlib
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Spool
from archive import spool as spool_module
from errors import DocumentRefused

LIMIT = spool_module.IN_MEMORY
PIECES = st.lists(st.binary(max_size=200) | st.just(b"x" * (LIMIT // 2 + 77)), max_size=6)
STEPS = st.lists(
    st.tuples(st.sampled_from(["read", "seek", "end"]), st.integers(0, 3 * LIMIT)), max_size=12
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pieces=PIECES, steps=STEPS)
def test_reads_like_bytes_in_memory(
    tmp_path: Path, pieces: list[bytes], steps: list[tuple[str, int]]
) -> None:
    data = b"".join(pieces)
    with Spool(tmp_path) as spool:
        for piece in pieces:
            spool.write(piece)
        assert (spool.size, spool.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        model = io.BytesIO(data)
        with spool.reader() as reader:
            for step, number in steps:
                assert _do(reader, step, number) == _do(model, step, number)
            assert reader.tell() == model.tell()


def _do(file: io.BufferedIOBase, step: str, number: int) -> object:
    if step == "read":
        return file.read(number % 100_000)
    if step == "seek":
        return file.seek(number)
    return file.seek(-(number % (file.seek(0, io.SEEK_END) + 1)), io.SEEK_END)


def test_readers_are_independent_and_writing_goes_on(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.write(b"a" * LIMIT)
        with spool.reader() as first:
            spool.write(b"bc")
            with spool.reader() as second:
                second.seek(-2, io.SEEK_END)
                assert second.read() == b"bc"
                assert first.read(3) == b"aaa"


def test_a_large_document_has_no_name_and_no_plain_byte_on_disk(tmp_path: Path) -> None:
    mark = b"a line nobody may read"
    with Spool(tmp_path) as spool:
        spool.write(mark * 250_000)
        assert list(tmp_path.iterdir()) == []
        opened = [entry.name for entry in Path("/proc/self/fd").iterdir()]
        ours = [int(name) for name in opened if str(tmp_path) in _target(name)]
        content = [os.pread(number, 6_000_000, 0) for number in ours]
        assert [len(piece) for piece in content] == [len(mark) * 250_000]
        assert mark not in content[0]


def _target(number: str) -> str:
    try:
        return str(Path(f"/proc/self/fd/{number}").readlink())
    except FileNotFoundError:
        return ""


def test_an_endless_document_is_refused(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        piece = bytes(8 * 1024 * 1024)
        with pytest.raises(DocumentRefused) as refused:
            for _ in range(spool_module.LARGEST // len(piece) + 1):
                spool.write(piece)
        assert refused.value.reason == "too-large"
        assert spool.size == spool_module.LARGEST
