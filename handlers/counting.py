"""Extensions and phone numbers as RingCentral lists them, as the rows of one census. Pure."""

from dataclasses import dataclass
from datetime import datetime

from catalog import KnownExtension, KnownNumber
from handlers.ways import Ways
from ringcentral_api import Extension, PhoneNumber


@dataclass(frozen=True)
class Count:
    """One census: of which account, and when."""

    account: str
    account_id: str
    at: datetime

    def extension(self, told: Extension, decided: Ways) -> KnownExtension:
        return KnownExtension(
            account_id=self.account_id,
            extension_id=told.id,
            account=self.account,
            name=told.name,
            number=told.number,
            kind=told.kind,
            status=told.status,
            unwatched_reason=decided.left_out.get(told.id, ""),
            seen_at=self.at,
        )

    def number(self, told: PhoneNumber) -> KnownNumber:
        return KnownNumber(
            account_id=self.account_id,
            number=told.number,
            account=self.account,
            usage=told.usage,
            kind=told.kind,
            extension_id=told.extension_id,
            seen_at=self.at,
        )
