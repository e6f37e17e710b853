"""The main job: what arrives at RingCentral lies in the archive, bit for bit, and stays there."""

import pytest

from simulator import Inbound, Simulator
from tests.journeys.installation import Installation

KINDS = {"application/pdf": b"%PDF-", "image/tiff": b"II*\0"}


@pytest.fixture(scope="module")
def arrived(installation: Installation, simulator: Simulator) -> list[str]:
    """One page and many, PDF and TIFF, at once."""
    ids = [
        message_id
        for content_type in KINDS
        for pages in (1, 3, 24)
        for message_id in simulator.receive(Inbound(pages=pages, content_type=content_type))
    ]
    installation.wait_for_all()
    return ids


def test_open_gives_back_every_bit(
    installation: Installation, simulator: Simulator, arrived: list[str]
) -> None:
    for message_id in arrived:
        opened = installation.faxkeep("open", message_id)
        assert (opened.code, opened.err) == (0, "")
        assert opened.out == simulator.document(message_id)


def test_the_catalog_tells_kind_and_pages(installation: Installation, arrived: list[str]) -> None:
    found = [installation.documents(message_id) for message_id in arrived]
    assert [(row.kind, row.pages, row.note) for (row,) in found] == [
        (kind, pages, "") for kind in ("pdf", "tiff") for pages in (1, 3, 24)
    ]


def test_nothing_changes_at_ringcentral(
    installation: Installation, simulator: Simulator, arrived: list[str]
) -> None:
    assert {record["readStatus"] for record in simulator.truth()} == {"Unread"}
    assert installation.writes() == []


def test_verify_finds_all_well(installation: Installation, arrived: list[str]) -> None:
    verified = installation.faxkeep("verify")
    assert (verified.code, verified.err) == (0, "")
    assert verified.text.startswith(f"All is well: {len(arrived)} archived faxes")
    assert installation.lies() == []
