"""The API tokens, sealed by whoever writes them, and who may renew one. Times are epoch seconds."""

from catalog.statements import Statements


class Tokens:
    """The tokens inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def read(self, account: str) -> tuple[str, float] | None:
        """The sealed token and when it expires, or None."""
        row = self._sql.one("read", account=account)
        return (row["sealed"], row["expires_at"]) if row else None

    def claim_renewal(self, account: str, now: float, until: float) -> bool:
        """Become the one who renews the token until then; False while somebody else is."""
        return self._sql.run("claim_renewal", account=account, now=now, until=until) == 1

    def write(self, account: str, sealed: str, expires_at: float) -> None:
        """Keep a new token; this ends the renewal."""
        self._sql.run("write", account=account, sealed=sealed, expires_at=expires_at)

    def drop(self, account: str, sealed: str) -> bool:
        """Forget a token that RingCentral refused; False if another one is there already."""
        return self._sql.run("drop_token", account=account, sealed=sealed) == 1

    def release_renewal(self, account: str) -> None:
        """The renewal failed: somebody else may try at once."""
        self._sql.run("release_renewal", account=account)
