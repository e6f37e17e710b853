"""Records as JSON: what lies beside a document and says whose it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from pyrage.x25519 import Identity

from archive.address import FaxAddress, utc_text
from archive.closing import open_bytes
from archive.spool import Spool
from errors import ArchiveError

RECORD_FORMAT = "faxkeep-fax/1"
REFUSAL_FORMAT = "faxkeep-refusal/1"


def record_text(
    revision: int, record: Mapping[str, object], documents: Sequence[Mapping[str, object]]
) -> bytes:
    """Write a fax's record; its times may be datetimes."""
    kept = [dict(document) for document in documents]
    return _json({"format": RECORD_FORMAT, "revision": revision, **record, "documents": kept})


def refusal_text(address: FaxAddress, spool: Spool, why: Mapping[str, object]) -> bytes:
    """Write why bytes were set aside."""
    facts = {"sha256": spool.sha256, "size": spool.size}
    return _json({"format": REFUSAL_FORMAT, **asdict(address), **why, **facts})


def _json(value: Mapping[str, object]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, default=_as_text)
    # Half a character (a lone surrogate) has no UTF-8; its escape is JSON all the same.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return utc_text(value)
    raise TypeError(f"a record cannot hold a {type(value).__name__}")


def read_json(path: Path, identities: Sequence[Identity]) -> dict[str, object]:
    """Decrypt and read a record; ArchiveError when it is missing, changed or no JSON object."""
    try:
        record = json.loads(open_bytes(path, identities))
    except (ValueError, RecursionError):
        raise ArchiveError("a record of the archive is not JSON") from None
    if not isinstance(record, dict):
        raise ArchiveError("a record of the archive is not a JSON object")
    return record
