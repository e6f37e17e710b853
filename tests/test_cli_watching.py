"""The commands that watch: what `status` and `census` say, and how they end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog import WORKER
from settings import environment_with
from simulator import Inbound, NewExtension, Simulator
from tests.journeys import commands
from tests.journeys.installation import Installation, installed, without_limits


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(seed=23) as running:
        without_limits(running)
        running.add_extension("", NewExtension(type="IvrMenu", name="Menu"))
        running.receive(Inbound(pages=1))
        yield running


@pytest.fixture(scope="module")
def whole(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that watches all mailboxes, with an archived fax; no process is running."""
    with installed(simulator, tmp_path_factory.mktemp("whole"), FAXKEEP_MAILBOXES="all") as made:
        assert made.faxkeep("sync").text == "archived 1\n"
        yield made


@pytest.fixture(scope="module")
def own(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that watches its login's own mailbox, which was only just found."""
    with installed(simulator, tmp_path_factory.mktemp("own")) as made:
        made.house.census.take("main")
        yield made


def at_work(made: Installation, ago: timedelta = timedelta()) -> None:
    """The worker was there so long ago."""
    made.house.journal.note_sign(WORKER, datetime.now(UTC) - ago)


def kinds(told: Any) -> set[str]:
    """Those of the signs, apart from one about this machine's disk."""
    return {sign["kind"] for sign in told["signs"]} - {"disk"}


def census(made: Installation, *words: str) -> dict[str, dict[str, Any]]:
    """The rows, by what they are about."""
    return {row["what"]: row for row in made.told("census", *words)}


# status


def test_status_says_what_is_wrong_and_what_to_do(whole: Installation) -> None:
    at_work(whole, ago=timedelta(hours=1))
    outcome = whole.faxkeep("status")
    assert outcome.code == 1
    lines = outcome.text.splitlines()
    assert lines[0].startswith("3 mailboxes watched; 1 archived; the last one came 20")
    assert "PROBLEM: The worker has not been at work since" in outcome.text
    assert "\n  Start `faxkeep serve`; its log says why it stopped." in outcome.text
    assert "All is well." not in lines


def test_status_ends_with_0_while_nothing_needs_a_person(whole: Installation) -> None:
    at_work(whole)
    outcome = whole.faxkeep("status")
    assert (outcome.code, outcome.err) == (0, "")
    assert "NOTE: recovery.key" in outcome.text
    assert outcome.text.endswith("\nAll is well.\n")


@pytest.mark.parametrize(("hours", "well"), [(0, True), (1, False)])
def test_status_as_json_says_the_same(whole: Installation, hours: int, well: bool) -> None:
    at_work(whole, timedelta(hours=hours))
    told = whole.told("status")
    assert told["well"] is well
    assert whole.faxkeep("status", "--json").code == (0 if well else 1)
    assert (told["mailboxes"], told["faxes"]) == (3, {"archived": 1})
    assert datetime.fromisoformat(told["last_received"]) < datetime.now(UTC)
    assert kinds(told) == {"keys"} | (set() if well else {"worker"})
    assert all({"severity", "subject", "words", "advice"} <= sign.keys() for sign in told["signs"])


def test_status_of_a_single_mailbox_without_faxes(own: Installation) -> None:
    at_work(own)
    assert own.faxkeep("status").text.startswith("1 mailbox watched; no faxes.\n")
    assert own.told("status")["last_received"] is None


def test_status_asks_ringcentral_nothing(whole: Installation, simulator: Simulator) -> None:
    simulator.forget()
    whole.faxkeep("status")
    assert simulator.requests()["records"] == []


@pytest.mark.parametrize("command", ["status", "census"])
def test_where_there_is_nothing_of_ours_that_is_said(
    whole: Installation, tmp_path: Any, command: str
) -> None:
    settings = {**whole.environment, "FAXKEEP_DATA": str(tmp_path / "empty")}
    outcome = commands.run(environment_with(settings), command)
    assert outcome.code == 2
    assert outcome.err.startswith("There is nothing of Faxkeep in")
    assert not (tmp_path / "empty").exists()


# census


def test_census_lists_every_extension_and_how_it_is_watched(whole: Installation) -> None:
    rows = census(whole)
    reader = rows["extension 101"]
    assert (reader["account"], reader["kind"], reader["watched"]) == ("main", "User", True)
    assert reader["how"] == "looked at by main/1"
    menu = rows["extension 104"]
    assert (menu["name"], menu["watched"]) == ("Menu", False)
    assert menu["how"] == "an extension of the type IvrMenu holds no faxes"


def test_census_lists_every_number_and_where_it_leads(
    whole: Installation, simulator: Simulator
) -> None:
    account = simulator.accounts()[0]
    rows = census(whole)
    number = {each["extension"]: each["phoneNumber"] for each in account["numbers"]}
    first, *_, menu = [each["id"] for each in account["extensions"]]
    for extension_id, watched, how in (
        (first, True, f"leads to extension {first}"),
        (menu, False, f"leads to extension {menu}, which nobody watches"),
        ("", False, "leads to no extension: RingCentral's settings say where its faxes go"),
    ):
        row = rows[f"number {number[extension_id]}"]
        assert (row["watched"], row["how"]) == (watched, how)


def test_census_can_be_of_the_unwatched_only(whole: Installation) -> None:
    unwatched = census(whole, "--unwatched")
    assert unwatched == {what: row for what, row in census(whole).items() if not row["watched"]}
    assert "extension 104" in unwatched


def test_census_as_a_table_says_yes_and_no(whole: Installation) -> None:
    outcome = whole.faxkeep("census")
    assert outcome.code == 0
    lines = outcome.text.splitlines()
    (user,) = (line for line in lines if "extension 101 " in line)
    (menu,) = (line for line in lines if "extension 104 " in line)
    assert " yes " in user
    assert " no " in menu


def test_census_of_an_account_that_nobody_lists_tells_its_mailboxes(own: Installation) -> None:
    (row,) = own.told("census")
    assert (row["account"], row["what"], row["watched"]) == ("main", "extension 101", True)


def test_where_everything_is_watched_that_is_said(own: Installation) -> None:
    assert own.faxkeep("census", "--unwatched").text == "Everything that is known is watched.\n"
    assert own.told("census", "--unwatched") == []


def test_before_the_first_census_nothing_is_known(
    simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with installed(simulator, tmp_path_factory.mktemp("new")) as made:
        assert made.house.catalog
        for words in (["census"], ["census", "--unwatched"]):
            assert made.faxkeep(*words).text.startswith("Nothing is known yet")


def test_census_tells_why_a_mailbox_is_read_no_more(own: Installation) -> None:
    with own.house.catalog.transaction() as tx:
        (mailbox,) = tx.mailboxes.all()
        tx.mailboxes.mark_unreachable(mailbox.id, "It said no.")
    try:
        (row,) = own.told("census")
    finally:
        with own.house.catalog.transaction() as tx:
            tx.mailboxes.mark_looked(mailbox.id, datetime.now(UTC))
    assert (row["watched"], row["how"]) == (False, "unreachable: It said no.")


def test_an_extension_that_a_list_lacks_is_watched_as_long_as_its_mailbox_is(
    whole: Installation,
) -> None:
    mailbox_id = leave_out_of_the_list(whole, "103")
    assert census(whole)["extension 103"]["how"] == "looked at by main/1"
    with whole.house.catalog.transaction() as tx:
        tx.mailboxes.mark_gone(mailbox_id, "RingCentral has this extension no more")
    row = census(whole)["extension 103"]
    whole.house.census.take("main")
    assert row["watched"] is False
    assert row["how"].startswith("gone since 20")


def leave_out_of_the_list(made: Installation, number: str) -> str:
    """A census whose list lacks an extension; the id of its mailbox."""
    now = datetime.now(UTC)
    with made.house.catalog.transaction() as tx:
        known = [replace(each, seen_at=now) for each in tx.census.extensions()]
        tx.census.record_extensions("main", [each for each in known if each.number != number])
        (mailbox,) = (each for each in tx.mailboxes.all() if each.extension_number == number)
    return mailbox.id
