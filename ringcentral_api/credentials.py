"""Who we are at RingCentral and where RingCentral is; hides its secrets from every printout."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class Credentials:
    """One app and one user (a personal JWT) at one pair of hosts."""

    server_url: str
    media_url: str
    client_id: str
    client_secret: str = field(repr=False)
    jwt: str = field(repr=False)

    @property
    def user(self) -> str:
        """A stable name of this app and user for the shared stores; tells no secret."""
        digest = hashlib.sha256(self.jwt.encode()).hexdigest()
        return f"{self.client_id}:{digest[:16]}"

    @property
    def ends_at(self) -> datetime | None:
        """When the JWT ends, as it says itself (RFC 7519, 4.1.4); None when it does not say."""
        claims = self.jwt.split(".")[1:2] or [""]
        try:
            told = json.loads(base64.urlsafe_b64decode(claims[0] + "=" * (-len(claims[0]) % 4)))
            return datetime.fromtimestamp(told["exp"], UTC)
        except (binascii.Error, ValueError, KeyError, TypeError, OverflowError, OSError):
            return None
