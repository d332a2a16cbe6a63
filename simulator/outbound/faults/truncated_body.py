"""A body that ends early, with the length that it has."""

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import RawRequest


def damaged(request: RawRequest, parameters: Parameters) -> RawRequest:
    """The first `bytes` of it, else half; the last byte is missing in any case."""
    kept = parameters["bytes"]
    last = max(0, len(request.body) - 1)
    return request.with_body(request.body[: len(request.body) // 2 if kept is None else min(kept, last)])
