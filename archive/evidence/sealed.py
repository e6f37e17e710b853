"""Sealed records with the key of each: it opens this one file, and nothing else of its month.

In the age format every file has a key of its own, closed with the month's key. Handing out that
file key proves what was sealed when the ledger named the file, and gives away no other fax.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyrage.x25519 import Identity

from archive.archive import Archive
from archive.closing import StoredFile
from errors import ArchiveError

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True)
class SealedRecord:
    """A record as it lies in the archive, the 16 bytes that open it, and what it says."""

    name: str
    sealed: bytes
    key: bytes
    record: dict[str, Any]


def sealed_record(archive: Archive, folder: str, file: StoredFile) -> SealedRecord:
    """The record that a ledger line names.

    Raises:
        ArchiveError: it is missing, changed or impossibly large.
        KeyMissing: this machine cannot open it.
    """
    sealed = _read(archive.root / folder / file.name)
    if (len(sealed), hashlib.sha256(sealed).hexdigest()) != (file.size, file.sha256):
        raise ArchiveError("A record that the ledger names is missing or changed.")
    identities = archive.identities(folder)
    try:
        record = json.loads(pyrage.decrypt(sealed, identities))
    except (pyrage.DecryptError, ValueError, RecursionError):
        raise ArchiveError("A record that the ledger names cannot be read.") from None
    return SealedRecord(file.name, sealed, file_key(sealed, identities[0]), record)


def _read(path: Path) -> bytes:
    """The bytes of a file, of one that is impossibly large not all; none where there is none."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except FileNotFoundError:
        return b""


def file_key(sealed: bytes, identity: Identity) -> bytes:
    """The key of an age file that was closed for this identity; ArchiveError when it was not.

    Source: age-encryption.org/v1, the X25519 recipient type.
    """
    mine = _private_key(str(identity))
    public = mine.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    header = sealed.partition(b"\n---")[0].decode("ascii", "replace").split("\n")
    for place, line in enumerate(header):
        if not line.startswith("-> X25519 "):
            continue
        share = _unbase64(line.split(" ")[2])
        secret = mine.exchange(X25519PublicKey.from_public_bytes(share))
        wrap = HKDF(SHA256(), 32, share + public, b"age-encryption.org/v1/X25519").derive(secret)
        try:
            return ChaCha20Poly1305(wrap).decrypt(bytes(12), _unbase64(header[place + 1]), None)
        except InvalidTag:
            continue
    raise ArchiveError("A record is not closed for the month of its fax.")


def _private_key(identity: str) -> X25519PrivateKey:
    """Decode Bech32 (BIP 173), whose last six characters are a checksum; pyrage made it."""
    letters = identity.strip().lower().rpartition("1")[2][:-6]
    number = int("".join(f"{_BECH32.index(letter):05b}" for letter in letters)[:256], 2)
    return X25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


def _unbase64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
