"""On disk, in the log and in the process list nothing is found of what only we may know."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from ringcentral_api import Credentials
from ringcentral_api.sealing import Seal
from simulator import Fault, Inbound, Party, Simulator
from tests.journeys.installation import Installation, modes_below

MARKS = (b"MARK-one-5e0c1f", b"MARK-two-77aa02", b"MARK-three-90bd")
SENDER = Party("+12025550147", "Quintessa Oddname")
SMALL, LARGE = 1_000, 1_500_000
"""Bytes of padding: a small document stays in memory, a large one goes through a spool file."""


@pytest.fixture(scope="module")
def busy(installation: Installation, simulator: Simulator) -> Installation:
    """After all sorts of faxes, some of them troublesome."""
    for mark in MARKS:
        for padding in (SMALL, LARGE):
            document = marked_pdf(mark, padding)
            simulator.receive(Inbound(SENDER, 1, "application/pdf", document))
    tiff = simulator.receive(Inbound(SENDER, 2, "image/tiff"), count=4)
    simulator.sicken(tiff[0], "content_short", Fault(tries=1))
    simulator.fault("server_error", Fault(count=2, status=500))
    simulator.revoke_tokens()
    sent = simulator.send([SENDER.number])
    simulator.finish(sent, error="LineBusy")
    installation.faxkeep("sync")
    installation.wait_for_all()
    return installation


def marked_pdf(mark: bytes, padding: int) -> bytes:
    """A PDF in which the mark stands in plain sight, again and again."""
    into = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root.Padding = made.make_stream(mark * (padding // len(mark)))
        made.save(into, compress_streams=False)
    assert into.getvalue().count(mark) > 1
    return into.getvalue()


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_no_plain_byte_of_a_fax_is_on_disk(busy: Installation, simulator: Simulator) -> None:
    inside = [*MARKS, *slices(simulator)]
    for path in files_below(busy.folder):
        data = path.read_bytes()
        assert [mark for mark in inside if mark in data] == [], path


def slices(simulator: Simulator) -> Iterator[bytes]:
    """Forty bytes out of the middle of every document."""
    for record in simulator.truth():
        document = simulator.document(record["id"])
        yield document[len(document) // 2 :][:40]


def test_everything_is_the_owners_alone(busy: Installation) -> None:
    found = {(mode, (busy.data / name).is_dir()) for name, mode in modes_below(busy.data)}
    assert found == {(0o600, False), (0o700, True)}


def test_the_log_tells_no_secret_number_or_name(busy: Installation, simulator: Simulator) -> None:
    log = busy.log.read_text()
    assert log  # something was logged
    assert [secret for secret in secrets(busy) if secret in log] == []
    known = [SENDER.number, SENDER.number[2:], "Quintessa", "Oddname"]
    known += [each["phone"] for each in simulator.accounts()[0]["extensions"]]
    known += [each["name"] for each in simulator.accounts()[0]["extensions"]]
    known += [record["from"] for record in simulator.truth()]
    assert [each for each in known if each in log] == []


def test_the_process_list_tells_no_secret(busy: Installation) -> None:
    lines = [command_line(pid) for pid in descendants(busy)]
    assert len(lines) >= 3  # supervisor, web process, worker
    assert [secret for secret in secrets(busy) if secret in " ".join(lines)] == []


def secrets(made: Installation) -> list[str]:
    """Every secret of this installation, the current access token among them."""
    settings = made.settings
    (account,) = settings.accounts
    (login,) = account.logins
    credentials = Credentials(
        server_url=account.server_url,
        media_url=account.media_url,
        client_id=account.client_id,
        client_secret=account.client_secret,
        jwt=login.jwt,
    )
    with made.house.catalog.reading() as tx:
        stored = tx.tokens.read(credentials.user)
    assert stored is not None
    token = json.loads(Seal(credentials).open(stored[0]) or b"[]")[0]
    return [
        account.client_secret,
        login.jwt,
        account.webhook_secret,
        account.webhook_part,
        token,
    ]


def descendants(made: Installation) -> list[int]:
    """The processes of this installation, known by their data folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if f"FAXKEEP_DATA={made.data}".encode() in environment:
            found.append(int(folder.name))
    return found


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
