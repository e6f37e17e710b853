"""What the HTTP API is made of."""

from functools import cached_property

from api import Services
from api.tokens import Keyring
from handlers.export import Export
from wiring.proving import ProvingParts


class WebParts(ProvingParts):
    """The parts behind the HTTP API; each opens what it needs when it is first asked."""

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring(lambda: self.catalog, self.now)

    @cached_property
    def export(self) -> Export:
        return Export(self.catalog, self.archive)

    @property
    def api(self) -> Services:
        """The services that the HTTP API finds on the application."""
        return Services(
            keyring=self.keyring,
            catalog=lambda: self.catalog,
            documents=lambda: self.export,
            spool=lambda: self.archive.spool(),
            evidence=lambda: self.evidence,
            now=self.now,
        )
