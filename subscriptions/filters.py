"""Which events we ask for, and when two spellings of an event filter mean the same. Pure."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

THRESHOLD = 259200
"""Seconds before its end from which a subscription reminds of it (RingCentral's own example)."""
INTERVAL = 43200

_ID_NAMES = frozenset({"account", "extension", "subscription"})
_TILDE = "~"
_ID = re.compile(r"~|[0-9]+|[0-9a-f-]{36}")


EXTENSION_LIST = "/restapi/v1.0/account/~/extension"
"""Fires when an extension is made, changed or deleted."""


def event_filters(
    extension_ids: Sequence[str], expires_in: int, *, extension_list: bool = False
) -> list[str]:
    """Any fax change and each new inbound fax of every mailbox, and a reminder of the end.

    `extension_ids` must not be empty: RingCentral refuses a reminder alone (SUB-515).
    """
    if not extension_ids:
        raise ValueError("A subscription needs at least one mailbox.")
    both = [mailbox_filters(each) for each in extension_ids]
    changes, arrivals = [each[0] for each in both], [each[1] for each in both]
    lists = [EXTENSION_LIST] if extension_list else []
    return [*changes, *arrivals, *lists, _reminder(expires_in)]


def mailbox_filters(extension_id: str) -> tuple[str, str]:
    """The two filters of one mailbox: any change, and each new inbound fax."""
    mailbox = f"/restapi/v1.0/account/~/extension/{extension_id}"
    return f"{mailbox}/message-store?type=Fax", f"{mailbox}/fax?direction=Inbound"


def missing(wanted: Sequence[str], present: Sequence[str]) -> list[str]:
    """The wanted filters that none of the present ones equals, `~` resolved or not."""
    have = [_normal(each) for each in present]
    return [each for each in wanted if not any(_same(_normal(each), other) for other in have)]


def _reminder(expires_in: int) -> str:
    # RingCentral wants the threshold within half of the life, the interval within half of that.
    threshold = max(1, min(THRESHOLD, expires_in // 2))
    interval = max(1, min(INTERVAL, threshold // 2))
    return f"/restapi/v1.0/subscription/~?threshold={threshold}&interval={interval}"


Normal = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]


def _normal(event_filter: str) -> Normal:
    parts = urlsplit(event_filter)
    path = tuple(parts.path.casefold().strip("/").split("/"))
    pairs = parse_qsl(parts.query.casefold(), keep_blank_values=True)
    # A reminder is only a hint: times the server rounds must not look like a missing filter.
    return path, () if "subscription" in path else tuple(sorted(pairs))


def _same(one: Normal, other: Normal) -> bool:
    if one[1] != other[1] or len(one[0]) != len(other[0]):
        return False
    names = ("", *one[0])
    return all(map(_same_part, names, one[0], other[0]))


def _same_part(name: str, one: str, other: str) -> bool:
    # RingCentral returns `~` resolved to the token's own ids.
    resolved = name in _ID_NAMES and _TILDE in (one, other)
    return one == other or (resolved and bool(_ID.fullmatch(one) and _ID.fullmatch(other)))
