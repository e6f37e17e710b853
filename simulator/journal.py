"""What callers asked and what webhooks answered: bounded rings and lasting counters, no secrets."""

import re
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

KEEP = 20_000
_SECRETS = re.compile(r"(access_token|token|syncToken)=[^&]*")


@dataclass(frozen=True)
class Asked:
    """One request. `bytes` is the length of the body meant to be sent."""

    time: str
    method: str
    host: str
    path: str
    query: str
    group: str
    status: int
    code: str
    extension_id: str
    bytes: int
    fault: str


@dataclass(frozen=True)
class Carried:
    """One try to deliver a notification; `result` is `ok` or what went wrong."""

    time: str
    subscription_id: str
    uuid: str
    event: str
    status: int
    milliseconds: int
    result: str


class Journal:
    """Keeps the last 20,000 of each, and counts all. Not thread-safe by itself."""

    def __init__(self) -> None:
        self._asked: deque[Asked] = deque(maxlen=KEEP)
        self._carried: deque[Carried] = deque(maxlen=KEEP)
        self._counts: Counter[tuple[str, str, int]] = Counter()
        self._results: Counter[str] = Counter()

    def asked(self, entry: Asked) -> None:
        """Note a request."""
        self._asked.append(entry)
        self._counts[(entry.method, entry.group or "none", entry.status)] += 1

    def carried(self, entry: Carried) -> None:
        """Note a delivery try."""
        self._carried.append(entry)
        self._results[entry.result] += 1

    def requests(self, method: str = "", path: str = "", since: str = "") -> dict[str, Any]:
        """Requests that fit, oldest first, and counters of all ever made."""
        fitting = [
            dict(vars(entry))
            for entry in self._asked
            if method in ("", entry.method) and path in entry.path and entry.time >= since
        ]
        counts = [
            {"method": key[0], "group": key[1], "status": key[2], "count": count}
            for key, count in sorted(self._counts.items())
        ]
        return {"records": fitting, "counts": counts, "total": self._counts.total()}

    def notifications(self, subscription_id: str = "", since: str = "") -> list[dict[str, Any]]:
        """Delivery tries that fit, oldest first."""
        return [
            dict(vars(entry))
            for entry in self._carried
            if subscription_id in ("", entry.subscription_id) and entry.time >= since
        ]

    def results(self) -> dict[str, int]:
        """How many delivery tries there ever were, by result."""
        return dict(self._results)

    def forget(self) -> None:
        """Empty both rings and the counters."""
        self._asked.clear()
        self._carried.clear()
        self._counts.clear()
        self._results.clear()


def without_secrets(raw_query: str) -> str:
    """The query text as it may be kept."""
    return _SECRETS.sub(r"\1=(hidden)", raw_query)
