"""The same message several times in a row."""

from simulator.delivery.fault import Parameters, Plan


def plan(parameters: Parameters) -> Plan:
    """`times` in all: the first and its copies."""
    return Plan(copies=parameters["times"] - 1)
