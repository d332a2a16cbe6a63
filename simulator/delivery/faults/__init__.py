"""Faults of order, time and answers, one a file: each a pure function from what it takes to a plan."""

from collections.abc import Callable, Mapping

from simulator.delivery.fault import Parameters, Plan
from simulator.delivery.faults import (
    cdr_before_disconnect,
    dropped_then_retried,
    duplicated,
    late,
    late_decision,
    reordered,
)

PLANS: Mapping[str, Callable[[Parameters], Plan]] = {
    module.__name__.rpartition(".")[2]: module.plan
    for module in (cdr_before_disconnect, dropped_then_retried, duplicated, late, late_decision, reordered)
}
"""By name, which is the file's; schemas/faults.json says what each does and takes."""
