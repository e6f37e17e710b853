"""Faxes for a benchmark: documents drawn once, and an installation that archives them."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pikepdf

from archive import Claim, Document, check_document
from catalog import Mailbox, NewFax
from settings import Settings
from wiring import House

PIECE = 64 * 1024
"""Bytes at a time, as a download hands them over."""

PAGE_BYTES = 50_000
_PAGE_WIDTH = 1728
_ACCOUNT = "400131426008"
_FIRST_DAY = datetime(2026, 11, 2, 8, tzinfo=UTC)


def draw_documents(folder: Path, count: int, pages: int) -> list[Path]:
    """Draw valid PDFs of `pages` pages of noise, 50 KB each, that no compression makes smaller."""
    folder.mkdir(parents=True)
    noise = random.Random(f"{count} of {pages}")
    files = []
    for number in range(count):
        files.append(folder / f"{number:06}.pdf")
        with pikepdf.new() as pdf:
            for _ in range(pages):
                _add_page(pdf, noise.randbytes(PAGE_BYTES))
            pdf.save(files[-1], compress_streams=False)
    return files


def _add_page(pdf: pikepdf.Pdf, pixels: bytes) -> None:
    height = len(pixels) * 8 // _PAGE_WIDTH
    image = pikepdf.Stream(pdf, pixels[: height * _PAGE_WIDTH // 8])
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = _PAGE_WIDTH, height, 1
    image.ColorSpace = pikepdf.Name.DeviceGray
    page = pdf.add_blank_page(page_size=(612, 792))
    page.Contents = pikepdf.Stream(pdf, b"612 0 0 792 0 0 cm /Fax Do")
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fax=pdf.make_indirect(image)))


@contextmanager
def installation(data: Path, faxes: int) -> Iterator[tuple[House, list[str]]]:
    """Found an installation that knows of `faxes` received faxes; yields it and their ids."""
    mailbox = Mailbox(f"{_ACCOUNT}-101", _ACCOUNT, "101", "Front Desk", "101")
    known = [_fax(mailbox, number) for number in range(faxes)]
    with House(Settings(data=data)) as house:
        now = house.now()
        with house.catalog.transaction() as tx:
            tx.mailboxes.watch(mailbox, now)
            for fax in known:
                tx.faxes.record(fax, now)
        yield house, [fax.id for fax in known]


def _fax(mailbox: Mailbox, number: int) -> NewFax:
    return NewFax(
        account_id=mailbox.account_id,
        mailbox_id=mailbox.id,
        message_id=str(1724099576000 + number),
        direction="Inbound",
        message_status="Received",
        read_status="Unread",
        availability="Alive",
        created_at=_FIRST_DAY + timedelta(minutes=5 * number),
        raw='{"type": "Fax", "direction": "Inbound", "messageStatus": "Received"}',
        origin="event",
        from_number="+14155550102",
    )


def archive_all(house: House, fax_ids: Sequence[str], files: Sequence[Path], threads: int) -> None:
    """Archive each fax with its file, durably one by one, `threads` at a time."""
    house.archive.keys.recipient(f"{_FIRST_DAY:%Y-%m}")
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(partial(archive_one, house), fax_ids, files))


def archive_one(house: House, fax_id: str, file: Path) -> None:
    """All that is done to a fax but for its download."""
    with house.archive.spool() as spool:
        with file.open("rb", buffering=0) as source:
            while piece := source.read(PIECE):
                spool.write(piece)
        facts = check_document(spool, Claim("application/pdf", file.stat().st_size, None))
        house.books.publish(fax_id, [Document(spool, facts, "1", "application/pdf")])
