"""Copies: names that stay inside, files that are whole, an index in which each notice is once."""

import csv
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import pytest
from hypothesis import given as given_values
from hypothesis import strategies as st

from errors import NotDelivered
from notifications import NO_DOCUMENTS, Documents, Notice
from notifications.channels import CHANNELS
from notifications.channels.folder import Folder
from notifications.copies import TAIL
from notifications.names import DEFAULT, FIELDS, name_of, template_problem
from notifications.options import Options
from tests.notifications.stages import DOCUMENT, PASSWORD, Given, SftpStage, attachment

NOTICE = Notice(
    id="n_0123",
    outcome="received:400-7",
    kind="received",
    at=datetime(2026, 3, 1, 12, 5, 9, tzinfo=UTC),
    mailbox="400-621",
    fax="400-7",
    direction="Inbound",
    facts={"pages": 2, "status": "Received"},
)
DOCUMENTS = Documents((attachment(),))
PATH = "2026/03/2026-03-01_120509_inbound_400-7.pdf"


def rows(root: Path) -> list[dict[str, str]]:
    with (root / "index.csv").open(newline="") as file:
        return list(csv.DictReader(file))


# --- names ---------------------------------------------------------------------------------


def test_the_name_follows_the_template() -> None:
    assert name_of(DEFAULT, NOTICE, attachment()) == PurePosixPath(PATH)
    second = attachment(kind="tiff", place=2)
    assert name_of("{mailbox}/{fax} {day}", NOTICE, second) == PurePosixPath(
        "400-621/400-7 01-2.tiff"
    )


texts = st.text(max_size=30) | st.sampled_from(["..", "../../etc/passwd", "/", ".", "a/../b", "\0"])


@given_values(texts, texts, texts, st.lists(st.sampled_from(FIELDS), max_size=4))
def test_no_value_leads_out_of_the_folder(
    name: str, number: str, fax: str, fields: list[str]
) -> None:
    template = "/".join(f"{{{each}}}" for each in (*fields, "fax"))
    hostile = replace(NOTICE, mailbox_name=name, number=number, fax=fax, direction=name)

    path = name_of(template, hostile, replace(attachment(), kind="pdf"))

    assert template_problem(template) == ""
    assert not path.is_absolute()
    assert all(part.strip(".") and not part.startswith(".") for part in path.parts)
    assert len(path.parts) == len(fields) + 1
    assert "\0" not in str(path)


# --- a folder ------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "share").mkdir()
    return Folder(tmp_path / "share")


def test_a_document_is_copied_and_indexed(folder: Folder) -> None:
    folder.deliver(NOTICE, DOCUMENTS)

    assert (folder.root / PATH).read_bytes() == DOCUMENT
    assert (folder.root / PATH).stat().st_mode & 0o777 == 0o600
    (row,) = rows(folder.root)
    assert row == {
        "notice": "n_0123",
        "outcome": "received:400-7",
        "at": "2026-03-01T12:05:09.000Z",
        "kind": "received",
        "mailbox": "400-621",
        "direction": "Inbound",
        "number": "",
        "fax": "400-7",
        "pages": "2",
        "status": "Received",
        "file": PATH,
        "sha256": "ab" * 32,
    }


def test_one_that_comes_again_is_written_anew_and_indexed_once(folder: Folder) -> None:
    for _ in range(3):
        folder.deliver(NOTICE, DOCUMENTS)

    assert len(rows(folder.root)) == 1
    assert [path.name for path in folder.root.rglob("*.pdf")] == [Path(PATH).name]


def test_an_outcome_without_a_document_is_indexed_too(folder: Folder) -> None:
    folder.deliver(replace(NOTICE, fax=""), NO_DOCUMENTS)

    assert [row["file"] for row in rows(folder.root)] == [""]


def test_a_cut_line_does_not_swallow_the_next(folder: Folder) -> None:
    folder.deliver(NOTICE, DOCUMENTS)
    index = folder.root / "index.csv"
    index.write_bytes(index.read_bytes() + b"n_cut,received")

    folder.deliver(replace(NOTICE, id="n_next"), DOCUMENTS)

    assert [row["notice"] for row in rows(folder.root)] == ["n_0123", "n_cut", "n_next"]


