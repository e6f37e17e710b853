"""What a verification found, one sentence at a time."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["missing", "changed", "extra", "unreadable", "note"]
What = Literal["file", "row", "ledger line", "key", "statement"]


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be; kind "note" is worth saying and no failure."""

    kind: Kind
    what: What
    where: str
    detail: str
