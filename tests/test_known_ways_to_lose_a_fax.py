"""Each way in which programs that fetch faxes are known to lose some, and that this one does not.

Everything is real but RingCentral: the house as it is wired, its catalog, its archive, its clock.
"""

import errno
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from errors import ArchiveError, DocumentRefused, LoginRefused
from handlers.records import Told, new_fax
from ringcentral_api import Message
from settings import MAIN, Settings, environment_with
from simulator import Clock, Fault, Inbound, Plan, Simulator
from tests import cramped
from tests.crashes.doomed import Doom
from tests.crashes.scenes import scene
from tests.handlers.conftest import home, page
from tests.handlers.household import Household, Rings, settings_for
from wiring import House

__all__ = ["home", "page"]

HOUR, DAY = 3600.0, 24 * 3600.0


@pytest.fixture(autouse=True)
def waiting_costs_nothing(request: pytest.FixtureRequest) -> None:
    """Whoever waits between two tries waits by the simulator's clock."""
    if "home" in request.fixturenames:
        home: Household = request.getfixturevalue("home")
        home.restart()
        home.house.surrounding.wait = home.pass_time


def work(home: Household, hours: int = 5) -> None:
    """Let a worker sweep and do what is due, every hour."""
    for _ in range(hours):
        home.house.upkeep.sweep()
        for name in ("look", "list", "archive"):
            home.run(name)
        home.pass_time(HOUR)


def assert_kept(home: Household, *message_ids: str) -> None:
    """Each is archived, once, with the bytes that RingCentral holds; and all is as it should be."""
    for message_id in message_ids:
        assert home.fax(message_id).state == "archived"
        assert home.plain(message_id) == home.simulator.document(message_id)
    archived = Counter(row.fax_id for row in home.ledger() if row.kind == "archived")
    assert set(archived.values()) == {1}
    assert home.findings() == []


# --- the row that says "seen" is written, and then the download fails -----------------------

DOWNLOAD_FAULTS = [
    ("server_error", Fault(count=7, status=500, path="/content/")),
    ("server_error", Fault(count=7, status=503, path="/content/")),
    ("cut_before", Fault(count=7, path="/content/")),
    ("cut_after", Fault(count=7, path="/content/")),
    ("throttled", Fault(count=1, seconds=90, path="/content/")),
    ("content_cut", Fault(tries=7)),
]


@pytest.mark.parametrize(("name", "fault"), DOWNLOAD_FAULTS)
def test_a_fax_that_was_noted_before_its_download_failed(
    home: Household, name: str, fault: Fault
) -> None:
    home.simulator.fault(name, fault)
    message_id = home.receive_one()
    home.look()
    home.run("archive")
    assert home.fax(message_id).state == "pending"
    assert home.look() == (0, 0)  # seen already, and yet not forgotten
    work(home)
    assert_kept(home, message_id)


def test_a_fax_that_is_announced_again_while_its_download_fails(home: Household) -> None:
    home.simulator.fault("cut_before", Fault(count=7, path="/content/"))
    message_id = home.receive_one()
    for _ in range(3):
        home.notify({"changes": [{"type": "Fax", "newCount": 1, "newMessageIds": [message_id]}]})
        home.house.event_reader.read_new()
        home.run("look")
        home.run("archive")
    work(home)
    assert_kept(home, message_id)


def test_a_fax_beside_one_whose_download_always_fails(home: Household) -> None:
    sick = home.receive_one()
    home.simulator.fault("server_error", Fault(status=500, path=f"/message-store/{sick}/"))
    others = home.receive(3)
    work(home)
    assert home.fax(sick).state == "pending"
    assert_kept(home, *others)
    home.simulator.clear_faults()
    work(home)
    assert_kept(home, sick, *others)


def test_a_fax_beside_many_of_a_mailbox_that_may_be_read_no_more(
    tmp_path: Path, page: Inbound
) -> None:
    clock = Clock()
    with (
        Simulator(seed=5, plan=Plan(accounts=(2,)), clock=clock) as simulator,
        House(all_mailboxes(simulator, tmp_path / "data")) as house,
    ):
        house.surrounding.now, house.surrounding.wait = clock.now, simulator.advance
        vars(house)["bell"] = Rings()
        own, other = house.census.take(MAIN)
        simulator.receive(page, extension=other.extension_id, count=9)
        simulator.advance(60)
        (message_id,) = simulator.receive(page, extension=own.extension_id)
        for mailbox in (own, other):
            house.mailbox_sync.look(mailbox.id)
        simulator.change_extension(other.extension_id, readable=False)
        for _ in range(60):
            house.runner.run("archive", own.login)
            simulator.advance(5)
        with house.catalog.reading() as tx:
            (fax,) = tx.faxes.find(message_id)
            assert fax.state == "archived"
            assert tx.faxes.count_by_state() == {"archived": 1, "pending": 9}


