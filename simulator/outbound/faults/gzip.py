"""A body that is gzip-encoded, as its header says."""

from dataclasses import replace
from gzip import compress

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import RawRequest


def damaged(request: RawRequest, _: Parameters) -> RawRequest:
    """The same JSON, compressed; without a time in it, so that the same body has the same bytes."""
    headers = (*request.headers[:-1], ("content-encoding", "gzip"), request.headers[-1])
    return replace(request, headers=headers).with_body(compress(request.body, mtime=0))
