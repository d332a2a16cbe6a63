"""Later messages about the same thing go first."""

from simulator.delivery.fault import Parameters, Plan


def plan(parameters: Parameters) -> Plan:
    """`places` of them; it waits no longer than `seconds`."""
    return Plan(overtaken_by=parameters["places"], held_seconds=parameters["seconds"])
