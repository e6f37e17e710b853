"""What RingCentral says there is: extensions and numbers, watched or not, and why not."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements


@dataclass(frozen=True)
class KnownExtension:
    """One extension of an account; `unwatched_reason` is "" for one that is watched.

    `account` is the account's name in the settings, `kind` RingCentral's extension type.
    """

    account_id: str
    extension_id: str
    account: str
    name: str
    number: str
    kind: str
    status: str
    unwatched_reason: str
    seen_at: datetime
    gone_at: datetime | None = None


@dataclass(frozen=True)
class KnownNumber:
    """One phone number that can receive faxes; `extension_id` "" where it leads to none."""

    account_id: str
    number: str
    account: str
    usage: str
    kind: str
    extension_id: str
    seen_at: datetime
    gone_at: datetime | None = None


class Census:
    """Extensions and numbers inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def record_extensions(self, account: str, extensions: Sequence[KnownExtension]) -> None:
        """The account has exactly these now; one that is not among them is marked gone."""
        self._sql.run_many("put_extension", map(_without_end, extensions))
        for each in extensions[:1]:
            self._sql.run("end_extensions", account=account, now=each.seen_at)

    def record_numbers(self, account: str, numbers: Sequence[KnownNumber], now: datetime) -> None:
        """The account has exactly these numbers now."""
        self._sql.run_many("put_number", map(_without_end, numbers))
        self._sql.run("end_numbers", account=account, now=now)

    def forget(self, account: str) -> None:
        """Nobody counts this account any more."""
        self._sql.run("forget_extensions", account=account)
        self._sql.run("forget_numbers", account=account)

    def extensions(self) -> list[KnownExtension]:
        """Every extension ever seen, those that are there first."""
        return [from_row(KnownExtension, row) for row in self._sql.all("extensions")]

    def numbers(self) -> list[KnownNumber]:
        """Every number ever seen."""
        return [from_row(KnownNumber, row) for row in self._sql.all("numbers")]


def _without_end(row: KnownExtension | KnownNumber) -> dict[str, object]:
    return {name: value for name, value in asdict(row).items() if name != "gone_at"}
