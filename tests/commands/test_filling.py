"""`faxkeep backfill` and `faxkeep import`: what they fetch and take in, and how they end."""

import io
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest

from simulator import Fault, Inbound, NewExtension, Simulator
from tests.journeys.commands import Outcome
from tests.journeys.installation import Installation, installed, without_limits


class Filling:
    """An installation that watches two mailboxes, a fax it archived, and what to fill it with."""

    def __init__(self, simulator: Simulator, made: Installation, known: str) -> None:
        self.simulator = simulator
        self.made = made
        self.known = known

    @cached_property
    def page(self) -> bytes:
        """One page that belongs to no fax."""
        with Simulator(seed=3) as press:
            (message_id,) = press.receive(Inbound(pages=1))
            return press.document(message_id)

    @cached_property
    def mailboxes(self) -> list[str]:
        with self.made.house.catalog.reading() as tx:
            return [each.id for each in tx.mailboxes.all()]

    def paper(self, path: Path, note: str) -> Path:
        """A document whose bytes are its own."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.page + f"%%{note}\n".encode())
        return path

    def export(self, message_id: str, path: Path) -> Path:
        """A zip as RingCentral exports it, of one fax of the first mailbox."""
        account, _, extension = self.mailboxes[0].partition("-")
        name = f"account/{account}/extension/{extension}/content/{message_id}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as file:
            file.writestr(name, self.simulator.document(message_id))
        path.write_bytes(packed.getvalue())
        return path

    def faxkeep(self, *words: object) -> Outcome:
        return self.made.faxkeep(*map(str, words))


def says_in_one_sentence(outcome: Outcome, code: int, *words: str) -> bool:
    """How bad input is told: on stderr, without a traceback."""
    is_one = outcome.err.count("\n") == 1 and outcome.err.endswith(".\n")
    return outcome.code == code and is_one and all(word in outcome.err for word in words)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(seed=29) as running:
        without_limits(running)
        running.add_extension("", NewExtension(name="Annex"))
        yield running


@pytest.fixture(scope="module")
def filling(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filling]:
    """One that has been filled from RingCentral; no process is running."""
    known, _ = simulator.receive(Inbound(pages=1), count=2)
    folder = tmp_path_factory.mktemp("filling")
    with installed(simulator, folder, FAXKEEP_MAILBOXES="all") as made:
        assert made.faxkeep("backfill").text == "archived 2\n"
        yield Filling(simulator, made, known)


# backfill


def test_a_backfill_tells_what_there_is_and_what_is_left(filling: Filling) -> None:
    (late,) = filling.simulator.receive(Inbound(pages=1))
    filling.simulator.fault("content_not_ready", Fault(status=409, tries=2, count=2))
    outcome = filling.faxkeep("backfill")
    assert (outcome.code, outcome.text) == (75, "archived 2, pending 1\n")
    assert "1 faxes are still to be fetched; `faxkeep jobs` says why." in outcome.err
    filling.simulator.clear_faults()
    assert filling.faxkeep("jobs", "--retry", filling.made.known(late).id).code == 0
    outcome = filling.faxkeep("backfill")
    assert (outcome.code, outcome.text) == (0, "archived 3\n")


def test_a_backfill_that_was_done_fetches_nothing_again(filling: Filling) -> None:
    asked = len(filling.simulator.requests(path="/content/")["records"])
    told = filling.made.told("backfill")
    assert told["left"] == 0
    assert told["export"] == {}
    assert set(told["faxes"]) == {"archived"}
    assert len(filling.simulator.requests(path="/content/")["records"]) == asked


def test_without_a_login_a_backfill_says_what_is_missing(
    simulator: Simulator, tmp_path: Path
) -> None:
    with installed(simulator, tmp_path, RC_USER_JWT="") as made:
        outcome = made.faxkeep("backfill")
    assert outcome.code == 2
    assert "RC_USER_JWT" in outcome.err
    assert "Traceback" not in outcome.err


# import


def test_a_folder_is_taken_in_once(filling: Filling, tmp_path: Path) -> None:
    filling.paper(tmp_path / "old" / "letter.pdf", "once")
    words = "import", "--mailbox", filling.mailboxes[0], tmp_path / "old"
    first, second = filling.faxkeep(*words), filling.faxkeep(*words)
    assert (first.code, first.text, first.err) == (0, "archived 1\n", "")
    assert (second.code, second.text, second.err) == (0, "already there 1\n", "")
    assert filling.made.findings() == []


def test_a_mailbox_may_be_told_by_its_number_and_the_direction_too(
    filling: Filling, tmp_path: Path
) -> None:
    paper = filling.paper(tmp_path / "sent.pdf", "sent")
    with filling.made.house.catalog.reading() as tx:
        number = tx.mailboxes.all()[1].extension_number
    words = "--mailbox", number, "--direction", "outbound", str(paper)
    told = filling.made.told("import", *words)
    assert told == {"documents": {"archived": 1}, "problems": []}
    (fax,) = [each for each in filling.made.faxes() if each.mailbox_id == filling.mailboxes[1]]
    assert (fax.direction, fax.origin) == ("Outbound", "import")


def test_a_folder_of_exports_says_itself_whose_documents_they_are(
    filling: Filling, tmp_path: Path
) -> None:
    filling.export(filling.known, tmp_path / "zips" / "export-1.zip")
    outcome = filling.faxkeep("import", tmp_path / "zips")
    assert (outcome.code, outcome.text, outcome.err) == (0, "already there 1\n", "")


def test_what_is_no_document_is_named(filling: Filling, tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_text("<html>Sign in</html>")
    words = "import", "--mailbox", filling.mailboxes[0], tmp_path / "page.pdf"
    outcome = filling.faxkeep(*words)
    assert (outcome.code, outcome.err) == (5, "")
    assert outcome.text.startswith("refused 1\n")
    assert "page.pdf" in outcome.text


def test_a_folder_without_any_document_says_so(filling: Filling, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see")
    outcome = filling.faxkeep("import", tmp_path)
    assert (outcome.code, outcome.text) == (0, "There is no document in it.\n")


def test_whose_documents_they_are_must_be_said(filling: Filling, tmp_path: Path) -> None:
    paper = filling.paper(tmp_path / "letter.pdf", "whose")
    outcome = filling.faxkeep("import", paper)
    assert says_in_one_sentence(outcome, 2, "--mailbox", *filling.mailboxes)
    outcome = filling.faxkeep("import", "--mailbox", "1-2", paper)
    assert says_in_one_sentence(outcome, 2, "No such mailbox", *filling.mailboxes)


def test_a_zip_that_was_cut_is_named(filling: Filling, tmp_path: Path) -> None:
    whole = filling.export(filling.known, tmp_path / "whole.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:-30])
    outcome = filling.faxkeep("import", tmp_path / "cut.zip")
    assert says_in_one_sentence(outcome, 2, "cut.zip")


def test_an_index_that_cannot_be_read_is_named(filling: Filling, tmp_path: Path) -> None:
    filling.paper(tmp_path / "letter.pdf", "indexed")
    (tmp_path / "index.csv").write_bytes(b"\xff\xfe")
    outcome = filling.faxkeep("import", "--mailbox", filling.mailboxes[0], tmp_path)
    assert says_in_one_sentence(outcome, 2, "index.csv")


@pytest.mark.parametrize("words", [(), ("nothing here",), ("--direction", "sideways", ".")])
def test_wrong_use_is_told(filling: Filling, words: tuple[str, ...]) -> None:
    outcome = filling.faxkeep("import", *words)
    assert outcome.code == 2
    assert "Usage: faxkeep import" in outcome.err


def test_where_there_is_no_archive_none_is_made(
    simulator: Simulator, filling: Filling, tmp_path: Path
) -> None:
    paper = filling.paper(tmp_path / "letter.pdf", "nowhere")
    with installed(simulator, tmp_path / "empty") as made:
        outcome = made.faxkeep("import", str(paper))
    assert outcome.code != 0
    assert outcome.err.count("\n") == 1
    assert not made.data.exists()
