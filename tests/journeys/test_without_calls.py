"""With FAXKEEP_WEBHOOK=off RingCentral never calls, and the archive becomes the same."""

import hashlib
from collections.abc import Iterator

import pytest

from simulator import Inbound, Simulator
from tests.journeys.installation import Installation, installed, wait_until

Documents = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def quiet(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A worker that has a public address, but is not to be called."""
    folder = tmp_path_factory.mktemp("quiet")
    with installed(simulator, folder, webhook=True, FAXKEEP_WEBHOOK="off") as made:
        made.work()
        yield made


def documents(made: Installation) -> Documents:
    """Every archived fax with its direction and the hash of its document as it is read back."""
    return {
        fax.message_id: (fax.direction, hashlib.sha256(made.plain(fax)).hexdigest())
        for fax in made.faxes("archived")
    }


def test_it_never_asks_to_be_called(quiet: Installation, simulator: Simulator) -> None:
    for content_type in ("application/pdf", "image/tiff"):
        simulator.receive(Inbound(pages=2, content_type=content_type), count=2)
    simulator.finish(simulator.send(["+12025550101"]))
    quiet.faxkeep("sync")
    wait_until(quiet.has_all, "every fax")
    wait_until(lambda: "subscribe" not in names_of_jobs(quiet), "the end of that job")
    assert simulator.requests(path="/subscription")["records"] == []


def names_of_jobs(made: Installation) -> set[str]:
    return {each["name"] for each in made.told("jobs")}


@pytest.fixture(scope="module")
def both(quiet: Installation, installation: Installation) -> tuple[Installation, Installation]:
    """One that is called and one that is not, with the same faxes."""
    installation.faxkeep("sync")
    wait_until(installation.has_all, "every fax")
    return installation, quiet


def test_the_same_faxes_have_the_same_documents(
    both: tuple[Installation, Installation], simulator: Simulator
) -> None:
    called, quiet = map(documents, both)
    truth = {each["id"]: each["document"]["sha256"] for each in simulator.truth()}
    assert len(truth) == 5
    assert {each: sha256 for each, (_, sha256) in quiet.items()} == truth
    assert called == quiet


def test_a_fax_that_one_is_called_about_comes_to_both(
    both: tuple[Installation, Installation], simulator: Simulator
) -> None:
    called, quiet = both
    (message_id,) = simulator.receive()
    wait_until(lambda: called.are_archived(message_id), "the fax by a call")
    quiet.faxkeep("sync")
    wait_until(lambda: quiet.are_archived(message_id), "the fax by a look")
    assert documents(called) == documents(quiet)
    assert called.told("events") != []
    assert quiet.told("events") == []
    assert quiet.told("gaps") == []


def test_both_are_well(both: tuple[Installation, Installation]) -> None:
    for made in both:
        assert made.lies() == []
        assert made.findings() == []
        assert made.writes() == []


def test_switched_off_it_takes_its_subscription_away(
    both: tuple[Installation, Installation], simulator: Simulator
) -> None:
    called, _ = both
    called.environment["FAXKEEP_WEBHOOK"] = "off"
    assert called.told("subscribe") == []
    assert simulator.subscriptions() == []
