"""Where a fax lies in the archive: its folder and its month, decided by its own facts only."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_SEGMENT = re.compile(r"[A-Za-z0-9-]{1,128}")
_FAX_FOLDER = re.compile(
    r"\d{4}/\d{2}/\d{2}/[A-Za-z0-9-]{1,128}/(?:inbound|outbound)-[A-Za-z0-9-]{1,128}"
)
_ASIDE_FOLDER = re.compile(
    r"aside/[A-Za-z0-9-]{1,128}/(?:inbound|outbound)-[A-Za-z0-9-]{1,128}/[0-9a-f]{16}"
)


def utc_text(moment: datetime) -> str:
    """Write a moment as fixed-width UTC text, `2026-11-23T08:15:30.123Z`.

    ValueError for a naive datetime: its zone would be a guess.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class FaxAddress:
    """Who a fax belongs to and when it was created at its source; ValueError for odd segments."""

    mailbox_id: str
    direction: str
    message_id: str
    created_at: datetime

    def __post_init__(self) -> None:
        if self.direction not in ("inbound", "outbound"):
            raise ValueError("a fax is inbound or outbound")
        for segment in (self.mailbox_id, self.message_id):
            if not _SEGMENT.fullmatch(segment):
                raise ValueError("a mailbox or message id may hold letters, digits and - only")
        utc_text(self.created_at)

    @property
    def folder(self) -> str:
        """`2026/11/23/400-621/inbound-123`, relative to the archive."""
        day = utc_text(self.created_at)[:10].replace("-", "/")
        return f"{day}/{self.mailbox_id}/{self.direction}-{self.message_id}"

    @property
    def month(self) -> str:
        """`2026-11`: the month whose key closes this fax."""
        return utc_text(self.created_at)[:7]

    def aside_folder(self, sha256: str) -> str:
        """Where bytes of this fax that failed the truth check are kept."""
        return f"aside/{self.mailbox_id}/{self.direction}-{self.message_id}/{sha256[:16]}"


def month_of(folder: str) -> str | None:
    """Name the month whose key closes a fax folder; None for a folder set aside (any month).

    ValueError when it is neither: no path from outside may leave the archive.
    """
    if _FAX_FOLDER.fullmatch(folder):
        return folder[:7].replace("/", "-")
    if _ASIDE_FOLDER.fullmatch(folder):
        return None
    raise ValueError("not the folder of a fax")
