"""Key files: small texts that appear whole, private, and never over an older key by accident."""

import secrets
from pathlib import Path

import pyrage
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyrage.x25519 import Identity, Recipient

from archive.filesystem import new_file, sync_folder, write_all
from errors import ArchiveError


def create_file(path: Path, data: bytes) -> None:
    """Create a file whole and durably; if it exists already, the older one stands."""
    staged = _write_beside(path, data)
    try:
        path.hardlink_to(staged)
    except FileExistsError:
        pass  # another process was first, and its key is the key
    finally:
        staged.unlink()
    sync_folder(path.parent)


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file in one step, durably."""
    _write_beside(path, data).replace(path)
    sync_folder(path.parent)


def _write_beside(path: Path, data: bytes) -> Path:
    staged = path.with_name(f"{path.name}.{secrets.token_hex(6)}.tmp")
    with new_file(staged) as file:
        write_all(file, data)
    return staged


def identity_file(identity: Identity) -> bytes:
    """Write an identity as `age -i` reads it."""
    return f"{identity}\n".encode()


def read_identity(data: bytes) -> Identity:
    """Read an age identity file (comments allowed); ArchiveError when it holds no X25519 key."""
    for line in data.decode("ascii", "replace").splitlines():
        if line.startswith("AGE-SECRET-KEY-"):
            try:
                return Identity.from_str(line.strip())
            except pyrage.IdentityError:
                break
    raise ArchiveError("a key file holds no age identity")


def read_recipient(name: str, data: bytes) -> Recipient:
    """Read an age recipient; ArchiveError when it is none."""
    try:
        return Recipient.from_str(data.decode("ascii").strip())
    except (pyrage.RecipientError, UnicodeDecodeError):
        raise ArchiveError(f"the public key {name} is not an age recipient") from None


def new_signing_key() -> bytes:
    """Make an Ed25519 private key in PEM."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def read_signing_key(data: bytes) -> Ed25519PrivateKey:
    """Read an Ed25519 private key; ArchiveError when it is none."""
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError):
        raise ArchiveError("the ledger key cannot be read") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ArchiveError("the ledger key is not an Ed25519 key")
    return key


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """Write the public half in PEM."""
    return public_pem_of(key.public_key())


def public_pem_of(key: Ed25519PublicKey) -> bytes:
    """Write a public key in PEM."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Read the ledger's public key; ArchiveError when it is missing or none."""
    try:
        return public_key_of(path.read_bytes())
    except FileNotFoundError:
        raise ArchiveError("the ledger's public key is missing or cannot be read") from None


def public_key_of(pem: bytes) -> Ed25519PublicKey:
    """Read a public key from PEM; ArchiveError when it is no Ed25519 key."""
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise ArchiveError("the ledger's public key is missing or cannot be read") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ArchiveError("the ledger's public key is not an Ed25519 key")
    return key
