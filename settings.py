"""The only reader of the environment: one frozen `Settings`, all problems reported at once.

RingCentral's names are those of its own samples (`RC_SERVER_URL`, ...); ours begin with `FAXKEEP_`.
Any of them can also be given as a file: `RC_USER_JWT_FILE=/run/secrets/jwt` (Docker, systemd).
A `.env` file beside this module is read too; the real environment wins.
"""

import os
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from dotenv import dotenv_values

from errors import SettingsError

VERSION = "0.1.0"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
RINGCENTRAL = "https://platform.ringcentral.com"
_PLAIN_URL = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[\w.-]+)(:\d+)?", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True)
class Settings:
    """What the person chose. Build it with `from_env`, or by hand in a test."""

    data: Path
    server_url: str = RINGCENTRAL
    media_url: str = "https://media.ringcentral.com"
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    jwt: str = field(default="", repr=False)
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    database: str = field(default="", repr=False)
    mailboxes: tuple[str, ...] = ("~",)
    history_days: int = 90
    poll_seconds: int = 300
    look_spacing: float = 10.0
    workers: int = 4
    worker_name: str = "worker"
    archive_key: Path | None = None
    log_level: str = "INFO"

    def require_ringcentral(self) -> "Settings":
        """Return self.

        Raises:
            SettingsError: naming every RingCentral credential that is missing.
        """
        missing = [
            f"{name} is not set. See your app's page in the RingCentral developer console."
            for name, value in (
                ("RC_APP_CLIENT_ID", self.client_id),
                ("RC_APP_CLIENT_SECRET", self.client_secret),
                ("RC_USER_JWT", self.jwt),
            )
            if not value
        ]
        if missing:
            raise SettingsError(missing)
        return self

    def derive(self, purpose: str) -> bytes:
        """32 bytes that only holders of the client secret can compute, another for each purpose.

        So every process agrees on the webhook's secrets, and none of them needs a file (RFC 5869).
        """
        self.require_ringcentral()
        key = HKDF(hashes.SHA256(), 32, salt=None, info=f"faxkeep {purpose}".encode())
        return key.derive(f"{self.client_id}\n{self.client_secret}".encode())

    @property
    def webhook_part(self) -> str:
        """The unguessable last part of the webhook's address."""
        return self.derive("webhook address").hex()[:32]

    @property
    def webhook_secret(self) -> str:
        """The verification token that RingCentral repeats in each notification."""
        return self.derive("webhook verification token").hex()

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
        reader = _Reader(environ)
        server_url = reader.url("RC_SERVER_URL", RINGCENTRAL)
        settings = cls(
            data=Path(reader.text("FAXKEEP_DATA", "data")).expanduser().absolute(),
            server_url=server_url,
            media_url=reader.url("RC_MEDIA_URL", "") or media_host_of(server_url),
            client_id=reader.text("RC_APP_CLIENT_ID"),
            client_secret=reader.text("RC_APP_CLIENT_SECRET"),
            jwt=reader.text("RC_USER_JWT"),
            public_url=reader.url("FAXKEEP_PUBLIC_URL", ""),
            host=reader.text("FAXKEEP_HOST", "127.0.0.1"),
            port=reader.whole("FAXKEEP_PORT", 8080, 1, 65535),
            database=reader.text("FAXKEEP_DATABASE"),
            mailboxes=reader.words("FAXKEEP_MAILBOXES", "~"),
            history_days=reader.whole("FAXKEEP_HISTORY_DAYS", 90, 1, 3650),
            poll_seconds=reader.whole("FAXKEEP_POLL_SECONDS", 300, 10, 86400),
            look_spacing=reader.whole("FAXKEEP_LOOK_SPACING", 10, 0, 600),
            workers=reader.whole("FAXKEEP_WORKERS", 4, 1, 64),
            worker_name=reader.text("FAXKEEP_WORKER_NAME", socket.gethostname()),
            archive_key=reader.path("FAXKEEP_ARCHIVE_KEY"),
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


def media_host_of(server_url: str) -> str:
    """RingCentral's media host for an API host: `platform.` becomes `media.`, others serve both."""
    return server_url.replace("://platform.", "://media.", 1)


class _Reader:
    """Takes values out of an environment and gathers every problem instead of stopping at one."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        named_file = self._environ.get(f"{name}_FILE", "")
        value = self._environ.get(name, "").strip()
        if not named_file:
            return value or default
        if value:
            self.problems.append(f"{name} and {name}_FILE are both set; keep one of them.")
        try:
            return Path(named_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            self.problems.append(f"{name}_FILE names a file that cannot be read.")
            return default

    def url(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        if value and not _usable_url(value):
            self.problems.append(
                f"{name} must be an https:// address without a path, query or user"
                " (plain http:// only on 127.0.0.1 or localhost)."
            )
        return value

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        value = self._convert(name, default, int)
        if not low <= value <= high:
            self.problems.append(f"{name} must be a whole number from {low} to {high}.")
        return value

    def words(self, name: str, default: str) -> tuple[str, ...]:
        words = tuple(word.strip() for word in self.text(name, default).split(",") if word.strip())
        if not words or not all(word == "~" or _DIGITS.fullmatch(word) for word in words):
            self.problems.append(f"{name} must list extension ids (digits) or ~, with commas.")
        return words

    def path(self, name: str) -> Path | None:
        value = self.text(name)
        path = Path(value).expanduser().absolute() if value else None
        if path is not None and not path.is_file():
            self.problems.append(f"{name} names a file that does not exist: {path}")
        return path

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default).upper()
        if value not in choices:
            self.problems.append(f"{name} must be one of {', '.join(choices)}.")
        return value

    def _convert(self, name: str, default: int, convert: Callable[[str], int]) -> int:
        try:
            return convert(self.text(name, str(default)))
        except ValueError:
            self.problems.append(f"{name} must be a whole number.")
            return default


def _usable_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    secure = parts.scheme == "https" or host in LOOPBACK
    return secure and port_is_valid and _PLAIN_URL.fullmatch(value) is not None
