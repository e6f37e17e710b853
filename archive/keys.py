"""The keys of an archive: made at first use, public halves beside the faxes, private ones apart."""

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyrage.x25519 import Identity, Recipient

from archive.filesystem import Disk, sync_folder
from archive.key_files import (
    create_file,
    identity_file,
    new_signing_key,
    public_pem,
    read_identity,
    read_public_key,
    read_signing_key,
    replace_file,
)
from archive.month_keys import MonthKeys
from archive.signed import Signatures, beside
from errors import ArchiveError, KeyMissing


class KeyStatus(NamedTuple):
    """One key file and what a person should do about it ("" when nothing)."""

    name: str
    path: Path
    present: bool
    advice: str


class Keys:
    """`root`/keys holds what closes and checks; `private` what opens and signs."""

    def __init__(self, disk: Disk, private: Path, elsewhere: Path | None = None) -> None:
        """Make what is missing at first use; KeyMissing when older keys must be brought back.

        `elsewhere` may be a file with an archive or recovery key that is not in `private`, such as
        one on a stick; it is only read.
        """
        self._private = private
        self._elsewhere = elsewhere
        self._public = disk.root / "keys"
        self._ledger = disk.root / "ledger"
        disk.ensure(private)
        self.signatures = Signatures(self.sign, self.ledger_public_key)
        self.months = MonthKeys(disk, self.signatures)
        self._identities: dict[str, Identity] = {}
        self._found_ledger_pair()
        self._found_age_pair("archive")
        self._found_age_pair("recovery")

    def recipient(self, month: str) -> Recipient:
        """Return the public half a fax of this month is closed with."""
        return self.months.recipient(month)

    def can_open(self) -> bool:
        """Tell whether this machine holds a key that reads the archive back."""
        return bool(self.own_identities())

    def identity(self, month: str) -> Identity:
        """Return the month's private half; KeyMissing when this machine cannot have it."""
        known = self._identities.get(month)
        if known is None:
            known = self._identities[month] = self.months.open(month, self.own_identities())
        return known

    def every_identity(self) -> list[Identity]:
        """Return the private half of each month that still has one; KeyMissing if there is none."""
        found = []
        for month in self.months.names():
            with suppress(KeyMissing):
                found.append(self.identity(month))
        if not found:
            raise KeyMissing("this machine holds no key that opens any month")
        return found

    def own_identities(self) -> list[Identity]:
        """Read every identity in the private folder that may open a month."""
        names = ("archive.key", "archive.key.old", "recovery.key")
        paths = [self._private / name for name in names]
        if self._elsewhere is not None:
            paths.append(self._elsewhere)
        return [read_identity(path.read_bytes()) for path in paths if path.exists()]

    def sign(self, data: bytes) -> bytes:
        """Sign with the ledger key (Ed25519, RFC 8032); KeyMissing without it."""
        return self._signing_key.sign(data)

    @cached_property
    def _signing_key(self) -> Ed25519PrivateKey:
        try:
            return read_signing_key((self._private / "ledger.key").read_bytes())
        except FileNotFoundError:
            raise KeyMissing("this machine holds no ledger key, so it cannot sign") from None

    def has_public(self, name: str) -> bool:
        """Whether a public half is there at all."""
        return (self._public / name).exists()

    def ledger_public_key(self) -> Ed25519PublicKey:
        """Return the key every ledger line is checked with; ArchiveError when it is missing.

        Whoever can write the archive could put another beside a ledger signed anew, so where this
        machine holds the private half, ArchiveError too when the two do not belong together.
        """
        found = read_public_key(self._public / "ledger.pub")
        with suppress(KeyMissing):
            if self._signing_key.public_key() != found:
                raise ArchiveError("ledger.pub is not the public half of this machine's ledger.key")
        return found

    def rotate_archive_key(self) -> int:
        """Make a new archive key and encrypt every month's identity to it; return how many.

        Repeat it after a crash: it goes on where it stopped. Until it is done the former key
        stays as archive.key.old. No fax is touched. KeyMissing when no key here opens a month.
        """
        if not self.can_open():
            raise KeyMissing("this machine holds no archive key, so it cannot rotate it")
        self.sign(b"")  # before anything is changed: the new public half must be signed
        self._replace_archive_key()
        new = read_identity((self._private / "archive.key").read_bytes())
        public, half = self._public / "archive.pub", f"{new.to_public()}\n".encode()
        replace_file(beside(public), self.signatures.over(public.name, half))
        replace_file(public, half)
        old = self.own_identities()
        done = sum(self.months.reseal(month, new, old) for month in self.months.names())
        (self._private / "archive.key.old").unlink(missing_ok=True)
        sync_folder(self._private)
        return done

    def _replace_archive_key(self) -> None:
        key, old, new = (self._private / f"archive.key{end}" for end in ("", ".old", ".new"))
        if not old.exists() and not new.exists():
            create_file(new, identity_file(Identity.generate()))
        if new.exists():
            if key.exists() and not old.exists():
                create_file(old, key.read_bytes())
            new.replace(key)
            sync_folder(self._private)

    def status(self) -> list[KeyStatus]:
        """List every key file, for a person."""
        return list(self._status())

    def _status(self) -> Iterator[KeyStatus]:
        for name, (missing, present) in _ADVICE.items():
            folder = self._public if name.endswith(".pub") else self._private
            path = folder / name
            exists = path.exists()
            if not exists and not missing:
                continue
            advice = present if exists or self._is_elsewhere(name) else missing
            if exists and name in ("archive.key", "recovery.key") and not self._is_ours(name):
                advice = "it does not belong to this archive and opens nothing in it"
            if exists and folder is self._private and path.stat().st_mode & 0o077:
                advice = f"others on this machine can read it: chmod 600. {advice}".strip()
            yield KeyStatus(name, path, exists, advice)

    def _is_ours(self, name: str) -> bool:
        """Whether a private key is the other half of the public one in the archive."""
        half = str(read_identity((self._private / name).read_bytes()).to_public())
        public = self._public / name.replace(".key", ".pub")
        return public.exists() and public.read_text("ascii", "replace").strip() == half

    def _is_elsewhere(self, name: str) -> bool:
        return name == "archive.key" and self._elsewhere is not None and self.can_open()

    def _found_age_pair(self, name: str) -> None:
        public, key = self._public / f"{name}.pub", self._private / f"{name}.key"
        if public.exists() and beside(public).exists():
            return
        if not key.exists():
            if public.exists():
                return  # nobody here can say whether it is ours, so it stays unsigned and unused
            self._refuse_second_founding(name, bool(self.months.names()))
            create_file(key, identity_file(Identity.generate()))
        half = f"{read_identity(key.read_bytes()).to_public()}\n".encode()
        create_file(public, half)
        # A machine that only reads cannot sign; it must open all the same, so that verify can tell.
        with suppress(KeyMissing):
            create_file(beside(public), self.signatures.over(public.name, half))

    def _found_ledger_pair(self) -> None:
        public, key = self._public / "ledger.pub", self._private / "ledger.key"
        if public.exists():
            return
        if not key.exists():
            self._refuse_second_founding("ledger", any(self._ledger.glob("*.jsonl")))
            create_file(key, new_signing_key())
        create_file(public, public_pem(read_signing_key(key.read_bytes())))

    def _refuse_second_founding(self, name: str, in_use: bool) -> None:
        if in_use:
            raise KeyMissing(
                f"the archive is in use but has lost {name}.pub and {name}.key: "
                "bring one of them back from a copy"
            )


_ADVICE = {
    "archive.key": (
        "this machine can add to the archive but not read it",
        "",
    ),
    "archive.key.old": ("", "a rotation was interrupted: run it again"),
    "recovery.key": (
        "",
        "move it to a safe place off this machine: it opens everything if archive.key is lost",
    ),
    "ledger.key": ("this machine cannot sign: bring it back from a copy", ""),
    "archive.pub": ("new months cannot be closed: bring it back from a copy", ""),
    "recovery.pub": ("new months cannot be closed: bring it back from a copy", ""),
    "ledger.pub": ("the ledger cannot be checked: bring it back from a copy", ""),
}
"""Advice when a key file is missing (never listed then if empty), and when it is there."""
