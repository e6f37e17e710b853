"""A catalog that is lost is made anew from the archive alone, equal to the one before."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from settings import environment_with
from simulator import Fault, Inbound, Simulator
from tests.journeys import commands
from tests.journeys.halfway import rebuild_half
from tests.journeys.installation import Installation, installed, wait_until

Everything = dict[str, Any]


@pytest.fixture(scope="module")
def rebuilt(
    simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, Everything]]:
    """An installation whose catalog was lost, and all that the lost one held."""
    with installed(simulator, tmp_path_factory.mktemp("journey")) as made:
        fill(made, simulator)
        before = everything(made)
        made.forget()
        for part in made.data.glob("catalog.sqlite3*"):
            part.unlink()
        yield made, before


def fill(made: Installation, simulator: Simulator) -> None:
    """Faxes of every kind: received, sent, failed, refused at first, amended, deleted since."""
    worker = made.work()
    simulator.receive(count=6)
    (sick, deleted) = simulator.receive(Inbound(pages=2), count=2)
    simulator.sicken(sick, "content_html", Fault(tries=1))
    sent = simulator.send(["+12025550101", "+12025550102"])
    simulator.finish(sent, number="+12025550101")
    simulator.finish(sent, number="+12025550102", error="NoAnswer")
    made.faxkeep("sync")
    made.wait_for_all()
    simulator.finish(sent, number="+12025550102", status="Delivered")
    simulator.delete(deleted)
    made.faxkeep("sync")
    wait_until(lambda: made.known(deleted).availability == "Deleted", "the deletion")
    made.wait_for_all()
    made.end(worker)


def everything(made: Installation) -> Everything:
    """All that the catalog knows of archived faxes."""
    found: Everything = {}
    for fax in made.faxes():
        # The version only counts on from the revision, `state_at` is a little before the line, and
        # the next list tells anew what is listed.
        found[fax.id] = replace(fax, version=0, state_at=fax.created_at, listed_at=None)
        with made.house.catalog.reading() as tx:
            found[f"{fax.id} parts"] = (
                tx.faxes.recipients(fax.id),
                tx.faxes.steps(fax.id),
                tx.documents.of(fax.id),
                tx.asides.of(fax.id),
            )
    found["ledger"] = made.ledger()
    return found


@pytest.mark.parametrize("command", ["sync", "work", "serve"])
def test_without_it_nothing_is_done(rebuilt: tuple[Installation, Everything], command: str) -> None:
    made, _ = rebuilt
    if command == "serve":
        child = made.spawn(command)
        wait_until(lambda: "faxkeep rebuild" in made.log.read_text(), "the refusal")
        child.send_signal(signal.SIGTERM)
        child.wait(40)
        return
    outcome = made.faxkeep(command)
    assert outcome.code == 5
    assert outcome.err.startswith("The archive knows more than the catalog")
    assert outcome.err.count("\n") == 1


def test_a_rebuild_killed_half_way_leaves_the_old_catalog(
    rebuilt: tuple[Installation, Everything],
) -> None:
    made, _ = rebuilt
    catalog = made.data / "catalog.sqlite3"
    assert made.faxes() == []
    made.forget()
    held = catalog.read_bytes()
    environment = environment_with(made.environment)
    assert commands.ended(commands.fork(rebuild_half, environment, str(made.log))) == -9
    assert list(made.data.glob("catalog.rebuilding*"))
    assert catalog.read_bytes() == held
    assert made.faxes() == []
    made.forget()


def test_a_rebuild_gives_an_equal_catalog(rebuilt: tuple[Installation, Everything]) -> None:
    made, before = rebuilt
    outcome = made.faxkeep("rebuild")
    assert (outcome.code, outcome.err) == (0, "")
    assert everything(made) == before
    assert made.findings() == []
    assert list(made.data.glob("catalog.before-rebuild-*.sqlite3"))
    assert list(made.data.glob("catalog.rebuilding*")) == []


def test_then_the_service_goes_on(
    rebuilt: tuple[Installation, Everything], simulator: Simulator
) -> None:
    made, _ = rebuilt
    made.work()
    (message_id,) = simulator.receive()
    made.faxkeep("sync")
    wait_until(lambda: made.are_archived(message_id), "a new fax")
    archived = [row for row in made.ledger() if row.kind == "archived"]
    assert len(archived) == len({row.fax_id for row in archived}) == len(made.faxes())
    assert made.lies() == []
    assert made.findings() == []


def test_a_second_rebuild_is_refused_while_the_worker_runs(
    rebuilt: tuple[Installation, Everything],
) -> None:
    outcome = rebuilt[0].faxkeep("rebuild")
    assert outcome.code == 2
    assert "Another worker is running" in outcome.err
