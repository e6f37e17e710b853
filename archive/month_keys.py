"""One age identity a month: anyone here may close a fax with it, only the archive key opens it."""

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pyrage
from pyrage.x25519 import Identity, Recipient

from archive.filesystem import AlreadyPublished, Disk, write_all
from archive.key_files import identity_file, read_identity, read_recipient, replace_file
from archive.signed import Signatures
from errors import KeyMissing

PUBLIC_HALVES = ("archive.pub", "recovery.pub")
"""What each month's identity is closed with."""

_MONTH = re.compile(r"\d{4}-\d{2}")


class MonthKeys:
    """The folder `keys/months` of an archive."""

    def __init__(self, disk: Disk, signatures: Signatures) -> None:
        self._disk = disk
        self._signatures = signatures
        self._public = disk.root / "keys"
        self._folder = self._public / "months"
        self._recipients: dict[str, Recipient] = {}
        disk.ensure(self._folder)

    def names(self) -> list[str]:
        """Name every month that has a key, in order."""
        return sorted(path.name for path in self._folder.iterdir() if _MONTH.fullmatch(path.name))

    def recipient(self, month: str) -> Recipient:
        """Return the month's public half, made when the month has none yet."""
        known = self._recipients.get(month)
        if known is None:
            if not (self._folder / month).exists():
                self._found(month)
            known = self._recipients[month] = self.published_recipient(month)
        return known

    def is_published(self, month: str) -> bool:
        """Whether the month's public half is there at all."""
        return (self._folder / month / "recipient.txt").exists()

    def published_recipient(self, month: str) -> Recipient:
        """Read the month's public half; ArchiveError when it is missing, broken or not signed."""
        return self._signed(month, self._folder / month / "recipient.txt")

    def open(self, month: str, own: Sequence[Identity]) -> Identity:
        """Open a month's identity with one of `own`; KeyMissing when that cannot be."""
        if not own:
            raise KeyMissing("this machine holds no archive key (archive.key), so it cannot read")
        try:
            sealed = (self._folder / month / "identity.age").read_bytes()
            return read_identity(pyrage.decrypt(sealed, list(own)))
        except FileNotFoundError:
            raise KeyMissing(f"the key of {month} is missing from the archive") from None
        except (pyrage.DecryptError, OSError):
            raise KeyMissing(f"the key of {month} does not open with this archive key") from None

    def reseal(self, month: str, new: Identity, old: Sequence[Identity]) -> bool:
        """Encrypt a month's identity to the present archive key; False if it is already so."""
        try:
            self.open(month, [new])
        except KeyMissing:
            sealed = self._seal(self.open(month, old))
            replace_file(self._folder / month / "identity.age", sealed)
            return True
        return False

    def _found(self, month: str) -> None:
        identity = Identity.generate()
        public = f"{identity.to_public()}\n".encode()
        with self._disk.staged_folder() as staged:
            write_all(staged.create("identity.age"), self._seal(identity))
            write_all(staged.create("recipient.txt"), public)
            write_all(staged.create("recipient.txt.sig"), self._signatures.over(month, public))
            # Where another process was first, its key is the month's key.
            with suppress(AlreadyPublished):
                staged.publish(self._folder / month, "month")

    def _seal(self, identity: Identity) -> bytes:
        # Both files are read anew: another process may have rotated the archive key.
        recipients = [self.own_recipient(name) for name in PUBLIC_HALVES]
        sealed: bytes = pyrage.encrypt(identity_file(identity), recipients)
        return sealed

    def own_recipient(self, name: str) -> Recipient:
        """Read archive.pub or recovery.pub; ArchiveError when missing, broken or not signed."""
        return self._signed(name, self._public / name)

    def _signed(self, name: str, path: Path) -> Recipient:
        return read_recipient(name, self._signatures.read(name, path))
