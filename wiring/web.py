"""What the HTTP API is made of."""

from functools import cached_property

from api.tokens import Keyring
from wiring.ground import Ground


class WebParts(Ground):
    """The parts behind the HTTP API; each opens what it needs when it is first asked."""

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring(lambda: self.catalog, self.now)
