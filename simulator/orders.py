"""What a control endpoint is: a method, a path, words for people, and a function."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.ask import Json
from simulator.wire import Request

if TYPE_CHECKING:
    from simulator.simulator import Simulator


@dataclass(frozen=True)
class Order:
    """One control request: the path's id, the body and the request itself."""

    id: str
    body: Json
    request: Request


@dataclass(frozen=True)
class Endpoint:
    """One thing control can do, in words and as a function."""

    method: str
    path: str
    words: str
    action: Callable[["Simulator", Order], Any]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches the path."""
        return re.compile("^/control" + self.path.replace("{id}", "(?P<id>[^/]+)") + "$")


def done(action: Callable[["Simulator", Order], None]) -> Callable[["Simulator", Order], Any]:
    """An action with nothing to tell answers an empty object."""

    def do(simulator: "Simulator", order: Order) -> Any:
        action(simulator, order)
        return {}

    return do
