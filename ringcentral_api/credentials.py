"""Who we are at RingCentral and where RingCentral is; hides its secrets from every printout."""

import hashlib
from dataclasses import dataclass, field


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
