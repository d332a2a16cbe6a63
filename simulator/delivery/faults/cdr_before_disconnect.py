"""A call's CDR goes out before its disconnect."""

from simulator.delivery.fault import Parameters, Plan
from simulator.delivery.notification import Slot


def plan(parameters: Parameters) -> Plan:
    """The disconnect waits for the CDR, no longer than `seconds`."""
    return Plan(overtaken_by=1, overtaken_in=Slot.FEE, held_seconds=parameters["seconds"])
