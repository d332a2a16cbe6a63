"""A body that comes in two segments."""

from dataclasses import replace

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import RawRequest


def damaged(request: RawRequest, parameters: Parameters) -> RawRequest:
    """`bytes` of it first, else half; the rest, at least the last byte, `pause_seconds` later."""
    first = parameters["bytes"]
    last = max(0, len(request.body) - 1)
    at = len(request.body) // 2 if first is None else min(first, last)
    return replace(request, pause_at=at, pause_seconds=parameters["pause_seconds"])
