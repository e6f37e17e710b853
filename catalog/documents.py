"""The documents of each archived fax: their names, sizes and hashes, never their bytes."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.columns import from_row
from catalog.statements import Statements


@dataclass(frozen=True)
class DocumentRow:
    """One document of a fax. `sha256` is of its plain bytes, `size` counts them.

    `source` says where it came from if it was not fetched from RingCentral's message store.
    """

    position: int
    attachment_id: str
    name: str
    sha256: str
    size: int
    content_type: str
    kind: str
    pages: int | None = None
    note: str = ""
    source: str = ""


class Documents:
    """The documents inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def add(self, fax_id: str, documents: Iterable[DocumentRow]) -> None:
        """Keep the documents; one at a position that is taken replaces what was there."""
        self._sql.run_many("put", ({"fax_id": fax_id, **vars(row)} for row in documents))

    def of(self, fax_id: str) -> list[DocumentRow]:
        """The documents of the fax in their order."""
        return [from_row(DocumentRow, row) for row in self._sql.all("of_fax", fax_id=fax_id)]

    def same(self, sha256: str) -> list[str]:
        """The ids of the archived faxes that have a document of these bytes."""
        return [row["fax_id"] for row in self._sql.all("same", sha256=sha256)]
