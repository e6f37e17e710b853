"""Settings: every problem is told at once, and no secret leaves in a repr."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from accounts import Account, Login, media_host_of
from errors import SettingsError
from ringcentral_api import transport
from settings import VERSION, Settings

ROOT = Path(__file__).parent.parent
LOGIN = {"RC_APP_CLIENT_ID": "app", "RC_APP_CLIENT_SECRET": "s3cret", "RC_USER_JWT": "j.w.t"}


def problems(environ: Mapping[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environ)
    return caught.value.problems


def only_problem(environ: Mapping[str, str]) -> str:
    (problem,) = problems(environ)
    return problem


def account_of(environ: Mapping[str, str]) -> Account:
    """The account that the variables describe."""
    (account,) = Settings.from_env(environ).accounts
    return account


def test_an_empty_environment_is_usable() -> None:
    settings = Settings.from_env({})
    (account,) = settings.accounts

    assert settings.data == Path("data").absolute()
    assert account.server_url == "https://platform.ringcentral.com"
    assert account.media_url == "https://media.ringcentral.com"
    assert account.mailboxes == ("~",)
    assert account.webhook
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.worker_name


def test_every_value_is_read(tmp_path: Path) -> None:
    key = tmp_path / "archive.key"
    key.touch()
    settings = Settings.from_env(
        {
            **LOGIN,
            "FAXKEEP_DATA": "/srv/faxes",
            "FAXKEEP_PUBLIC_URL": "https://faxes.example/",
            "FAXKEEP_WEBHOOK": "off",
            "FAXKEEP_PING_URL": "https://ping.example/check/1",
            "FAXKEEP_HOST": "192.0.2.7",
            "FAXKEEP_PORT": "9000",
            "FAXKEEP_DATABASE": "postgresql://db/faxkeep",
            "FAXKEEP_MAILBOXES": " 101, 102 ,~,",
            "FAXKEEP_HISTORY_DAYS": "7",
            "FAXKEEP_POLL_SECONDS": "60",
            "FAXKEEP_LOOK_SPACING": "0",
            "FAXKEEP_WORKERS": "8",
            "FAXKEEP_WORKER_NAME": "one",
            "FAXKEEP_ARCHIVE_KEY": str(key),
            "FAXKEEP_LOG": "debug",
        }
    )

    assert settings == Settings(
        data=Path("/srv/faxes"),
        accounts=(
            Account(
                name="main",
                client_id="app",
                client_secret="s3cret",
                logins=(Login("main/1", "j.w.t"),),
                mailboxes=("101", "102", "~"),
                webhook=False,
            ),
        ),
        public_url="https://faxes.example",
        ping_url="https://ping.example/check/1",
        host="192.0.2.7",
        port=9000,
        database="postgresql://db/faxkeep",
        history_days=7,
        poll_seconds=60,
        look_spacing=0,
        workers=8,
        worker_name="one",
        archive_key=key,
        log_level="DEBUG",
    )


def test_all_problems_are_told_at_once() -> None:
    found = problems(
        {
            "RC_SERVER_URL": "http://platform.ringcentral.com",
            "FAXKEEP_PUBLIC_URL": "faxes.example",
            "FAXKEEP_PORT": "eighty",
            "FAXKEEP_WORKERS": "0",
            "FAXKEEP_MAILBOXES": "reception",
            "FAXKEEP_LOG": "LOUD",
            "FAXKEEP_WEBHOOK": "perhaps",
            "FAXKEEP_PING_URL": "http://ping.example",
            "RC_USER_JWT_FILE": "/nowhere/jwt",
        }
    )

    wrong = {
        "RC_SERVER_URL",
        "FAXKEEP_PUBLIC_URL",
        "FAXKEEP_PORT",
        "FAXKEEP_WORKERS",
        "FAXKEEP_MAILBOXES",
        "FAXKEEP_LOG",
        "FAXKEEP_WEBHOOK",
        "FAXKEEP_PING_URL",
        "RC_USER_JWT_FILE",
    }
    assert {problem.split()[0] for problem in found} == wrong


def test_a_problem_does_not_repeat_the_value() -> None:
    secret = "hunter2"

    found = problems(
        {"FAXKEEP_PUBLIC_URL": f"https://me:{secret}@faxes.example", "FAXKEEP_PORT": secret}
    )

    assert len(found) == 2
    assert secret not in "".join(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FAXKEEP_PORT", "0"),
        ("FAXKEEP_PORT", "65536"),
        ("FAXKEEP_PORT", "1.5"),
        ("FAXKEEP_PORT", "9" * 5000),
        ("FAXKEEP_HISTORY_DAYS", "0"),
        ("FAXKEEP_POLL_SECONDS", "9"),
        ("FAXKEEP_LOOK_SPACING", "-1"),
        ("FAXKEEP_WORKERS", "65"),
        ("FAXKEEP_MAILBOXES", ","),
        ("FAXKEEP_MAILBOXES", "101;102"),
        ("FAXKEEP_MAILBOXES", "²"),
    ],
)
def test_a_value_out_of_its_range_is_refused(name: str, value: str) -> None:
    assert only_problem({name: value}).startswith(name)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:4020",
        "http://localhost",
        "http://[::1]:8080",
        "https://faxes.example:8443",
    ],
)
def test_an_address_may_be_secure_or_on_this_machine(url: str) -> None:
    assert Settings.from_env({"FAXKEEP_PUBLIC_URL": url}).public_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://faxes.example",
        "http://127.0.0.1.faxes.example",
        "http://localhost@faxes.example",
        "ftp://localhost",
        "https://",
        "https://faxes.example/path",
        "https://faxes.example?",
        "https://faxes.example?key=value",
        "https://faxes.example#part",
        "https://user@faxes.example",
        "https://:password@faxes.example",
        "https://faxes.example:0",
        "https://faxes.example:99999",
        "https://faxes.example:port",
        "https://[faxes",
        "https://faxes\n.example",
        "https://faxes .example",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    assert only_problem({"FAXKEEP_PUBLIC_URL": url}).startswith("FAXKEEP_PUBLIC_URL must be")


@pytest.mark.parametrize(
    ("server", "media"),
    [
        ("https://platform.ringcentral.com", "https://media.ringcentral.com"),
        ("https://platform.devtest.ringcentral.com", "https://media.devtest.ringcentral.com"),
        ("http://127.0.0.1:4020", "http://127.0.0.1:4020"),
        ("https://api.platform.example", "https://api.platform.example"),
    ],
)
def test_the_media_host_follows_the_server(server: str, media: str) -> None:
    assert media_host_of(server) == media
    assert account_of({"RC_SERVER_URL": server}).media_url == media


def test_the_media_host_can_be_named() -> None:
    environ = {
        "RC_SERVER_URL": "https://platform.brand.example",
        "RC_MEDIA_URL": "https://m.example",
    }

    assert account_of(environ).media_url == "https://m.example"


def test_a_value_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "jwt"
    file.write_text("from.the.file\n")

    assert account_of({"RC_USER_JWT_FILE": str(file)}).logins == (Login("main/1", "from.the.file"),)


def test_a_value_and_its_file_do_not_go_together(tmp_path: Path) -> None:
    file = tmp_path / "jwt"
    file.write_text("from.the.file")

    problem = only_problem({"RC_USER_JWT": "direct", "RC_USER_JWT_FILE": str(file)})

    assert problem == "RC_USER_JWT and RC_USER_JWT_FILE are both set; keep one of them."


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "jwt"
    file.write_bytes(b"\xff\xfe")

    assert only_problem({"RC_USER_JWT_FILE": str(file)}).startswith("RC_USER_JWT_FILE names")


def test_an_empty_value_is_the_default() -> None:
    assert Settings.from_env({"FAXKEEP_PORT": " "}).port == 8080


def test_missing_credentials_are_named_together() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"RC_APP_CLIENT_ID": "app"}).require_ringcentral()

    named = [problem.split()[0] for problem in caught.value.problems]
    assert named == ["RC_APP_CLIENT_SECRET", "RC_USER_JWT"]


def test_complete_credentials_pass() -> None:
    settings = Settings.from_env(LOGIN)

    assert settings.require_ringcentral() is settings


def test_a_repr_holds_no_secret() -> None:
    database = "postgresql://u:hidden@db/faxkeep"

    text = repr(Settings.from_env({**LOGIN, "FAXKEEP_DATABASE": database}))

    assert not [secret for secret in ("s3cret", "j.w.t", "hidden") if secret in text]


def test_what_is_derived_is_stable_and_another_for_each_purpose() -> None:
    account = account_of(LOGIN)

    # Written out: a change would silence every subscription that exists.
    assert (
        account.derive("one").hex()
        == "46bae30d881e16b0af5f04ede7e1db2fdc6b998787f337e073a0cf9f63d6d574"
    )
    assert account.derive("one") == account_of(LOGIN).derive("one")
    assert account.derive("one") != account.derive("two")
    assert len(account.webhook_part) == 32
    assert account.webhook_part not in account.webhook_secret


@pytest.mark.parametrize("name", ["RC_APP_CLIENT_ID", "RC_APP_CLIENT_SECRET"])
def test_what_is_derived_depends_on_the_app(name: str) -> None:
    other = account_of({**LOGIN, name: "another"})

    assert other.derive("one") != account_of(LOGIN).derive("one")


def test_nothing_is_derived_from_nothing() -> None:
    with pytest.raises(SettingsError):
        account_of({}).derive("one")


def test_addresses_follow_from_the_settings() -> None:
    files = Settings.from_env({"FAXKEEP_DATA": "/srv/faxes"})
    shared = Settings.from_env({"FAXKEEP_DATABASE": "postgresql://db/faxkeep"})
    public = Settings.from_env({"FAXKEEP_PUBLIC_URL": "https://faxes.example/"})

    assert files.catalog_address == "/srv/faxes/catalog.sqlite3"
    assert files.journal_address == "/srv/faxes/events.sqlite3"
    assert shared.catalog_address == shared.journal_address == "postgresql://db/faxkeep"
    assert files.webhook_base == ""
    assert public.webhook_base == "https://faxes.example/webhooks/ringcentral/"


def test_the_real_environment_wins_over_the_file_beside_the_program(tmp_path: Path) -> None:
    for module in ("settings.py", "environment.py", "accounts.py", "errors.py"):
        shutil.copy(ROOT / module, tmp_path)
    (tmp_path / ".env").write_text("FAXKEEP_PORT=1111\nFAXKEEP_WORKERS=11\nFAXKEEP_LOG\n")
    show = "from settings import read_settings as read; print(read().port, read().workers)"

    shown = subprocess.run(
        [sys.executable, "-c", show],
        cwd=tmp_path,
        env={"FAXKEEP_PORT": "2222"},
        capture_output=True,
        check=True,
        timeout=60,
    )

    assert shown.stdout.split() == [b"2222", b"11"]


def test_a_key_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"FAXKEEP_ARCHIVE_KEY.*nowhere\.key"):
        Settings.from_env({**LOGIN, "FAXKEEP_ARCHIVE_KEY": str(tmp_path / "nowhere.key")})


@pytest.mark.parametrize("name", ["FAXKEEP_DATA", "FAXKEEP_ARCHIVE_KEY"])
def test_the_home_of_a_user_who_is_not_here_is_named(name: str) -> None:
    assert problems({name: "~nobody-of-this-name/faxes"})[0].startswith(f"{name} begins with ~")


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())

    assert {VERSION, transport.VERSION} == {project["project"]["version"]}


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        ({}, False),
        ({"FAXKEEP_PUBLIC_URL": "https://faxes.example"}, True),
        ({"FAXKEEP_PUBLIC_URL": "https://faxes.example", "FAXKEEP_WEBHOOK": "off"}, False),
        ({"FAXKEEP_WEBHOOK": "on"}, False),
    ],
)
def test_calls_need_an_address_and_no_refusal(chosen: dict[str, str], wanted: bool) -> None:
    assert Settings.from_env({**LOGIN, **chosen}).calls_wanted is wanted


def test_a_file_of_notifications_is_named_and_its_secrets_are_found(tmp_path: Path) -> None:
    file = tmp_path / "told.toml"
    file.write_text("link = 1\n")
    (tmp_path / "secret").write_text("whsec_x\n")
    environ = {"FAXKEEP_NOTIFICATIONS": str(file), "ERP": "y"}

    told = Settings.from_env(environ).notifications

    assert told is not None
    secrets = told.secrets()
    assert told.read() == "link = 1\n"
    assert secrets.secret_file("secret", "erp: secret") == "whsec_x"
    assert secrets.variable("ERP", "erp: secret") == "y"
    assert secrets.problems == []
    assert secrets.variable("NONE", "erp: secret") == ""
    assert secrets.secret_file("absent", "erp: secret") == ""
    assert len(secrets.problems) == 2
    assert "whsec_x" not in repr(told) + repr(secrets) + repr(Settings.from_env(environ))


def test_without_such_a_file_nobody_is_told() -> None:
    assert Settings.from_env({}).notifications is None
