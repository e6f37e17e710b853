"""The documents that go with a notice: those of the archive, or one clause why there are none."""

import io
from pathlib import Path

import pytest

from errors import Later, NotDelivered
from handlers.enclosing import NO_KEY
from notifications import Documents
from tests.handlers.household import Household


def documents(home: Household, message_id: str) -> Documents:
    return home.house.documents_of(home.id_of(message_id))


def take_the_keys_away(home: Household) -> None:
    for name in ("archive.key", "recovery.key"):
        (home.house.settings.data / "keys" / name).unlink()


def test_an_archived_fax_has_its_documents(home: Household) -> None:
    message_id = home.archive_one()

    (one,) = documents(home, message_id).attachments

    into = io.BytesIO()
    one.write(into)
    assert into.getvalue() == home.simulator.document(message_id)
    assert (one.size, one.place) == (len(into.getvalue()), 1)
    assert one.kind in ("pdf", "tiff")


def test_one_on_its_way_is_waited_for(home: Household) -> None:
    message_id = home.receive_one()
    home.look()

    with pytest.raises(Later, match="not in the archive yet"):
        documents(home, message_id)


def test_one_that_will_never_come_is_said(home: Household) -> None:
    message_id = home.archive_one()
    home.tamper("UPDATE faxes SET state = 'lost', folder = NULL")

    assert documents(home, message_id) == Documents(missing="the fax is lost")
    assert home.house.documents_of("1-2").missing == "the fax is not known here"


def test_a_machine_without_a_key_says_so(home: Household) -> None:
    message_id = home.archive_one()
    home.restart(lambda: take_the_keys_away(home))

    assert documents(home, message_id) == Documents(missing=NO_KEY)


def test_a_damaged_document_is_not_delivered(home: Household) -> None:
    message_id = home.archive_one()
    (one,) = documents(home, message_id).attachments
    folder = home.house.archive.root / (home.fax(message_id).folder or "")
    (file,) = folder.glob("document.*")
    file.write_bytes(file.read_bytes()[:-40])

    with pytest.raises(NotDelivered, match="cannot be read back"):
        one.write(io.BytesIO())


PLAN = """
[[destination]]
name = "share"
channel = "folder"
path = "{folder}"

[[rule]]
to = ["share"]
"""


def test_a_destination_that_needs_a_key_that_is_not_here_is_advised(
    tmp_path: Path, home: Household
) -> None:
    file = tmp_path / "notifications.toml"
    file.write_text(PLAN.format(folder=tmp_path))
    home.archive_one()
    environment = {"FAXKEEP_NOTIFICATIONS": str(file)}
    told = type(home.house.settings).from_env(environment).notifications

    home.restart(notifications=told)
    assert not [sign for sign in home.house.health.signs() if "share" in sign.words]
    home.restart(lambda: take_the_keys_away(home), notifications=told)
    (sign,) = (sign for sign in home.house.health.signs() if "share" in sign.words)
    assert sign.severity == "note"
    assert sign.words == f"Destination share wants documents, but {NO_KEY}."
