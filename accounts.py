"""Which RingCentral accounts there are, and who logs in to each: the accounts file, checked.

Secrets stand in files or environment variables that it names, never in it.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from errors import SettingsError

RINGCENTRAL = "https://platform.ringcentral.com"
OWN, ALL = "~", "all"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_DIGITS = re.compile(r"[0-9]{1,20}")
_KEYS = {
    "name": str,
    "client_id": str,
    "client_secret_file": str,
    "client_secret_env": str,
    "server_url": str,
    "media_url": str,
    "mailboxes": list,
    "webhook": bool,
    "login": list,
}
_LOGIN_KEYS = {"name": str, "jwt_file": str, "jwt_env": str}


@dataclass(frozen=True)
class Login:
    """One user who logs in with a personal JWT; `name` is account and login, `clinic/admin`."""

    name: str
    jwt: str = field(repr=False)


@dataclass(frozen=True)
class Account:
    """One RingCentral account and the app registered with it.

    `mailboxes` are extension ids, `~` (each login's own) or `all`. The first login also reads the
    mailboxes that have no login of their own. Without `webhook` RingCentral is not asked to call.
    """

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    logins: tuple[Login, ...]
    mailboxes: tuple[str, ...] = (OWN,)
    webhook: bool = True
    server_url: str = RINGCENTRAL
    media_url: str = "https://media.ringcentral.com"

    def derive(self, purpose: str) -> bytes:
        """32 bytes that only holders of the client secret can compute, another for each purpose.

        So every process agrees on the webhook's secrets, and none of them needs a file (RFC 5869).

        Raises:
            SettingsError: there is no client secret to derive from.
        """
        if not (self.client_id and self.client_secret):
            raise SettingsError([f"account {self.name} has no client id or no client secret"])
        key = HKDF(hashes.SHA256(), 32, salt=None, info=f"faxkeep {purpose}".encode())
        return key.derive(f"{self.client_id}\n{self.client_secret}".encode())

    @property
    def webhook_part(self) -> str:
        """The unguessable part of the account's webhook address."""
        return self.derive("webhook address").hex()[:32]

    @property
    def webhook_secret(self) -> str:
        """The verification token that RingCentral repeats in each notification."""
        return self.derive("webhook verification token").hex()

    @property
    def watches_all(self) -> bool:
        return ALL in self.mailboxes


@dataclass(frozen=True)
class Sources:
    """Where values come from: a checked address, a secret's file, an environment variable.

    Each returns "" and reports a problem when there is nothing usable.
    """

    url: Callable[[str, str], str]
    file: Callable[[str, str], str]
    variable: Callable[[str, str], str]


def media_host_of(server_url: str) -> str:
    """RingCentral's media host for an API host: `platform.` becomes `media.`, others serve both."""
    return server_url.replace("://platform.", "://media.", 1)


def mailbox_problem(words: Sequence[str]) -> str:
    """What is wrong with a list of mailboxes; "" when nothing is."""
    if words and all(word in (OWN, ALL) or _DIGITS.fullmatch(word) for word in words):
        return ""
    return "must list extension ids (digits), ~ or all"


def read_accounts(text: str, sources: Sources) -> tuple[tuple[Account, ...], list[str]]:
    """The accounts of an accounts file, and every problem with it."""
    reader = _Reader(sources)
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return (), [f"it is not TOML: {error}"]
    except RecursionError:
        return (), ["it is nested too deeply"]
    accounts = reader.accounts(parsed)
    return accounts, reader.problems


class _Reader:
    """Gathers every problem instead of stopping at one."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.problems: list[str] = []

    def accounts(self, parsed: Mapping[str, Any]) -> tuple[Account, ...]:
        tables = parsed.get("account")
        if not isinstance(tables, list) or not tables or set(parsed) != {"account"}:
            self.problems.append("it must hold one [[account]] table for each account, and no more")
            return ()
        found = [self._account(table, f"account {n}") for n, table in enumerate(tables, 1)]
        for what, values in (
            ("name", [each.name for each in found]),
            ("client_id", [each.client_id for each in found]),
        ):
            if len(set(values)) < len(values):
                self.problems.append(f"two accounts have the same {what}")
        return tuple(found)

    def _account(self, table: object, place: str) -> Account:
        given = self._checked(table, _KEYS, place)
        name = str(given.get("name", ""))
        place = f"account {name}" if name else place
        if not _NAME.fullmatch(name):
            self.problems.append(f"{place}: name must be of small letters, digits and -")
        if not given.get("client_id"):
            self.problems.append(f"{place}: client_id is missing")
        server_url = self._url(given, "server_url", place) or RINGCENTRAL
        mailboxes = tuple(str(word) for word in given.get("mailboxes", [OWN]))
        if problem := mailbox_problem(mailboxes):
            self.problems.append(f"{place}: mailboxes {problem}")
        return Account(
            name=name,
            client_id=str(given.get("client_id", "")),
            client_secret=self._secret(given, "client_secret", place),
            logins=self._logins(given, name, place),
            mailboxes=mailboxes,
            webhook=given.get("webhook", True),
            server_url=server_url,
            media_url=self._url(given, "media_url", place) or media_host_of(server_url),
        )

    def _logins(self, given: Mapping[str, Any], account: str, place: str) -> tuple[Login, ...]:
        logins = [
            self._login(table, f"{account}/{number}", f"{place}, login {number}")
            for number, table in enumerate(given.get("login", []), 1)
        ]
        names = [login.name for login in logins]
        if not logins:
            self.problems.append(f"{place}: it needs at least one [[account.login]]")
        if len(set(names)) < len(names):
            self.problems.append(f"{place}: two logins have the same name")
        return tuple(logins)

    def _login(self, table: object, default: str, place: str) -> Login:
        given = self._checked(table, _LOGIN_KEYS, place)
        own = given.get("name")
        if own is not None and not _NAME.fullmatch(own):
            self.problems.append(f"{place}: name must be of small letters, digits and -")
        name = default if own is None else f"{default.partition('/')[0]}/{own}"
        return Login(name, self._secret(given, "jwt", place))

    def _checked(self, table: object, keys: Mapping[str, type], place: str) -> Mapping[str, Any]:
        """The known keys of the right type; all others are problems."""
        if not isinstance(table, dict):
            self.problems.append(f"{place}: it is not a table")
            return {}
        for name in table.keys() - keys.keys():
            hint = f"; use {name}_file or {name}_env" if f"{name}_file" in keys else ""
            self.problems.append(f"{place}: there is no key {name!r}{hint}")
        wrong = [n for n, kind in keys.items() if n in table and not isinstance(table[n], kind)]
        self.problems += [f"{place}: {n} must be a {keys[n].__name__}" for n in wrong]
        return {n: value for n, value in table.items() if n in keys and n not in wrong}

    def _secret(self, given: Mapping[str, Any], name: str, place: str) -> str:
        file, variable = given.get(f"{name}_file"), given.get(f"{name}_env")
        if (file is None) == (variable is None):
            self.problems.append(f"{place}: give {name}_file or {name}_env, one of them")
            return ""
        where = f"{place}: {name}"
        if file is not None:
            return self._sources.file(file, where)
        return self._sources.variable(variable or "", where)

    def _url(self, given: Mapping[str, Any], name: str, place: str) -> str:
        return self._sources.url(given[name], f"{place}: {name}") if name in given else ""
