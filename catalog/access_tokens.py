"""Who may use the HTTP API: the hash of each token and what it allows, never the token itself."""

from dataclasses import dataclass, field
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements


@dataclass(frozen=True)
class AccessToken:
    """One token of the HTTP API.

    `hash` is the hex SHA-256 of the token. `scopes` and `mailboxes` are words with spaces between
    them; no mailboxes means every mailbox. `used_at` is coarse: it is noted once in a while.
    """

    id: str
    name: str
    hash: str = field(repr=False)
    scopes: str
    mailboxes: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None


class AccessTokens:
    """The tokens inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def add(self, token: AccessToken) -> None:
        """Let somebody in. An id that is taken ends the transaction with CatalogError."""
        given = {name: value for name, value in vars(token).items() if name not in _NOTED_LATER}
        self._sql.run("add", **given)

    def get(self, token_id: str) -> AccessToken | None:
        """The token, or None."""
        row = self._sql.one("get", id=token_id)
        return from_row(AccessToken, row) if row else None

    def named(self, text: str) -> list[AccessToken]:
        """Those that a person may mean by an id or a name, without those that were revoked."""
        return [from_row(AccessToken, row) for row in self._sql.all("named", text=text)]

    def all(self) -> list[AccessToken]:
        """Every token there ever was, the oldest first."""
        return [from_row(AccessToken, row) for row in self._sql.all("everyone")]

    def revoke(self, token_id: str, at: datetime) -> bool:
        """Let it in no more; False when there is no such token, or it was revoked already."""
        return self._sql.run("revoke", id=token_id, at=at) == 1

    def mark_used(self, token_id: str, at: datetime) -> None:
        """It was used."""
        self._sql.run("mark_used", id=token_id, at=at)


_NOTED_LATER = ("revoked_at", "used_at")
