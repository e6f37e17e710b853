"""Signatures over the public keys that faxes are closed with, made with the ledger key.

Without them whoever can write to the archive could leave a key of their own there, have the next
month's faxes closed with it, and read them.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from errors import ArchiveError


@dataclass(frozen=True)
class Signatures:
    """Signs and checks small files; each signature lies beside its file, as `<name>.sig`."""

    sign: Callable[[bytes], bytes]
    public_key: Callable[[], Ed25519PublicKey]

    def over(self, name: str, content: bytes) -> bytes:
        """The text of the signature file; `name` keeps it from being moved to another key."""
        return base64.b64encode(self.sign(_message(name, content))) + b"\n"

    def read(self, name: str, path: Path) -> bytes:
        """The bytes of the file at `path`; ArchiveError unless these very bytes are signed."""
        try:
            content = path.read_bytes()
        except OSError:
            raise ArchiveError(f"the public key {name} is missing from the archive") from None
        try:
            signature = base64.b64decode(beside(path).read_bytes(), validate=False)
            self.public_key().verify(signature, _message(name, content))
        except (OSError, binascii.Error, InvalidSignature):
            raise ArchiveError(
                f"the public key {name} is not signed with the archive's own ledger key;"
                " it may have been planted, so nothing is closed with it"
            ) from None
        return content


def beside(path: Path) -> Path:
    """Where the signature of a file lies."""
    return path.with_name(f"{path.name}.sig")


def _message(name: str, content: bytes) -> bytes:
    return b"faxkeep public key\n" + name.encode() + b"\n" + content
