"""A right signature of long ago."""

from dataclasses import replace

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import RawRequest

SECONDS_AN_HOUR = 3600


def damaged(request: RawRequest, parameters: Parameters) -> RawRequest:
    """Signed `hours` ago."""
    signed = request.signed(parameters["hours"] * SECONDS_AN_HOUR)
    return replace(request, headers=(request.headers[0], *signed, request.headers[-1]))
