"""`faxkeep tokens`: made and shown once, listed without the secret, revoked at once."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.conftest import Lodger

TOKEN = re.compile(r"faxkeep_[0-9a-f]{12}_[A-Za-z0-9_-]{43}\n")


def test_a_token_is_shown_once_and_alone_on_its_line(lodger: Lodger) -> None:
    made = lodger.faxkeep("tokens", "create", "erp", "--scope", "send", "--scope", "read")

    assert made.code == 0
    assert TOKEN.fullmatch(made.text)  # so that `$(faxkeep tokens create ...)` is the token
    assert "not shown again" in made.err
    listed = lodger.faxkeep("tokens", "list").text
    assert "erp" in listed
    assert made.text.strip().split("_", 2)[2] not in listed
    holder = lodger.home.house.keyring.holder(made.text.strip())
    assert holder is not None
    assert holder.scopes == {"send", "read"}


def test_a_token_can_be_for_one_mailbox_and_some_time(lodger: Lodger) -> None:
    mailbox = lodger.home.mailbox.id
    words = ("desk", "--scope", "read", "--mailbox", mailbox, "--expires", "2d")
    made = lodger.told("tokens", "create", *words)

    (kept,) = (row for row in lodger.told("tokens", "list") if row["name"] == "desk")
    assert (kept["mailboxes"], kept["scopes"]) == (mailbox, "read")
    lasts = datetime.fromisoformat(kept["expires_at"]) - datetime.fromisoformat(kept["created_at"])
    assert lasts == timedelta(days=2)
    assert made["expires_at"] == kept["expires_at"]
    assert "hash" not in kept


def test_a_revoked_token_opens_nothing(lodger: Lodger) -> None:
    text = lodger.faxkeep("tokens", "create", "old", "--scope", "admin").text.strip()

    assert lodger.faxkeep("tokens", "revoke", "old").text == "old is revoked.\n"
    assert lodger.home.house.keyring.holder(text) is None
    again = lodger.faxkeep("tokens", "revoke", "old")
    assert (again.code, again.err) == (2, "No such token. `faxkeep tokens list` shows them.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x",), "--scope"),
        (("x", "--scope", "write"), "write"),
        (("x", "--scope", "read", "--expires", "soon"), "12h, 90d or 52w"),
        (("x", "--scope", "read", "--expires", "0d"), "longer"),
        (("x", "--scope", "read", "--mailbox", "9-9"), "No such mailbox"),
        (("an x", "--scope", "read"), "name"),
    ],
)
def test_what_makes_no_sense_is_refused(lodger: Lodger, words: tuple[str, ...], said: str) -> None:
    refused = lodger.faxkeep("tokens", "create", *words)

    assert refused.code == 2
    assert said in refused.err
    assert refused.out == b""


def test_where_nothing_is_no_token_is_made(lodger: Lodger, missing: Path) -> None:
    environment = {**lodger.environment, "FAXKEEP_DATA": str(missing)}
    stranger = Lodger(lodger.home, environment)

    assert stranger.faxkeep("tokens", "create", "x", "--scope", "read").code == 2
    assert not missing.exists()
