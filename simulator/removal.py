"""The end of an extension: its faxes and subscriptions go with it, and the list tells of it."""

from simulator.events import announce_extension
from simulator.state import Extension
from simulator.world import World


def remove(world: World, extension: Extension) -> None:
    """Take an extension out of its account; only the truth remembers it. Sessions are apart."""
    extension.removed = world.clock.now()
    del world.accounts[extension.account_id].extensions[extension.id]
    extension.mailbox.close()
    for subscription in list(world.subscriptions.values()):
        if subscription.extension_id == extension.id:
            del world.subscriptions[subscription.id]
    announce_extension(world, extension, "Delete")
