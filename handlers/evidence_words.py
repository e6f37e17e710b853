"""What an evidence says in words: times with their source, what it proves, and what not."""

from collections.abc import Iterator
from datetime import datetime

from archive import utc_text
from handlers.evidence_parts import Gathered, Making

OURS = "this installation's clock"
LEDGER = "this installation's clock, in a signed line of the ledger"
THEIRS = "RingCentral"
CALL_LOG = f"{THEIRS}'s call log (startTime)"
CALL = "call began"
STATES = {
    "archived": "Archived: its document was checked, encrypted and entered in the ledger.",
    "pending": "Not archived yet: it is known, but its document was not fetched so far.",
    "refused": "Not archived: what RingCentral gave was not a whole, true document.",
    "lost": "Lost: RingCentral deleted it before it could be fetched.",
}
_EVENTS = {
    "archived": "archived",
    "amended": "record amended",
    "aside": "bytes refused and set aside",
    "lost": "loss entered",
}


def times(gathered: Gathered, making: Making) -> Iterator[dict[str, str]]:
    """Each time as `what`, `at` (UTC text) and `source`: whose clock it is by."""
    fax = gathered.fax
    told: list[tuple[str, datetime | None, str]] = []
    if handed := gathered.handed:
        told.append(("asked for, to be sent", handed.sending.requested_at, OURS))
        told.append(("last handed over to RingCentral", handed.sending.attempted_at, OURS))
    told.append(("created at RingCentral", fax.created_at, f"{THEIRS} (creationTime)"))
    told.append(("first known here", fax.first_seen_at, OURS))
    told.append(("last changed there", fax.modified_at, f"{THEIRS} (lastModifiedTime)"))
    yield from (
        {"what": what, "at": utc_text(at), "source": source} for what, at, source in told if at
    )
    for call in gathered.record["calls"]:
        if call["started_at"]:
            yield {"what": CALL, "at": call["started_at"], "source": CALL_LOG}
    for line in gathered.lines:
        what = _EVENTS.get(str(line.entry.get("kind")), "entered in the ledger")
        yield {"what": what, "at": line.at, "source": LEDGER}
    yield {"what": "this evidence made", "at": utc_text(making.at), "source": OURS}


def proven(gathered: Gathered) -> Iterator[str]:
    """What follows from the signatures."""
    yield "Nothing in this ZIP has changed since it was signed with the ledger's key."
    fax = gathered.fax
    if fax.state == "archived" and gathered.documents:
        yield (
            "The document is, byte for byte, the one whose SHA-256 was entered in the ledger when"
            " the fax was archived."
        )
    if fax.state == "archived":
        yield (
            "The delivery steps marked as recorded stand in sealed records that the ledger's lines"
            " name; the keys that open them are here."
        )
    if fax.state == "lost":
        yield "The loss was entered in the ledger, with what RingCentral answered."
    if gathered.asides:
        yield "Bytes that failed the check were set aside and entered in the ledger."


def not_proven(gathered: Gathered, making: Making) -> Iterator[str]:
    """What somebody might believe that does not follow from them."""
    fax = gathered.fax
    yield "That what RingCentral told is true: states, numbers, names and its times are its word."
    yield (
        "That the times of this installation are right, and that the holder of the ledger's key did"
        " not write the ledger anew: against that stands a line noted elsewhere before."
    )
    if gathered.handed:
        yield "That it was ordered as is told: the order stands in the catalog, not in the ledger."
    if fax.direction == "Outbound":
        yield "Who took the fax from the recipient's machine, or whether anybody read it."
    yield from _not_archived(gathered) if fax.state != "archived" else _lacking(gathered, making)


def _not_archived(gathered: Gathered) -> Iterator[str]:
    yield f"The document: there is none here, for the fax is {gathered.fax.state}."
    if not gathered.lines:
        yield "Its place in the ledger: it has none yet. All of this is as known when made."


def _lacking(gathered: Gathered, making: Making) -> Iterator[str]:
    if not gathered.documents:
        yield "What was to be faxed: RingCentral gave no document of it."
    known = [*gathered.record["steps"], *gathered.record["calls"]]
    unrecorded = sum(each not in making.recorded for each in known)
    if unrecorded:
        yield f"That {unrecorded} steps or calls stand in the ledger: they were seen afterwards."
    for row in gathered.documents:
        if row.source:
            yield f"That RingCentral gave {row.name}: it came from {row.source}."