def all_mailboxes(simulator: Simulator, data: Path) -> Settings:
    """The settings of an administrator who reads every mailbox."""
    chosen = {"FAXKEEP_DATA": str(data), "FAXKEEP_MAILBOXES": "all"}
    return Settings.from_env({**simulator.env, **chosen})


# --- a placeholder, a preview or a part is stored as the fax --------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "content_html",
        "content_short",
        "content_partial",
        "content_cut",
        "content_wrong_type",
        "content_not_ready",
    ],
)
def test_a_placeholder_that_comes_in_the_place_of_the_document(home: Household, name: str) -> None:
    message_id = home.receive_one()
    home.simulator.sicken(message_id, name, Fault(tries=2, status=409))
    work(home)
    assert_kept(home, message_id)


def test_a_preview_of_the_first_page(home: Household) -> None:
    (message_id,) = home.simulator.receive(replace(home.page, pages=3))
    home.look()
    home.run("archive")
    fax = home.fax(message_id)
    assert (fax.state, fax.state_reason, fax.folder) == ("refused", "pages", None)
    assert [aside.reason for aside in home.asides()] == ["pages"]


def test_an_empty_file(home: Household) -> None:
    (message_id,) = home.simulator.receive(Inbound(pages=1, document=b""))
    home.look()
    home.run("archive")
    assert (home.fax(message_id).state, home.fax(message_id).state_reason) == ("refused", "empty")


# --- the disk is full -----------------------------------------------------------------------


def disk_full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    "step",
    ["mid-download", "checked", "month staged", "fax staged", "fax renamed", "before-commit"],
)
def test_a_disk_that_is_full_while_a_fax_is_stored(home: Household, step: str) -> None:
    """The disk refuses at a failpoint; beyond the last of these the fax is stored."""
    message_id = home.receive_one()
    home.look()
    home.steps.meanwhile[step] = disk_full
    home.run("archive")
    assert step not in home.steps.meanwhile
    assert (home.fax(message_id).state, home.fax(message_id).folder) == ("pending", None)
    assert home.ledger() == []
    work(home)
    assert_kept(home, message_id)


@pytest.mark.parametrize("step", ["after-commit", "before-ledger-copy", "ledger written"])
def test_a_disk_that_is_full_when_the_ledger_is_copied(home: Household, step: str) -> None:
    message_id = home.receive_one()
    home.look()
    home.steps.meanwhile[step] = disk_full
    home.run("archive")
    assert step not in home.steps.meanwhile
    work(home)
    assert_kept(home, message_id)
    assert home.downloads() == 1


def test_a_disk_that_really_takes_no_more(tmp_path: Path, page: Inbound) -> None:
    """No file may grow beyond a limit (RLIMIT_FSIZE), which the system enforces as a full disk."""
    limit = 4 * 1024 * 1024
    with scene(tmp_path / "scene", seed=3) as played:
        made = played.installation
        (small,) = played.simulator.receive(page)
        (large,) = played.simulator.receive(replace(page, document=padded(page, limit)))
        (mailbox,) = made.house.census.take(MAIN)
        made.house.mailbox_sync.look(mailbox.id)
        environment = environment_with(made.environment)
        assert cramped.archive(environment, str(made.log), mailbox.login, limit) == 0
        assert made.states(small, large) == ["archived", "pending"]
        with made.house.catalog.reading() as tx:
            reasons = {job.reason for job in tx.jobs.list() if job.name == "archive"}
        assert reasons == {"unexpected OSError; see the worker's log"}
        assert made.findings() == []
        assert played.heal() == []
        assert made.states(small, large) == ["archived", "archived"]


def padded(page: Inbound, size: int) -> bytes:
    """The same document, made large by a comment behind its end and its end once more."""
    document = page.document or b""
    end = document[document.rindex(b"startxref") :]
    return document + b"\n%" + b"x" * size + b"\n" + end


# --- a crash after the fax was seen ---------------------------------------------------------


