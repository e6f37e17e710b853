"""Everything the simulator holds, behind one lock, and the seeded dice it is made with."""

import random
import threading
import uuid
from collections.abc import Iterator
from typing import Any, Protocol

from simulator.agenda import Agenda
from simulator.clock import Clock
from simulator.faults import Faults
from simulator.faxes import Fax, Party
from simulator.journal import Journal
from simulator.rates import Rates
from simulator.refusals import not_found
from simulator.settings import Settings
from simulator.state import Account, Extension, Subscription
from simulator.tasks import Task

PLACES = (("202", "Washington, DC"), ("415", "San Francisco, CA"), ("312", "Chicago, IL"))
NAMES = [
    "Ashdown",
    "Birch",
    "Cole",
    "Denholm",
    "Eastman",
    "Fairley",
    "Grove",
    "Hollis",
    "Ingram",
    "Jessop",
    "Kerr",
    "Lowe",
]


class Carrier(Protocol):
    """Takes a notification to its subscription's address."""

    def accept(self, subscription: Subscription, notification: dict[str, Any]) -> None:
        """Send it, unless a fault says otherwise."""


class World:
    """The state. Hold `lock` around every use."""

    def __init__(self, seed: int, settings: Settings, clock: Clock) -> None:
        self.seed = seed
        self.settings = settings
        self.clock = clock
        self.lock = threading.RLock()
        self.agenda = Agenda(clock, self.lock)
        self.rates = Rates()
        self.faults = Faults(self.dice("faults"))
        self.journal = Journal()
        self.accounts: dict[str, Account] = {}
        self.everybody: dict[str, Extension] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.tasks: dict[str, Task] = {}
        self.carrier: Carrier | None = None
        self.url = self.media_url = ""
        self.swept = clock.now()
        self._dice: dict[str, random.Random] = {}
        self._next_id = 1_724_099_000_000 + self.dice("ids").randrange(1_000_000)

    def date(self) -> float:
        """The time its web servers believe it is, in seconds since 1970."""
        return self.clock.now().timestamp() + self.settings.date_skew

    def dice(self, purpose: str) -> random.Random:
        """A stream of its own per purpose, so that one use does not shift another."""
        return random.Random(f"{self.seed}:{purpose}")

    def draw(self, purpose: str) -> random.Random:
        """The continuing stream of this purpose."""
        if purpose not in self._dice:
            self._dice[purpose] = self.dice(purpose)
        return self._dice[purpose]

    def new_id(self) -> str:
        """A fresh id, growing."""
        self._next_id += self.draw("ids").randint(1, 9) * 4
        return str(self._next_id)

    def new_uuid(self) -> str:
        """A seeded UUID."""
        return str(uuid.UUID(int=self.draw("uuids").getrandbits(128), version=4))

    def stranger(self) -> Party:
        """Somebody with a fax machine; 555-01xx numbers are nobody's."""
        choice = self.draw("people")
        area, place = choice.choice(PLACES)
        number = f"+1{area}55501{choice.randrange(100):02d}"
        return Party(number, f"{choice.choice(NAMES)} Office", place)

    def extensions(self) -> Iterator[Extension]:
        """Every extension of every account."""
        for account in self.accounts.values():
            yield from account.extensions.values()

    def owner(self, fax: Fax) -> Extension:
        """The extension a fax belongs to."""
        return self.everybody[fax.extension_id]

    def faxes(self) -> Iterator[Fax]:
        """Every fax there ever was."""
        for extension in self.everybody.values():
            yield from extension.mailbox.every.values()

    def fax(self, fax_id: str) -> Fax:
        """Any fax by its id. Raises Refusal (404)."""
        for extension in self.everybody.values():
            if fax_id in extension.mailbox.every:
                return extension.mailbox.every[fax_id]
        raise not_found("messageId")

    def rest_id(self, value: str) -> int | str:
        """An id as REST bodies show it now."""
        return value if self.settings.id_style == "string" else int(value)
