"""The whole web application with its API, in this process, over a catalog of a test's choosing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.tokens import Wish
from app import create_app
from catalog import Mailbox, NewFax, Recipient
from settings import Settings
from wiring import House
from wiring.ground import Surrounding

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DESK, BACK = "1-2", "1-3"
CLIENT = {"RC_APP_CLIENT_ID": "id", "RC_APP_CLIENT_SECRET": "secret", "RC_USER_JWT": "jwt"}


@dataclass
class Clock:
    """Time that goes by only where a test passes it."""

    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment

    def steady(self) -> float:
        return self.moment.timestamp()

    def pass_time(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class Served:
    """An application, and what a test does to the house behind it."""

    house: House
    app: Flask
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)

    @classmethod
    def over(cls, house: House, clock: Clock | None = None) -> Self:
        """An application over a house that is there already."""
        clock = clock or Clock()
        front = house.front_door()
        assert front.api is not None
        front = replace(front, api=replace(front.api, steady=clock.steady))
        return cls(house, create_app(front), clock)

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def token(self, *scopes: str, mailboxes: tuple[str, ...] = ()) -> str:
        """A token of these scopes; the same for the same question."""
        name = "-".join([*scopes, *mailboxes])
        if name not in self.tokens:
            self.tokens[name], _ = self.house.keyring.create(Wish(name, scopes, mailboxes))
        return self.tokens[name]

    def ask(self, path: str, token: str = "", method: str = "GET", **more: Any) -> TestResponse:
        """A request with a token; that of an administrator by default."""
        headers = {"Authorization": f"Bearer {token or self.token('admin')}"}
        headers |= more.pop("headers", {})
        more = {"method": method, "headers": headers, "buffered": True, **more}
        return self.client.open(f"/api/v1{path}", **more)

    def told(self, path: str, token: str = "", **more: Any) -> Any:
        """What a request that goes well tells."""
        answer = self.ask(path, token, **more)
        assert answer.status_code == 200, answer.text
        return answer.json

    def take_in(self, message_id: str, mailbox: str = DESK, **told: Any) -> str:
        """Let the catalog know a fax."""
        account, _, _ = mailbox.partition("-")
        values: Mapping[str, Any] = {
            "direction": "Inbound",
            "message_status": "Received",
            "read_status": "Unread",
            "availability": "Alive",
            "created_at": NOON,
            "raw": "{}",
            "origin": "message-store",
            "from_number": "+12025550147",
            "from_name": "Quintessa Oddname",
            "recipients": (Recipient(number="+12025550101"),),
        }
        fax = NewFax(
            account_id=account, mailbox_id=mailbox, message_id=message_id, **{**values, **told}
        )
        with self.house.catalog.transaction() as tx:
            tx.faxes.record(fax, NOON)
        return fax.id


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """An application over an empty catalog that knows two mailboxes."""
    clock = Clock()
    settings = Settings.from_env({**CLIENT, "FAXKEEP_DATA": str(folder / "data")})
    with House(settings, surrounding=Surrounding(now=clock)) as house:
        with house.catalog.transaction() as tx:
            for mailbox in (DESK, BACK):
                account, _, extension = mailbox.partition("-")
                number = f"10{extension}"
                box = Mailbox(mailbox, account, extension, "", number, login="main/1")
                tx.mailboxes.watch(box, NOON)
        yield Served.over(house, clock)
