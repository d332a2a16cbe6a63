"""A body that comes in two segments."""

from dataclasses import replace

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import RawRequest


def damaged(request: RawRequest, parameters: Parameters) -> RawRequest:
    """`bytes` of it first, else half; the rest `pause_seconds` later."""
    first = parameters["bytes"]
    at = len(request.body) // 2 if first is None else min(first, len(request.body))
    return replace(request, pause_at=at, pause_seconds=parameters["pause_seconds"])
