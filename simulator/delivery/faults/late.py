"""A message goes out hours later."""

from simulator.delivery.fault import Parameters, Plan

SECONDS_AN_HOUR = 3600


def plan(parameters: Parameters) -> Plan:
    """`hours` later; nothing waits for it."""
    return Plan(held_seconds=parameters["hours"] * SECONDS_AN_HOUR)