def test_a_long_index_is_read_at_its_end_only(folder: Folder) -> None:
    index = folder.root / "index.csv"
    index.write_bytes(b"x" * (3 * TAIL) + b"\r\n")

    folder.deliver(NOTICE, DOCUMENTS)
    folder.deliver(NOTICE, DOCUMENTS)

    assert index.read_bytes().count(b"n_0123") == 1


def test_a_document_that_breaks_off_leaves_nothing(folder: Folder) -> None:
    def broken(into: BinaryIO) -> None:
        into.write(b"half")
        raise NotDelivered("the document cannot be read back")

    with pytest.raises(NotDelivered, match="read back"):
        folder.deliver(NOTICE, Documents((replace(attachment(), write=broken),)))

    assert [path for path in folder.root.rglob("*") if path.is_file()] == []


def test_without_a_key_there_is_no_copy_and_the_reason_is_said(folder: Folder) -> None:
    with pytest.raises(NotDelivered, match="no key") as caught:
        folder.deliver(NOTICE, Documents(missing="this machine holds no key"))
    assert not caught.value.whole


def test_a_link_that_leads_out_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (folder.root / "2026").symlink_to(tmp_path / "outside")

    with pytest.raises(NotDelivered, match="leads out"):
        folder.deliver(NOTICE, DOCUMENTS)
    assert [path for path in (tmp_path / "outside").rglob("*") if path.is_file()] == []


def test_a_link_in_the_place_of_the_index_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("as it was")
    (folder.root / "index.csv").symlink_to(victim)

    with pytest.raises(NotDelivered, match="cannot be written to"):
        folder.deliver(NOTICE, DOCUMENTS)
    assert victim.read_text() == "as it was"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_said(folder: Folder) -> None:
    folder.root.chmod(0o500)
    with pytest.raises(NotDelivered, match="Permission denied"):
        folder.deliver(NOTICE, DOCUMENTS)


def test_a_number_cannot_be_taken_for_a_formula(folder: Folder) -> None:
    folder.deliver(replace(NOTICE, number="+12025550147"), DOCUMENTS)

    assert rows(folder.root)[0]["number"] == "+12025550147"


# --- a server ------------------------------------------------------------------------------


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SftpStage]:
    with closing(SftpStage(tmp_path)) as running:
        yield running


def test_a_document_is_copied_to_the_server_and_indexed(stage: SftpStage) -> None:
    channel = stage.channel()
    channel.deliver(NOTICE, DOCUMENTS)
    channel.deliver(NOTICE, DOCUMENTS)

    served = stage.root / "faxes"
    assert (served / PATH).read_bytes() == DOCUMENT
    assert len(rows(served)) == 1
    assert [path.name for path in served.rglob("*.partial")] == []


def test_another_host_key_is_refused_before_the_password_is_sent(
    stage: SftpStage, tmp_path: Path
) -> None:
    with closing(SftpStage(tmp_path / "other")) as other:
        channel = stage.channel(host_key=other.host_key)

        with pytest.raises(NotDelivered, match="another host key"):
            channel.deliver(NOTICE, DOCUMENTS)
    assert stage.came() == []


def test_a_wrong_password_is_said(stage: SftpStage) -> None:
    channel: Any = stage.channel()
    wrong = replace(channel, login=replace(channel.login, password="other"))

    with pytest.raises(NotDelivered, match="refuses the login") as caught:
        wrong.deliver(NOTICE, DOCUMENTS)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("key", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "nonsense nonsense"])
def test_a_host_key_is_needed(key: str) -> None:
    given = Given({"p": "x"})
    table = {"host": "h.example", "user": "u", "path": "/p", "password_env": "p", "host_key": key}

    CHANNELS["sftp"](Options(table, "destination s", given))

    (problem,) = given.problems
    assert problem.startswith("destination s: host_key ")
