"""The page of an evidence that a person reads: its facts in plain words. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from archive import LedgerLine
from archive.evidence import Page, Table
from handlers.evidence_parts import FAILED
from handlers.evidence_words import CALL, OURS

GONE_THROUGH = ("Sent", "Delivered")
MOST_ROWS = 14
"""Rows of times and of ledger lines; what is left out is in evidence.json and ledger.jsonl."""
Facts = Mapping[str, Any]


def page_of(facts: Facts, lines: Sequence[LedgerLine], fingerprint: str) -> Page:
    """The page. `lines` are the ledger's about this fax; the last tells of this evidence."""
    verdict, mood = _verdict(facts)
    fax = facts["fax"]
    return Page(
        subject=f"Fax {fax}. Made {moment(facts['made_at'])} by {facts['made_by']},"
        f" line {lines[-1].seq} of the ledger.",
        verdict=verdict,
        mood=mood,
        facts=list(_rows(facts)),
        tables=[
            _recipients(facts),
            _documents(facts),
            _handed(facts),
            _calls(facts),
            _times(facts),
            _ledger(lines),
        ],
        proven=facts["proven"],
        not_proven=facts["not_proven"],
        check=[
            "$ unzip -p FILE.zip verify.py > verify.py",
            "$ python3 verify.py FILE.zip --key FINGERPRINT",
            f"FINGERPRINT is the SHA-256 of the ledger's public key. Here it is {fingerprint}.",
            "Have it told to you by another way than this file, and compare: anybody can sign a"
            " forgery with a key of their own.",
        ],
        notes=["All times are UTC. Numbers and names are those that RingCentral told."],
        foot=f"Faxkeep, evidence of fax {fax}. All of it, with RingCentral's own records, is in"
        " evidence.json.",
        made_at=datetime.fromisoformat(facts["made_at"]),
    )


def moment(text: str | None) -> str:
    """`2026-11-23T08:15:30.123Z` as `2026-11-23 08:15:30.123 UTC`; a missing one as `-`."""
    return text.replace("T", " ").replace("Z", " UTC") if text else "-"


def _verdict(facts: Facts) -> tuple[str, str]:
    """What became of the fax, in a few words, and whether that is good, bad or open."""
    state, direction = facts["state"], facts["about"]["direction"]
    if state["is"] == "lost":
        return f"Lost: {state['reason']}.", "bad"
    if state["is"] == "refused":
        return f"{state['words']} ({state['reason']})", "bad"
    if direction == "Outbound":
        return _sent(facts)
    said = "Received by RingCentral for this mailbox. " if direction == "Inbound" else ""
    return f"{said}{state['words']}", "good" if state["is"] == "archived" else "open"


def _sent(facts: Facts) -> tuple[str, str]:
    states = [each["status"] for each in facts["recipients"]] or [facts["about"]["message_status"]]
    found = Counter(_end(state) for state in states)
    told = [f"RingCentral reports it sent to {found['through']} of {len(states)} recipients."]
    told += [f"{found['failed']} failed."] if found["failed"] else []
    told += [f"{found['open']} without an end so far."] if found["open"] else []
    mood = "bad" if found["failed"] else "open" if found["open"] else "good"
    return " ".join([*told, facts["state"]["words"]]), mood


def _end(status: str | None) -> str:
    if status in FAILED:
        return "failed"
    return "through" if status in GONE_THROUGH else "open"


def _rows(facts: Facts) -> Iterator[tuple[str, str]]:
    about = facts["about"]
    yield "From", party(about["from"])
    if about["direction"] != "Outbound":
        yield "To", "; ".join(map(party, facts["recipients"])) or "-"
    named = {"number": about["extension_number"], "name": about["mailbox_name"]}
    yield "Mailbox", f"{about['mailbox']}, extension {party(named)}"
    yield (
        "Pages",
        f"{about['pages'] or 'not known'}; resolution {about['resolution'] or 'not known'}",
    )
    if about["subject"]:
        yield "Subject", about["subject"]
    if handed := facts["handed_over"]:
        asked = f"asked for by {handed['requested_by']} ({handed['origin']})"
        yield "Handed over", f"through Faxkeep as sending {handed['sending']}, {asked}"
    if facts["note"]:
        yield "Note", facts["note"]
    if clock := facts["clock"]:
        ahead, at = clock["ringcentral_ahead_seconds"], moment(clock["measured_at"])
        yield "Clocks", f"RingCentral's was {ahead:+} s from ours when last measured, {at}"


