"""What every group of the simulator's methods stands on: the world, and finding things in it."""

from typing import Any

from simulator.delivery import Courier
from simulator.faxes import Fax
from simulator.refusals import not_found
from simulator.sessions import Sessions
from simulator.state import Account, Extension, Subscription
from simulator.world import World

Json = dict[str, Any]


class Levers:
    """Methods raise Refusal (404) for unknown ids, ValueError or KeyError for nonsense."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._logins = Sessions(world)
        self._courier = Courier(world)

    def _account(self, account_id: str) -> Account:
        first = next(iter(self._world.accounts), "")
        account = self._world.accounts.get(account_id or first)
        if account is None:
            raise not_found("accountId")
        return account

    def _extension(self, extension_id: str) -> Extension:
        for extension in self._world.extensions():
            if extension_id in ("", extension.id):
                return extension
        raise not_found("extensionId")

    def _fax(self, fax_id: str) -> Fax:
        """A fax that is still there."""
        fax = self._world.fax(fax_id)
        if fax.gone:
            raise not_found("messageId")
        return fax

    def _subscription(self, subscription_id: str) -> Subscription:
        if subscription_id not in self._world.subscriptions:
            raise not_found("subscriptionId")
        return self._world.subscriptions[subscription_id]
