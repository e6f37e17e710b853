"""RingCentral on a bad day: a stand-in for its fax API, for demo and tests."""

from simulator.arrivals import Inbound
from simulator.clock import Clock
from simulator.extensions import NewAccount, NewExtension
from simulator.faults import Fault
from simulator.faxes import Party
from simulator.rates import Limit
from simulator.refusals import Refusal
from simulator.settings import Settings
from simulator.simulator import Plan, Simulator

__all__ = [
    "Clock",
    "Fault",
    "Inbound",
    "Limit",
    "NewAccount",
    "NewExtension",
    "Party",
    "Plan",
    "Refusal",
    "Settings",
    "Simulator",
]
