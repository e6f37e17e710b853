"""Documents on their way out: sealed under a key of their own until RingCentral surely has them."""

import io
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, NamedTuple

from archive.filesystem import Disk, Failpoint, discard, pass_by, sync_folder
from archive.key_files import create_file
from archive.sealed import KEY_BYTES, Sealed, seal, unsealed
from errors import ArchiveError

KEY_FILE = "outbox.key"
ORDER = "order"
STAGING = "staging"
"""Where `Disk` fills new folders."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class StoredOrder(NamedTuple):
    """One folder of the outbox, and when it was made (epoch seconds)."""

    id: str
    made_at: float


class OutboxFiles:
    """One folder for each order, whole or not at all: its documents `1`, `2`, ... and `order`."""

    def __init__(self, root: Path, keys: Path, failpoint: Failpoint = pass_by) -> None:
        """`keys` is where the key lies. Folders and key are made when the first order comes."""
        self._root = root
        self._keys = keys
        self._failpoint = failpoint

    @cached_property
    def _disk(self) -> Disk:
        return Disk(self._root, self._failpoint)

    @cached_property
    def _key(self) -> bytes:
        """Raises ArchiveError when the file holds none."""
        self._disk.ensure(self._keys)
        return _key(self._keys / KEY_FILE)

    def put(self, order_id: str, order: bytes, documents: Iterable[BinaryIO]) -> list[Sealed]:
        """Keep the documents and what says how they are to be sent, durably.

        The documents are read one after another and never lie on disk in plain.
        """
        with self._disk.staged_folder() as folder:
            seal(self._key, io.BytesIO(order), folder.create(ORDER))
            kept = [
                seal(self._key, document, folder.create(str(number)))
                for number, document in enumerate(documents, 1)
            ]
            folder.publish(self._folder(order_id), "order")
        return kept

    def open(self, order_id: str, number: int) -> BinaryIO:
        """The plain bytes of a document (from 1), seekable; ArchiveError if it is not there."""
        return unsealed(self._key, self._folder(order_id) / str(number))

    def order(self, order_id: str) -> bytes:
        """What says how they are to be sent."""
        with unsealed(self._key, self._folder(order_id) / ORDER) as file:
            return file.read()

    def remove(self, order_id: str) -> None:
        """Its documents are needed no more; nothing happens when they are gone already."""
        folder = self._folder(order_id)
        if folder.is_dir():
            aside = self._disk.stage()
            folder.rename(aside)
            sync_folder(self._root)
            discard(aside)

    def stored(self) -> Iterator[StoredOrder]:
        """Every order that lies here."""
        for entry in os.scandir(self._root) if self._root.is_dir() else ():
            if _ID.fullmatch(entry.name) and entry.name != STAGING:
                yield StoredOrder(entry.name, entry.stat(follow_symlinks=False).st_mtime)

    def sweep(self, now: datetime) -> None:
        """Remove what crashes left half written."""
        if self._root.is_dir():
            self._disk.sweep(now, every=False)

    def _folder(self, order_id: str) -> Path:
        if not _ID.fullmatch(order_id) or order_id == STAGING:
            raise ArchiveError("that is not the name of an order")
        return self._root / order_id


def _key(path: Path) -> bytes:
    if not path.exists():
        create_file(path, secrets.token_hex(KEY_BYTES).encode() + b"\n")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ArchiveError("the key of the outbox cannot be read")
    return key
