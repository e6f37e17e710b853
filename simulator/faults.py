"""What goes wrong, how often, and by which seeded dice."""

import random
from dataclasses import dataclass, field, replace

REQUEST = (
    "server_error",
    "throttled",
    "cut_before",
    "cut_after",
    "slow",
    "token_revoked",
    "outage",
)
EVENT = ("event_dropped", "event_doubled", "event_reordered", "event_late")
CONTENT = (
    "content_cut",
    "content_short",
    "content_partial",
    "content_html",
    "content_not_ready",
    "content_wrong_type",
)
SYNC = ("sync_refused", "sync_full")
LISTING = ("list_empty", "sync_forgets")
REPORT = ("report_failed",)
NAMES = REQUEST + EVENT + CONTENT + SYNC + LISTING + REPORT

MEANINGS = {
    "server_error": "answer `status` (500 or 503) instead of doing it",
    "throttled": "429 and a real penalty of `seconds` for that group",
    "cut_before": "close the connection without doing it",
    "cut_after": "do it, then close the connection without an answer",
    "slow": "wait `seconds` of real time before the answer",
    "token_revoked": "end the caller's session first (401 OAU-213)",
    "outage": "cut every request and lose every notification, for `seconds` of the clock if given",
    "event_dropped": "the notification is never sent",
    "event_doubled": "the same notification (same uuid) is sent twice",
    "event_reordered": "the notification is sent after the next one, or after 5 seconds",
    "event_late": "the notification is sent `seconds` of the clock later",
    "content_cut": "full Content-Length, half of the body, connection closed",
    "content_short": "half of the body with a matching Content-Length",
    "content_partial": "206 with the first half although no range was asked for",
    "content_html": "200 with an HTML page instead of the document",
    "content_not_ready": "MSG-368 with `status`, for `tries` or `seconds` of the clock",
    "content_wrong_type": "the document with another Content-Type",
    "sync_refused": "ISync is refused with MSG-333",
    "sync_full": "ISync is answered as a full synchronization of its frame",
    "list_empty": "a message list or full sync has no records, as if there were none",
    "sync_forgets": "ISync leaves a changed record out, each by chance, and its token moves on",
    "report_failed": "the export task made now ends as AttemptFailed, then Failed",
}


@dataclass(frozen=True)
class Fault:
    """How often a fault strikes: each chance with `probability`, at most `count` times if given.

    `path` limits faults of requests, listings and exports to paths containing it. Of a content
    fault, one fax has between 1 and `tries` attacks and is well afterwards.
    """

    probability: float = 1.0
    count: int | None = None
    seconds: float = 0.0
    status: int = 503
    tries: int = 1
    path: str = ""


@dataclass
class Faults:
    """The faults set now. Not thread-safe by itself."""

    dice: random.Random
    active: dict[str, Fault] = field(default_factory=dict)
    generation: int = 0
    """Grows with every change made from outside, so that a fax is examined anew."""

    def set(self, name: str, fault: Fault) -> None:
        """Raises KeyError for a name that is none."""
        if name not in NAMES:
            raise KeyError(name)
        self.active[name] = fault
        self.generation += 1

    def clear(self, name: str = "") -> None:
        """Clear one fault, or all."""
        self.generation += 1
        if name:
            self.active.pop(name, None)
        else:
            self.active.clear()

    def end(self, name: str, fault: Fault) -> None:
        """Clear this very fault; one that was set after it stays."""
        if self.active.get(name) is fault:
            del self.active[name]

    def on(self, name: str) -> bool:
        """Whether a fault is set, for one that goes by no chance."""
        return name in self.active

    def strike(self, name: str, path: str = "") -> Fault | None:
        """The fault if it strikes at this chance; uses up one of its `count`."""
        fault = self.active.get(name)
        if fault is None or fault.path not in path or self.dice.random() >= fault.probability:
            return None
        if fault.count is not None:
            self._use_up(name, fault, fault.count)
        return fault

    def _use_up(self, name: str, fault: Fault, count: int) -> None:
        if count > 1:
            self.active[name] = replace(fault, count=count - 1)
        else:
            del self.active[name]


def bad_day() -> dict[str, Fault]:
    """A mixture of faults that heal, so that every fax can be had in the end."""
    content = {name: Fault(probability=0.08, tries=3) for name in CONTENT}
    return {
        "server_error": Fault(probability=0.03),
        "throttled": Fault(probability=0.003, seconds=5),
        "cut_before": Fault(probability=0.02),
        "cut_after": Fault(probability=0.01),
        "slow": Fault(probability=0.05, seconds=0.3),
        "token_revoked": Fault(probability=0.003),
        "event_dropped": Fault(probability=0.2),
        "event_doubled": Fault(probability=0.15),
        "event_reordered": Fault(probability=0.1),
        "event_late": Fault(probability=0.1, seconds=5),
        "sync_refused": Fault(probability=0.02),
        "sync_full": Fault(probability=0.02),
        **content,
        "content_not_ready": Fault(probability=0.1, tries=3, status=404),
    }
