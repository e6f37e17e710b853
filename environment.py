"""Takes values out of an environment and gathers every problem instead of stopping at one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from accounts import mailbox_problem
from errors import SettingsError

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PLAIN_URL = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[\w.-]+)(:\d+)?", re.ASCII)
_PING_URL = re.compile(r"https://[^\s@]+|http://(127\.0\.0\.1|localhost)\b\S*")


class Environment:
    """Reads named values; `problems` says in plain words which of them cannot be used.

    Any value can stand in a file instead: `NAME_FILE` names it (Docker, systemd).
    """

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
        return self.checked_url(self.text(name, default), name)

    def checked_url(self, given: str, place: str) -> str:
        value = given.rstrip("/")
        if value and not _usable_url(value):
            self.problems.append(
                f"{place} must be an https:// address without a path, query or user"
                " (plain http:// only on 127.0.0.1 or localhost)."
            )
        return value

    def ping_url(self, name: str) -> str:
        value = self.text(name)
        if value and not _PING_URL.fullmatch(value):
            self.problems.append(f"{name} must be an https:// address (http:// only on 127.0.0.1).")
        return value

    def secret_file(self, path: Path, place: str) -> str:
        try:
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):  # ValueError: no UTF-8, or a NUL in the path
            value = ""
        if not value:
            self.problems.append(f"{place}_file names a file that cannot be read or is empty")
        return value

    def variable(self, name: str, place: str) -> str:
        value = self._environ.get(name, "").strip()
        if not value:
            self.problems.append(f"{place}_env names the variable {name}, which is not set")
        return value

    def switch(self, name: str, default: str) -> bool:
        return self.choice(name, default, ("ON", "OFF")) == "ON"

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        value = self._convert(name, default, int)
        if not low <= value <= high:
            self.problems.append(f"{name} must be a whole number from {low} to {high}.")
        return value

    def words(self, name: str, default: str) -> tuple[str, ...]:
        words = tuple(word.strip() for word in self.text(name, default).split(",") if word.strip())
        if problem := mailbox_problem(words):
            self.problems.append(f"{name} {problem}, with commas.")
        return words

    def path(self, name: str) -> Path | None:
        value = self.text(name)
        path = self._place(name, value) if value else None
        if path is not None and not path.is_file():
            self.problems.append(f"{name} names a file that does not exist: {path}")
        return path

    def folder(self, name: str, default: str) -> Path:
        return self._place(name, self.text(name, default))

    def _place(self, name: str, value: str) -> Path:
        try:
            return Path(value).expanduser().absolute()
        except RuntimeError:
            self.problems.append(f"{name} begins with ~ and a user that this machine has not.")
            return Path(value).absolute()

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default).upper()
        if value not in choices:
            said = ", ".join(each.lower() if default.islower() else each for each in choices)
            self.problems.append(f"{name} must be one of {said}.")
        return value

    def _convert(self, name: str, default: int, convert: Callable[[str], int]) -> int:
        try:
            return convert(self.text(name, str(default)))
        except ValueError:
            self.problems.append(f"{name} must be a whole number.")
            return default


@dataclass(frozen=True)
class SettingsFile:
    """A file of settings of its own, with the secrets that it names; read by the room it is for."""

    path: Path
    environ: Mapping[str, str] = field(repr=False, compare=False)

    def read(self) -> str:
        """Its text.

        Raises:
            SettingsError: it cannot be read.
        """
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise SettingsError([f"The file {self.path} cannot be read."]) from None

    def secrets(self) -> "NamedSecrets":
        return NamedSecrets(Environment(self.environ), self.path.parent)


@dataclass(frozen=True)
class NamedSecrets:
    """The secrets that such a file names: in files beside it, or in environment variables.

    Each is "" where there is nothing usable; `problems` says so.
    """

    reader: Environment = field(repr=False)
    folder: Path

    @property
    def problems(self) -> list[str]:
        return self.reader.problems

    def secret_file(self, name: str, place: str) -> str:
        return self.reader.secret_file(self.folder / name, place)

    def variable(self, name: str, place: str) -> str:
        return self.reader.variable(name, place)


def _usable_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    secure = parts.scheme == "https" or host in LOOPBACK
    return secure and port_is_valid and _PLAIN_URL.fullmatch(value) is not None
