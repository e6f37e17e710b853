"""Reads the options of one table of `notifications.toml`, gathering every problem."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,39}")


class Secrets(Protocol):
    """Where secrets are; each returns "" and notes a problem when there is none."""

    @property
    def problems(self) -> list[str]: ...
    def secret_file(self, name: str, place: str) -> str: ...
    def variable(self, name: str, place: str) -> str: ...


class Options:
    """One table; whatever nobody asked for is a problem too, named by `close`."""

    def __init__(self, given: Mapping[str, Any], place: str, secrets: Secrets) -> None:
        self._given = given
        self._place = place
        self._secrets = secrets
        self._known: set[str] = set()

    def problem(self, words: str) -> None:
        self._secrets.problems.append(f"{self._place}: {words}")

    def text(self, name: str, default: str | None = None) -> str:
        """A text; needed when there is no default."""
        value = self._take(name, str, default)
        if value is None or (value == "" and default is None):
            self.problem(f"{name} is missing")
        return value or ""

    def texts(self, name: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        value = self._take(name, list, [])
        if not all(isinstance(each, str) and each for each in value):
            self.problem(f"{name} must be a list of texts")
            return ()
        if needed and not value:
            self.problem(f"{name} is missing")
        return tuple(value)

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        value: int = self._take(name, int, default)
        if isinstance(value, bool) or not low <= value <= high:
            self.problem(f"{name} must be a whole number from {low} to {high}")
            return default
        return value

    def switch(self, name: str) -> bool:
        """true or false; false when it is not given."""
        return self._take(name, bool, None) is True

    def choice(self, name: str, default: str, choices: Sequence[str]) -> str:
        value = self.text(name, default)
        if value not in choices:
            self.problem(f"{name} must be one of {', '.join(choices)}")
        return value

    def chosen(self, name: str, choices: Sequence[str]) -> tuple[str, ...]:
        """A list of which each is one of `choices`."""
        values = self.texts(name)
        if strange := [each for each in values if each not in choices]:
            self.problem(f"{name}: {', '.join(strange)} is none of {', '.join(choices)}")
        return values

    def secret(self, name: str, *, needed: bool = True) -> str:
        """What `<name>_file` or `<name>_env` leads to; never in the file itself."""
        file, variable = (self._take(f"{name}_{end}", str, None) for end in ("file", "env"))
        if name in self._given:
            self._known.add(name)
            self.problem(f"{name} must not stand here; use {name}_file or {name}_env")
        elif file is not None and variable is not None:
            self.problem(f"give {name}_file or {name}_env, one of them")
        elif file is not None:
            return self._secrets.secret_file(file, f"{self._place}: {name}")
        elif variable is not None:
            return self._secrets.variable(variable, f"{self._place}: {name}")
        elif needed:
            self.problem(f"give {name}_file or {name}_env, one of them")
        return ""

    def address(self, name: str) -> str:
        """An address, which may be a secret: in its place, or as `secret` has it."""
        if isinstance(self._given.get(name), str):
            return self.text(name)
        return self.secret(name)

    def host(self, name: str) -> str:
        value = self.text(name)
        if value and not _HOST.fullmatch(value):
            self.problem(f"{name} must be the name or address of a host")
        return value

    def absolute(self, name: str) -> str:
        """An absolute path, of a folder that may be missing at this moment."""
        value = self.text(name)
        if value and not value.startswith("/"):
            self.problem(f"{name} must be an absolute path")
        return value

    def close(self) -> None:
        """Name every key that nothing asked for."""
        for name in self._given.keys() - self._known:
            self.problem(f"there is no key {name!r}")

    def _take(self, name: str, kind: type, default: Any) -> Any:
        self._known.add(name)
        value = self._given.get(name, default)
        if value is not default and not isinstance(value, kind):
            self.problem(f"{name} must be {_KINDS[kind]}")
            return default
        return value


_KINDS = {str: "a text", list: "a list", int: "a whole number", bool: "true or false"}


def url_problem(url: str) -> str:
    """What is wrong with an address that notices go to; "" when nothing is. It is not repeated."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        return "must be an https:// address (http:// only on 127.0.0.1 or localhost)"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "must have no user, password or #part"
    if not _HOST.fullmatch(host) or port == 0 or not url.isascii() or not url.isprintable():
        return "is not an address"
    return "" if " " not in url else "is not an address"
