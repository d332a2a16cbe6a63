"""An answer that counts as none within the answer timeout, without waiting (notifications.md 1.2, 2.7)."""

from simulator.delivery.fault import Parameters, Plan


def plan(_: Parameters) -> Plan:
    """Whatever is answered comes too late."""
    return Plan(answers_too_late=True)
