"""Seals the token that lies in the shared store: without the credentials it is of no use."""

import base64
import binascii
import json
import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ringcentral_api.credentials import Credentials

_MARK = b"faxkeep token 1"
_NONCE = 12


class Seal:
    """AES-256-GCM under a key derived (HKDF, RFC 5869) from client secret and JWT: no key file."""

    def __init__(
        self, credentials: Credentials, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        secrets = json.dumps([credentials.client_secret, credentials.jwt]).encode()
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_MARK).derive(secrets)
        self._cipher = AESGCM(key)
        self._random = random
        self._bound_to = credentials.user.encode()

    def close(self, plain: bytes) -> str:
        """Seal it as text."""
        nonce = self._random(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, plain, self._bound_to)
        return base64.urlsafe_b64encode(sealed).decode()

    def open(self, sealed: str) -> bytes | None:
        """What was sealed; None when it was changed or sealed under other credentials."""
        try:
            raw = base64.b64decode(sealed, altchars=b"-_", validate=True)
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], self._bound_to)
        except (binascii.Error, ValueError, InvalidTag):
            return None
