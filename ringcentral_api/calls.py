"""One request as a value: what is asked, where, and which rate limit it counts against."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Group:
    """A rate limit group and its default limit in requests per minute and user."""

    name: str
    limit: int


LIGHT = Group("Light", 50)
MEDIUM = Group("Medium", 40)
AUTH = Group("Auth", 5)


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
        if not self.reads and "message-store" in self.url.casefold():
            raise ValueError("Faxkeep never changes a message at RingCentral.")

    @property
    def reads(self) -> bool:
        """Whether it only reads, so that a repetition can do no harm."""
        return self.method == "GET"
