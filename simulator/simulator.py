"""The simulator as one object: two HTTP ports, and a method for everything control can do."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from simulator import founding
from simulator.api import Api
from simulator.clock import Clock
from simulator.control import Control
from simulator.residents import Residents
from simulator.settings import Settings
from simulator.traffic import Traffic
from simulator.weather import Weather
from simulator.wire import Server
from simulator.witness import Witness
from simulator.world import World


@dataclass(frozen=True)
class Plan:
    """How a simulator begins: where it listens, and how many extensions each account has."""

    host: str = "127.0.0.1"
    port: int = 0
    accounts: Sequence[int] = (3,)
    settings: Settings = field(default_factory=Settings)


class Simulator(Residents, Traffic, Weather, Witness):
    """RingCentral on this machine: `start`, use `url`, `media_url` and `env`, `stop`.

    Also a context manager. Methods raise Refusal (404) for ids there are none of, and ValueError
    or KeyError for values that make no sense.
    """

    def __init__(self, seed: int = 0, plan: Plan | None = None, clock: Clock | None = None) -> None:
        self._plan = plan or Plan()
        super().__init__(World(seed, replace(self._plan.settings), clock or Clock()))
        self._world.carrier = self._courier
        self._servers: list[Server] = []
        for size in self._plan.accounts:
            founding.found_account(self._world, founding.standard_account(size))

    def start(self) -> Self:
        """Listen on both ports."""
        control = Control(self, Api(self._world, self._logins))
        media = Api(self._world, self._logins, media=True)
        self._servers = [
            Server((self._plan.host, self._plan.port), control, self._world.date),
            Server((self._plan.host, 0), media, self._world.date),
        ]
        self._world.url, self._world.media_url = (server.url for server in self._servers)
        self._world.agenda.start()
        return self

    def stop(self) -> None:
        """Close every connection and end every thread; harmless when not started."""
        for server in self._servers:
            server.close()
        if self._servers:
            self._world.agenda.close()
        self._servers = []
        self._courier.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The API host."""
        return self._world.url

    @property
    def media_url(self) -> str:
        """The media host."""
        return self._world.media_url

    @property
    def control_url(self) -> str:
        """Where the control endpoints are."""
        return f"{self._world.url}/control"