def test_a_worker_that_is_killed_between_seeing_and_fetching(tmp_path: Path) -> None:
    with scene(tmp_path / "scene", seed=4) as played:
        played.prepare("sync-committed")
        assert played.die(Doom("sync-committed", 1)) == -9
        made = played.installation
        with made.house.catalog.reading() as tx:
            (mailbox,) = tx.mailboxes.all()
        assert mailbox.sync_token
        assert {fax.state for fax in made.faxes()} == {"pending"}
        assert played.heal() == []


# --- somebody else has read it --------------------------------------------------------------


def test_a_fax_that_somebody_reads_before_we_look(home: Household) -> None:
    message_id = home.receive_one()
    home.simulator.mark(message_id, "Read")
    work(home)
    assert_kept(home, message_id)
    assert home.record(message_id)["read_status"] == "Read"
    asked = home.simulator.requests(path="message-")["records"]
    assert not any("readStatus" in each["query"] for each in asked)


def test_a_fax_that_somebody_deletes_before_we_fetch_it(home: Household) -> None:
    message_id = home.receive_one()
    home.look()
    home.simulator.delete(message_id)
    work(home)
    assert_kept(home, message_id)


# --- only the first page, only the first document -------------------------------------------


def test_more_faxes_than_one_answer_holds(home: Household) -> None:
    ids = home.receive(260)  # a synchronization is asked for 250
    home.run("look")
    assert {fax.message_id for fax in home.faxes()} == set(ids)
    assert {job.argument for job in home.jobs("archive")} == {home.id_of(each) for each in ids}


def test_more_faxes_than_one_page_of_a_list_holds(home: Household) -> None:
    ids = home.receive(1001)  # no page has more than 1000
    home.house.listing.compare(home.mailbox.id)
    assert {fax.message_id for fax in home.faxes()} == set(ids)
    assert home.watched().listed_count == len(ids)


def test_a_fax_of_more_than_one_document(home: Household) -> None:
    take_in_with_two_documents(home, *home.receive(2))
    home.finish("7")
    names = ["document.pdf.age", "document-2.pdf.age"]
    assert [document.name for document in home.documents("7")] == names
    assert home.findings() == []


def test_a_fax_whose_second_document_fails(home: Household) -> None:
    first, second = home.receive(2)
    take_in_with_two_documents(home, first, second)
    home.simulator.sicken(second, "content_html", Fault(tries=1))
    with pytest.raises(DocumentRefused):
        home.finish("7")
    assert (home.fax("7").state, home.documents("7")) == ("refused", [])
    home.finish("7")
    assert len(home.documents("7")) == 2
    assert home.findings() == []


def take_in_with_two_documents(home: Household, *message_ids: str) -> None:
    """Take in a fax, 7, of two pages, each of which is the document of another fax."""
    attachments = [message_of(home, each)["attachments"][0] for each in message_ids]
    told = {"id": 7, "type": "Fax", "direction": "Inbound", "faxPageCount": 2}
    message, now = Message.from_json({**told, "attachments": attachments}), home.clock.now()
    with home.house.catalog.transaction() as tx:
        fax = new_fax(home.mailbox, message, Told("message-store", "look", now))
        tx.faxes.record(fax, now)


def message_of(home: Household, message_id: str) -> dict[str, Any]:
    """A message as RingCentral tells it."""
    api = home.house.reach(home.mailbox.login)
    return dict(api.message(home.mailbox.extension_id, message_id).raw)


# --- a window of 24 hours -------------------------------------------------------------------


@pytest.mark.parametrize("how", ["look", "list"])
def test_a_fax_that_is_older_than_a_day_when_we_look_first(home: Household, how: str) -> None:
    message_id = home.receive_one()
    home.pass_time(12 * DAY)
    home.house.upkeep.sweep()
    home.run(how)
    home.run("archive")
    assert_kept(home, message_id)


def test_faxes_of_many_days_in_which_nobody_looked(home: Household) -> None:
    work(home)
    ids = []
    for _ in range(10):  # longer than a sync token lives
        ids.append(home.receive_one())
        home.pass_time(DAY)
    home.restart()
    work(home)
    assert_kept(home, *ids)


def test_every_list_is_asked_for_from_a_date(home: Household) -> None:
    home.receive()
    work(home)
    asked = home.simulator.requests(path="message-")["records"]
    first = [e for e in asked if e["path"].endswith(("/message-store", "/message-sync"))]
    framed = [each for each in first if "syncToken" not in each["query"]]
    assert framed
    assert all("dateFrom=" in each["query"] for each in framed)


