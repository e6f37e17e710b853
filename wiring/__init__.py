"""Fuse box: the only room that knows concrete classes."""

from wiring.ground import Surrounding, pass_by, utc_now
from wiring.house import House, rename_database, webhook_door

__all__ = ["House", "Surrounding", "pass_by", "rename_database", "utc_now", "webhook_door"]
