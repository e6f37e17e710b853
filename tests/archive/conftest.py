"""Faxes drawn for the tests, and archives in a folder of their own."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pytest
from PIL import Image, ImageDraw

from archive import (
    Archive,
    Claim,
    Document,
    FaxAddress,
    LedgerLine,
    Published,
    Spool,
    check_document,
)
from archive.completeness import StatedDay
from tests.archive.signing import DAYS, Signer

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Drawing(NamedTuple):
    """How to draw the faxes of these tests."""

    pdf: Callable[..., bytes]
    tiff: Callable[..., bytes]


def _pdf(pages: int = 2, mark: str = "mark", **save: object) -> bytes:
    pdf = pikepdf.new()
    for number in range(pages):
        pdf.add_blank_page()
        text = f"BT /F1 12 Tf 72 700 Td ({mark} {number}) Tj ET"
        pdf.pages[-1].Contents = pdf.make_stream(text.encode())
    into = io.BytesIO()
    pdf.save(into, compress_streams=False, deterministic_id="encryption" not in save, **save)
    return into.getvalue()


def _tiff(pages: int = 2, mark: str = "mark", **save: object) -> bytes:
    images = []
    for number in range(pages):
        image = Image.new("1", (432, 300), 1)
        ImageDraw.Draw(image).text((20, 20), f"{mark} {number}", fill=0)
        images.append(image)
    into = io.BytesIO()
    options = {"compression": "group4", "dpi": (204, 196)} | save
    images[0].save(into, "TIFF", save_all=True, append_images=images[1:], **options)
    return into.getvalue()


@pytest.fixture
def draw() -> Drawing:
    return Drawing(_pdf, _tiff)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive", tmp_path / "keys")


class Keeper:
    """Keeps faxes as a handler would: publish, then a ledger line, then the file of the ledger."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.rows: list[LedgerLine] = []

    def spool(self, data: bytes) -> Spool:
        spool = self.archive.spool()
        spool.write(data)
        return spool

    def address(self, message: str = "123", at: datetime = NOON) -> FaxAddress:
        return FaxAddress("400-621", "inbound", message, at)

    def document(self, data: bytes) -> Document:
        spool = self.spool(data)
        facts = check_document(spool, Claim(None, len(data), None))
        return Document(spool, facts, "9", "application/pdf")

    def publish(self, data: bytes, message: str = "123", at: datetime = NOON) -> Published:
        document = self.document(data)
        with document.spool:
            return self.archive.publish(
                self.address(message, at), {"subject": "a secret subject"}, [document]
            )

    def keep(self, data: bytes, message: str = "123", at: datetime = NOON) -> Published:
        published = self.publish(data, message, at)
        record = self.archive.read_record(published.folder)
        documents = [
            {name: document[name] for name in ("name", "sha256", "size", "pages")}
            for document in record["documents"]  # type: ignore[attr-defined]
        ]
        files = [vars(file) for file in published.files]
        entry = {"kind": "archived", "fax": f"400-{message}", "folder": published.folder}
        self.write(entry | {"files": files, "documents": documents})
        return published

    def write(self, entry: dict[str, object], at: datetime = NOON) -> None:
        tail = self.rows[-1] if self.rows else None
        self.rows.append(self.archive.next_line(tail, entry, at))
        self.archive.ledger.append(self.rows[-1:])


@pytest.fixture
def keeper(archive: Archive) -> Keeper:
    return Keeper(archive)


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer()


@pytest.fixture(scope="session")
def days(signer: Signer) -> list[StatedDay]:
    """Three days: one with all archived, one without faxes, one with a fax in each state."""
    states = (["archived", "archived"], [], ["pending", "lost", "refused", "archived"])
    return [signer.day(day, chosen) for day, chosen in zip(DAYS, states, strict=True)]


@pytest.fixture(scope="session")
def bundle(signer: Signer, days: list[StatedDay]) -> bytes:
    return signer.bundle(days)
