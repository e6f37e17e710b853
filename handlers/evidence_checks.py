"""Whether catalog, ledger and the archive's sealed records agree on a fax, before it is signed."""

from collections.abc import Mapping, Sequence
from typing import Any

from archive import LedgerLine, StoredFile
from archive.verify_files import named_by
from catalog import Fax
from errors import ArchiveError
from handlers.evidence_parts import Gathered
from handlers.losses import told_evidence
from handlers.proof import COMPARED

DIFFERS = "`faxkeep verify` tells what differs."


def require_never_archived(lines: Sequence[LedgerLine]) -> None:
    """Refuse a fax that is not archived, though the ledger says it was: its files are to be found.

    Raises:
        ArchiveError: a line says so.
    """
    if any(line.entry.get("kind") == "archived" for line in lines):
        raise ArchiveError(f"The ledger says that this fax was archived; it is not. {DIFFERS}")


def require_entered_loss(fax: Fax, lines: Sequence[LedgerLine]) -> None:
    """Believe a loss only as the ledger tells it.

    Raises:
        ArchiveError: it tells of none, or of another.
    """
    told = [line.entry.get("evidence") for line in lines if line.entry.get("kind") == "lost"]
    if not told or told[-1] != told_evidence(fax):
        raise ArchiveError(f"The ledger does not tell of this loss. {DIFFERS}")


def since_archived(lines: Sequence[LedgerLine]) -> list[LedgerLine]:
    """The line that archived the fax, the last if it was archived anew, and its amendments."""
    kinds = [line.entry.get("kind") for line in lines]
    if "archived" not in kinds:
        raise ArchiveError(f"No line of the ledger says that this fax was archived. {DIFFERS}")
    begin = len(kinds) - 1 - kinds[::-1].index("archived")
    return [line for line in lines[begin:] if line.entry["kind"] in ("archived", "amended")]


def record_named(line: LedgerLine) -> tuple[str, StoredFile]:
    """The folder and the sealed record that a line names."""
    try:
        named = named_by(line.entry)
    except ValueError:
        named = None
    files = [each for each in named.files if each.name.endswith(".json.age")] if named else []
    if named is None or len(files) != 1:
        raise ArchiveError(f"A line of the ledger names no record. {DIFFERS}")
    return named.folder, files[0]


def agreed_news(gathered: Gathered, record: Mapping[str, Any]) -> list[Any]:
    """The steps and calls of the latest sealed record, all of which the catalog knows as well.

    While the catalog has news that the record does not tell yet, only these can be compared.
    """
    fax, known = gathered.fax, gathered.record
    if record["fax"] != fax.id or record["revision"] != fax.revision:
        raise ArchiveError(f"The catalog knows another revision than the ledger. {DIFFERS}")
    names = () if fax.unrecorded else COMPARED
    calls = list(record.get("calls", ()))
    differs = any(record.get(name) != known[name] for name in names)
    if differs or any(step not in known["steps"] for step in record["steps"]):
        raise ArchiveError(f"The catalog differs from the archive's signed record. {DIFFERS}")
    # What is known of a call may grow, so that only calls of the same id can be asked for.
    if {each["call"] for each in calls} - {each["call"] for each in known["calls"]}:
        raise ArchiveError(f"The catalog lacks a call of the archive's record. {DIFFERS}")
    return [*record["steps"], *calls]
