"""The simulator's methods about faxes: what arrives, is sent, and is done to them by people."""

from collections.abc import Sequence

from simulator import calls, changes, desktop
from simulator.arrivals import Inbound, choose
from simulator.levers import Levers
from simulator.refusals import not_found


class Traffic(Levers):
    """Faxes coming and going."""

    def receive(
        self, inbound: Inbound | None = None, *, extension: str = "", count: int = 1
    ) -> list[str]:
        """Let `count` faxes arrive at an extension (default: the first); returns their ids."""
        if not 1 <= count <= 10_000:
            raise ValueError("count must be 1 to 10000")
        with self._world.lock:
            owner = self._extension(extension)
            wanted = inbound or Inbound()
            coming = [choose(self._world, owner, wanted) for _ in range(count)]
        faxes = [(each.sender, each.document()) for each in coming]
        with self._world.lock:
            return [fax.id for fax in changes.receive(self._world, owner, faxes)]

    def send(self, to: Sequence[str], *, extension: str = "", pages: int = 1) -> str:
        """Send a fax as from the desktop app; returns its id."""
        outbound = desktop.outbound(self._world, to, pages)
        with self._world.lock:
            return changes.submit(self._world, self._extension(extension), outbound).id

    def render(self, fax_id: str) -> None:
        """A queued outbound fax has been rendered: page count and content appear."""
        with self._world.lock:
            changes.render(self._world, self._fax(fax_id))

    def finish(self, fax_id: str, *, status: str = "", error: str = "", number: str = "") -> None:
        """End an outbound fax: Sent, or failed with the faxErrorCode `error`.

        Applies to the recipient with this phone `number`, or to all.
        """
        with self._world.lock:
            fax = self._fax(fax_id)
            chosen = desktop.chosen(fax, number)
            changes.set_outcome(self._world, fax, changes.Outcome(status, error), chosen)

    def step(self, fax_id: str, status: str, *, error: str = "", number: str = "") -> None:
        """A recipient of an outbound fax, or each, is in a status of any word."""
        with self._world.lock:
            fax = self._fax(fax_id)
            chosen = desktop.chosen(fax, number)
            changes.set_step(self._world, fax, changes.Outcome(status, error), chosen)

    def dial(self, fax_id: str, error: str, *, number: str = "") -> None:
        """A call for a queued fax fails with the faxErrorCode `error`; it will be tried again."""
        with self._world.lock:
            fax = self._fax(fax_id)
            changes.dial(self._world, fax, error, desktop.chosen(fax, number))

    def lose_inbound(self, extension: str = "") -> str:
        """An inbound fax call fails; returns the id of the call, its only trace."""
        with self._world.lock:
            return calls.log_lost(self._world, self._extension(extension)).id

    def mark(self, fax_id: str, read_status: str) -> None:
        """Somebody marks a fax Read or Unread in the desktop app."""
        with self._world.lock:
            changes.mark(self._world, self._fax(fax_id), read_status)

    def delete(self, fax_id: str, *, purge: bool = False) -> None:
        """Somebody deletes a fax in the desktop app."""
        with self._world.lock:
            changes.delete(self._world, self._fax(fax_id), purge=purge)

    def hide(self, fax_id: str, seconds: float) -> None:
        """Lists, syncs and reads do not show a fax for so many seconds of the clock."""
        with self._world.lock:
            changes.hide(self._world, self._fax(fax_id), seconds)

    def document(self, fax_id: str) -> bytes:
        """The bytes of a fax as RingCentral holds or held them."""
        with self._world.lock:
            document = self._world.fax(fax_id).document
            if document is None:
                raise not_found("document")
            return document.data
