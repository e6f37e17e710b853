"""The only reader of the environment: one frozen `Settings`, all problems reported at once.

RingCentral's names are those of its own samples (`RC_SERVER_URL`, ...); ours begin with `FAXKEEP_`.
Any of them can also be given as a file: `RC_USER_JWT_FILE=/run/secrets/jwt` (Docker, systemd).
A `.env` file beside this module is read too; the real environment wins. Several accounts stand in
a file of their own, `accounts.toml`; see `accounts.py`. Who is told what stands in
`notifications.toml`, which the room `notifications/` reads.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dotenv import dotenv_values

from accounts import (
    OWN,
    RINGCENTRAL,
    Account,
    Login,
    Sources,
    media_host_of,
    read_accounts,
)
from environment import Environment, SettingsFile
from errors import SettingsError

VERSION = "0.1.0"
MAIN = "main"
"""The name of the account that RC_APP_CLIENT_ID and its like describe."""
_ACCOUNTS_FILE = "accounts.toml"
_NOTIFICATIONS_FILE = "notifications.toml"


@dataclass(frozen=True)
class Settings:
    """What the person chose. Build it with `from_env`, or by hand in a test."""

    data: Path
    accounts: tuple[Account, ...] = ()
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    api: bool = True
    database: str = field(default="", repr=False)
    history_days: int = 90
    poll_seconds: int = 300
    look_spacing: float = 10.0
    workers: int = 4
    worker_name: str = "worker"
    archive_key: Path | None = None
    ping_url: str = field(default="", repr=False)
    send_within_hours: int = 24
    notifications: SettingsFile | None = None
    log_level: str = "INFO"

    def require_ringcentral(self) -> "Settings":
        """Return self.

        Raises:
            SettingsError: naming every RingCentral credential that is missing.
        """
        if not self.accounts:
            raise SettingsError(_missing("", "", ""))
        missing = [
            problem
            for account in self.accounts
            for problem in _missing(account.client_id, account.client_secret, account.logins[0].jwt)
        ]
        if missing:
            raise SettingsError(missing)
        return self

    @property
    def calls_wanted(self) -> bool:
        """Whether RingCentral is asked to call us at all."""
        return bool(self.public_url) and any(account.webhook for account in self.accounts)

    @property
    def webhook_base(self) -> str:
        """What every webhook address of this installation begins with; '' without a public URL."""
        return f"{self.public_url}/webhooks/ringcentral/" if self.public_url else ""

    @property
    def catalog_address(self) -> str:
        return self.database or str(self.data / "catalog.sqlite3")

    @property
    def journal_address(self) -> str:
        return self.database or str(self.data / "events.sqlite3")

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read `environ`.

        Raises:
            SettingsError: listing every value that cannot be used.
        """
        reader = Environment(environ)
        is_called = reader.switch("FAXKEEP_WEBHOOK", "on")
        settings = cls(
            data=reader.folder("FAXKEEP_DATA", "data"),
            accounts=tuple(
                replace(each, webhook=each.webhook and is_called) for each in _accounts(reader)
            ),
            public_url=reader.url("FAXKEEP_PUBLIC_URL", ""),
            host=reader.text("FAXKEEP_HOST", "127.0.0.1"),
            port=reader.whole("FAXKEEP_PORT", 8080, 1, 65535),
            api=reader.switch("FAXKEEP_API", "on"),
            database=reader.text("FAXKEEP_DATABASE"),
            history_days=reader.whole("FAXKEEP_HISTORY_DAYS", 90, 1, 3650),
            poll_seconds=reader.whole("FAXKEEP_POLL_SECONDS", 300, 10, 86400),
            look_spacing=reader.whole("FAXKEEP_LOOK_SPACING", 10, 0, 600),
            workers=reader.whole("FAXKEEP_WORKERS", 4, 1, 64),
            worker_name=reader.text("FAXKEEP_WORKER_NAME", socket.gethostname()),
            archive_key=reader.path("FAXKEEP_ARCHIVE_KEY"),
            ping_url=reader.ping_url("FAXKEEP_PING_URL"),
            send_within_hours=reader.whole("FAXKEEP_SEND_WITHIN_HOURS", 24, 1, 720),
            notifications=_notifications(reader, environ),
            log_level=reader.choice("FAXKEEP_LOG", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        )
        if reader.problems:
            raise SettingsError(reader.problems)
        return settings


def read_settings() -> Settings:
    """The settings of this process: `.env` beside this module, then the real environment."""
    beside = dotenv_values(Path(__file__).with_name(".env"))
    return Settings.from_env({**{k: v or "" for k, v in beside.items()}, **os.environ})


def environment_with(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment for a child process: ours, without any setting of ours, plus `extra`."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("RC_", "FAXKEEP_"))}
    return {**inherited, **extra}


def _missing(client_id: str, client_secret: str, jwt: str) -> list[str]:
    given = {
        "RC_APP_CLIENT_ID": client_id,
        "RC_APP_CLIENT_SECRET": client_secret,
        "RC_USER_JWT": jwt,
    }
    return [
        f"{name} is not set. See your app's page in the RingCentral developer console."
        for name, value in given.items()
        if not value
    ]


def _accounts(reader: Environment) -> tuple[Account, ...]:
    """Those of the accounts file if there is one, else the one that the variables describe."""
    file = reader.path("FAXKEEP_ACCOUNTS") or _beside(_ACCOUNTS_FILE)
    server_url = reader.url("RC_SERVER_URL", RINGCENTRAL)
    media_url = reader.url("RC_MEDIA_URL", "") or media_host_of(server_url)
    login = Login(f"{MAIN}/1", reader.text("RC_USER_JWT"))
    client_id, client_secret = reader.text("RC_APP_CLIENT_ID"), reader.text("RC_APP_CLIENT_SECRET")
    one = Account(
        name=MAIN,
        client_id=client_id,
        client_secret=client_secret,
        logins=(login,),
        mailboxes=reader.words("FAXKEEP_MAILBOXES", OWN),
        server_url=server_url,
        media_url=media_url,
    )
    if file is None:
        return (one,)
    if client_id or client_secret or login.jwt:
        reader.problems.append(
            f"There are RC_APP_... or RC_USER_JWT settings and an accounts file ({file});"
            " keep one of them."
        )
    return _accounts_of(file, reader)


def _notifications(reader: Environment, environ: Mapping[str, str]) -> SettingsFile | None:
    file = reader.path("FAXKEEP_NOTIFICATIONS") or _beside(_NOTIFICATIONS_FILE)
    return SettingsFile(file, environ) if file else None


def _accounts_of(file: Path, reader: Environment) -> tuple[Account, ...]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        reader.problems.append(f"The accounts file {file} cannot be read.")
        return ()
    sources = Sources(
        url=reader.checked_url,
        file=lambda name, place: reader.secret_file(file.parent / name, place),
        variable=reader.variable,
    )
    count = len(reader.problems)
    accounts, problems = read_accounts(text, sources)
    found = [*reader.problems[count:], *problems]
    reader.problems[count:] = [f"{file.name}: {problem}" for problem in found]
    return accounts


def _beside(name: str) -> Path | None:
    """A file beside this module, where `.env` lies too, if it is there."""
    path = Path(__file__).with_name(name)
    return path if path.is_file() else None
