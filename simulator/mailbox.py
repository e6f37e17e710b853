"""One extension's faxes on shelves: all ever, those the API knows, and those that leave next."""

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile

from simulator.faxes import Fax

Shelf = dict[str, Fax]


class Mailbox:
    """Moves faxes between its shelves, each by id and oldest first, and tells nobody.

    every -- all it ever held
    known -- those the API knows: all but the evicted and those deleted long ago
    alive -- of those, by direction, the ones that are Alive
    bin -- the others, Deleted or Purged, by the time this happened
    """

    def __init__(self) -> None:
        self.every: Shelf = {}
        self.known: Shelf = {}
        self.alive: dict[str, Shelf] = {"Inbound": {}, "Outbound": {}}
        self.bin: Shelf = {}
        self._evicted: list[Fax] = []

    def add(self, fax: Fax) -> None:
        """A new fax, which is Alive."""
        for shelf in (self.every, self.known, self.alive[fax.direction]):
            shelf[fax.id] = fax

    def shown(self) -> Iterator[Fax]:
        """What the API shows, newest first: all it knows but the hidden."""
        return (fax for fax in reversed(self.known.values()) if fax.hidden_until is None)

    def withdraw(self, fax: Fax, availability: str, now: datetime) -> None:
        """Take a fax out of the living, or from Deleted to Purged."""
        fax.availability, fax.unavailable_since = availability, now
        self.alive[fax.direction].pop(fax.id, None)
        self.bin.pop(fax.id, None)
        self.bin[fax.id] = fax

    def restore(self, fax: Fax) -> None:
        """A Deleted fax is Alive again, at its old place."""
        fax.availability, fax.unavailable_since = "Alive", None
        self.bin.pop(fax.id, None)
        shelf = {**self.alive[fax.direction], fax.id: fax}
        self.alive[fax.direction] = dict(sorted(shelf.items(), key=lambda item: int(item[0])))

    def evict(self, fax: Fax, now: datetime) -> None:
        """Retention took it: no content and no record; only a sync still shows `Purged`."""
        self.withdraw(fax, "Purged", now)
        fax.change(now)
        fax.evicted = now
        self._evicted.append(fax)
        self.lose(fax)

    def lose(self, fax: Fax) -> None:
        """The API knows it no more."""
        fax.gone, fax.ailment, fax.hidden_until = True, None, None
        for shelf in (self.known, self.bin, self.alive[fax.direction]):
            shelf.pop(fax.id, None)

    def close(self) -> None:
        """Its extension was removed: the API knows nothing of it any more."""
        for fax in list(self.known.values()):
            self.lose(fax)

    def evicted_since(self, moment: datetime) -> Iterator[Fax]:
        """Those evicted at or after a moment, the last first."""
        return takewhile(lambda fax: (fax.evicted or moment) >= moment, reversed(self._evicted))
