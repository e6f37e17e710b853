"""One request as a value: what is asked, where, and which rate limit it counts against."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Group:
    """A rate limit group and its default limit in requests per minute and user."""

    name: str
    limit: int


LIGHT = Group("Light", 50)
MEDIUM = Group("Medium", 40)
HEAVY = Group("Heavy", 10)
AUTH = Group("Auth", 5)
_MESSAGES = re.compile(r"message-store(?!-report(/|$))|/fax(?=[/?#]|$)")
"""The messages themselves, and where faxes are made; asking for an export changes none."""
_IDS = re.compile(r"/(?:~|[0-9][0-9a-f,-]*|[0-9a-f-]{36})(?=/|$)")


@dataclass(frozen=True)
class Call:
    """One request, `body` sent as JSON, `form` as a form. None that changes a message can exist."""

    method: str
    url: str
    group: Group
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.reads and _MESSAGES.search(self.url.casefold()):
            raise ValueError("Faxkeep never changes a message at RingCentral.")

    @property
    def reads(self) -> bool:
        """Whether it only reads, so that a repetition can do no harm."""
        return self.method == "GET"

    @property
    def payload(self) -> Any:
        """What `requests` sends as the body unless it is JSON."""
        return self.form

    @property
    def operation(self) -> str:
        """What is asked, without ids: `GET /account/*/extension/*/message-sync`."""
        path = urlsplit(self.url).path.removeprefix("/restapi/v1.0")
        return f"{self.method} {_IDS.sub('/*', path)}"
