"""Small adapters between rooms that do not know each other."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from catalog import Catalog, Transaction
from errors import CatalogError

log = logging.getLogger(__name__)


class InOwnTransaction:
    """A topic of the catalog whose every method is a transaction of its own."""

    def __init__(self, catalog: Catalog, topic: str) -> None:
        self._catalog = catalog
        self._topic = topic

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*values: object, **named: object) -> Any:
            with self._catalog.transaction() as tx:
                return getattr(getattr(tx, self._topic), method)(*values, **named)

        return call


class Sightings:
    """Notes what a client saw in passing; a catalog that cannot take it is no reason to fail."""

    SPACING = timedelta(minutes=10)

    def __init__(self, catalog: Catalog, login: str, now: Callable[[], datetime]) -> None:
        self._catalog = catalog
        self._login = login
        self._now = now
        self._noted_at: datetime | None = None

    def saw_time(self, skew: float) -> None:
        now = self._now()
        if self._noted_at is None or abs(now - self._noted_at) >= self.SPACING:
            self._noted_at = now
            self._note(lambda tx: tx.logins.mark_skew(self._login, skew, now))

    def saw_refusal(self, operation: str, status: int, code: str) -> None:
        topic, value = f"RingCentral answered {operation} with", f"{status} {code}".strip()
        self._note(lambda tx: tx.observations.note(topic, value, self._now()))

    def _note(self, write: Callable[[Transaction], None]) -> None:
        try:
            with self._catalog.transaction() as tx:
                write(tx)
        except CatalogError as error:
            log.info("Something that RingCentral did could not be noted: %s", error)
