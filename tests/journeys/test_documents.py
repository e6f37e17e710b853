"""Only whole and true documents count; all else lies aside, with its reason, for a person."""

import io

import pikepdf
import pytest

from simulator import Fault, Inbound, Simulator
from tests.journeys.installation import Installation, wait_until

RESUMED = ("content_cut", "content_partial")
"""Broken transfers: the rest is fetched, and nothing was ever wrong."""
ASIDE = {"content_html": "not-a-document", "content_wrong_type": "type", "content_short": "length"}
"""Lies, and the reason that is noted: the message had told how long the document is."""


@pytest.fixture(scope="module")
def sick(working: Installation, simulator: Simulator) -> dict[str, str]:
    """A fax of each ailment, by the ailment's name, all of them well at last."""
    found = {}
    for name in (*RESUMED, *ASIDE):
        (found[name],) = simulator.receive(Inbound(pages=2, content_type="application/pdf"))
        simulator.sicken(found[name], name, Fault(tries=1))
    working.faxkeep("sync")
    working.wait_for_all()
    return found


@pytest.mark.parametrize("name", RESUMED)
def test_a_broken_transfer_heals(working: Installation, sick: dict[str, str], name: str) -> None:
    assert working.states(sick[name]) == ["archived"]
    assert working.asides(sick[name]) == []


@pytest.mark.parametrize("name", ASIDE)
def test_a_false_document_lies_aside_and_is_listed(
    working: Installation, sick: dict[str, str], name: str
) -> None:
    told = working.told("show", sick[name])
    assert told["state"] == "archived"
    (aside,) = told["asides"]
    assert aside["reason"] == ASIDE[name]
    assert aside["folder"].startswith("aside/")
    assert (working.data / "archive" / aside["folder"] / "document.age").exists()


def test_a_fax_that_stays_broken_is_refused_with_its_reason(
    working: Installation, simulator: Simulator
) -> None:
    (broken,) = simulator.receive(Inbound(pages=1))
    simulator.sicken(broken, "content_html", Fault(tries=1000))
    working.faxkeep("sync")
    wait_until(lambda: working.states(broken) == ["refused"], "the refusal")
    fax = working.known(broken)
    assert (fax.state_reason, fax.folder) == ("not-a-document", None)
    (listed,) = working.told("faxes", "--state", "refused")
    assert listed["state"] == "refused not-a-document"

    def waiting() -> list[str]:
        return [job["reason"] or "" for job in working.told("jobs") if job["argument"] == fax.id]

    wait_until(lambda: any("HTML" in reason for reason in waiting()), "the job to tell why")
    assert working.faxkeep("open", broken).code == 2
    simulator.clear_faults()


def test_odd_documents_are_kept_as_they_are(working: Installation, simulator: Simulator) -> None:
    notes = {}
    for document, note in ((encrypted_pdf(), "encrypted"), (odd_pdf(), "odd structure")):
        inbound = Inbound(pages=1, content_type="application/pdf", document=document)
        (message_id,) = simulator.receive(inbound)
        notes[message_id] = note
    working.faxkeep("sync")
    wait_until(lambda: working.are_archived(*notes), "odd documents")
    for message_id, note in notes.items():
        assert working.faxkeep("open", message_id).out == simulator.document(message_id)
        assert [row.note for row in working.documents(message_id)] == [note]


def test_verify_finds_all_well(working: Installation) -> None:
    assert working.findings() == []


def pdf(**options: object) -> bytes:
    into = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(into, **options)  # type: ignore[arg-type]
    return into.getvalue()


def encrypted_pdf() -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="owner", user="patient"))


def odd_pdf() -> bytes:
    """Whole, but its cross-reference table is said to be elsewhere, as some fax servers do."""
    head, _, tail = pdf().rpartition(b"startxref\n")
    return head + b"startxref\n7\n" + tail.split(b"\n", 1)[1]