# --- what was full is suddenly empty --------------------------------------------------------


@pytest.mark.parametrize("count", [3, 30])
def test_a_mailbox_that_is_suddenly_empty(home: Household, count: int) -> None:
    archived, waiting = home.archive_one(), home.receive(count)
    home.look()
    home.house.listing.compare(home.mailbox.id)
    home.simulator.fault("list_empty", Fault())
    for _ in range(3):
        home.house.listing.compare(home.mailbox.id)
        home.pass_time(600)
    assert {fax.state for fax in home.faxes()} == {"archived", "pending"}
    home.simulator.clear_faults()
    work(home)
    assert_kept(home, archived, *waiting)
    assert {fax.unlisted_at for fax in home.faxes()} == {None}


def test_a_synchronization_that_starts_anew_and_is_empty(home: Household) -> None:
    """Its token goes on from there: what it left out, no later one would tell."""
    home.run("look")
    home.run("list")
    message_id = home.receive_one()
    home.pass_time(HOUR)
    home.simulator.fault("sync_refused", Fault(count=1))
    home.simulator.fault("list_empty", Fault(count=1))
    assert home.look() == (0, 0)
    home.pass_time(HOUR)
    assert home.look() == (0, 0)
    work(home, hours=1)
    assert_kept(home, message_id)


def test_a_synchronization_that_forgets_a_fax(home: Household) -> None:
    home.look()
    message_id = home.receive_one()
    home.simulator.fault("sync_forgets", Fault(count=1))
    assert home.look() == (0, 0)
    work(home, hours=27)  # a mailbox is listed whole every day
    assert_kept(home, message_id)


def test_an_archive_whose_disk_is_not_mounted_at_start(home: Household) -> None:
    archived, (waiting,) = home.archive_one(), home.receive()
    home.look()
    root = home.house.archive.root
    home.restart(meanwhile=lambda: unmount(root))
    with pytest.raises(ArchiveError, match="Is its disk mounted"):
        home.house.upkeep.start()
    assert list(root.iterdir()) == []
    home.restart(meanwhile=lambda: mount(root))
    work(home)
    assert_kept(home, archived, waiting)


def test_an_archive_whose_disk_goes_away_under_the_worker(home: Household) -> None:
    archived, (waiting,) = home.archive_one(), home.receive()
    home.look()
    root = home.house.archive.root
    unmount(root)
    home.run("archive")
    assert list(root.iterdir()) == []
    assert home.fax(waiting).state == "pending"
    mount(root)
    work(home)
    assert_kept(home, archived, waiting)


def unmount(root: Path) -> None:
    """Leave the empty folder that a disk was mounted on."""
    root.rename(root.with_name("disk"))
    root.mkdir()


def mount(root: Path) -> None:
    root.rmdir()
    root.with_name("disk").rename(root)


# --- the key is gone with a changed password ------------------------------------------------


def test_a_new_archive_key(home: Household) -> None:
    before = home.archive_one()
    held = home.plain(before)
    assert home.house.archive.keys.rotate_archive_key() == 1
    home.restart()
    after = home.archive_one()
    assert home.plain(before) == held
    assert_kept(home, before, after)


def test_a_lost_archive_key(home: Household) -> None:
    before = home.archive_one()
    held = home.plain(before)
    (home.house.settings.data / "keys" / "archive.key").unlink()
    home.restart()
    after = home.archive_one()
    assert home.plain(before) == held  # by the recovery key
    assert_kept(home, before, after)


def test_a_new_client_secret_and_jwt(home: Household) -> None:
    before = home.archive_one()
    token = home.watched().sync_token
    waiting = home.receive_one()
    home.simulator.new_credentials(home.mailbox.extension_id)
    with pytest.raises(LoginRefused):
        home.look()
    assert home.watched().sync_token == token
    settings = settings_for(home.simulator, home.house.settings.data)
    home.house.settings = settings
    home.restart()
    assert home.look() == (1, 0)
    work(home)
    assert_kept(home, before, waiting)


def test_no_secret_of_ringcentral_is_needed_to_read(home: Household) -> None:
    message_id = home.archive_one()
    home.house.settings = replace(home.house.settings, accounts=())
    home.restart()
    assert home.plain(message_id) == home.simulator.document(message_id)
    assert home.findings() == []
