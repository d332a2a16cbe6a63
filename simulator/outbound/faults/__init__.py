"""Faults of the bytes, one a file: each a pure function from the right request, and what it takes, to the wrong one."""

from collections.abc import Callable, Mapping

from simulator.delivery.fault import Parameters
from simulator.outbound.faults import (
    chunked,
    connection_cut,
    gzip,
    header_case,
    http_1_0,
    missing_member,
    stale_created,
    truncated_body,
    two_segments,
    unknown_member,
    wrong_signature,
)
from simulator.outbound.raw import RawRequest

_MODULES = (
    chunked,
    connection_cut,
    gzip,
    header_case,
    http_1_0,
    missing_member,
    stale_created,
    truncated_body,
    two_segments,
    unknown_member,
    wrong_signature,
)
DAMAGES: Mapping[str, Callable[[RawRequest, Parameters], RawRequest]] = {
    module.__name__.rpartition(".")[2]: module.damaged for module in _MODULES
}
"""By name, which is the file's; schemas/faults.json says what each does and takes."""
