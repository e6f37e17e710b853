"""Whether catalog, ledger and the archive's sealed records agree on a fax, before it is signed."""

from collections.abc import Mapping, Sequence
from typing import Any

from archive import LedgerLine, StoredFile
from archive.verify_files import named_by
from errors import ArchiveError
from handlers.evidence_facts import Gathered
from handlers.proof import COMPARED

DIFFERS = "`faxkeep verify` tells what differs."


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


def agreed_steps(gathered: Gathered, record: Mapping[str, Any]) -> list[Any]:
    """The delivery steps of the latest sealed record, all of which the catalog knows as well.

    While the catalog has news that the record does not tell yet, only steps can be compared.
    """
    fax, known = gathered.fax, gathered.record
    steps = list(record["steps"])
    names = () if fax.unrecorded else COMPARED
    if record["fax"] != fax.id or record["revision"] != fax.revision:
        raise ArchiveError(f"The catalog knows another revision than the ledger. {DIFFERS}")
    if any(record.get(name) != known[name] for name in names) or not _has_all(known, steps):
        raise ArchiveError(f"The catalog differs from the archive's signed record. {DIFFERS}")
    return steps


def _has_all(known: Mapping[str, Any], steps: Sequence[Any]) -> bool:
    return all(step in known["steps"] for step in steps)
