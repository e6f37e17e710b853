"""Who logs in at RingCentral: what each login is and may do, and whether it still works."""

from dataclasses import dataclass
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements

MAILBOXES_PER_SUBSCRIPTION = 45
"""Two event filters a mailbox and a reminder: within 100 filters, which is the most ever seen."""


@dataclass(frozen=True)
class KnownLogin:
    """One login as RingCentral answered it; None until it did.

    `good_at` is its last good answer, `refused_at` and `refusal` the present refusal ("" when
    none). `ends_at` is the end its JWT tells of itself. `skew_s` is how many seconds RingCentral's
    clock is ahead of ours. `retention_days` is what its account is set up for, as last told.
    """

    name: str
    account: str
    account_id: str | None = None
    extension_id: str | None = None
    person: str = ""
    scopes: str = ""
    good_at: datetime | None = None
    refused_at: datetime | None = None
    refusal: str = ""
    ends_at: datetime | None = None
    skew_s: float | None = None
    skew_at: datetime | None = None
    retention_days: int | None = None
    hipaa: bool = False
    mailboxes_per_subscription: int = MAILBOXES_PER_SUBSCRIPTION


class Logins:
    """The logins inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def get(self, name: str) -> KnownLogin | None:
        """The login, or None."""
        row = self._sql.one("get", name=name)
        return _known(row) if row else None

    def all(self) -> list[KnownLogin]:
        """Every login that was ever tried, by name."""
        return [_known(row) for row in self._sql.all("everyone")]

    def mark_good(self, login: KnownLogin) -> None:
        """It answered: keep what it is and may do; a refusal is over.

        A retention that is not told is taken to be as before.
        """
        columns = ("name", "account", "account_id", "extension_id", "person", "scopes", "good_at")
        about = {name: getattr(login, name) for name in (*columns, "ends_at", "retention_days")}
        per = login.mailboxes_per_subscription
        self._sql.run("mark_good", **about, hipaa=int(login.hipaa), per_subscription=per)

    def mark_refused(self, name: str, account: str, refusal: str, at: datetime) -> None:
        """It was refused; `refused_at` stays that of the first refusal in a row."""
        per = MAILBOXES_PER_SUBSCRIPTION
        self._sql.run(
            "mark_refused", name=name, account=account, refusal=refusal, at=at, per_subscription=per
        )

    def mark_skew(self, name: str, seconds: float, at: datetime) -> None:
        """How far RingCentral's clock is ahead of ours."""
        self._sql.run("mark_skew", name=name, seconds=seconds, at=at)

    def split_subscriptions(self, name: str, mailboxes: int) -> None:
        """Have each subscription of this login cover at most so many mailboxes from now on."""
        self._sql.run("split_subscriptions", name=name, mailboxes=max(1, mailboxes))

    def forget(self, name: str) -> None:
        """It is in the settings no more."""
        self._sql.run("forget", name=name)


def _known(row: object) -> KnownLogin:
    assert isinstance(row, dict)
    return from_row(KnownLogin, {**row, "hipaa": bool(row["hipaa"])})
