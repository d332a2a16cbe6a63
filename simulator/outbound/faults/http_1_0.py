"""A request of HTTP/1.0."""

from dataclasses import replace

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import RawRequest


def damaged(request: RawRequest, _: Parameters) -> RawRequest:
    """The same headers and body under the older version."""
    return replace(request, version="HTTP/1.0")
