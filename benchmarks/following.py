"""What following a sent fax to its end costs in API calls, and how soon its end is known.

The reference is arithmetic: the document must be fetched, so one call for each fax is the least;
the call that sends a fax is not counted, as these are sent from the desktop app.

 1. A batch that is sent in one go, and ends in two: first what was sent, then what failed. The
    simulator has RingCentral's own limits, but each minute lasts only 12 s (see api_calls). Then
    the call log is read as it is after a quarter of an hour, which is not waited for.
 2. Changes of status, each some seconds after the one before, with real limits and default
    settings: from the change at RingCentral to the outcome in the catalog, and to its notice,
    taken by a program.
"""

import random
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.api_calls import Scene, scene
from benchmarks.measuring import Goal, percentile, quick_wanted, show
from catalog import NoticeQuery, Outcome
from settings import MAIN

ANN = "+12025550101"
AT_ONCE = 8
PAUSE_SECONDS = 3.0
CALL_LOG = "/call-log"
ENDS = ("sent", "failed")
RULES = """
[[destination]]
name = "program"
channel = "command"
argv = ["/bin/cat"]

[[rule]]
to = ["program"]
"""


def main(*, quick: bool) -> None:
    """Measure and print."""
    many, changes = (60, 15) if quick else (200, 60)
    with tempfile.TemporaryDirectory(prefix="faxkeep-bench-") as folder, scene(folder) as made:
        row, without, with_log = _batch(made, many)
    with tempfile.TemporaryDirectory(prefix="faxkeep-bench-") as folder:
        rules = Path(folder) / "notifications.toml"
        rules.write_text(RULES)
        with scene(folder, 1, FAXKEEP_NOTIFICATIONS=str(rules)) as made:
            known, told = _changes(made, changes)
    for what, taken in (("outcome", known), ("notice", told)):
        p50, p99 = percentile(taken, 0.5), percentile(taken, 0.99)
        print(f"change at RingCentral to {what}, of {changes}: p50 {p50:.2f} s, p99 {p99:.2f} s")
    show(
        [row],
        [
            Goal("calls for each sent fax of a batch, without the call log", without, high=1.10),
            Goal("calls for each sent fax of a batch, with the call log", with_log, high=1.20),
            Goal("seconds from a change of status to its notice, p99", p99, high=5.0),
        ],
    )


def _batch(made: Scene, count: int) -> tuple[Mapping[str, object], float, float]:
    """A line of the table, and the calls for each fax without and with the call log."""
    made.ask("PUT", "/settings", {"event_style": "plain"})
    made.ask("DELETE", "/journal")
    begun = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as desktops:
        sent = list(desktops.map(lambda _: _send(made), range(count)))
        for bunch, error in ((sent[count // 4 :], ""), (sent[: count // 4], "LineBusy")):
            time.sleep(PAUSE_SECONDS)
            list(desktops.map(partial(_finish, made, error=error), bunch))
    made.wait(lambda: set(sent) <= made.archived().keys(), "the batch to be archived")
    made.wait(lambda: len(_ends(made)) == count, "an outcome for each")
    with made.house.catalog.transaction() as tx:
        now = made.house.now()
        tx.jobs.request("calls", MAIN, now, now)
    made.wait(lambda: _calls_known(made, sent) == count, "a call for each")
    made.wait(lambda: not _unrecorded(made), "the calls to be in the archive")
    asked = made.ask("GET", "/requests")["records"]
    log = sum(CALL_LOG in each["path"] for each in asked)
    refused = sum(each["status"] == 429 for each in asked)
    row = {
        "while": f"a batch of {count}",
        "seconds": f"{time.monotonic() - begun:.0f}",
        "content": sum("/content/" in each["path"] for each in asked),
        "call log": log,
        "looks": sum("/message-sync" in each["path"] for each in asked),
        "all": len(asked),
        "429": refused,
    }
    return row, (len(asked) - log) / count, len(asked) / count


def _changes(made: Scene, count: int) -> tuple[list[float], list[float]]:
    """Seconds from each end at RingCentral to its outcome, and to its notice, taken by a program.

    The pauses between are drawn.
    """
    chance = random.Random(7)
    sent = []
    for _ in range(count):
        sent.append(_send(made))
        time.sleep(chance.uniform(0.5, 6))
        _finish(made, sent[-1], chance.choice(["", "", "NoAnswer"]))
        time.sleep(chance.uniform(0.5, 6))
    made.wait(lambda: len(_told(made)) == count, "a notice of each")
    truth = {each["id"]: each for each in made.ask("GET", "/truth")["records"]}
    ended = {name: datetime.fromisoformat(truth[name]["modified"]) for name in sent}
    told = _told(made)
    known, delivered = [], []
    for outcome in _ends(made):
        end = ended[outcome.fax_id.partition("-")[2]]
        known.append((outcome.at - end).total_seconds())
        delivered.append((told[outcome.id] - end).total_seconds())
    return known, delivered


def _told(made: Scene) -> dict[str, datetime]:
    """When each outcome was delivered."""
    with made.house.catalog.reading() as tx:
        notices = tx.notices.list(NoticeQuery(state="delivered", limit=10_000))
    ends = {each.id for each in _ends(made)}
    return {each.outcome_id: each.state_at for each in notices if each.outcome_id in ends}


def _send(made: Scene) -> str:
    fax: dict[str, Any] = made.ask("POST", "/faxes/sent", {"to": [ANN], "pages": 1})
    return str(fax["id"])


def _finish(made: Scene, message_id: str, error: str) -> None:
    made.ask("POST", f"/faxes/{message_id}/finish", {"error": error})


def _ends(made: Scene) -> list[Outcome]:
    with made.house.catalog.reading() as tx:
        return [each for _, each in tx.outcomes.after(0, 10_000) if each.kind in ENDS]


def _calls_known(made: Scene, sent: Sequence[str]) -> int:
    with made.house.catalog.reading() as tx:
        known = {call.fax_id.partition("-")[2] for call in tx.call_records.list(None, None)}
    return len(known & set(sent))


def _unrecorded(made: Scene) -> bool:
    return any(fax.unrecorded for fax in made.archived().values())


if __name__ == "__main__":
    main(quick=quick_wanted(__doc__))
