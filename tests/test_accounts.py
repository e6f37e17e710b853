"""The accounts file: several accounts, every problem told at once, no secret in the file itself."""

from pathlib import Path

import pytest

from accounts import Account, Login
from errors import SettingsError
from settings import Settings

TWO = """
[[account]]
name = "clinic"
client_id = "clinic-app"
client_secret_file = "clinic.secret"
mailboxes = ["all"]

[[account.login]]
name = "admin"
jwt_file = "admin.jwt"

[[account.login]]
jwt_env = "DOCTOR_JWT"

[[account]]
name = "law"
client_id = "law-app"
client_secret_env = "LAW_SECRET"
mailboxes = ["101", "~"]
webhook = false
server_url = "https://platform.brand.example"

[[account.login]]
jwt_env = "LAW_JWT"
"""


def read(folder: Path, text: str, **variables: str) -> Settings:
    (folder / "accounts.toml").write_text(text)
    return Settings.from_env({"FAXKEEP_ACCOUNTS": str(folder / "accounts.toml"), **variables})


def problems(folder: Path, text: str, **variables: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(folder, text, **variables)
    return list(caught.value.problems)


def one(**changed: str) -> str:
    """A file with one account that is right, but for `changed` lines ("" leaves one out)."""
    lines = {
        "name": 'name = "clinic"',
        "client_id": 'client_id = "app"',
        "secret": 'client_secret_env = "SECRET"',
        "more": "",
        "login": '[[account.login]]\njwt_env = "JWT"',
        **changed,
    }
    return "[[account]]\n" + "\n".join(lines.values())


def test_accounts_with_their_logins_are_read(tmp_path: Path) -> None:
    (tmp_path / "clinic.secret").write_text("s1\n")
    (tmp_path / "admin.jwt").write_text("j1\n")

    settings = read(tmp_path, TWO, DOCTOR_JWT="j2", LAW_SECRET="s2", LAW_JWT="j3")

    assert settings.accounts == (
        Account(
            name="clinic",
            client_id="clinic-app",
            client_secret="s1",
            logins=(Login("clinic/admin", "j1"), Login("clinic/2", "j2")),
            mailboxes=("all",),
        ),
        Account(
            name="law",
            client_id="law-app",
            client_secret="s2",
            logins=(Login("law/1", "j3"),),
            mailboxes=("101", "~"),
            webhook=False,
            server_url="https://platform.brand.example",
            media_url="https://media.brand.example",
        ),
    )
    assert [account.watches_all for account in settings.accounts] == [True, False]
    assert settings.require_ringcentral() is settings


def test_no_secret_is_in_its_repr(tmp_path: Path) -> None:
    settings = read(tmp_path, one(), SECRET="hidden", JWT="hidden")

    assert "hidden" not in repr(settings)


def test_all_problems_of_all_accounts_are_told_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, TWO, LAW_SECRET="s2")

    assert [problem.partition(": ")[2] for problem in found] == [
        "account clinic: client_secret_file names a file that cannot be read or is empty",
        "account clinic, login 1: jwt_file names a file that cannot be read or is empty",
        "account clinic, login 2: jwt_env names the variable DOCTOR_JWT, which is not set",
        "account law, login 1: jwt_env names the variable LAW_JWT, which is not set",
    ]
    assert all(problem.startswith("accounts.toml: ") for problem in found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("account = 3", "one [[account]] table for each account"),
        ("", "one [[account]] table for each account"),
        ("[[account]", "not TOML"),
        (one() + '\n[other]\nname = "x"', "one [[account]] table for each account"),
        ("account = [3]", "is not a table"),
        (one(name='name = "Clinic 1"'), "small letters, digits and -"),
        (one(name="name = 7"), "name must be a str"),
        (one(client_id=""), "client_id is missing"),
        (one(secret=""), "give client_secret_file or client_secret_env"),
        (one(more='client_secret_file = "x"'), "give client_secret_file or client_secret_env"),
        (one(secret='client_secret = "inline"'), "use client_secret_file or client_secret_env"),
        (one(more='mailbox = ["101"]'), "no key 'mailbox'"),
        (one(more='mailboxes = ["reception"]'), "mailboxes must list extension ids"),
        (one(more="mailboxes = []"), "mailboxes must list extension ids"),
        (one(more='webhook = "no"'), "webhook must be a bool"),
        (one(more='server_url = "http://rc.example"'), "server_url must be an https://"),
        (one(login=""), "at least one [[account.login]]"),
        (one(login="login = [3]"), "is not a table"),
        (one(login='[[account.login]]\njwt = "inline"'), "use jwt_file or jwt_env"),
        (one(login='[[account.login]]\nname = "A"\njwt_env = "JWT"'), "small letters"),
        (
            one(login='[[account.login]]\nname = "1"\njwt_env = "JWT"\n' * 2),
            "two logins have the same name",
        ),
        (one() + "\n" + one(client_id='client_id = "b"'), "two accounts have the same name"),
        (one() + "\n" + one(name='name = "b"'), "two accounts have the same client_id"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    found = problems(tmp_path, text, SECRET="s", JWT="j")

    assert said in "\n".join(found)
    assert "inline" not in "\n".join(found)


def test_what_no_file_can_be_called_is_no_secret_file(tmp_path: Path) -> None:
    text = one(secret='client_secret_file = "a\\u0000b"')
    (said,) = problems(tmp_path, text, JWT="j")
    assert "client_secret_file names a file that cannot be read" in said


def test_a_file_nested_without_end_is_named(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, "a = " + "[" * 20_000)
    assert "nested too deeply" in said


def test_the_file_and_the_variables_do_not_go_together(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, one(), SECRET="s", JWT="j", RC_APP_CLIENT_ID="app")

    assert "keep one of them" in problem


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"FAXKEEP_ACCOUNTS.*nowhere\.toml"):
        Settings.from_env({"FAXKEEP_ACCOUNTS": str(tmp_path / "nowhere.toml")})


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "accounts.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.from_env({"FAXKEEP_ACCOUNTS": str(tmp_path / "accounts.toml")})
