"""The simulator's methods about circumstances: time, faults, limits and settings."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from simulator import content, retention
from simulator.clock import iso
from simulator.faults import Fault, bad_day
from simulator.levers import Levers
from simulator.rates import Limit
from simulator.settings import Settings
from simulator.shaping import assign


class Weather(Levers):
    """What kind of day it is."""

    def now(self) -> str:
        """The simulator's time."""
        return iso(self._world.clock.now())

    def advance(self, seconds: float) -> str:
        """Let time pass: what falls due is done before this returns."""
        with self._world.lock:
            self._world.clock.advance(seconds)
            self._world.agenda.run_due()
            retention.sweep(self._world)
        return self.now()

    def fault(self, name: str, fault: Fault | None = None) -> None:
        """Set a fault (see `faults.MEANINGS`); without `fault` it always strikes."""
        chosen = replace(fault or Fault())
        with self._world.lock:
            self._world.faults.set(name, chosen)
            if name == "outage" and chosen.seconds > 0:
                due = self._world.clock.now() + timedelta(seconds=chosen.seconds)
                self._world.agenda.at(due, lambda: self._world.faults.end(name, chosen))

    def faults(self) -> dict[str, Fault]:
        """The faults set now."""
        with self._world.lock:
            return dict(self._world.faults.active)

    def clear_faults(self, name: str = "") -> None:
        """Clear one fault, or all, also those that single faxes have caught."""
        with self._world.lock:
            self._world.faults.clear(name)
            content.heal(self._world, name)

    def sicken(self, fax_id: str, name: str, fault: Fault | None = None) -> None:
        """Give one fax a content fault for `tries` requests, or for `seconds` of the clock."""
        with self._world.lock:
            content.infect(self._world, self._fax(fax_id), name, fault or Fault())

    def bad_day(self) -> None:
        """Set the seeded mixture of faults in which every fax heals."""
        with self._world.lock:
            for name, fault in bad_day().items():
                self._world.faults.set(name, fault)

    def limits(self) -> dict[str, Limit]:
        """The rate limits by group."""
        with self._world.lock:
            return dict(self._world.rates.limits)

    def limit(self, group: str, limit: Limit) -> None:
        """Set a group's limit and forget what was counted."""
        with self._world.lock:
            if group not in self._world.rates.limits:
                raise KeyError(group)
            self._world.rates.limits[group] = limit
            self._world.rates.forgive()

    def settings(self) -> Settings:
        """A copy of the settings."""
        with self._world.lock:
            return replace(self._world.settings)

    def change_settings(self, **values: Any) -> None:
        """Set fields of Settings."""
        with self._world.lock:
            assign(self._world.settings, [each.name for each in fields(Settings)], values)
