"""An attempt that never reaches the wire."""

from simulator.delivery.fault import Parameters, Plan


def plan(_: Parameters) -> Plan:
    """It counts as failed; how many, `attempts` says."""
    return Plan(is_dropped=True)
