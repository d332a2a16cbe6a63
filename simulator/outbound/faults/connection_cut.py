"""A connection that is closed in the middle of the body."""

from dataclasses import replace

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import RawRequest


def damaged(request: RawRequest, parameters: Parameters) -> RawRequest:
    """After `bytes` of it, else after half; the length says that more was to come."""
    sent = parameters["bytes"]
    last = max(0, len(request.body) - 1)
    return replace(request, cut_at=len(request.body) // 2 if sent is None else min(sent, last))