def party(who: Mapping[str, Any]) -> str:
    """A number with its name, or the one that is known."""
    number, name = who["number"], who["name"]
    if number and name:
        return f"{number} ({name})"
    return str(number or name or "-")


def _recipients(facts: Facts) -> Table:
    rows = [
        [
            str(each["position"] + 1),
            party(each),
            each["status"] or "-",
            moment(each["status_seen_at"]),
            f"{each['reason']} ({each['error_code'] or 'no code'})" if each["reason"] else "",
        ]
        for each in facts["recipients"]
        if facts["about"]["direction"] == "Outbound"
    ]
    head = ("#", "Recipient", "State by RingCentral", "Seen here first", "Why it failed")
    return Table("Recipients", head, (4, 28, 18, 24, 26), rows)


def _documents(facts: Facts) -> Table:
    rows = [
        [each["file"], f"{each['size']:,} bytes; pages: {each['pages'] or '?'}", each["sha256"]]
        for each in facts["documents"]
    ]
    return Table("Document", ("File", "Size", "SHA-256"), (16, 22, 62), rows, narrow=(2,))


def _handed(facts: Facts) -> Table:
    documents = (facts["handed_over"] or {"documents": ()})["documents"]
    rows = [
        [each["name"] or f"part {each['position'] + 1}", f"{each['size']:,} bytes", each["sha256"]]
        for each in documents
    ]
    head = ("File", "Size", "SHA-256")
    return Table("What was handed over to be faxed", head, (24, 14, 62), rows, narrow=(2,))


def _calls(facts: Facts) -> Table:
    rows = [
        [
            moment(call["started_at"]),
            "-" if call["seconds"] is None else f"{call['seconds']:g}",
            call["to"] or "-",
            call["result"] or "-",
            call["reason_in_words"] or "",
        ]
        for call in facts["calls"]
    ]
    head = ("Began", "Seconds", "To", "Result", "Why it failed")
    return Table("Calls, by RingCentral's call log", head, (24, 9, 19, 18, 30), rows)


def _times(facts: Facts) -> Table:
    """All times but those that stand in a table of their own: of calls, and each last state."""
    told = [each for each in facts["times"] if each["what"] != CALL]
    rows = [[each["what"], moment(each["at"]), each["source"]] for each in told]
    if facts["about"]["direction"] == "Outbound":
        last = {step["position"]: step for step in facts["steps"]}
        rows += _steps([step for step in facts["steps"] if step is not last[step["position"]]])
    rows.sort(key=lambda row: row[1])
    left = len(rows) - MOST_ROWS
    if left > 0:
        rows = [*rows[: MOST_ROWS - 1], [f"and {left + 1} more, in evidence.json", "", ""]]
    return Table("Times", ("What", "When", "By whose clock"), (32, 27, 41), rows)


def _steps(steps: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    """One row for each status and moment, with all recipients of which it was seen then."""
    seen: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        places = seen.setdefault((step["status"], step["seen_at"]), [])
        places.append(str(step["position"] + 1))
    for (status, at), places in seen.items():
        yield [f"{status}: recipient {', '.join(places)}", moment(at), OURS]


def _ledger(lines: Sequence[LedgerLine]) -> Table:
    shown = lines if len(lines) <= MOST_ROWS else [*lines[: MOST_ROWS - 1], lines[-1]]
    rows = [
        [str(line.seq), moment(line.at), str(line.entry.get("kind")), line.hash] for line in shown
    ]
    head = ("Line", "When", "Kind", "Hash")
    return Table("Place in the ledger", head, (7, 23, 10, 60), rows, narrow=(3,))
