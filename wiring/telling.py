"""What telling is made of: the plan, the teller, deliveries, and a thread for each destination."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

from catalog.notices import DELIVER
from catalog.outcomes import TELL
from errors import SettingsError
from handlers.delivering import Delivery
from handlers.enclosing import NO_KEY, Enclosures
from handlers.telling import Teller
from jobs.porters import Lane, Porters
from jobs.runner import Work
from notifications import NOBODY, Documents, Plan, read_plan
from settings import Settings
from wiring.ground import Ground


def plan_of(settings: Settings) -> Plan:
    """Who is told what; nobody without a file.

    Raises:
        SettingsError: every problem with the file.
    """
    file = settings.notifications
    if file is None:
        return NOBODY
    secrets = file.secrets()
    plan = read_plan(file.read(), secrets)
    if secrets.problems:
        raise SettingsError([f"{file.path.name}: {problem}" for problem in secrets.problems])
    return plan


class TellingParts(Ground):
    """The parts behind notices."""

    _porters: Porters | None = None

    @cached_property
    def plan(self) -> Plan:
        return plan_of(self.settings)

    @cached_property
    def destination_names(self) -> Sequence[str]:
        """The destinations, as far as this process may read their settings: health needs no more.

        A web process need not have the secrets that only the worker uses.
        """
        try:
            return tuple(self.plan.destinations)
        except SettingsError:
            return ()

    @cached_property
    def teller(self) -> Teller:
        return Teller(self.catalog, self.plan, self.now)

    @cached_property
    def delivery(self) -> Delivery:
        return Delivery(
            catalog=self.catalog,
            plan=self.plan,
            documents=self.documents_of,
            now=self.now,
            chance=random.SystemRandom().random,
            failpoint=self.failpoint,
        )

    def documents_of(self, fax_id: str) -> Documents:
        """The archived documents of a fax, for a destination that wants them."""
        return Enclosures(self.catalog, self.archive).of(fax_id)

    def advice_on_documents(self) -> list[str]:
        """The destinations that want documents, where none can be read."""
        if not self.destination_names or self.archive.keys.can_open():
            return []
        return [
            f"Destination {each.name} wants documents, but {NO_KEY}."
            for each in self.plan.destinations.values()
            if each.channel.wants_documents
        ]

    def telling_work(self) -> dict[str, Work]:
        """The jobs of telling, by name."""
        return {
            TELL: Work(self.teller.tell, standing=True),
            DELIVER: Work(self.delivery.deliver, standing=True, in_lanes=True),
        }

    def porters(self, run: Callable[[str, str], None]) -> Porters:
        """Threads for the lanes of telling, once they are started."""

        def next_due(name: str, lane: str) -> datetime | None:
            with self.catalog.reading() as tx:
                return tx.jobs.next_in_lane(name, lane)

        self._porters = Porters(run, next_due, self.now)
        return self._porters

    def lanes_of_porters(self) -> list[Lane]:
        """One to find out whom an outcome concerns, and one for each destination."""
        return [(TELL, ""), *((DELIVER, name) for name in self.plan.destinations)]

    def _ring(self, name: str, target: str, delay: float) -> None:
        """In the worker itself a porter is woken directly: the bell's threads may all be busy."""
        if self._porters is None or not self._porters.ring(name, target):
            super()._ring(name, target, delay)
