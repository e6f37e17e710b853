"""Fuse box: the only room that knows concrete classes."""

from wiring.ground import Surrounding, pass_by, utc_now
from wiring.house import FrontDoor, House, Left, front_door, rename_database
from wiring.telling import plan_of

__all__ = [
    "FrontDoor",
    "House",
    "Left",
    "Surrounding",
    "front_door",
    "pass_by",
    "plan_of",
    "rename_database",
    "utc_now",
]
